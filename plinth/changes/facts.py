"""What is known of resource types: which properties only a new resource can change, and what else decides about a change.

Source: data/create_only.csv, which tools/create_only.py writes; each of its rows says where it comes from.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path as File

from plinth.changes.paths import Path, parsed
from plinth.engine.values import Value

TABLE = File(__file__).resolve().parents[2] / "data" / "create_only.csv"

_SWITCHES: Mapping[tuple[str, str], str] = {("aws:ecs/service:Service", "capacityProviderStrategies"): "forceNewDeployment"}
"""What replaces no resource whose other property, named here, is true: the row of its type is measured without it.

Source: terraform-provider-aws, internal/service/ecs/service.go, `capacityProviderStrategyCustomizeDiff`.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one resource type.

    `create_only` says for each property, or part of one, that forces replacement, where that is known from. `kept` are those that
    the cloud fills in and keeps when the program no longer says them; `unordered` are lists without an order; of those
    `told_apart` false, 0 and an empty text are something else than nothing, such as where true is the default; of the properties
    `unasked` no source tells anything.
    """

    create_only: Mapping[str, str] = field(default_factory=dict[str, str])
    kept: tuple[Path, ...] = ()
    unordered: tuple[Path, ...] = ()
    told_apart: tuple[Path, ...] = ()
    unasked: frozenset[str] = frozenset()


@cache
def table() -> Mapping[str, Facts]:
    """The facts of every type in the table, by type token."""
    with TABLE.open(newline="") as lines:
        return read(row for row in lines if not row.startswith("#"))


def in_place(token: str, property_name: str, inputs: Mapping[str, Value]) -> bool:
    """Whether a resource with these inputs takes a change of a property that would replace others of its type."""
    switch = _SWITCHES.get((token, property_name))
    return switch is not None and inputs.get(switch) is True


def read(lines: Iterable[str]) -> Mapping[str, Facts]:
    """The facts in the lines of a table; a type may have a row for each source."""
    known: dict[str, Facts] = {}
    for row in csv.DictReader(lines):
        unasked = frozenset(row["unasked"].split())
        before = known.get(row["type"], Facts(unasked=unasked))
        known[row["type"]] = Facts(
            create_only={**before.create_only, **dict.fromkeys(row["create_only"].split(), row["source"])},
            kept=before.kept + _paths(row["kept"]),
            unordered=before.unordered + _paths(row["unordered"]),
            told_apart=before.told_apart + _paths(row["told_apart"]),
            unasked=before.unasked & unasked,
        )
    return known


def _paths(text: str) -> tuple[Path, ...]:
    return tuple(parsed(path) for path in text.split())
