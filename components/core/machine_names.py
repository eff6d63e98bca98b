"""What a service on machines is called, where its role and what it runs on must both know: its group, its records."""

from typing import Final

from components.core.context import Context
from components.core.logs import log_group_arn

RECORDS: Final = "machine"
"""What the log group of a service on machines is called, after the service."""


def fleet_name(ctx: Context, service: str) -> str:
    """The name of the Auto Scaling group of `service`: `plinth-dev-websocket-machines`."""
    return ctx.physical(service, "machines", kind="fleet")


def fleet_arn(ctx: Context, service: str) -> str:
    """The ARN of that group, but for the part that AWS makes up, known before it exists."""
    own = f"{ctx.region}:{ctx.account_id}"
    return f"arn:aws:autoscaling:{own}:autoScalingGroup:*:autoScalingGroupName/{fleet_name(ctx, service)}"


def records_arn(ctx: Context, service: str) -> str:
    """The ARN of the log group of `service`, known before it exists."""
    return log_group_arn(ctx, service, RECORDS)
