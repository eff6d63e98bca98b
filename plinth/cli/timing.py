"""`plinth timing`: how long the first deployment takes, and on which chain of resources."""

import json
from collections.abc import Sequence

import typer
from rich.console import Console
from rich.table import Table

from plinth.cli.insight import timed
from plinth.cli.project import console, graphs_of, safe
from plinth.timing.deployment import Timing
from plinth.timing.durations import Basis
from plinth.timing.report import dominant, headline, kind, sourced, span, spread, to_json, whole_minutes

_MOST_PARTS = 20
"""A program without components has a part a resource: those with the most work are shown, the others counted."""
_MOST_TYPES = 3
"""As many types fit in the line that says what dominates."""


def run(names: Sequence[str], from_file: str | None, *, as_json: bool) -> None:
    """Prints how long the first deployment of the stacks `names` takes, all of them by default, or of a plan."""
    found = [timed(graph, from_file) for graph in graphs_of(names, from_file)]
    if as_json:
        typer.echo(json.dumps({"stacks": [to_json(one) for one in found]}, indent=1))
        return
    out = console()
    for one in found:
        show(one, out)


def show(found: Timing, out: Console) -> None:
    """The time, the chain that decides it, the parts, and what the figures rest on."""
    out.print(f"[bold]{found.stack}[/]  [bold]{headline(found)}[/] ({spread(found.total)})  [dim]an estimate[/]")
    out.print(
        f"  {found.parallel} resources at once; with no limit {whole_minutes(found.unbounded.typical)} min"
        f" ({spread(found.unbounded)}), on this chain:",
        soft_wrap=True,
    )
    out.print(_chain(found))
    largest = ", ".join(f"{safe(kind(token))} {span(seconds)}" for token, seconds in dominant(found)[:_MOST_TYPES])
    if largest:
        out.print(f"  most of it  {largest}", soft_wrap=True)
    out.print()
    out.print(_parts(found))
    out.print(f"  [dim]{_basis(found)}[/]", soft_wrap=True)
    for token, count in found.by_default.items():
        out.print(f"  [yellow]by default[/]  {count} x {safe(token)}: no row in data/durations.csv", soft_wrap=True)
    out.print()


def _chain(found: Timing) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right")
    table.add_row(f"  {span(found.registering)}", "[dim]the program says what there is[/]", "")
    for link in found.chain:
        basis = link.duration.basis
        rests = str(basis) if basis is Basis.OBSERVED else f"[yellow]{basis}[/]"
        name = f"[bold]{safe(link.resource.name)}[/]  {safe(link.resource.type)}"
        table.add_row(f"  {span(link.duration.typical)}", name, rests)
    return table


def _parts(found: Timing) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("  component")
    for column in ("from", "to", "work"):
        table.add_column(column, justify="right")
    largest = sorted(found.parts, key=lambda part: -part.work)[:_MOST_PARTS]
    for part in found.parts:
        if part in largest:
            table.add_row(f"  {safe(part.owner.name)}", span(part.start), span(part.end), span(part.work))
    if rest := len(found.parts) - len(largest):
        table.add_row(f"  [dim]{rest} more[/]")
    return table


def _basis(found: Timing) -> str:
    """`observed: 60 of 98 resources, 92 % of the chain · estimated 2 · class 36 · default 0`."""
    shares = found.coverage
    resources = sum(share.resources for share in shares.values())
    others = " · ".join(f"{basis} {shares[basis].resources}" for basis in Basis if basis is not Basis.OBSERVED)
    chain = sourced(found)[1]
    return f"observed: {shares[Basis.OBSERVED].resources} of {resources} resources, {chain:.0%} of the chain · {others}"
