"""`plinth preview`: what would exist in each stack."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from plinth.cli.diagram import write as draw
from plinth.cli.policy import judged, summary
from plinth.cli.project import console, plan, root, stack_names
from plinth.engine.graph import Graph
from plinth.engine.workers import Recorded
from plinth.policy.verdicts import Report, Verdicts

_TYPES_SHOWN = 6
"""How many types of a component get a line of their own; the others share one."""
_MOST_IN_DETAIL = 4
"""With more components than these, each gets one line, so that the first screen stays one screen."""


def run(names: Sequence[str], *, as_json: bool) -> int:
    """Plans `names`, or all stacks; writes each graph and its picture to out/<stack>/; prints a summary.

    0 where no mandatory rule is violated, else 1. Raises ExceptionsError where policy/exceptions.yaml cannot be used.
    """
    folder = root()
    stacks = plan(folder, list(dict.fromkeys(names)) or stack_names(folder))
    verdicts = judged([recorded.graph for recorded in stacks.values()])
    written = {name: [_write(folder, recorded.graph), *draw(folder, recorded.graph)] for name, recorded in stacks.items()}
    if as_json:
        rows = [_row(stacks[stack.graph.stack], stack, *written[stack.graph.stack]) for stack in verdicts.stacks]
        typer.echo(json.dumps({"stacks": rows, "failed": verdicts.failed}, indent=1))
    else:
        show(stacks, verdicts, console())
    return 1 if verdicts.failed else 0


def show(stacks: Mapping[str, Recorded], verdicts: Report, out: Console) -> None:
    """The first screen: a line a stack, what each would hold, what was written, what to do next."""
    width = max(map(len, stacks))
    for judged_stack in verdicts.stacks:
        name = judged_stack.graph.stack
        count = len(judged_stack.graph.resources)
        planned = f"{count:>5,} resources   planned in {stacks[name].seconds:.1f} s"
        out.print(f"[bold]{name:<{width}}[/]  {planned}   {summary(judged_stack)}", soft_wrap=True)
    out.print()
    out.print(_table({name: recorded.graph for name, recorded in stacks.items()}))
    out.print()
    folders = "  ".join(f"out/{name}/" for name in stacks)
    out.print(f"[dim]wrote[/]  {folders}  each with graph.json, diagram.md and diagram.svg", soft_wrap=True)
    if verdicts.failed:
        advice = "plinth policy says which rules do not hold, where, and what to do"
    else:
        advice = f"edit Pulumi.{next(iter(stacks))}.yaml and run make preview again, or deploy: docs/DEPLOYMENT.md"
    out.print(f"[dim]next[/]   {advice}", soft_wrap=True)


def _write(folder: Path, graph: Graph) -> str:
    file = folder / "out" / graph.stack / "graph.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(graph.to_json())
    return file.relative_to(folder).as_posix()


def _row(recorded: Recorded, verdicts: Verdicts, file: str, *pictures: str) -> dict[str, Any]:
    graph = recorded.graph
    return {
        "stack": graph.stack,
        "resources": len(graph.resources),
        "components": {owner: sum(types.values()) for owner, types in _by_owner(graph).items()},
        "types": dict(Counter(resource.type for resource in graph.resources.values())),
        "policies": {str(verdict): count for verdict, count in verdicts.counts.items()},
        "seconds": round(recorded.seconds, 3),
        "graph": file,
        "diagrams": pictures,
    }


def _table(graphs: Mapping[str, Graph]) -> Table:
    """Components and their commonest types, a column a stack."""
    counts = {name: _by_owner(graph) for name, graph in graphs.items()}
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for name in graphs:
        table.add_column(name, justify="right")
    owners = list(dict.fromkeys(owner for found in counts.values() for owner in found))
    for owner in owners:
        of_owner = {name: found.get(owner, Counter[str]()) for name, found in counts.items()}
        table.add_row(f"[bold]{owner}[/]", *(f"[bold]{sum(types.values()) or '-'}[/]" for types in of_owner.values()))
        for label, numbers in _lines(of_owner) if len(owners) <= _MOST_IN_DETAIL else ():
            table.add_row(f"[dim]  {label}[/]", *(f"[dim]{number or '-'}[/]" for number in numbers))
    return table


def _lines(of_owner: Mapping[str, Counter[str]]) -> list[tuple[str, list[int]]]:
    ranked = [token for token, _ in sum(of_owner.values(), Counter[str]()).most_common()]
    lines = [(_short(token), [types[token] for types in of_owner.values()]) for token in ranked[:_TYPES_SHOWN]]
    if rest := ranked[_TYPES_SHOWN:]:
        lines.append((f"{len(rest)} more types", [sum(types[token] for token in rest) for types in of_owner.values()]))
    return lines


def _by_owner(graph: Graph) -> dict[str, Counter[str]]:
    """How many resources of each type every outermost component holds, itself counted; providers together."""
    found: dict[str, Counter[str]] = {}
    for resource in graph.resources.values():
        owner = graph.outermost(resource)
        label = "providers" if owner.type.startswith("pulumi:providers:") else owner.name
        found.setdefault(label, Counter())[resource.type] += 1
    return found


def _short(token: str) -> str:
    """`ec2 RouteTable` for `aws:ec2/routeTable:RouteTable`; a component of ours counts as one."""
    package, module, name = token.split(":")
    if package == "plinth":
        return "component"
    return name if package == "pulumi" else f"{module.split('/')[0]} {name}"
