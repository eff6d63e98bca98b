"""How long the creation of a resource takes, by its type and inputs: the table `data/durations.csv`.

A row is a type token, a condition on its inputs (`multiAz=true`; `vpcConfig`: given at all; empty: always) and three figures in
seconds. Of the rows of a type the first whose condition holds counts. `aws:*` and `*` are for types that have no row.

`basis` says what the figures rest on. `observed`: creations in `data/durations_observed.csv`, each a line "Creation complete
after" of a published Terraform log (pulumi-aws creates with the code of that provider), one of a type and log, found again by its
`witness`. Of three and more, `typical` is the median, `fast` and `slow` are the 10th and the 90th percentile by nearest rank.
`estimated`: what `source` says, fewer observations among it. `default`: a guess for what has no row. Anything else names a class:
a row whose figures count.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from plinth.engine.graph import Resource
from plinth.engine.values import Value

FILE = Path(__file__).resolve().parents[2] / "data" / "durations.csv"
IMPORTED = "call"
"""The class of a resource that the deployment adopts: it is read, not made."""


class Basis(StrEnum):
    """What a duration rests on, best first."""

    OBSERVED = "observed"
    ESTIMATED = "estimated"
    CLASS = "class"
    DEFAULT = "default"
    """The type has no row: it counts as the default of its package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """How long a creation takes, in seconds: as nine in ten exceed, as half do, as one in ten does."""

    fast: float
    typical: float
    slow: float
    basis: Basis
    source: str


@dataclass(frozen=True, slots=True)
class Row:
    """A duration, and the condition under which it counts."""

    when: str
    duration: Duration

    def holds(self, inputs: Mapping[str, Value]) -> bool:
        """Whether the condition holds. An input that is not known yet is given, and equal to nothing."""
        if not self.when:
            return True
        key, equals, wanted = self.when.partition("=")
        found = inputs.get(key)
        return _text(found) == wanted if equals else bool(found)


_OWN_FIGURES = (Basis.OBSERVED, Basis.ESTIMATED, Basis.DEFAULT)

Durations = Mapping[str, Sequence[Row]]
"""The rows by type token, class or `package:*`."""

NOTHING = Duration(fast=0, typical=0, slow=0, basis=Basis.OBSERVED, source="a component is nothing that a cloud makes")


READ = Duration(fast=0, typical=0, slow=0, basis=Basis.OBSERVED, source="what the stack only reads is there already")


def duration_of(resource: Resource, table: Durations) -> Duration:
    """What the table says of a resource. A type without a row gets the default of its package, or of any package."""
    if not resource.custom:
        return NOTHING
    if resource.external:
        return READ
    token = IMPORTED if resource.options.import_id else resource.type
    package = f"{token.partition(':')[0]}:*"
    rows = table.get(token) or table.get(package) or table["*"]
    return next(row.duration for row in rows if row.holds(resource.inputs))


@cache
def durations() -> Durations:
    """The committed table."""
    with FILE.open(newline="") as file:
        return read(list(csv.DictReader(file)))


def read(lines: Sequence[Mapping[str, str]]) -> Durations:
    """The table in the lines of a file; a class stands before what names it."""
    table: dict[str, list[Row]] = {}
    for line in lines:
        basis = line["basis"]
        if basis in _OWN_FIGURES:
            figures = {key: float(line[key]) for key in ("fast", "typical", "slow")}
            source = line["source"]
        else:
            (row,) = table[basis]
            figures = {key: getattr(row.duration, key) for key in ("fast", "typical", "slow")}
            source, basis = f"{basis}: {row.duration.source}", Basis.CLASS
        duration = Duration(**figures, basis=Basis(basis), source=source)
        table.setdefault(line["type"], []).append(Row(line["when"], duration))
    return table


def _text(value: Value) -> str:
    """A value as the table writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
