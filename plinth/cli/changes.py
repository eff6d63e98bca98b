"""`plinth changes`: what a change of the program does to what is there."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from plinth.changes.cascade import changes
from plinth.changes.facts import table
from plinth.changes.model import Changes
from plinth.changes.report import to_json
from plinth.cli.changes_view import show
from plinth.cli.insight import costs_of
from plinth.cli.project import UsageError, console, plan, recorded, refuse_both, root, stack_names
from plinth.cli.revision import checked_out
from plinth.cost.usage import Usage, usage_in
from plinth.engine.graph import Graph
from plinth.engine.plans import read_plan
from plinth.engine.workers import ProgramError
from stack.config.document import project_name, read
from stack.config.faults import ConfigError

DEFAULT = "HEAD"
"""What is committed: so the changes are those not committed yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What a stack was. `usage` has the figures of use in its stack file then; none of a file that the engine wrote."""

    graph: Graph
    usage: Usage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What changes in a stack, and the figures of use that it had, as `Before` has them."""

    changes: Changes
    usage: Usage | None


def run(names: Sequence[str], against: str | None, from_file: str | None, *, as_json: bool) -> int:
    """Compares stacks with what they were. 1 where data would be lost or the engine would refuse, else 0.

    `against` is a revision or a file that the engine wrote, `from_file` such a file in place of the offline plan.
    """
    pairs = compared(names, against, from_file)
    found = [one.changes for one in pairs]
    failed = any(stack.failed for stack in found)
    costs = [costs_of(one.changes, one.usage, foreign=bool(from_file)) for one in pairs]
    if as_json:
        stacks = [to_json(*one) for one in zip(found, costs, strict=True)]
        typer.echo(json.dumps({"stacks": stacks, "failed": failed}, indent=1))
    else:
        show(found, costs, against or DEFAULT, console())
    return 1 if failed else 0


def compared(names: Sequence[str], against: str | None, from_file: str | None) -> list[Compared]:
    """What changes in each stack. Raises UsageError for a revision or a file that is not there."""
    return [
        Compared(changes=_compared(before.graph, after), usage=before.usage)
        for before, after in _pairs(names, against, from_file)
    ]


def _compared(before: Graph, after: Graph) -> Changes:
    """What changes. A stack that is compared with one of another name is taken for that one, which is said."""
    if not before.resources or (before.project, before.stack) == (after.project, after.stack):
        return changes(before, after, table())
    found = changes(before.called(after.project, after.stack), after, table())
    return replace(found, taken_from=f"{before.project}/{before.stack}")


def _pairs(names: Sequence[str], against: str | None, from_file: str | None) -> list[tuple[Before, Graph]]:
    if from_file:
        refuse_both(names, from_file)
        if not against:
            raise UsageError("--from needs --against: what the plan in the file is compared with")
        return [_with_before(against, read_plan(Path(from_file)))]
    if against and Path(against).is_file():
        return [_with_after(against, read_plan(Path(against)), names)]
    folder = root()
    wanted = list(dict.fromkeys(names)) or stack_names(folder)
    befores = _of_revision(folder, against or DEFAULT, wanted)
    return [(befores[name], done.graph) for name, done in plan(folder, wanted).items()]


def _with_before(against: str, after: Graph) -> tuple[Before, Graph]:
    if Path(against).is_file():
        return Before(graph=read_plan(Path(against))), after
    return _of_revision(root(), against, [after.stack])[after.stack], after


def _with_after(file: str, before: Graph, names: Sequence[str]) -> tuple[Before, Graph]:
    """The plan of the one stack that is asked for, or else of the one that the file is of."""
    folder = root()
    if len(names) > 1:
        raise UsageError(f"{file} is of one stack: {', '.join(names)} cannot all be compared with it")
    name = names[0] if names else before.stack
    if name not in stack_names(folder):
        known = ", ".join(stack_names(folder))
        raise UsageError(f"{file} is of stack {name}, which is not here: --stack says which to compare, of {known}")
    return Before(graph=before), plan(folder, [name])[name].graph


def _of_revision(folder: Path, revision: str, names: Sequence[str]) -> dict[str, Before]:
    """Stacks in another revision. One that it has no file of has nothing there.

    Raises UsageError where its program fails there: that is a fault of the revision, not of what is compared with it.
    """
    with checked_out(folder, revision) as program:
        there = [name for name in names if (program / f"Pulumi.{name}.yaml").is_file()]
        try:
            plans = recorded(program, there) if there else {}
        except ProgramError as error:
            said = error.report.strip() if error.refused else error.report.strip().splitlines()[-1]
            raise UsageError(f"revision {revision} cannot be planned: {error.stack}: {said}") from None
        found = {name: Before(graph=done.graph, usage=_usage(program, name)) for name, done in plans.items()}
    nothing = {name: Before(graph=Graph(project="", stack=name, resources={}, outputs={}), usage={}) for name in names}
    return nothing | found


def _usage(program: Path, name: str) -> Usage | None:
    """The figures of use in the stack file of another revision; none where that is not read as today."""
    try:
        return usage_in(read(program, name, project_name(program)))
    except ConfigError:
        return None
