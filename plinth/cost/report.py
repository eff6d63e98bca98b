"""A stack's cost as data: charges with their arithmetic, what could not be priced, and sums by any attribute."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Literal

from plinth.cost.quantity import EXACT, Range, total
from plinth.cost.sheet import MAX_AGE_MONTHS, Factor, Price, Sku, dated, months_between

Kind = Literal["fixed", "scaling", "usage"]
"""Why a charge is what it is: it runs all the time, it runs in numbers that vary, or it follows the use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One thing that one resource is charged for, a month, in USD.

    `quantity` is in `unit`s; `working` shows how it and the cost come about, for the expected figure. `baseline` is what it would
    cost without the saving that `saving` names; both are equal where there is none.
    """

    urn: str
    type: str
    name: str
    component: str
    workload: str
    region: str
    what: str
    sku: Sku
    unit: str
    quantity: Range
    working: str
    kind: Kind
    usage: str
    cost: Range
    baseline: Range
    saving: str
    assumed: str
    prices: tuple[Price, ...]
    factor: Factor

    @property
    def service(self) -> str:
        """The service of AWS, as the price sheet calls it."""
        return self.sku.service


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpriced:
    """A resource that has no price or only part of one, and why."""

    urn: str
    type: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CostReport:
    """What a stack costs a month.

    Each resource is one of four: `priced`, `free` (by type, with the reason), `waiting` for a figure of use, or `unpriced`.
    `missing` counts the resources that lack a figure, by key of use; `unmetered` are keys that were given and nothing meters.
    """

    stack: str
    charges: Sequence[Charge]
    priced: int
    free: Mapping[str, tuple[int, str]]
    waiting: Sequence[str]
    unpriced: Sequence[Unpriced]
    missing: Mapping[str, int] = field(default_factory=dict[str, int])
    unmetered: Sequence[str] = ()

    @cached_property
    def total(self) -> Range:
        """The sum of all charges."""
        return total(charge.cost for charge in self.charges)

    @cached_property
    def baseline(self) -> Range:
        """What the same stack would cost without its savings."""
        return total(charge.baseline for charge in self.charges)

    @property
    def saved_percent(self) -> Decimal:
        """How much less the expected total is than the baseline, in percent; none of nothing."""
        whole = self.baseline.expected
        return (whole - self.total.expected) * 100 / whole if whole else Decimal(0)

    @property
    def resources(self) -> int:
        """How many resources were looked at."""
        return self.priced + sum(count for count, _ in self.free.values()) + len(self.waiting) + len(self.unpriced)

    @property
    def coverage_percent(self) -> Decimal:
        """The share of the resources whose cost is known, in percent: priced, or free for a reason."""
        known = self.priced + sum(count for count, _ in self.free.values())
        return Decimal(known * 100) / self.resources if self.resources else Decimal(100)

    def by(self, key: Callable[[Charge], str]) -> Mapping[str, Range]:
        """The charges summed by what `key` says of each, the largest first."""
        groups: dict[str, list[Range]] = {}
        for charge in self.charges:
            groups.setdefault(key(charge), []).append(charge.cost)
        sums = {name: total(costs) for name, costs in groups.items()}
        return dict(sorted(sums.items(), key=lambda pair: (-pair[1].expected, pair[0])))

    def largest(self, count: int) -> Sequence[Charge]:
        """The `count` largest charges by their expected cost."""
        return sorted(self.charges, key=lambda charge: (-charge.cost.expected, charge.urn, charge.what))[:count]

    @cached_property
    def prices(self) -> Mapping[Sku, Price]:
        """The rows of the sheet that the charges rest on."""
        return {price.sku: price for charge in self.charges for price in charge.prices}


GROUPINGS: Mapping[str, Callable[[Charge], str]] = {
    "component": lambda charge: charge.component,
    "service": lambda charge: charge.service,
    "workload": lambda charge: charge.workload,
    "kind": lambda charge: charge.kind,
    "region": lambda charge: charge.region,
}
"""By what a report sums up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """How old the prices are that a report rests on. `old` are the rows older than the limit, `undated` those without a date."""

    newest: date | None
    oldest: date | None
    old: Sequence[Sku]
    undated: Sequence[Sku]


def ages(found: CostReport, today: date) -> Ages:
    """The ages of the prices that `found` rests on."""
    dates = {sku: dated(price.as_of) for sku, price in found.prices.items()}
    known = {sku: day for sku, day in dates.items() if day}
    return Ages(
        newest=max(known.values(), default=None),
        oldest=min(known.values(), default=None),
        old=sorted(sku for sku, day in known.items() if months_between(day, today) >= MAX_AGE_MONTHS),
        undated=sorted(sku for sku, day in dates.items() if day is None),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A stack's expected total against its ceiling, both in USD a month."""

    ceiling: Decimal
    expected: Decimal

    @property
    def exceeded(self) -> bool:
        """Whether the total lies above the ceiling."""
        return self.expected > self.ceiling

    @property
    def arithmetic(self) -> str:
        """`$ 612.00 expected - $ 500.00 ceiling = $ 112.00 above`."""
        over = EXACT.subtract(self.expected, self.ceiling)
        side = "above" if over > 0 else "below"
        return f"{cents(self.expected)} expected - {cents(self.ceiling)} ceiling = {cents(abs(over))} {side}"


def against(found: CostReport, ceiling: Decimal | int) -> Verdict:
    """Whether a stack stays under its ceiling."""
    return Verdict(ceiling=Decimal(ceiling), expected=found.total.expected)


def headline(found: CostReport) -> str:
    """`$ 187 / month (151-263, 98 % priced)`."""
    low, high = rounded(found.total.low), rounded(found.total.high)
    return f"{dollars(found.total.expected)} / month ({low:,}-{high:,}, {percent(found.coverage_percent)} priced)"


def rounded(figure: Decimal) -> int:
    """Whole dollars."""
    return int(figure.quantize(Decimal(1), ROUND_HALF_UP))


def dollars(figure: Decimal) -> str:
    """`$ 1,187`."""
    return f"$ {rounded(figure):,}"


def cents(figure: Decimal) -> str:
    """`$ 1,187.25`."""
    return f"$ {figure.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def percent(figure: Decimal) -> str:
    """`98 %`, rounded down: 100 % means all."""
    return f"{int(figure)} %"
