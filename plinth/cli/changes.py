"""`plinth changes`: what a change of the program does to what is there."""

import json
from collections.abc import Sequence
from pathlib import Path

import typer

from plinth.changes.cascade import changes
from plinth.changes.facts import table
from plinth.changes.model import Changes
from plinth.changes.report import to_json
from plinth.cli.changes_view import show
from plinth.cli.project import UsageError, console, plan, recorded, root, stack_names
from plinth.cli.revision import checked_out
from plinth.engine.graph import Graph
from plinth.engine.plans import read_plan

DEFAULT = "HEAD"
"""What is committed: so the changes are those not committed yet."""


def run(names: Sequence[str], against: str | None, from_file: str | None, *, as_json: bool) -> int:
    """Compares stacks with what they were. 1 where data would be lost or the engine would refuse, else 0.

    `against` is a revision or a file that the engine wrote, `from_file` such a file in place of the offline plan.
    """
    found = compared(names, against, from_file)
    failed = any(stack.failed for stack in found)
    if as_json:
        typer.echo(json.dumps({"stacks": [to_json(stack) for stack in found], "failed": failed}, indent=1))
    else:
        show(found, against or DEFAULT, console())
    return 1 if failed else 0


def compared(names: Sequence[str], against: str | None, from_file: str | None) -> list[Changes]:
    """What changes in each stack. Raises UsageError for a revision or a file that is not there."""
    return [changes(before, after, table()) for before, after in _pairs(names, against, from_file)]


def _pairs(names: Sequence[str], against: str | None, from_file: str | None) -> list[tuple[Graph, Graph]]:
    if from_file:
        if not against:
            raise UsageError("--from needs --against: what the plan in the file is compared with")
        return [_with_before(against, read_plan(Path(from_file)))]
    if against and Path(against).is_file():
        return [_with_after(against, read_plan(Path(against)), names)]
    folder = root()
    wanted = list(dict.fromkeys(names)) or stack_names(folder)
    befores = _of_revision(folder, against or DEFAULT, wanted)
    return [(befores[name], done.graph) for name, done in plan(folder, wanted).items()]


def _with_before(against: str, after: Graph) -> tuple[Graph, Graph]:
    if Path(against).is_file():
        return read_plan(Path(against)), after
    return _of_revision(root(), against, [after.stack])[after.stack], after


def _with_after(file: str, before: Graph, names: Sequence[str]) -> tuple[Graph, Graph]:
    """The plan of the one stack that is asked for, or else of the one that the file is of."""
    folder = root()
    if len(names) > 1:
        raise UsageError(f"{file} is of one stack: {', '.join(names)} cannot all be compared with it")
    name = names[0] if names else before.stack
    if name not in stack_names(folder):
        known = ", ".join(stack_names(folder))
        raise UsageError(f"{file} is of stack {name}, which is not here: --stack says which to compare, of {known}")
    return before, plan(folder, [name])[name].graph


def _of_revision(folder: Path, revision: str, names: Sequence[str]) -> dict[str, Graph]:
    """The plans of stacks in another revision. A stack that it has no file of has nothing there."""
    with checked_out(folder, revision) as program:
        there = [name for name in names if (program / f"Pulumi.{name}.yaml").is_file()]
        plans = recorded(program, there) if there else {}
    nothing = {name: Graph(project="", stack=name, resources={}, outputs={}) for name in names}
    return nothing | {name: done.graph for name, done in plans.items()}
