"""`plinth cost`: what stacks cost a month, from which prices, and what could not be priced."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import typer
from rich.console import Console
from rich.table import Table

from plinth.cli.project import UsageError, console, graphs_of, root, safe, stack_names
from plinth.cost.estimate import estimate
from plinth.cost.plain import to_json
from plinth.cost.quantity import Range
from plinth.cost.report import GROUPINGS, Ages, CostReport, Unpriced, Verdict, against, ages, cents, dollars, headline, percent
from plinth.cost.sheet import MAX_AGE_MONTHS, sheet
from plinth.cost.usage import METERS, usage_of
from plinth.engine.graph import Graph
from stack.config.cost import Cost
from stack.config.document import project_name
from stack.config.faults import ConfigError
from stack.config.loader import load_all

_LARGEST = 12
_REASONS = 3
"""How many reasons of a type are named."""


def run(names: Sequence[str], from_file: str | None, *, as_json: bool) -> int:
    """Prices the stacks `names`, all of them by default, or a plan. 1 where one is expected to exceed its ceiling, else 0."""
    graphs = graphs_of(names, from_file)
    sections = {graph.stack: section_of(graph, foreign=bool(from_file)) for graph in graphs}
    found = [estimate(graph, sheet(), usage_of(sections[graph.stack])) for graph in graphs]
    verdicts = {report.stack: verdict_of(report, sections[report.stack]) for report in found}
    today = date.today()
    if as_json:
        typer.echo(json.dumps({"stacks": [to_json(report, verdicts[report.stack], today) for report in found]}, indent=1))
    else:
        show(found, verdicts, today, console())
    return 1 if any(verdict and verdict.exceeded for verdict in verdicts.values()) else 0


def section_of(graph: Graph, *, foreign: bool) -> Cost | None:
    """The section `plinth:cost` of the graph's stack; none where the graph is that of another program.

    Raises ConfigError where the stack file is wrong.
    """
    try:
        folder = root()
        if foreign and (graph.project != project_name(folder) or graph.stack not in stack_names(folder)):
            return None
    except (UsageError, ConfigError):
        return None
    return load_all(folder, [graph.stack])[graph.stack].config.cost


def verdict_of(found: CostReport, section: Cost | None) -> Verdict | None:
    """A report against the ceiling of its stack file, if it has one."""
    return against(found, section.ceiling_usd_month) if section else None


def show(found: Sequence[CostReport], verdicts: Mapping[str, Verdict | None], today: date, out: Console) -> None:
    """A line a stack, then for each stack its charges, its sums and what is not in them."""
    width = max(len(report.stack) for report in found)
    for report in found:
        verdict = verdicts[report.stack]
        out.print(f"[bold]{safe(report.stack):<{width}}[/]  {headline(report)}{_ceiling(verdict)}", soft_wrap=True)
    for report in found:
        out.print()
        out.print(_charges(report))
        out.print()
        out.print(_sums(report))
        out.print()
        _coverage(report, out)
        _savings(report, out)
        _prices(ages(report, today), today, out)
        if (verdict := verdicts[report.stack]) and verdict.exceeded:
            out.print(f"[bold red]{report.stack} is too dear[/]  {verdict.arithmetic}", soft_wrap=True)
    out.print()
    out.print(f"[dim]next[/]   {_advice(found, verdicts)}", soft_wrap=True)


def _ceiling(verdict: Verdict | None) -> str:
    if verdict is None:
        return ""
    text = f", ceiling {int(verdict.ceiling):,}"
    return f"[bold red]{text}, exceeded[/]" if verdict.exceeded else text


def _charges(report: CostReport) -> Table:
    """The largest charges, with their arithmetic."""
    title = f"[bold]{safe(report.stack)}[/]  the largest of {len(report.charges)} charges"
    table = Table(box=None, pad_edge=False, title=title, title_justify="left")
    table.add_column("USD a month", justify="right")
    for column in ("resource", "what", "quantity x price"):
        table.add_column(column, overflow="fold")
    shown = report.largest(_LARGEST)
    for charge in shown:
        table.add_row(_money(charge.cost), safe(charge.name), safe(charge.what), f"[dim]{safe(charge.working)}[/]")
    rest = sum((charge.cost.expected for charge in report.charges if charge not in shown), Decimal(0))
    if rest:
        table.add_row(cents(rest), f"[dim]{len(report.charges) - len(shown)} more[/]", "", "")
    return table


def _money(cost: Range) -> str:
    return cents(cost.expected) if cost.flat else f"{cents(cost.expected)} [dim]({cents(cost.low)} to {cents(cost.high)})[/]"


def _sums(report: CostReport) -> Table:
    """What each component, service, workload and kind of charge comes to."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name in ("component", "service", "workload", "kind"):
        sums = report.by(GROUPINGS[name])
        table.add_row(f"by {name}", "   ".join(f"{safe(key)} {cents(cost.expected)}" for key, cost in sums.items()) or "-")
    return table


