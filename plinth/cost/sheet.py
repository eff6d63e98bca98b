"""The price sheet: data/prices.csv (what a unit costs in one region) and data/regions.csv (how much more it costs elsewhere)."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

REGION = "us-east-1"
"""The region whose prices the sheet holds."""

MAX_AGE_MONTHS = 18
"""After how many months a price is called old."""

_FOLDER = Path(__file__).resolve().parents[2] / "data"
_ANYWHERE = "*"


class Sku(NamedTuple):
    """What is sold: a row of the price sheet."""

    service: str
    sku: str

    def __str__(self) -> str:
        return f"{self.service} {self.sku}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a unit costs, in USD, where the figure is from and of when. `as_of` is `undated` where the source has no date."""

    sku: Sku
    unit: str
    usd: Decimal
    source: str
    as_of: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """By how much a price of the sheet is multiplied in another region."""

    region: str
    factor: Decimal
    source: str
    as_of: str
    confidence: str

    @property
    def says_something(self) -> bool:
        """Whether a reader should know of it: it changes a price, or is not sure."""
        return self.factor != 1 or self.confidence != "high"


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Prices by SKU, and factors by region and service: pairs of an SKU, or the beginning of one with `*`, and its factor."""

    prices: Mapping[Sku, Price]
    factors: Mapping[tuple[str, str], Sequence[tuple[str, Factor]]] = field(
        default_factory=dict[tuple[str, str], Sequence[tuple[str, Factor]]]
    )

    def factor(self, sku: Sku, region: str) -> Factor | None:
        """The factor of `sku` in `region`: the row that says most of its name; none where no row speaks of it."""
        if region == REGION:
            return _HOME
        for where in (region, _ANYWHERE):
            found = [(len(name), factor) for name, factor in self.factors.get((where, sku.service), ()) if _means(name, sku.sku)]
            if found:
                return max(found, key=lambda pair: pair[0])[1]
        return None


_HOME = Factor(region=REGION, factor=Decimal(1), source="the region of the sheet", as_of="", confidence="high")


@cache
def sheet() -> Sheet:
    """The sheet of this repository, read once."""
    return read(_FOLDER)


def read(folder: Path) -> Sheet:
    """The sheet in `folder`. Raises ValueError, with file and line, for a row that cannot be used."""
    prices = {price.sku: price for price in _prices(folder / "prices.csv")}
    factors: dict[tuple[str, str], list[tuple[str, Factor]]] = {}
    for line, row in _rows(folder / "regions.csv"):
        factor = Factor(
            region=row["region"],
            factor=_number(row["factor"], line),
            source=row["source"],
            as_of=row["as_of"],
            confidence=row["confidence"],
        )
        factors.setdefault((row["region"], row["service"]), []).append((row["sku"], factor))
    return Sheet(prices=prices, factors=factors)


def dated(as_of: str) -> date | None:
    """The day a price is of; the first of the month or the year where no more is known, none where nothing is."""
    parts = [int(part) for part in as_of.split("-") if part.isdigit()]
    return date(*[*parts, 1, 1][:3]) if parts else None


def months_between(earlier: date, later: date) -> int:
    """Full months from one day to another."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month - (later.day < earlier.day)


def _means(name: str, sku: str) -> bool:
    return sku.startswith(name[:-1]) if name.endswith("*") else name == sku


def _prices(file: Path) -> Iterator[Price]:
    for line, row in _rows(file):
        yield Price(
            sku=Sku(row["service"], row["sku"]),
            unit=row["unit"],
            usd=_number(row["usd"], line),
            source=row["source"],
            as_of=row["as_of"],
            confidence=row["confidence"],
        )


def _rows(file: Path) -> Iterator[tuple[str, dict[str, str]]]:
    with file.open(newline="") as lines:
        reader = csv.DictReader(lines, strict=True)
        for row in reader:
            where = f"{file.name}:{reader.line_num}"
            if None in row or None in row.values() or not row["source"]:
                raise ValueError(f"{where}: must have {len(reader.fieldnames or ())} columns, and a source")
            yield where, row


def _number(text: str, where: str) -> Decimal:
    try:
        number = Decimal(text)
    except ArithmeticError:
        number = Decimal(-1)
    if not number.is_finite() or number < 0:
        raise ValueError(f"{where}: {text!r} is no price; a number of at least 0 is allowed")
    return number
