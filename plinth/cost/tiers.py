"""Prices that change with the quantity: the first part of a month at one price, the next at another.

The bounds are those that the names of the SKUs say; terabytes are 1,024 GB, as AWS counts them. A month is counted over a whole
stack and region: what else the account holds is not known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from plinth.cost.quantity import EXACT, ZERO
from plinth.cost.sheet import Sku


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the quantity. `size` is none for the last step; `sku` is none where the step is free."""

    size: Decimal | None
    sku: Sku | None


def _ladder(service: str, *steps: tuple[int | None, str]) -> tuple[Step, ...]:
    return tuple(Step(None if size is None else Decimal(size), Sku(service, name) if name else None) for size, name in steps)


TB = 1024
BILLION = 10**9

LADDERS: Mapping[Sku, tuple[Step, ...]] = {
    Sku("data-transfer", "internet-out"): _ladder(
        "data-transfer",
        (10 * TB, "internet-out (first 10 TB)"),
        (40 * TB, "internet-out (next 40 TB)"),
        (100 * TB, "internet-out (next 100 TB)"),
        (None, "internet-out (over 150 TB)"),
    ),
    Sku("lambda", "duration-x86"): _ladder(
        "lambda",
        (6 * BILLION, "duration-x86 (first 6B GB-s)"),
        (9 * BILLION, "duration-x86 (next 9B GB-s)"),
        (None, "duration-x86 (over 15B GB-s)"),
    ),
    Sku("lambda", "duration-arm"): _ladder(
        "lambda",
        (7_500_000_000, "duration-arm (first 7.5B GB-s)"),
        (11_250_000_000, "duration-arm (next 11.25B GB-s)"),
        (None, "duration-arm (over 18.75B GB-s)"),
    ),
    Sku("route53", "hosted-zone"): _ladder("route53", (25, "hosted-zone (first 25)"), (None, "hosted-zone (over 25)")),
    Sku("cloudwatch", "dashboard"): _ladder("cloudwatch", (3, ""), (None, "dashboard (first 3 free)")),
    Sku("codepipeline", "v1-active-pipeline"): _ladder("codepipeline", (1, ""), (None, "v1-active-pipeline (first free)")),
    Sku("dynamodb", "storage"): _ladder("dynamodb", (25, ""), (None, "storage-beyond-25GB")),
}
"""The steps of what is sold in steps, under the name that rules use. Every other SKU of the sheet has one price."""


def steps_of(sku: Sku) -> tuple[Step, ...]:
    """The steps that `sku` is sold in: one without end where it has one price."""
    return LADDERS.get(sku) or (Step(None, sku),)


def between(steps: tuple[Step, ...], start: Decimal, end: Decimal) -> tuple[Decimal, ...]:
    """How much of the quantity from `start` to `end` falls on each step. The parts add up to `end - start`."""
    parts: list[Decimal] = []
    floor = ZERO
    for step in steps:
        ceiling = None if step.size is None else EXACT.add(floor, step.size)
        top = end if ceiling is None else min(end, ceiling)
        parts.append(max(ZERO, EXACT.subtract(top, max(start, floor))))
        floor = floor if ceiling is None else ceiling
    return tuple(parts)
