"""The hours in which a service's tasks run."""

from dataclasses import dataclass
from typing import ClassVar, Final

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import appautoscaling

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.hours import Hours, aws_cron, hours_problems

_NAMESPACE: Final = "ecs"
_DIMENSION: Final = "ecs:service:DesiredCount"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskHoursArgs:
    """Out of `hours` what scales as `resource_id` has no tasks; in them from `least` to `most`.

    Raises ValueError that names every fault.
    """

    resource_id: Input[str]
    hours: Hours
    least: int
    most: int

    def __post_init__(self) -> None:
        wrong = (
            [] if 0 <= self.least <= self.most else [f"least: {self.least} is not between 0 and {self.most}; at most the most"]
        )
        refuse(self, [*hours_problems(self.hours), *wrong])


class TaskHours(Component):
    """When tasks of a service stop and start.

    Creates: two scheduled changes of its limits: to none, and back. Costs: nothing; tasks that do not run are not charged.
    When not: where somebody may come at any time.
    """

    TYPE: ClassVar[str] = "plinth:compute:TaskHours"

    stops: Output[str]

    def __init__(self, name: str, args: TaskHoursArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        self._args = args
        self.stops = self._change("stop", args.hours.stops, 0, 0).arn
        self._change("start", args.hours.starts, args.least, args.most)
        self.publish()

    def _change(self, key: str, at: str, least: int, most: int) -> appautoscaling.ScheduledAction:
        return appautoscaling.ScheduledAction(
            f"{self.pulumi_resource_name}-{key}",
            resource_id=self._args.resource_id,
            scalable_dimension=_DIMENSION,
            service_namespace=_NAMESPACE,
            schedule=aws_cron(at),
            timezone=self._args.hours.timezone,
            scalable_target_action={"min_capacity": least, "max_capacity": most},
            region=self._ctx.region,
            opts=self.under(),
        )
