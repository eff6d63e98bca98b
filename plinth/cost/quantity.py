"""Amounts that are not one figure: a low, an expected and a high one, exact in decimals."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from typing import TypeAlias

HOURS = Decimal(730)
"""Hours a month: 365 days of 24 hours in twelve parts. AWS Pricing Calculator, "730 hours in a month"."""

EXACT = Context(prec=120, traps=[Inexact])
"""Arithmetic that never rounds: raises where a result would need more than 120 digits."""

Amount: TypeAlias = Decimal | int
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Range:
    """Three figures of one quantity. Sums and products are taken figure by figure."""

    low: Decimal
    expected: Decimal
    high: Decimal

    @staticmethod
    def of(low: Amount, expected: Amount | None = None, high: Amount | None = None) -> "Range":
        """The range of three figures; of one figure, the range that is that figure."""
        middle = low if expected is None else expected
        return Range(Decimal(low), Decimal(middle), Decimal(middle if high is None else high))

    def __add__(self, other: "Range") -> "Range":
        return self._with(other, EXACT.add)

    def __sub__(self, other: "Range") -> "Range":
        return self._with(other, EXACT.subtract)

    def __mul__(self, other: "Range | Amount") -> "Range":
        return self._with(other if isinstance(other, Range) else Range.of(other), EXACT.multiply)

    @property
    def flat(self) -> bool:
        """Whether the three figures are one."""
        return self.low == self.expected == self.high

    @property
    def ordered(self) -> bool:
        """Whether the figures rise."""
        return self.low <= self.expected <= self.high

    def each(self, change: Callable[[Decimal], Decimal]) -> "Range":
        """Each figure put through `change`."""
        return Range(change(self.low), change(self.expected), change(self.high))

    def _with(self, other: "Range", do: Callable[[Decimal, Decimal], Decimal]) -> "Range":
        return Range(do(self.low, other.low), do(self.expected, other.expected), do(self.high, other.high))


NOTHING = Range.of(0)
ONE = Range.of(1)


def total(ranges: Iterable[Range]) -> Range:
    """The sum; the range of zero for none."""
    found = NOTHING
    for one in ranges:
        found += one
    return found


def shares(whole: Range, parts: int) -> tuple[Range, ...]:
    """`whole` split evenly into `parts` that add up to it exactly: they differ by a millionth at most."""
    columns = [_split(figure, parts) for figure in (whole.low, whole.expected, whole.high)]
    return tuple(Range(*figures) for figures in zip(*columns, strict=True))


def _split(figure: Decimal, parts: int) -> list[Decimal]:
    exponent = figure.as_tuple().exponent
    places = max(6, -exponent if isinstance(exponent, int) else 0)
    units = int(figure.scaleb(places, EXACT))
    return [Decimal((units + index) // parts).scaleb(-places, EXACT) for index in range(parts)]
