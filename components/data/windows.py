"""The hours in which a store may be worked on, as pure data: a backup each day, and maintenance once a week."""

import re
from typing import Final

from components.core.hours import DAYS

BACKUP_PATTERN: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$"
"""`03:00-04:00`, in UTC."""
MAINTENANCE_PATTERN: Final = (
    r"^(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]$"
)
"""`sun:05:00-sun:06:00`, in UTC."""
LEAST_MINUTES: Final = 60
"""The shortest window of ElastiCache of either kind (API reference, CreateReplicationGroup)."""
_DAY = 24 * 60
_WEEK = len(DAYS) * _DAY


def window_problems(backup: str, maintenance: str) -> tuple[tuple[str, str], ...]:
    """What is wrong with two windows: each which (`backup` or `maintenance`), and the problem. Both have the forms above."""
    daily, weekly = _minutes(backup), _minutes(maintenance)
    short = [
        (which, f"{text} is {length} minutes long; at least {LEAST_MINUTES}")
        for which, text, length in (
            ("backup", backup, (daily[1] - daily[0]) % _DAY),
            ("maintenance", maintenance, (weekly[1] - weekly[0]) % _WEEK),
        )
        if length < LEAST_MINUTES
    ]
    if _overlap(daily, weekly):
        return (*short, ("maintenance", f"{maintenance} overlaps the backups of {backup}; other hours"))
    return tuple(short)


def _minutes(window: str) -> tuple[int, int]:
    """When it begins and ends, in minutes of the day or of the week."""
    begins, ends = (_minute(part) for part in window.split("-"))
    return begins, ends


def _minute(text: str) -> int:
    day, hours, minutes = re.fullmatch(r"(?:([a-z]{3}):)?([0-9]{2}):([0-9]{2})", text).groups()  # type: ignore[union-attr]
    return (DAYS.index(day) if day else 0) * _DAY + int(hours) * 60 + int(minutes)


def _overlap(daily: tuple[int, int], weekly: tuple[int, int]) -> bool:
    """Whether a backup of any day begins within the maintenance of the week, or that within the backup."""
    length, span = (daily[1] - daily[0]) % _DAY, (weekly[1] - weekly[0]) % _WEEK
    for day in range(len(DAYS)):
        after = (day * _DAY + daily[0] - weekly[0]) % _WEEK
        if after < span or _WEEK - after < length:
            return True
    return False
