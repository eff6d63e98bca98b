"""A cost report as plain data, for `--json` and for pages: every charge with its arithmetic, its prices and their sources.

Amounts are numbers of USD to a millionth; quantities are text, exact.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from plinth.cost.line import plain
from plinth.cost.quantity import HOURS, Range
from plinth.cost.report import GROUPINGS, Charge, CostReport, Verdict, ages, headline
from plinth.cost.sheet import Price


def to_json(found: CostReport, verdict: Verdict | None, today: date) -> dict[str, Any]:
    """All of a report."""
    old = ages(found, today)
    return {
        "stack": found.stack,
        "headline": headline(found),
        "currency": "USD",
        "hoursPerMonth": int(HOURS),
        "total": _range(found.total),
        "by": {name: {key: _range(cost) for key, cost in found.by(grouping).items()} for name, grouping in GROUPINGS.items()},
        "ceiling": _ceiling(verdict),
        "baseline": {"total": _range(found.baseline), "savedPercent": _number(found.saved_percent)},
        "coverage": {
            "percent": _number(found.coverage_percent),
            "resources": found.resources,
            "priced": found.priced,
            "free": {token: {"count": count, "reason": reason} for token, (count, reason) in found.free.items()},
            "waitingForUsage": list(found.waiting),
            "unpriced": [{"urn": one.urn, "type": one.type, "reason": one.reason} for one in found.unpriced],
            "unpricedByType": dict(Counter(one.type for one in found.unpriced)),
        },
        "usageNotGiven": dict(found.missing),
        "usageOfNothing": list(found.unmetered),
        "charges": [charge_as_data(charge) for charge in found.charges],
        "prices": {
            "newest": old.newest.isoformat() if old.newest else None,
            "oldest": old.oldest.isoformat() if old.oldest else None,
            "old": [str(sku) for sku in old.old],
            "undated": [str(sku) for sku in old.undated],
            "rows": [_price(price) for price in found.prices.values()],
        },
    }


def charge_as_data(charge: Charge) -> dict[str, Any]:
    """One charge."""
    return {
        "urn": charge.urn,
        "type": charge.type,
        "name": charge.name,
        "component": charge.component,
        "service": charge.service,
        "workload": charge.workload,
        "region": charge.region,
        "what": charge.what,
        "kind": charge.kind,
        "usage": charge.usage or None,
        "sku": str(charge.sku),
        "unit": charge.unit,
        "quantity": {name: plain(figure) for name, figure in _figures(charge.quantity)},
        "working": charge.working,
        "cost": _range(charge.cost),
        "baseline": _range(charge.baseline),
        "saving": charge.saving or None,
        "assumed": charge.assumed or None,
        "prices": [str(price.sku) for price in charge.prices],
        "factor": {"region": charge.factor.region, "factor": _number(charge.factor.factor), "source": charge.factor.source},
    }


def _price(price: Price) -> Mapping[str, Any]:
    return {
        "sku": str(price.sku),
        "unit": price.unit,
        "usd": plain(price.usd),
        "source": price.source,
        "asOf": price.as_of,
        "confidence": price.confidence,
    }


def _ceiling(verdict: Verdict | None) -> Mapping[str, Any] | None:
    if verdict is None:
        return None
    return {"usd": _number(verdict.ceiling), "exceeded": verdict.exceeded, "arithmetic": verdict.arithmetic}


def _range(amount: Range) -> Mapping[str, float]:
    return {name: _number(figure) for name, figure in _figures(amount)}


def _figures(amount: Range) -> tuple[tuple[str, Decimal], ...]:
    return ("low", amount.low), ("expected", amount.expected), ("high", amount.high)


def _number(figure: Decimal) -> float:
    return round(float(figure), 6)
