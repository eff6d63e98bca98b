"""Fleets: the machines of one service, which replace themselves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from pulumi import Input, Output, Resource, ResourceOptions
from pulumi_aws import autoscaling, ec2

from components.compute.fleet_scaling import WARMUP_SECONDS, FleetScaling, scale
from components.compute.launch import LaunchArgs, launch_template, machine_tags
from components.compute.user_data import LAUNCH_HOOK
from components.core.checks import name_problems, refuse
from components.core.component import Component
from components.core.context import Context
from components.core.contracts import Routed
from components.core.logs import log_group
from components.core.machine_names import RECORDS, fleet_name
from components.core.offers import Signal
from components.core.retention import RetentionDays, retention_problems

_GRACE_SECONDS: Final = 120
"""For how long a machine that has begun its work may be called unwell by the load balancer."""
_READY_SECONDS: Final = 1800
"""For how long a machine may get ready: to install, and to wait for what its service needs."""
_LIFETIME_SECONDS: Final = 30 * 24 * 3600
"""After a month a machine is replaced by one from the newest image."""
_WAIT: Final = "20m"
"""For how long a deployment waits for the first machines."""
_METRICS: Final[tuple[autoscaling.Metric, ...]] = (
    autoscaling.Metric.GROUP_DESIRED_CAPACITY,
    autoscaling.Metric.GROUP_IN_SERVICE_INSTANCES,
    autoscaling.Metric.GROUP_MAX_SIZE,
    autoscaling.Metric.GROUP_MIN_SIZE,
    autoscaling.Metric.GROUP_PENDING_INSTANCES,
    autoscaling.Metric.GROUP_TERMINATING_INSTANCES,
    autoscaling.Metric.GROUP_TOTAL_INSTANCES,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetArgs:
    """The machines of the service called `service`, in `subnet_ids` by zone.

    `spot_percent` of them may be Spot. `routed` is how requests get to them, None for not at all. What they log is kept for
    `retention_days`, encrypted with `logs_key_arn`. Raises ValueError that names every fault.
    """

    service: str
    launch: LaunchArgs
    scaling: FleetScaling
    spot_percent: int
    subnet_ids: Mapping[str, Input[str]]
    routed: Routed | None
    retention_days: RetentionDays
    logs_key_arn: Input[str]

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        yield from name_problems("service", self.service)
        yield from self.scaling.problems()
        yield from retention_problems(self.retention_days)
        if not 0 <= self.spot_percent <= 100:
            yield f"spot_percent: {self.spot_percent} is no share; 0 to 100"
        if not self.subnet_ids:
            yield "subnet_ids: none given; at least one"
        if self.scaling.requests_per_target is not None and self.routed is None:
            yield "scaling.requests_per_target: no requests get to it; a way for them, or no such number"


class Fleet(Component):
    """An Auto Scaling group of machines that run one service in a container.

    Creates: a launch template, the group, a log group; policies and schedules that change how many there are.
    Costs: by the machine and the hour; root volumes, and what is logged.
    When not: for what runs on Fargate as well: there nobody patches a machine.

    A machine begins its work when its service answers; one that falls ill, or is a month old, is replaced. A new template or tag
    replaces all of them, a few at a time, an old one only when a new one has begun its work; where new ones do not come up, those
    that are left stay until the change is taken back and deployed. A fleet of one never has two: it has none until then.
    """

    TYPE: ClassVar[str] = "plinth:compute:Fleet"

    group_name: Output[str]
    template_id: Output[str]

    def __init__(self, name: str, args: FleetArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        self._args = args
        records = log_group(
            self,
            ctx,
            service=args.service,
            resource=RECORDS,
            retention_days=args.retention_days,
            key_arn=args.logs_key_arn,
        )
        template = launch_template(self, ctx, args.launch)
        group = self._group(template, records)
        scale(self, ctx, group.name, args.scaling, args.routed.request_label if args.routed else None)
        self.group_name = group.name
        self.template_id = template.id
        self.publish()

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What to watch.

        Sources: EC2 Auto Scaling user guide, "Amazon CloudWatch metrics"; EC2 user guide, "Status check metrics".
        """
        name, group = self.pulumi_resource_name, {"AutoScalingGroupName": self.group_name}
        return (
            Signal(
                key=f"{name}-too-few",
                namespace="AWS/AutoScaling",
                metric="GroupInServiceInstances",
                dimensions=group,
                statistic="Minimum",
                threshold=self._args.scaling.least,
                over=False,
                periods=3,
                meaning=f"fewer machines run {self._args.service} than there should be: new ones do not come up",
            ),
            Signal(
                key=f"{name}-busy",
                namespace="AWS/EC2",
                metric="CPUUtilization",
                dimensions=group,
                statistic="Average",
                threshold=90,
                periods=3,
                meaning=f"the machines of {self._args.service} have no CPU left: there are as many as there may be, or too few",
            ),
            Signal(
                key=f"{name}-ill",
                namespace="AWS/EC2",
                metric="StatusCheckFailed",
                dimensions=group,
                statistic="Maximum",
                threshold=0,
                periods=2,
                meaning=f"a machine of {self._args.service} does not pass its checks; it should be replaced by itself",
            ),
        )

    def _group(self, template: ec2.LaunchTemplate, records: Resource) -> autoscaling.Group:
        args, scaling, ctx = self._args, self._args.scaling, self._ctx
        routed = args.routed
        # A new machine comes before an old one goes; where there is one, it never stands beside another.
        least_well, most_well = (0, 100) if scaling.single else (100, 150)
        return autoscaling.Group(
            f"{self.pulumi_resource_name}-group",
            name=fleet_name(ctx, args.service),
            min_size=scaling.least,
            max_size=scaling.most,
            desired_capacity=max(scaling.least, 1),
            vpc_zone_identifiers=list(args.subnet_ids.values()),
            mixed_instances_policy=self._mixed(template),
            capacity_rebalance=args.spot_percent > 0,  # a Spot machine is replaced before it is taken away
            target_group_arns=list(_target_groups(routed)) if routed else None,
            health_check_type="ELB" if routed else "EC2",
            health_check_grace_period=_GRACE_SECONDS,
            default_instance_warmup=WARMUP_SECONDS,
            initial_lifecycle_hooks=[
                {
                    "name": LAUNCH_HOOK,
                    "lifecycle_transition": "autoscaling:EC2_INSTANCE_LAUNCHING",
                    "heartbeat_timeout": _READY_SECONDS,
                    "default_result": "ABANDON",
                }
            ],
            instance_refresh={
                "strategy": "Rolling",
                "triggers": ["tag"],  # a new template is one by itself
                "preferences": {
                    "min_healthy_percentage": least_well,
                    "max_healthy_percentage": most_well,
                    # No automatic rollback: AWS refuses it where a parameter names the image (EC2 Auto Scaling API reference,
                    # `RefreshPreferences`). Another update cancels what is under way.
                    "instance_warmup": str(WARMUP_SECONDS),
                },
            },
            instance_maintenance_policy={"min_healthy_percentage": least_well, "max_healthy_percentage": most_well},
            max_instance_lifetime=_LIFETIME_SECONDS,
            termination_policies=["AllocationStrategy", "OldestLaunchTemplate", "OldestInstance"],
            enabled_metrics=list(_METRICS),
            metrics_granularity="1Minute",
            wait_for_capacity_timeout=_WAIT,
            tags=[
                {"key": key, "value": value, "propagate_at_launch": True}
                for key, value in sorted(machine_tags(self, ctx, args.launch).items())
            ],
            region=ctx.region,
            opts=self.under(after=[records], ignore=["desired_capacity"]),
        )

    def _mixed(self, template: ec2.LaunchTemplate) -> autoscaling.GroupMixedInstancesPolicyArgs:
        """The number of the version, not `$Latest`: so that a new one is a change, and an old one can be gone back to."""
        return autoscaling.GroupMixedInstancesPolicyArgs(
            instances_distribution=autoscaling.GroupMixedInstancesPolicyInstancesDistributionArgs(
                on_demand_allocation_strategy="prioritized",
                on_demand_base_capacity=0,
                on_demand_percentage_above_base_capacity=100 - self._args.spot_percent,
                spot_allocation_strategy="price-capacity-optimized",
            ),
            launch_template=autoscaling.GroupMixedInstancesPolicyLaunchTemplateArgs(
                launch_template_specification=autoscaling.GroupMixedInstancesPolicyLaunchTemplateLaunchTemplateSpecificationArgs(
                    launch_template_id=template.id, version=template.latest_version.apply(str)
                ),
                overrides=[
                    autoscaling.GroupMixedInstancesPolicyLaunchTemplateOverrideArgs(instance_type=kind)
                    for kind in self._args.launch.types
                ],
            ),
        )


def _target_groups(routed: Routed) -> Iterator[Output[str]]:
    yield routed.target_group_arn
    if (stream := routed.stream_target_group_arn) is not None:
        yield stream