def _coverage(report: CostReport, out: Console) -> None:
    free = sum(count for count, _ in report.free.values())
    parts = [f"{report.priced} priced", f"{free} free, with the reason", f"{len(report.unpriced)} without a price"]
    if report.waiting:
        parts.append(f"{len(report.waiting)} wait for a figure of use")
    whole = f"{percent(report.coverage_percent)} of {report.resources} resources: {', '.join(parts)}"
    out.print(f"[dim]coverage[/]  {whole}", soft_wrap=True)
    for token, cases in _by_type(report.unpriced).items():
        reasons = list(dict.fromkeys(case.reason for case in cases))
        more = f"; {len(reasons) - _REASONS} more reasons" if len(reasons) > _REASONS else ""
        said = f"{len(cases)} {token}: {'; '.join(reasons[:_REASONS])}{more}"
        out.print(f"  [yellow]no price[/]  {safe(said)}", soft_wrap=True)
    for key, count in report.missing.items():
        out.print(f"  [yellow]usage not given[/]  {key}: {METERS[key]} ({count} resources)", soft_wrap=True)
    for key in report.unmetered:
        out.print(f"  [yellow]usage of nothing[/]  {key} is given, but nothing in the stack is charged by it", soft_wrap=True)
    for assumed in dict.fromkeys(charge.assumed for charge in report.charges if charge.assumed):
        out.print(f"  [dim]assumed[/]  {safe(assumed)}", soft_wrap=True)
    for factor in dict.fromkeys(charge.factor for charge in report.charges if charge.factor.says_something):
        where = f"{factor.factor} in {factor.region}, confidence {factor.confidence}"
        out.print(f"  [dim]factor[/]  {where}: {safe(factor.source)}", soft_wrap=True)


def _by_type(unpriced: Sequence[Unpriced]) -> Mapping[str, Sequence[Unpriced]]:
    found: dict[str, list[Unpriced]] = {}
    for one in unpriced:
        found.setdefault(one.type, []).append(one)
    return found


def _savings(report: CostReport, out: Console) -> None:
    """The baseline, what is left of it, and by which savings."""
    if not report.total.expected:
        return
    whole = f"{dollars(report.baseline.expected)} without savings, {dollars(report.total.expected)} with them"
    out.print(f"[dim]baseline[/]  {whole}: {percent(report.saved_percent)} less", soft_wrap=True)
    for reason in dict.fromkeys(charge.saving for charge in report.charges if charge.saving):
        saved = sum(
            (charge.baseline.expected - charge.cost.expected for charge in report.charges if charge.saving == reason), Decimal(0)
        )
        out.print(f"  [dim]saved[/]  {cents(saved)} by {safe(reason)}", soft_wrap=True)


def _prices(found: Ages, today: date, out: Console) -> None:
    """How old the prices are."""
    if found.newest and found.oldest:
        out.print(
            f"[dim]prices[/]  of {found.oldest} to {found.newest}; list prices of AWS in USD, without taxes", soft_wrap=True
        )
    if found.undated:
        out.print(f"  [dim]undated[/]  {', '.join(map(str, found.undated))}", soft_wrap=True)
    if found.old:
        what = f"older than {MAX_AGE_MONTHS} months on {today}: {', '.join(map(str, found.old))}"
        out.print(f"  [yellow]old prices[/]  {safe(what)}; docs/PRICES.md says how to refresh them", soft_wrap=True)


def _advice(found: Sequence[CostReport], verdicts: Mapping[str, Verdict | None]) -> str:
    over = [report.stack for report in found if (verdict := verdicts[report.stack]) and verdict.exceeded]
    if over:
        return f"make the largest charges above smaller, or raise cost.ceilingUsdMonth in Pulumi.{over[0]}.yaml with a reason"
    if any(report.unpriced for report in found):
        return "docs/PRICES.md says how a price or a type is added"
    return "compare the figures of plinth:cost.usage with a bill once there is one"
