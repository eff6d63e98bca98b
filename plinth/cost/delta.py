"""What a change of a stack makes dearer or cheaper: the stack as a whole, and each of its resources."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from plinth.cost.quantity import NOTHING, Range
from plinth.cost.report import Charge, CostReport


@dataclass(frozen=True, kw_only=True)
class CostDelta:
    """The estimates of a stack as it was and as it will be, a month, in USD."""

    before: CostReport
    after: CostReport

    @property
    def total(self) -> Decimal:
        """How much more the whole stack is expected to cost; less than nothing where it is less."""
        return self.after.total.expected - self.before.total.expected

    @property
    def in_words(self) -> str:
        """`+12.30 USD a month, an estimate with 98 % priced`: the less known of the two says how much."""
        known = min(self.before.coverage_percent, self.after.coverage_percent)
        return f"{signed(self.total)}, an estimate with {int(known)} % priced"

    def of(self, urn_before: str, urn_after: str) -> Decimal:
        """How much more one resource is expected to cost, by its URN before and after; empty where it is not there."""
        was, will_be = self._by_urn
        return will_be.get(urn_after, NOTHING).expected - was.get(urn_before, NOTHING).expected

    @cached_property
    def _by_urn(self) -> tuple[Mapping[str, Range], Mapping[str, Range]]:
        return self.before.by(_urn), self.after.by(_urn)


def signed(amount: Decimal) -> str:
    """A difference with its sign: `+12.30 USD a month`."""
    return f"{amount:+,.2f} USD a month"


def _urn(charge: Charge) -> str:
    return charge.urn
