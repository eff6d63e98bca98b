"""When a stack is at work, as pure data, and how schedulers of AWS write it."""

from collections.abc import Iterator
from dataclasses import dataclass

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
"""The days of a week, by the number that Unix cron has for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """From `start` to `stop`, two times of day (`07:00`), on `days` (`mon`), in `timezone` (`Europe/Berlin`)."""

    timezone: str
    start: str
    stop: str
    days: tuple[str, ...]

    @property
    def starts(self) -> str:
        """When work begins, in five fields of Unix cron."""
        return unix_cron(self.start, self.days)

    @property
    def stops(self) -> str:
        """When work ends: every day, so that what was started by hand stops as well."""
        return unix_cron(self.stop, DAYS)


def hours_problems(hours: Hours) -> Iterator[str]:
    """What is wrong with hours that a component was given."""
    if hours.start == hours.stop:
        yield f"hours: they begin and end at {hours.start}; two different times"
    if unknown := [day for day in hours.days if day not in DAYS]:
        yield f"hours: {', '.join(unknown)} is no day; of {', '.join(DAYS)}"
    if not hours.days:
        yield "hours: no day; at least one"


def unix_cron(clock: str, days: tuple[str, ...]) -> str:
    """`0 7 * * 1,2,3`: as EC2 Auto Scaling takes it (EC2 Auto Scaling user guide, "Scheduled scaling")."""
    hour, minute = (int(part) for part in clock.split(":"))
    on = sorted(DAYS.index(day) for day in days)
    return f"{minute} {hour} * * {'*' if len(set(on)) == len(DAYS) else ','.join(map(str, on))}"


def aws_cron(unix: str) -> str:
    """The same with the six fields of Application Auto Scaling and EventBridge: `cron(0 7 ? * 2,3,4 *)`.

    There Sunday is 1, and of day and weekday one is a `?` (EventBridge Scheduler user guide, "Cron-based schedules").
    """
    minute, hour, day, month, weekday = unix.split(" ")
    if weekday == "*":
        return f"cron({minute} {hour} {day} {month} ? *)"
    return f"cron({minute} {hour} ? {month} {_shifted(weekday)} *)"


def _shifted(weekdays: str) -> str:
    """Days by numbers from 1 in place of 0; 7 is Sunday in Unix as well. Names stay."""
    parts = [
        "-".join(str(int(end) % len(DAYS) + 1) if end.isdigit() else end for end in part.split("-"))
        for part in weekdays.split(",")
    ]
    return ",".join(parts)
