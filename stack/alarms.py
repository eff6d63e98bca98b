"""Alarms: what the program builds of components of observability."""

from collections.abc import Iterable

from components.core.context import Context
from components.core.offers import Signal


def watch(what: str, signals: Iterable[Signal], ctx: Context) -> None:
    """An alarm for each of `signals`, which concern `what`; nothing where there are none."""
    found = tuple(signals)
    if not found:
        return
    from components.observability.alarms import Alarms, AlarmsArgs

    Alarms(f"alarms-{what}", AlarmsArgs(signals=found), ctx)
