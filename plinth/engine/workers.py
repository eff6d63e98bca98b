"""Records several stacks at once, each in a process of its own.

The SDK is slow to import and a program cannot be run twice in one process. So one clean process imports what every program
needs, and each recording is a fork of it.
"""

import multiprocessing
import multiprocessing.forkserver
import os
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from plinth.engine.graph import Graph

PROGRAM = ("stack.config.engine", "stack.exports")
"""What the program of this repository imports, for `warm_up`. Another program only gains less from it."""

_CONTEXT = multiprocessing.get_context("forkserver")


class ProgramError(Exception):
    """The program failed while it was recorded. `report` is its traceback, or its message where it refused its input.

    `refused` says which: the program's input is wrong (the user's to mend), or the program is.
    """

    def __init__(self, stack: str, report: str, *, refused: bool) -> None:
        super().__init__(stack, report, refused)
        self.stack, self.report, self.refused = stack, report, refused

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuilt, (self.stack, self.report, self.refused)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One stack, recorded. `seconds` is what the recording took, imports left out."""

    graph: Graph
    seconds: float


def warm_up(preload: Sequence[str]) -> None:
    """Starts importing `preload` in the process that recordings fork from. Returns at once; calling it is optional."""
    _CONTEXT.set_forkserver_preload(["plinth.engine.lazy_sdk", "plinth.engine.recording", *preload])
    multiprocessing.forkserver.ensure_running()


def record_all(folder: Path, stacks: Sequence[str]) -> Iterator[Recorded]:
    """Each stack as its recording ends. Raises ProgramError for the first that fails."""
    workers = min(len(stacks), os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, mp_context=_CONTEXT, max_tasks_per_child=1) as pool:
        for future in as_completed([pool.submit(_recorded, folder, stack) for stack in stacks]):
            yield future.result()


def _recorded(folder: Path, stack: str) -> Recorded:
    """Runs in the worker. Errors travel as text: an exception of the program may not survive the way between processes."""
    from pulumi import RunError

    from plinth.engine.recording import record

    start = time.perf_counter()
    try:
        graph = record(folder, stack)
    except RunError as error:
        raise ProgramError(stack, str(error), refused=True) from None
    except Exception:
        raise ProgramError(stack, traceback.format_exc(), refused=False) from None
    return Recorded(graph=graph, seconds=time.perf_counter() - start)


def _rebuilt(stack: str, report: str, refused: bool) -> ProgramError:
    return ProgramError(stack, report, refused=refused)
