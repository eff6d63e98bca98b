"""`plinth preview`: what would exist in each stack, what it costs, how long it takes, whether every rule holds."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from plinth.cli.diagram import write as draw
from plinth.cli.insight import subjects
from plinth.cli.policy import judged, summary
from plinth.cli.project import console, plan, root, safe, stack_names
from plinth.cli.report import PLANNED
from plinth.cli.report import write as write_report
from plinth.cost.report import headline as cost_of
from plinth.engine.graph import Graph
from plinth.engine.workers import Recorded
from plinth.report.stack import reported
from plinth.report.subject import Subject
from plinth.timing.report import headline as time_of
from stack.config.breach import Breach
from stack.config.checklist import unset
from stack.config.document import format_path
from stack.config.loader import Stack, load_all
from stack.config.model import CREDENTIALS

_TYPES_SHOWN = 6
"""How many types of a component get a line of their own; the others share one."""
_MOST_IN_DETAIL = 4
"""With more components than these, each gets one line, so that the first screen stays one screen."""


def run(names: Sequence[str], *, as_json: bool) -> int:
    """Plans `names`, or all stacks; writes each graph and its picture to out/<stack>/, and the report; prints a summary.

    0 where no mandatory rule is violated and no ceiling exceeded, else 1. Raises ExceptionsError where policy/exceptions.yaml
    cannot be used.
    """
    folder = root()
    wanted = list(dict.fromkeys(names)) or stack_names(folder)
    loaded = load_all(folder, wanted)
    stacks = plan(folder, wanted)
    verdicts = judged([recorded.graph for recorded in stacks.values()])
    found = subjects(verdicts.stacks)
    written = {one.graph.stack: [_write(folder, one.graph), *draw(folder, one.diagram)] for one in found}
    page = write_report(folder, reported(found, PLANNED, verdicts.stale))
    if as_json:
        rows = [_row(stacks[one.graph.stack], one, loaded[one.graph.stack], written[one.graph.stack]) for one in found]
        typer.echo(json.dumps({"stacks": rows, "failed": verdicts.failed, "report": page}, indent=1))
    else:
        show(stacks, found, [(name, unset(stack)) for name, stack in loaded.items()], page, console(), failed=verdicts.failed)
    return 1 if verdicts.failed or _too_dear(found) else 0


def show(
    stacks: Mapping[str, Recorded],
    found: Sequence[Subject],
    missing: Sequence[tuple[str, Sequence[Breach]]],
    page: str,
    out: Console,
    *,
    failed: bool,
) -> None:
    """The first screen: a line a stack, what each would hold, what was written, what to set and to do next."""
    for line in _headlines(found):
        out.print(line, soft_wrap=True)
    out.print()
    out.print(_table({name: recorded.graph for name, recorded in stacks.items()}))
    out.print()
    seconds = ", ".join(f"{name} {recorded.seconds:.1f} s" for name, recorded in stacks.items())
    out.print(f"[dim]planned[/]  {seconds}, without an account", soft_wrap=True)
    folders = "  ".join(f"out/{name}/" for name in stacks)
    out.print(f"[dim]wrote[/]    {page}  {folders} each with graph.json, diagram.md, diagram.svg", soft_wrap=True)
    for text in _to_set(missing):
        out.print(f"[dim]to set[/]   {text}", soft_wrap=True)
    out.print(f"[dim]next[/]     {_advice(next(iter(stacks)), found, failed=failed)}", soft_wrap=True)


def _headlines(found: Sequence[Subject]) -> Iterator[str]:
    """Resources, cost, time and verdicts, a line a stack, in columns."""
    rows = [
        (
            f"[bold]{subject.graph.stack}[/]",
            f"{len(subject.graph.resources):,} resources",
            f"{cost_of(subject.cost)}{_above(subject)}",
            time_of(subject.timing),
            summary(subject.verdicts),
        )
        for subject in found
    ]
    cells = [[Text.from_markup(cell, emoji=False) for cell in row] for row in rows]
    widths = [max(cell.cell_len for cell in column) for column in zip(*cells, strict=True)]
    for row, texts in zip(rows, cells, strict=True):
        padded = (cell + " " * (width - text.cell_len) for cell, text, width in zip(row, texts, widths, strict=True))
        yield "   ".join(padded).rstrip()


def _above(subject: Subject) -> str:
    ceiling = subject.ceiling
    return f" [bold red]above the ceiling of {int(ceiling.ceiling):,}[/]" if ceiling and ceiling.exceeded else ""


def _to_set(missing: Sequence[tuple[str, Sequence[Breach]]]) -> Iterator[str]:
    """What each stack needs before its first `up`; what several need is said once."""
    stacks: dict[str, list[str]] = {}
    for name, breaches in missing:
        stacks.setdefault(_listed([format_path(breach.path) for breach in breaches]), []).append(name)
    for keys, names in stacks.items():
        if keys:
            yield f"before the first up of {', '.join(names)}: {keys}"


def _listed(keys: Sequence[str]) -> str:
    """`plinth:platform.accountId, credentials:(google-oauth, bot-token)`."""
    prefix = f"{CREDENTIALS}:"
    names = [key.removeprefix(prefix) for key in keys if key.startswith(prefix)]
    others = [key for key in keys if not key.startswith(prefix)]
    return ", ".join([*others, *([f"{prefix}({', '.join(names)})"] if names else [])])


def _advice(first: str, found: Sequence[Subject], *, failed: bool) -> str:
    if failed:
        return "plinth policy says which rules do not hold, where, and what to do"
    if _too_dear(found):
        return "plinth cost says what the money goes to"
    return f"open the report; edit Pulumi.{first}.yaml and run make preview again; plinth changes says what that does"


def _too_dear(found: Sequence[Subject]) -> bool:
    return any(subject.ceiling and subject.ceiling.exceeded for subject in found)


def _write(folder: Path, graph: Graph) -> str:
    file = folder / "out" / graph.stack / "graph.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(graph.to_json())
    return file.relative_to(folder).as_posix()


def _row(recorded: Recorded, subject: Subject, stack: Stack, files: Sequence[str]) -> dict[str, Any]:
    graph = recorded.graph
    file, *pictures = files
    return {
        "stack": graph.stack,
        "resources": len(graph.resources),
        "components": {owner: sum(types.values()) for owner, types in _by_owner(graph).items()},
        "types": dict(Counter(resource.type for resource in graph.resources.values())),
        "policies": {str(verdict): count for verdict, count in subject.verdicts.counts.items()},
        "cost": cost_of(subject.cost),
        "firstDeployment": time_of(subject.timing),
        "toSet": [format_path(breach.path) for breach in unset(stack)],
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
        table.add_row(f"[bold]{safe(owner)}[/]", *(f"[bold]{sum(types.values()) or '-'}[/]" for types in of_owner.values()))
        for label, numbers in _lines(of_owner) if len(owners) <= _MOST_IN_DETAIL else ():
            table.add_row(f"[dim]  {safe(label)}[/]", *(f"[dim]{number or '-'}[/]" for number in numbers))
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
