"""The hours in which a store may be worked on, as pure data: a backup each day, and maintenance once a week."""

import re
from collections.abc import Iterator
from typing import Final

from components.core.hours import DAYS

_TIME: Final = "([01][0-9]|2[0-3]):[0-5][0-9]"
_NAMES: Final = f"({'|'.join(DAYS)})"
BACKUP_PATTERN: Final = f"^{_TIME}-{_TIME}$"
"""`03:00-04:00`, in UTC."""
MAINTENANCE_PATTERN: Final = f"^{_NAMES}:{_TIME}-{_NAMES}:{_TIME}$"
"""`sun:05:00-sun:06:00`, in UTC."""
DATABASE_MINUTES: Final = 30
"""The shortest window of RDS of either kind (API reference, CreateDBInstance)."""
CACHE_MINUTES: Final = 60
"""The shortest window of ElastiCache of either kind (API reference, CreateReplicationGroup)."""
_DAY: Final = 24 * 60
_WEEK: Final = len(DAYS) * _DAY


def backup_minutes(window: str) -> tuple[int, int]:
    """When the daily window `03:00-04:00` begins, in minutes of the day (UTC), and how long it is. It may pass midnight.

    Raises ValueError for what is no window.
    """
    if not re.fullmatch(BACKUP_PATTERN, window):
        raise ValueError(f"{window!r} is no daily window; such as 03:00-04:00")
    return _read(window, _DAY)


def maintenance_minutes(window: str) -> tuple[int, int]:
    """When the weekly window `sun:05:00-sun:06:00` begins, in minutes of the week (UTC), and how long it is.

    It may pass the end of the week. Raises ValueError for what is no window.
    """
    if not re.fullmatch(MAINTENANCE_PATTERN, window):
        raise ValueError(f"{window!r} is no weekly window; such as sun:05:00-sun:06:00")
    return _read(window, _WEEK)


def windows_overlap(backup: str, maintenance: str) -> bool:
    """Whether the daily window shares a minute with the weekly one, on any day of any week."""
    begins, length = backup_minutes(backup)
    weekly, weekly_length = maintenance_minutes(maintenance)
    for day in range(len(DAYS)):
        apart = (begins + day * _DAY - weekly) % _WEEK
        if apart < weekly_length or apart + length > _WEEK:
            return True
    return False


def window_problems(backup: str, maintenance: str, least_minutes: int) -> Iterator[tuple[str, str, str]]:
    """What is wrong with two windows, of which each has at least so many minutes: which of them, what, and what is allowed."""
    lengths: list[int] = []
    for which, window, read in (
        ("backup_window", backup, backup_minutes),
        ("maintenance_window", maintenance, maintenance_minutes),
    ):
        try:
            lengths.append(read(window)[1])
        except ValueError as error:
            problem, _, allowed = str(error).partition("; ")
            yield which, problem, allowed
            continue
        if lengths[-1] < least_minutes:
            yield which, f"{window} is {lengths[-1]} minutes long", f"at least {least_minutes}"
        elif which == "maintenance_window" and lengths[-1] >= _DAY:
            yield which, f"{window} is a day or longer", "less than a day"
    if len(lengths) == 2 and windows_overlap(backup, maintenance):
        yield "maintenance_window", f"{maintenance} overlaps the backup window {backup}", "windows that share no minute"


def _read(window: str, cycle: int) -> tuple[int, int]:
    begins, ends = (_minute(part) for part in window.split("-"))
    return begins, (ends - begins) % cycle


def _minute(text: str) -> int:
    """Of the day, or where the text begins with one, of the week."""
    *day, hours, minutes = text.split(":")
    return sum(DAYS.index(name) for name in day) * _DAY + int(hours) * 60 + int(minutes)
