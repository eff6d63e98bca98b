"""Tasks that wait for each other: the longest chain of them, and what happens when only so many run at once."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Waits = Mapping[str, Sequence[str]]
"""The tasks that each task waits for, each once. Every task has an entry, and waits only for tasks that have one."""

Seconds = Mapping[str, float]
"""How long each task takes."""


class CycleError(ValueError):
    """Tasks wait for each other in a circle. `tasks` are those of one circle, each waiting for the one after it."""

    def __init__(self, tasks: Sequence[str]) -> None:
        super().__init__(f"these wait for each other in a circle: {' -> '.join(tasks)}")
        self.tasks = tuple(tasks)


@dataclass(frozen=True, slots=True)
class Run:
    """When a task starts and ends, in seconds from the first start."""

    start: float
    end: float


def longest_chain(seconds: Seconds, waits: Waits) -> tuple[str, ...]:
    """The tasks of the chain that takes longest, in the order in which they run: no parallelism makes it shorter.

    Of chains that take the same time it is the one whose tasks come first by name. Raises CycleError.
    """
    end: dict[str, float] = {}
    before: dict[str, str] = {}
    for task in _in_order(waits):
        last = min(waits[task], key=lambda other: (-end[other], other), default="")
        before[task] = last
        end[task] = (end[last] if last else 0.0) + seconds[task]
    chain: list[str] = []
    task = min(end, key=lambda other: (-end[other], other), default="")
    while task:
        chain.append(task)
        task = before[task]
    return tuple(reversed(chain))


def simulated(seconds: Seconds, waits: Waits, slots: int) -> Mapping[str, Run]:
    """When each task runs if `slots` run at once, and a free slot takes the task that has been ready longest.

    Tasks that become ready in the same moment go by name, so that the answer is always the same. Raises CycleError.
    """
    open_waits = {task: len(needed) for task, needed in waits.items()}
    waiting = _dependents(waits)
    ready = sorted((0.0, task) for task, count in open_waits.items() if not count)  # a sorted list is a heap
    running: list[tuple[float, str]] = []
    runs: dict[str, Run] = {}
    now = 0.0
    while ready or running:
        while ready and len(running) < slots:
            _, task = heapq.heappop(ready)
            runs[task] = Run(now, now + seconds[task])
            heapq.heappush(running, (now + seconds[task], task))
        now = running[0][0]
        while running and running[0][0] == now:
            for task in waiting[heapq.heappop(running)[1]]:
                open_waits[task] -= 1
                if not open_waits[task]:
                    heapq.heappush(ready, (now, task))
    if len(runs) < len(waits):
        raise _cycle({task for task in waits if task not in runs}, waits)
    return runs


def _in_order(waits: Waits) -> Sequence[str]:
    """The tasks, each after those that it waits for."""
    open_waits = {task: len(needed) for task, needed in waits.items()}
    waiting = _dependents(waits)
    found = [task for task, count in open_waits.items() if not count]
    for task in found:  # grows while it is read
        for other in waiting[task]:
            open_waits[other] -= 1
            if not open_waits[other]:
                found.append(other)
    if len(found) < len(waits):
        raise _cycle(set(waits) - set(found), waits)
    return found


def _dependents(waits: Waits) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {task: [] for task in waits}
    for task, needed in waits.items():
        for other in needed:
            found[other].append(task)
    return found


def _cycle(stuck: set[str], waits: Waits) -> CycleError:
    """A circle among `stuck`, tasks that each wait for another of them."""
    path: list[str] = []
    task = min(stuck)
    while task not in path:
        path.append(task)
        task = min(other for other in waits[task] if other in stuck)
    return CycleError([*path[path.index(task) :], task])
