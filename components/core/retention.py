"""How long CloudWatch Logs can keep records: what the stack file and the components both refer to."""

from typing import Literal, get_args

RetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]  # fmt: skip
"""The numbers of days that there are (API reference, PutRetentionPolicy)."""


def retention_problems(days: int) -> tuple[str, ...]:
    """What is wrong with a number of days that a component was given as `retention_days`."""
    allowed = get_args(RetentionDays)
    return () if days in allowed else (f"retention_days: {days} is not possible; one of {', '.join(map(str, allowed))}",)
