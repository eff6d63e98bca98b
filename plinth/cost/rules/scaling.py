"""How many of a thing run, and for how many hours a month where scheduled actions take them down and bring them up again."""

from collections.abc import Sequence
from decimal import Decimal

from plinth.cost.item import Block, Item, UndeterminedError
from plinth.cost.quantity import HOURS, Range
from plinth.cost.schedules import WEEK, ScheduleError, monthly_hours, running_minutes


def numbers(limits: Block, least: str, most: str, wanted: Decimal | None) -> Range:
    """How many run between the limits at the keys `least` and `most`: as many as `wanted`, else the least."""
    low, high = limits.number(least), limits.number(most)
    if low > high:
        raise UndeterminedError(f"{limits.within}{least} is more than {most}")
    return Range(low, low if wanted is None else min(max(wanted, low), high), high)


def hours_of_group(group: Item) -> tuple[Decimal, str]:
    """The hours of an Auto Scaling group and why they are fewer than a month has."""
    actions = group.linking("autoscalingGroupName", "aws:autoscaling/schedule:Schedule")
    return _hours([(action.text("recurrence", ""), _is_off(action, "maxSize", "desiredCapacity")) for action in actions])


def hours_of_target(target: Item) -> tuple[Decimal, str]:
    """The same for what Application Auto Scaling scales."""
    found: list[tuple[str, bool]] = []
    for action in target.linking("resourceId", "aws:appautoscaling/scheduledAction:ScheduledAction"):
        capacity = action.block("scalableTargetAction")
        found.append((action.text("schedule", ""), bool(capacity and _is_off(capacity, "maxCapacity"))))
    return _hours(found)


def _is_off(capacity: Block, *keys: str) -> bool:
    """Whether a scheduled action takes everything down: one of its limits is none."""
    return any(capacity.values.get(key) == 0 for key in keys)


def _hours(actions: Sequence[tuple[str, bool]]) -> tuple[Decimal, str]:
    stops = [expression for expression, off in actions if off]
    starts = [expression for expression, off in actions if not off]
    if not stops:
        return HOURS, ""
    try:
        minutes = running_minutes(stops, starts)
    except ScheduleError as error:
        raise UndeterminedError(f"its schedule {str(error)!r} is not understood") from None
    return monthly_hours(minutes), "" if minutes == WEEK else f"off-hours: {minutes / 60:g} of 168 hours a week"
