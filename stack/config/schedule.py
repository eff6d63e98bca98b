"""`plinth:schedule`: the hours in which the stack is at work."""

from functools import cache
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, WithJsonSchema

from stack.config.section import Section, text

Clock = Annotated[str, text('a time of day in quotes, such as "07:00"', pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


_zones = cache(available_timezones)
"""Every time zone, looked for once: that opens hundreds of files."""


def _exists(zone: str) -> str:
    if zone not in _zones():
        raise ValueError(f"{zone} is no time zone")
    return zone


TimeZone = Annotated[
    str, AfterValidator(_exists), WithJsonSchema({"type": "string", "allowed": "a time zone such as UTC or Europe/Berlin"})
]


class Schedule(Section):
    """The hours in which the stack is at work."""

    enabled: bool = Field(description="Whether services stop out of hours, those that are `alwaysOn` excepted.")
    timezone: TimeZone = Field(description="Where the clock hangs, for peaks of services as well.")
    start: Clock = Field(description="When services start.")
    stop: Clock = Field(description="When they stop.")
    days: tuple[Day, ...] = Field(min_length=1, description="On which days they start. They stop every day.")
