"""What code in tasks may do because of where it runs: say how much waits, and let people look in."""

from typing import Final

from components.core.context import Context
from components.core.logs import log_group_arn
from components.core.offers import Statement

AREA: Final = "containers"
"""The service in the names of what all containers of a stack share."""
SESSIONS: Final = "sessions"
BACKLOG: Final = "Plinth/Workers"
"""The namespace in which a worker says once a minute how many messages wait (`QueueDepth`) and how many it has given up
(`DeadLetters`), with the dimensions `Service` and `Queue`."""


def backlog_statements() -> tuple[Statement, ...]:
    """What a worker needs to say how much waits."""
    return (
        Statement(
            sid="Backlog",
            actions=("cloudwatch:PutMetricData",),
            resources=("*",),
            conditions={"StringEquals": {"cloudwatch:namespace": BACKLOG}},
            because="a metric is no resource; its namespace narrows the right",
        ),
    )


def session_statements(ctx: Context) -> tuple[Statement, ...]:
    """What a task needs for sessions in its containers.

    Source: ECS developer guide, "Amazon ECS task IAM role", "ECS Exec permissions".
    """
    return (
        Statement(
            sid="SessionChannel",
            actions=(
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ),
            resources=("*",),
            because="the container speaks of itself, and none of these actions knows a resource",
        ),
        Statement(
            sid="SessionGroups",
            actions=("logs:DescribeLogGroups",),
            resources=("*",),
            because="CloudWatch Logs lists all groups or none",
        ),
        Statement(
            sid="SessionRecords",
            actions=("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
            resources=(f"{log_group_arn(ctx, AREA, SESSIONS)}:*",),
        ),
    )
