"""How long the first deployment of a Graph takes, and on which chain of resources: everything made from nothing.

The engine starts a resource once what it depends on, its parent and its provider are there, and no more at once than `--parallel`
says. Three times are told apart: every creation as fast, as typical, as slow as the table of durations has it. An account that is
throttled, a failed creation, images that are built and what a program looks up are not in it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plinth.engine.graph import Graph, Resource
from plinth.timing.durations import READ, Basis, Duration, Durations, duration_of
from plinth.timing.schedule import Run, longest_chain, simulated
from plinth.timing.waits import waits_of

PARALLEL = 16
"""How many resources at once: four for each of the four cores of a common build machine.

Source: `pulumi up --parallel`, whose default is 4 x GOMAXPROCS (github.com/pulumi/pulumi/pull/15016).
"""
START_SECONDS = 2.2
"""From the command to the first registration. Measured with `make bench`: the engine's preview of 100 resources, less theirs."""
REGISTER_SECONDS = 0.009
"""What the program and the engine take for one more resource. Measured with `make bench`, from 100 to 1,000 resources."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A time in seconds, three times: all creations fast, typical, slow."""

    fast: float
    typical: float
    slow: float


@dataclass(frozen=True, slots=True)
class Link:
    """A resource of the critical chain."""

    resource: Resource
    duration: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An outermost component, or a resource that stands alone: when its first resource starts and its last one ends.

    `work` is what its resources take together, in seconds, one after the other.
    """

    owner: Resource
    start: float
    end: float
    work: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What rests on one basis: how many resources, how many seconds of work, how many of the critical chain."""

    resources: int
    work: float
    chain: float


@dataclass(frozen=True, kw_only=True)
class Timing:
    """The first deployment of a stack.

    `total` is with `parallel` resources at once, `unbounded` with all that can run; both with `registering` in them, the time in
    which the program tells the engine what there is (counted as if no creation ran meanwhile: at most so much too high).
    `chain` holds the links of the critical path that take time. `parts` are in order of their start. `coverage` has every basis;
    `by_default` counts the resources whose types have no row.
    """

    stack: str
    parallel: int
    registering: float
    total: Estimate
    unbounded: Estimate
    chain: Sequence[Link]
    parts: Sequence[Part]
    coverage: Mapping[Basis, Share]
    by_default: Mapping[str, int]


def timing(graph: Graph, table: Durations, parallel: int = PARALLEL) -> Timing:
    """The first deployment of `graph`. Raises CycleError where resources depend on each other in a circle."""
    found = {urn: duration_of(resource, table) for urn, resource in graph.resources.items()}
    waits = waits_of(graph)
    fast, typical, slow = (
        dict.fromkeys(waits, 0.0) | {urn: float(getattr(duration, speed)) for urn, duration in found.items()}
        for speed in ("fast", "typical", "slow")
    )
    registering = START_SECONDS + REGISTER_SECONDS * len(graph.resources)
    chains = [longest_chain(seconds, waits) for seconds in (fast, typical, slow)]
    path = [urn for urn in chains[1] if typical[urn]]
    runs = simulated(typical, waits, parallel)
    total = _end(runs)
    return Timing(
        stack=graph.stack,
        parallel=parallel,
        registering=registering,
        total=Estimate(  # shorter tasks can make a schedule longer (Graham 1969): then the typical time is the bound
            fast=registering + min(_end(simulated(fast, waits, parallel)), total),
            typical=registering + total,
            slow=registering + max(_end(simulated(slow, waits, parallel)), total),
        ),
        unbounded=Estimate(
            fast=registering + sum(fast[urn] for urn in chains[0]),
            typical=registering + sum(typical[urn] for urn in path),
            slow=registering + sum(slow[urn] for urn in chains[2]),
        ),
        chain=[Link(graph.resources[urn], found[urn]) for urn in path],
        parts=_parts(graph, runs, registering),
        coverage=_coverage(graph, found, path),
        by_default=Counter(sorted(graph.resources[urn].type for urn in found if found[urn].basis is Basis.DEFAULT)),
    )


def _end(runs: Mapping[str, Run]) -> float:
    return max((run.end for run in runs.values()), default=0.0)


def _parts(graph: Graph, runs: Mapping[str, Run], registering: float) -> Sequence[Part]:
    members: dict[str, list[Run]] = {}
    for urn, resource in graph.resources.items():
        if runs[urn].end > runs[urn].start:
            members.setdefault(graph.outermost(resource).urn, []).append(runs[urn])
    parts = [
        Part(
            owner=graph.resources[owner],
            start=registering + min(run.start for run in inside),
            end=registering + max(run.end for run in inside),
            work=sum(run.end - run.start for run in inside),
        )
        for owner, inside in members.items()
    ]
    return sorted(parts, key=lambda part: (part.start, part.owner.urn))


def _coverage(graph: Graph, found: Mapping[str, Duration], path: Sequence[str]) -> Mapping[Basis, Share]:
    made = {urn: duration for urn, duration in found.items() if graph.resources[urn].custom and duration is not READ}
    shares: dict[Basis, Share] = {}
    for basis in Basis:
        seconds = {urn: duration.typical for urn, duration in made.items() if duration.basis is basis}
        chain = sum(seconds.get(urn, 0.0) for urn in path)
        shares[basis] = Share(resources=len(seconds), work=sum(seconds.values()), chain=chain)
    return shares
