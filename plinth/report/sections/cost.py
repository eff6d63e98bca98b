"""What a stack costs a month, and what a change makes of it."""

from collections.abc import Iterator
from decimal import Decimal

from plinth.cost.report import GROUPINGS, CostReport, Verdict, dollars, percent, rounded
from plinth.report.model import Cell, Column, Figure, Kind, Rank, Section, Table, Tone
from plinth.report.subject import Part, Subject

_SUMS = (Column("component", Kind.CODE), Column("expected", Kind.USD), Column("low", Kind.USD), Column("high", Kind.USD))
_CHARGES = (
    Column("resource", Kind.CODE),
    Column("what"),
    Column("expected", Kind.USD),
    Column("low", Kind.USD),
    Column("high", Kind.USD),
    Column("quantity x price"),
    Column("component", Kind.CODE),
    Column("service"),
)
_DIFFERENCES = (
    Column("component", Kind.CODE),
    Column("before", Kind.USD),
    Column("after", Kind.USD),
    Column("difference", Kind.USD, signed=True),
)


def part(subject: Subject) -> Part:
    """The total with its range, its coverage and its ceiling, by component and charge by charge; and how a change moves it."""
    found = subject.cost
    sections = [
        Section(key="cost", title="Cost a month", lead=_lead(found), body=_by_component(found)),
        Section(key="charges", title="Charges", body=_charges(found), rank=Rank.DETAIL),
    ]
    if subject.cost_before:
        sections.append(_delta(subject.cost_before, found, same_usage=not subject.usage_before))
    return Part(figures=[_figure(found, subject.ceiling)], sections=sections)


def _figure(found: CostReport, ceiling: Verdict | None) -> Figure:
    """An estimate is a range; without a price or a figure of use for everything it is less than the whole."""
    spread = f"{rounded(found.total.low):,}-{rounded(found.total.high):,}"
    said = [spread, f"{percent(found.coverage_percent)} priced"]
    if ceiling:
        said.append(f"ceiling {int(ceiling.ceiling):,}")
    exceeded = ceiling is not None and ceiling.exceeded
    tone = Tone.BAD if exceeded else Tone.WARN if found.coverage_percent < 100 else Tone.PLAIN
    return Figure(label="Cost a month", value=dollars(found.total.expected), note=" · ".join(said), tone=tone, section="cost")


def _lead(found: CostReport) -> str:
    """What the sum leaves out: it would else look like all of it."""
    gaps = [f"{len(found.unpriced)} resources have no price"] if found.unpriced else []
    gaps += [f"{len(found.waiting)} wait for a figure of use"] if found.waiting else []
    return f"Not in it: {', '.join(gaps)}." if gaps else ""


def _by_component(found: CostReport) -> Table:
    sums = found.by(GROUPINGS["component"])
    rows = [(name, float(cost.expected), float(cost.low), float(cost.high)) for name, cost in sums.items()]
    return Table(columns=_SUMS, rows=rows, empty="Nothing in this stack costs anything.")


def _charges(found: CostReport) -> Table:
    rows = [
        (
            charge.name,
            charge.what,
            float(charge.cost.expected),
            float(charge.cost.low),
            float(charge.cost.high),
            charge.working,
            charge.component,
            charge.service,
        )
        for charge in found.largest(len(found.charges))
    ]
    return Table(columns=_CHARGES, rows=rows, empty="Nothing in this stack costs anything.")


def _delta(before: CostReport, after: CostReport, *, same_usage: bool) -> Section:
    moved = after.total.expected - before.total.expected
    lead = f"{dollars(before.total.expected)} before, {dollars(after.total.expected)} after, expected: {_signed(moved)} a month."
    if same_usage:
        lead += " What it was says nothing of its use: both are priced with the figures of now."
    body = Table(columns=_DIFFERENCES, rows=list(_moved(before, after)), empty="No component costs more or less.")
    return Section(key="cost-delta", title="Cost of the change", lead=lead, body=body, rank=Rank.DELTA)


def _moved(before: CostReport, after: CostReport) -> Iterator[tuple[Cell, ...]]:
    old, new = before.by(GROUPINGS["component"]), after.by(GROUPINGS["component"])
    for name in dict.fromkeys([*new, *old]):
        was = old[name].expected if name in old else None
        will_be = new[name].expected if name in new else None
        difference = (will_be or Decimal(0)) - (was or Decimal(0))
        if difference:
            yield name, _cell(was), _cell(will_be), float(difference)


def _cell(amount: Decimal | None) -> Cell:
    return None if amount is None else float(amount)


def _signed(amount: Decimal) -> str:
    return f"+{dollars(amount)}" if amount > 0 else f"-{dollars(-amount)}" if amount < 0 else "the same"
