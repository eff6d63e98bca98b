"""How `plinth changes` looks in a terminal."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain

from rich.console import Console
from rich.tree import Tree

from plinth.changes.difference import Gap
from plinth.changes.likeness import renamed
from plinth.changes.model import Change, Changes, Kind, Property
from plinth.changes.paths import written
from plinth.changes.report import legible, side
from plinth.changes.rights import Delta, rights_delta
from plinth.cli.project import safe
from plinth.cost.delta import CostDelta, signed
from plinth.engine.graph import name_of
from plinth.engine.values import UNKNOWN, Value

_WORDS: Mapping[Kind, str] = {
    Kind.CREATE: "to create",
    Kind.REPLACE: "to replace",
    Kind.UPDATE: "to update",
    Kind.DELETE: "to delete",
    Kind.MOVE: "moved",
    Kind.READ: "read",
    Kind.UNREAD: "no longer read",
    Kind.SAME: "unchanged",
}
_STYLES: Mapping[Kind, str] = {
    Kind.REPLACE: "yellow",
    Kind.DELETE: "yellow",
    Kind.CREATE: "green",
    Kind.UPDATE: "cyan",
    Kind.MOVE: "dim",
    Kind.READ: "dim",
    Kind.UNREAD: "dim",
}
"""In the order in which they are shown."""
_FAILING = "bold red"
_ALIKE = 3
"""So many resources with the very same changes, or created by one component, share one line."""
_LONGEST = 70
"""Longer values are cut, so that a property stays a line."""


def show(stacks: Sequence[Changes], costs: Sequence[CostDelta], against: str, out: Console) -> None:
    """A line a stack and what it costs more or less; then what changes in each, whose rights do, what is not told, advice."""
    width = max(len(stack.stack) for stack in stacks)
    for stack, cost in zip(stacks, costs, strict=True):
        out.print(f"[bold]{stack.stack:<{width}}[/]  {summary(stack)}   [dim]against {safe(against)}[/]", soft_wrap=True)
        if stack.taken_from:
            whole = f"{safe(against)} is of {stack.taken_from}, taken for {stack.after.project}/{stack.stack}"
            out.print(f"[yellow]another stack[/]  {whole}: compared without the names of project and stack", soft_wrap=True)
        out.print(f"[dim]cost[/]  {cost.in_words}", soft_wrap=True)
    for stack, cost in zip(stacks, costs, strict=True):
        _show_stack(stack, cost, out)
    out.print()
    out.print(f"[dim]next[/]   {_advice(stacks)}", soft_wrap=True)


def summary(stack: Changes) -> str:
    """`2 to create · 1 to replace · 104 unchanged`."""
    words = {kind: f"{stack.counts[kind]:,} {word}" for kind, word in _WORDS.items() if stack.counts[kind]}
    failing = {change.kind for change in stack.failing}
    return " · ".join(f"[{_FAILING}]{text}[/]" if kind in failing else text for kind, text in words.items()) or "nothing there"


def _show_stack(stack: Changes, cost: CostDelta, out: Console) -> None:
    lines = Tree(f"[bold]{stack.stack}[/]")
    for kind in _STYLES:
        _grow(lines, stack, cost, kind)
    for change in stack.changes:
        if change.lets_go:
            lines.add(f"[yellow]no longer {' and '.join(change.lets_go)}[/]  {_title(stack, change)}")
    _grow_rights(lines, stack)
    for gone, new in renamed(stack):
        lines.add(
            f"[dim]hint[/]  {safe(gone.resource.name)} and {safe(new.resource.name)} look like one: "
            f'formerly=\\["{safe(gone.resource.name)}"] keeps it, if it is'
        )
    if hidden := [change for change in stack.changes if change.untold]:
        names = ", ".join(f"{one.resource.name}.{written(path)}" for one in hidden for path in one.untold)
        lines.add(f"[yellow]not compared[/]  secrets, and what is made of values that only the cloud knows: {safe(names)}")
    if stack.unjudged:
        lines.add(f"[yellow]replacement not known for[/]  {safe(', '.join(stack.unjudged))}")
    if sources := sorted({one.forced_by for change in stack.changes for one in change.forcing}):
        lines.add(f"[dim]what forces replacement is known from[/]  {safe(', '.join(sources))}")
    if lines.children:
        out.print()
        out.print(lines)


def _grow(lines: Tree, stack: Changes, cost: CostDelta, kind: Kind) -> None:
    found = sorted(stack.of(kind), key=lambda change: not change.loses)
    if not found:
        return
    branch = lines.add(f"[{_STYLES[kind]}]{len(found)} {_WORDS[kind]}[/]")
    for alike in _grouped(stack, found):
        first = alike[0]
        if len(alike) < _ALIKE:
            for change in alike:
                _add(branch, stack, cost, change)
        else:
            types = Counter(change.resource.type.rsplit(":", 1)[-1] for change in alike)
            counted = ", ".join(f"{count} {name}" for name, count in types.most_common())
            many = branch.add(
                f"[bold]{len(alike)} resources[/] of {safe(_owner(stack, first))}  [dim]{safe(counted)}[/]{_dearer(cost, alike)}"
            )
            for one in _telling(first):
                many.add(_property(stack, one, alone=False))


def _grouped(stack: Changes, found: Sequence[Change]) -> list[list[Change]]:
    """Changes of one component with the very same properties are together. What loses data stands alone."""
    groups: dict[object, list[Change]] = {}
    for change in found:
        alone = change.resource.urn if change.loses or change.is_refused or change.moved_from else ""
        said = tuple(map(_likeness, _telling(change)))
        groups.setdefault((said, alone, _owner(stack, change)), []).append(change)
    return list(groups.values())


def _telling(change: Change) -> Sequence[Property]:
    """The properties that are worth a line: of a replacement those that force it."""
    return change.forcing or change.properties


def _likeness(one: Property) -> object:
    """What is the same for properties that need not be told apart: of those that wait, what for is left out."""
    values = (None, UNKNOWN) if one.after == UNKNOWN else (str(one.before), str(one.after))
    return written(one.path), *values, one.forced_by


def _dearer(cost: CostDelta, alike: Sequence[Change]) -> str:
    """What they cost more or less together; nothing where that is nothing."""
    amount = sum((cost.of(*change.urns) for change in alike), Decimal(0))
    return f"  [dim]{signed(amount)}[/]" if round(amount, 2) else ""


def _add(branch: Tree, stack: Changes, cost: CostDelta, change: Change) -> None:
    style = _FAILING if change.loses or change.is_refused else "bold"
    line = branch.add(f"[{style}]{safe(change.resource.name)}[/]  {_title(stack, change)}{_dearer(cost, [change])}")
    for text in _notes(change):
        line.add(text)
    for one in _telling(change):
        line.add(_property(stack, one, alone=True))


def _title(stack: Changes, change: Change) -> str:
    graph, resource = side(stack, change), change.resource
    place = " ".join(chain(resource.source[:1], filter(None, [graph.asked_by(resource)])))
    return f"{safe(resource.type)}  [dim]{safe(place)}[/]"


def _owner(stack: Changes, change: Change) -> str:
    return side(stack, change).outermost(change.resource).name


def _notes(change: Change) -> Iterator[str]:
    if change.is_refused:
        yield f"[{_FAILING}]protected: the engine refuses it[/]"
    if change.loses:
        lost = "is not where the program looks for it" if change.is_kept else "is lost"
        yield f"[{_FAILING}]{change.loses}: what it holds {lost}[/]"
    elif change.is_kept:
        yield "[yellow]stays in the cloud, but out of the stack[/]"
    if change.because:
        yield f"because {safe(', '.join(map(name_of, change.because)))} is replaced"
    if change.first_deleted:
        yield "the old one is deleted before the new one is there"
    if change.moved_from:
        yield f"[dim]was[/] {safe(change.moved_from)}"


def _property(stack: Changes, one: Property, *, alone: bool) -> str:
    """`cidrBlock  10.2.0.0/16 → 10.3.0.0/16  forces replacement`. Unless it is `alone`, others wait for something else."""
    forced = "  [yellow]forces replacement[/]" if one.forced_by else ""
    if one.after != UNKNOWN:
        values = f"{_value(stack, one.before)} → {_value(stack, one.after)}"
    elif alone:
        waiting = f", with the new {safe(', '.join(map(name_of, one.because)))}" if one.because else ""
        values = f"{_value(stack, one.before)} → [dim]known after the deployment{waiting}[/]"
    else:
        values = "[dim]each known after the deployment[/]"
    return f"{safe(written(one.path))}  {values}{forced}"


def _value(stack: Changes, value: Value) -> str:
    if isinstance(value, Gap):
        return f"[dim]{value.value}[/]"
    said = legible(stack, value)
    text = said if isinstance(said, str) else json.dumps(said)
    return safe(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")


def _grow_rights(lines: Tree, stack: Changes) -> None:
    delta = rights_delta(stack)
    for word, style, found in (("gained", "yellow", delta.gained), ("lost", "dim", delta.lost)):
        if found:
            branch = lines.add(f"[{style}]rights {word}[/]")
            for one in found:
                branch.add(_right(one))


def _right(delta: Delta) -> str:
    limits = f" [dim]if {safe(', '.join(delta.conditions))}[/]" if delta.conditions else ""
    on = "[dim]takes[/]" if delta.holds == "trust" else f"{safe(', '.join(delta.actions))} [dim]on[/]"
    return f"{safe(delta.principal)}  {on} {safe(', '.join(delta.targets))}{limits}"


def _advice(stacks: Sequence[Changes]) -> str:
    failing = [(stack, change) for stack in stacks for change in stack.failing]
    if failing:
        stack, change = failing[0]
        asked = f"plinth why {safe(change.resource.name)} -s {stack.stack}"
        return f"{asked} says what asks for it; docs/CHANGES.md says how data is kept"
    if all(change.kind is Kind.SAME for stack in stacks for change in stack.changes):
        return "nothing changes"
    return "plinth policy and plinth access judge the plan; pulumi up makes it so"
