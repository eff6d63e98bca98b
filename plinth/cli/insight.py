"""What every analysis says of some stacks, put together once for the first screen and for the report."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from plinth.changes.model import Changes
from plinth.cli.cost import section_of, verdict_of
from plinth.cost.delta import CostDelta
from plinth.cost.estimate import estimate
from plinth.cost.sheet import sheet
from plinth.cost.usage import Usage, usage_of
from plinth.engine.graph import Graph
from plinth.engine.plans import PlanError
from plinth.policy.verdicts import Verdicts
from plinth.report.subject import Subject
from plinth.timing.deployment import Timing, timing
from plinth.timing.durations import durations
from plinth.timing.schedule import CycleError


def subjects(
    stacks: Sequence[Verdicts],
    *,
    from_file: str | None = None,
    compared: Mapping[str, Changes] | None = None,
    usages: Mapping[str, Usage] | None = None,
) -> list[Subject]:
    """Each stack that was judged with its cost and its time; with what changes too, where it was compared.

    `usages` are the figures of use that stacks had before. Where they are not known, those of now stand for them.
    Raises PlanError where a file holds what no engine could deploy, and ConfigError where the file of its stack is wrong.
    """
    return [
        _subject(one, from_file, (compared or {}).get(one.graph.stack), (usages or {}).get(one.graph.stack)) for one in stacks
    ]


def costs_of(changes: Changes, was: Usage | None, *, foreign: bool) -> CostDelta:
    """What a stack costs as it was, with the figures of use `was`, and as it will be, with those in its stack file.

    Where the first are not known those of now stand for them.
    """
    usage = usage_of(section_of(changes.after, foreign=foreign))
    before = estimate(changes.before, sheet(), usage if was is None else was)
    return CostDelta(before=before, after=estimate(changes.after, sheet(), usage))


def timed(graph: Graph, from_file: str | None) -> Timing:
    """The time of the first deployment. Raises PlanError where a file holds what no engine could deploy."""
    try:
        return timing(graph, durations())
    except CycleError as error:
        if from_file:
            raise PlanError(f"{Path(from_file)}: {error}") from None
        raise


def _subject(verdicts: Verdicts, from_file: str | None, changes: Changes | None, usage: Usage | None) -> Subject:
    section = section_of(verdicts.graph, foreign=bool(from_file))
    delta = costs_of(changes, usage, foreign=bool(from_file)) if changes else None
    cost = delta.after if delta else estimate(verdicts.graph, sheet(), usage_of(section))
    return Subject(
        verdicts=verdicts,
        cost=cost,
        timing=timed(verdicts.graph, from_file),
        ceiling=verdict_of(cost, section),
        changes=changes,
        cost_before=delta.before if delta else None,
        usage_before=usage is not None,
    )
