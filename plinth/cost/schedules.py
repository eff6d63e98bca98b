"""Off-hours: the share of a week that something runs, read off the cron expressions that stop and start it.

Two dialects: that of EventBridge and Application Auto Scaling (`cron(0 20 ? * MON-FRI *)`, six fields, Sunday is 1), and that of
EC2 Auto Scaling (`0 20 * * 1-5`, five fields, Sunday is 0 or 7). What repeats by the day of the month or by the month is not
understood.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from plinth.cost.quantity import HOURS

WEEK = 7 * 24 * 60
"""Minutes."""

_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_ANY = ("*", "?")


class ScheduleError(ValueError):
    """A schedule that is not understood."""


def moments(expression: str) -> tuple[int, ...]:
    """The minutes of the week, counted from Sunday, at which a cron expression fires. Raises ScheduleError."""
    wrapped = re.fullmatch(r"cron\((.+)\)", expression.strip())
    fields = (wrapped[1] if wrapped else expression).split()
    if len(fields) != (6 if wrapped else 5):
        raise ScheduleError(expression)
    minute, hour, day, month, weekday, *year = fields
    if day not in _ANY or month not in _ANY or any(field != "*" for field in year):
        raise ScheduleError(expression)
    first = 1 if wrapped else 0
    days = _numbers(weekday, range(first, first + 7), expression, named=True)
    return tuple(
        sorted(
            {
                (a_day - first) % 7 * 1440 + an_hour * 60 + a_minute
                for a_day in days
                for an_hour in _numbers(hour, range(24), expression)
                for a_minute in _numbers(minute, range(60), expression)
            }
        )
    )


def running_minutes(stops: Iterable[str], starts: Iterable[str]) -> int:
    """The minutes of a week in which something runs that each of `stops` stops and each of `starts` starts.

    Raises ScheduleError. What both happens to in the same minute is started.
    """
    events = {moment: False for expression in stops for moment in moments(expression)}
    events |= {moment: True for expression in starts for moment in moments(expression)}
    if not events:
        return WEEK
    times = sorted(events)
    ends = (*times[1:], times[0] + WEEK)
    return sum(end - start for start, end in zip(times, ends, strict=True) if events[start])


def monthly_hours(minutes: int) -> Decimal:
    """Hours a month of what runs `minutes` a week; to a millionth of an hour."""
    return (HOURS * minutes / WEEK).quantize(Decimal("0.000001"))


def _numbers(field: str, allowed: range, expression: str, *, named: bool = False) -> Sequence[int]:
    """The values that a field means: `*`, `5`, `1-5`, `MON-FRI`, `MON,WED`."""
    if field in _ANY:
        return allowed
    found: list[int] = []
    for part in field.upper().split(","):
        first, dash, last = part.partition("-")
        ends = [_number(text, allowed, expression, named=named) for text in ((first, last) if dash else (first, first))]
        span = (
            range(ends[0], ends[1] + 1)
            if ends[0] <= ends[1]
            else (*range(ends[0], allowed.stop), *range(allowed.start, ends[1] + 1))
        )
        found += span
    return found


def _number(text: str, allowed: range, expression: str, *, named: bool) -> int:
    if named and text in _DAYS:
        return allowed.start + _DAYS.index(text)
    number = int(text) if text.isascii() and text.isdigit() else -1
    if named and allowed.start == 0 and number == 7:
        return 0
    if number not in allowed:
        raise ScheduleError(expression)
    return number
