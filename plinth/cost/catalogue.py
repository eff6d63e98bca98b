"""What is known of each type: a rule that prices it, a reason why it is free, or a reason why it has no price."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Literal

from plinth.cost.line import Rule
from plinth.cost.rules import (
    analytics,
    compute,
    containers,
    databases,
    edge,
    messaging,
    network,
    observability,
    security,
    storage,
)

State = Literal["priced", "free", "unpriced", "unknown"]

_FILE = Path(__file__).resolve().parents[2] / "data" / "types.csv"

_TOPICS = (network, compute, containers, databases, storage, messaging, security, observability, edge, analytics)
RULES: Mapping[str, Rule] = dict(chain.from_iterable(topic.RULES.items() for topic in _TOPICS))
"""The rule of each type that is priced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Why a type is free or has no price, with the source of it."""

    state: Literal["free", "unpriced"]
    reason: str
    source: str


def verdict_of(token: str) -> Verdict | None:
    """The row of data/types.csv that speaks of a type: its own, or one for all of its package or module (`random:*`)."""
    rows, prefixes = _table()
    return rows.get(token) or next((verdict for start, verdict in prefixes.items() if token.startswith(start)), None)


def state_of(token: str) -> State:
    """What is known of a type."""
    if token in RULES:
        return "priced"
    found = verdict_of(token)
    return found.state if found else "unknown"


def is_counted(token: str) -> bool:
    """Whether a type is something of a cloud: Pulumi's own (the stack, providers, references) are not."""
    return not token.startswith("pulumi:")


@cache
def _table() -> tuple[Mapping[str, Verdict], Mapping[str, Verdict]]:
    """Verdicts by type, and by the beginning of types."""
    rows: dict[str, Verdict] = {}
    prefixes: dict[str, Verdict] = {}
    with _FILE.open(newline="") as lines:
        for row in csv.DictReader(lines, strict=True):
            state = row["state"]
            if state not in ("free", "unpriced"):
                raise ValueError(f"{_FILE.name}: {row['type']}: {state!r} is neither free nor unpriced")
            verdict = Verdict(state=state, reason=row["reason"], source=row["source"])
            if row["type"].endswith("*"):
                prefixes[row["type"][:-1]] = verdict
            else:
                rows[row["type"]] = verdict
    return rows, prefixes
