"""What is kept of sessions in running containers."""

from dataclasses import dataclass
from typing import ClassVar

from pulumi import Input, Output, ResourceOptions

from components.compute.task_rights import AREA, SESSIONS
from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.logs import log_group
from components.core.retention import RetentionDays, retention_problems


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsArgs:
    """Sessions are kept for `retention_days`, encrypted with `key_arn`. Raises ValueError for a number that there is not."""

    retention_days: RetentionDays
    key_arn: Input[str]

    def __post_init__(self) -> None:
        refuse(self, retention_problems(self.retention_days))


class Sessions(Component):
    """The record of what people type in running containers (ECS Exec).

    Creates: the log group that every session is written to.
    Costs: what is written, by the GB.
    When not: where nobody may open a session.
    """

    TYPE: ClassVar[str] = "plinth:compute:Sessions"

    log_group_name: Output[str]

    def __init__(self, name: str, args: SessionsArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        group = log_group(self, ctx, service=AREA, resource=SESSIONS, retention_days=args.retention_days, key_arn=args.key_arn)
        self.log_group_name = group.name
        self.publish()
