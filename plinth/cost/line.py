"""What a rule says of a resource: quantities of things that are sold, known now or once the use is known."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from plinth.cost.item import Item
from plinth.cost.quantity import HOURS, ONE, Range
from plinth.cost.sheet import Sku

SPOT = (Sku("ec2", "spot-share:low"), Sku("ec2", "spot-share:expected"), Sku("ec2", "spot-share:high"))
"""The rows of the sheet that say what share of the on-demand price a Spot instance costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """What the same thing would take without a saving: the baseline. `sku` is none where it is the same SKU."""

    quantity: Range
    because: str
    sku: Sku | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A quantity a month that follows from the plan. `working` says how, in figures; `assumed` what the plan does not say."""

    what: str
    sku: Sku
    quantity: Range
    working: str
    spot: bool = False
    without: Without | None = None
    assumed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metered:
    """A quantity that is `scale` times a figure of use: a key of `usage.METERS`."""

    what: str
    sku: Sku
    usage: str
    scale: Decimal = Decimal(1)
    assumed: str = ""


@dataclass(frozen=True, slots=True)
class Free:
    """A resource of a type that can cost, and does not as it is configured; the reason."""

    reason: str


Said: TypeAlias = Line | Metered | Free
Rule: TypeAlias = Callable[[Item], Iterable[Said]]


@dataclass(frozen=True, slots=True)
class Running:
    """How many of a thing run, and for how many hours a month each."""

    count: Range = ONE
    hours: Decimal = HOURS
    because: str = ""
    """Why the hours are fewer than a month has; empty where they are not."""

    def line(
        self,
        what: str,
        sku: Sku,
        each: Decimal = Decimal(1),
        *,
        of: str = "",
        spot: bool = False,
        on_demand: Sku | None = None,
    ) -> Line:
        """The line of `each` unit an hour, for all that run. `of` says what `each` is: `0.25 vCPU`.

        Spot is either a share of the price (`spot`), or an SKU with a price of its own beside that of the `on_demand` one.
        """
        saved = [reason for reason in ("Spot" if spot or on_demand else "", self.because) if reason]
        parts = [*([] if self.count == ONE else [spelt(self.count)]), f"{plain(self.hours)} h", *([of] if of else [])]
        whole = Without(quantity=self.count * HOURS * each, because=" and ".join(saved), sku=on_demand)
        return Line(
            what=what,
            sku=sku,
            quantity=self.count * self.hours * each,
            working=" x ".join(parts),
            spot=spot,
            without=whole if saved else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A rule as a row of a table: what one resource takes, whatever its inputs say."""

    hourly: tuple[tuple[str, Sku], ...] = ()
    monthly: tuple[tuple[str, Sku], ...] = ()
    metered: tuple[Metered, ...] = field(default_factory=tuple[Metered, ...])

    def __call__(self, item: Item) -> Iterable[Said]:
        """The lines of `item`."""
        del item
        for what, sku in self.hourly:
            yield Running().line(what, sku)
        for what, sku in self.monthly:
            yield Line(what=what, sku=sku, quantity=ONE, working="1")
        yield from self.metered


def several(what: str, sku: Sku, count: Range | Decimal | int, of: str, *, assumed: str = "") -> Line:
    """The line of `count` of something by the month; `of` says what is counted."""
    quantity = count if isinstance(count, Range) else Range.of(count)
    return Line(what=what, sku=sku, quantity=quantity, working=f"{spelt(quantity)} {of}", assumed=assumed)


def spelt(amount: Range) -> str:
    """`2`, or `1 to 4, expected 2`."""
    if amount.flat:
        return plain(amount.expected)
    return f"({plain(amount.low)} to {plain(amount.high)}, expected {plain(amount.expected)})"


def plain(figure: Decimal) -> str:
    """A figure without trailing zeros and without an exponent."""
    text = f"{figure:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
