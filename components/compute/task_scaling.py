"""How many tasks of a service there are: by its load, by what waits, by the clock."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import appautoscaling, cloudwatch

from components.compute.task_rights import BACKLOG
from components.core.checks import name_problems, refuse
from components.core.component import Component
from components.core.context import Context
from components.core.hours import aws_cron
from components.core.offers import Signal
from components.core.outputs import both

_NAMESPACE: Final = "ecs"
_DIMENSION: Final = "ecs:service:DesiredCount"
_OUT_SECONDS, _IN_SECONDS = 60, 300
"""How long to wait after more were asked for, and after fewer: a load that comes back soon finds them there."""
_STEPS: Final = ((0, 15, 1), (15, None, 2))
"""From how many percent above the threshold of its alarm to how many how many tasks more."""
_STEPS_FROM: Final = 15
"""How many percent above what is kept to the steps begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits in `queue`, of which one task is good for `per_task` messages."""

    queue: str
    per_task: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """Versions that take turns behind the load balancer `balancer`, each with one of the target groups `groups`."""

    balancer: Input[str]
    groups: tuple[Input[str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From `at`, five fields of Unix cron, on: at least `least` and at most `most`."""

    at: str
    least: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskScalingArgs:
    """From `least` to `most` tasks of `service`, which ECS calls `service_name` in the cluster `cluster_name`.

    On average they keep to `cpu_percent` and `memory_percent`, to `requests` a minute each as `request_label` or all groups of
    `turns` count them, and to their share of what is `waiting`: whichever asks for the most decides. With `steps` several come at
    once where the CPU is far above. `forecast` of the CPU: `off`, `forecast` (made and compared) or `scale` (tasks come before
    the load does). `peaks` go by the clock of `timezone`. Raises ValueError that names every fault.
    """

    service: str
    cluster_name: str
    service_name: Input[str]
    least: int
    most: int
    timezone: str
    cpu_percent: int | None = None
    memory_percent: int | None = None
    requests: int | None = None
    request_label: Input[str] | None = None
    turns: Turns | None = None
    steps: bool = False
    waiting: Waiting | None = None
    forecast: Literal["off", "forecast", "scale"] = "off"
    peaks: tuple[Limits, ...] = ()

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        yield from name_problems("service", self.service)
        for name, least, most in (("least", self.least, self.most), *(("peaks", peak.least, peak.most) for peak in self.peaks)):
            if not 0 <= least <= most:
                yield f"{name}: {least} is not between 0 and {most}; from 0 to the greatest number"
        if self.cpu_percent is None and (self.steps or self.forecast != "off"):
            yield "cpu_percent: not given, but steps and forecasts go by it; 1 to 100"
        if self.requests is not None and (self.request_label is None) is (self.turns is None):
            yield "request_label, turns: both or neither given, but requests are counted; the one that counts them"


class TaskScaling(Component):
    """What changes the number of a service's tasks.

    Creates: the limits; a policy for each measure; an alarm that calls the steps; scheduled changes of the limits.
    Costs: each policy that tracks a target keeps alarms of its own, and an alarm is charged by the month.
    """

    TYPE: ClassVar[str] = "plinth:compute:TaskScaling"

    resource_id: Output[str]

    def __init__(self, name: str, args: TaskScalingArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        self._args = args
        target = appautoscaling.Target(
            f"{name}-limits",
            min_capacity=args.least,
            max_capacity=args.most,
            resource_id=both(args.cluster_name, args.service_name, _resource_id),
            scalable_dimension=_DIMENSION,
            service_namespace=_NAMESPACE,
            region=ctx.region,
            tags=ctx.tagged(f"{name}-limits"),
            opts=self.under(),
        )
        self._target: dict[str, Any] = {
            "resource_id": target.resource_id,
            "scalable_dimension": target.scalable_dimension,
            "service_namespace": target.service_namespace,
            "region": ctx.region,
        }
        for key, goal in _goals(args):
            self._policy(key, "TargetTrackingScaling", target_tracking_scaling_policy_configuration=goal)
        if args.steps and args.cpu_percent:
            self._steps(args.cpu_percent)
        if args.forecast != "off" and args.cpu_percent:
            self._policy(
                "forecast", "PredictiveScaling", predictive_scaling_policy_configuration=_forecast(args, args.cpu_percent)
            )
        for peak in args.peaks:
            self._scheduled(peak)
        self.resource_id = target.resource_id
        self.publish()

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What should be watched: messages that a worker has given up."""
        waiting = self._args.waiting
        if waiting is None:
            return ()
        return (
            Signal(
                key="dead-letters",
                namespace=BACKLOG,
                metric="DeadLetters",
                dimensions=_of_queue(self._args.service, waiting),
                statistic="Maximum",
                threshold=0,
                meaning=f"{self._args.service} has given up messages: they wait to be looked at, and then to be sent again",
            ),
        )

    def _policy(self, key: str, kind: str, **configuration: Any) -> appautoscaling.Policy:
        name = f"{self.pulumi_resource_name}-{key}"
        return appautoscaling.Policy(name, policy_type=kind, opts=self.under(), **configuration, **self._target)

    def _steps(self, cpu_percent: int) -> None:
        """Target tracking adds what is missing on average; where the CPU is far above, this does not wait for it."""
        args, ctx, name = self._args, self._ctx, f"{self.pulumi_resource_name}-far-above"
        policy = self._policy("steps", "StepScaling", step_scaling_policy_configuration=_stepped())
        cloudwatch.MetricAlarm(
            name,
            alarm_description=f"The CPU of {args.service} is far above {cpu_percent} percent: several tasks come at once",
            namespace="AWS/ECS",
            metric_name="CPUUtilization",
            dimensions=_of_service(args),
            statistic="Average",
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=min(cpu_percent + _STEPS_FROM, 100),
            period=60,
            evaluation_periods=2,
            alarm_actions=[policy.arn],
            region=ctx.region,
            tags=ctx.tagged(name),
            opts=self.under(),
        )

    def _scheduled(self, peak: Limits) -> None:
        appautoscaling.ScheduledAction(
            f"{self.pulumi_resource_name}-peak-{_slug(peak.at)}",
            schedule=aws_cron(peak.at),
            timezone=self._args.timezone,
            scalable_target_action={"min_capacity": peak.least, "max_capacity": peak.most},
            opts=self.under(),
            **self._target,
        )


def _resource_id(cluster: str, service: str) -> str:
    return f"service/{cluster}/{service}"


def _of_service(args: TaskScalingArgs) -> dict[str, Input[str]]:
    return {"ClusterName": args.cluster_name, "ServiceName": args.service_name}


def _of_queue(service: str, waiting: Waiting) -> dict[str, Input[str]]:
    return {"Service": service, "Queue": waiting.queue}


def _goals(args: TaskScalingArgs) -> Iterator[tuple[str, appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs]]:
    if args.cpu_percent is not None:
        yield "cpu", _predefined("ECSServiceAverageCPUUtilization", args.cpu_percent)
    if args.memory_percent is not None:
        yield "memory", _predefined("ECSServiceAverageMemoryUtilization", args.memory_percent)
    if args.requests is not None and args.turns is not None:
        yield "requests", _in_turns(args.requests, args.turns)
    elif args.requests is not None:
        yield "requests", _predefined("ALBRequestCountPerTarget", args.requests, args.request_label)
    if args.waiting is not None:
        yield "backlog", _per_task(args, args.waiting)


def _predefined(
    metric: str, goal: int, label: Input[str] | None = None
) -> appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs:
    return appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs(
        target_value=goal,
        scale_out_cooldown=_OUT_SECONDS,
        scale_in_cooldown=_IN_SECONDS,
        predefined_metric_specification=appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs(
            predefined_metric_type=metric, resource_label=label
        ),
    )


def _per_task(args: TaskScalingArgs, waiting: Waiting) -> appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs:
    """Messages that wait for each task that runs; where none does, for the one that would be the first.

    Tasks are counted by how many of them report their CPU in a minute, which no other metric is paid for (ECS developer guide,
    "Amazon ECS CloudWatch metrics", "Service RUNNING task count").
    """
    queries: list[Any] = [
        {
            "id": "waiting",
            "return_data": False,
            "metric_stat": _stat(BACKLOG, "QueueDepth", "Average", _of_queue(args.service, waiting)),
        },
        {
            "id": "tasks",
            "return_data": False,
            "metric_stat": _stat("AWS/ECS", "CPUUtilization", "SampleCount", _of_service(args)),
        },
        {"id": "each", "return_data": True, "label": "Messages a task", "expression": "waiting / FILL(tasks, 1)"},
    ]
    return _computed(waiting.per_task, queries)


def _in_turns(goal: int, turns: Turns) -> appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs:
    """Requests a minute for each target, of whichever version has some: users are led to one at a time.

    ALBRequestCountPerTarget knows one group alone, and AWS does not support it for blue/green deployments (Application Auto
    Scaling API reference, `PredefinedMetricSpecification`; ECS developer guide, "Target tracking"). `RequestCountPerTarget` is an
    average already, whose only statistic is called `Sum` (Application Load Balancer user guide, "CloudWatch metrics"); a group
    without targets says nothing.
    """
    queries: list[Any] = [
        {
            "id": f"version{number}",
            "return_data": False,
            "metric_stat": _stat(
                "AWS/ApplicationELB", "RequestCountPerTarget", "Sum", {"LoadBalancer": turns.balancer, "TargetGroup": group}
            ),
        }
        for number, group in enumerate(turns.groups, 1)
    ]
    both_versions = " + ".join(f"FILL({query['id']}, 0)" for query in queries)
    queries.append({"id": "each", "return_data": True, "label": "Requests a target", "expression": both_versions})
    return _computed(goal, queries)


def _computed(goal: int, queries: list[Any]) -> appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs:
    return appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs(
        target_value=goal,
        scale_out_cooldown=_OUT_SECONDS,
        scale_in_cooldown=_IN_SECONDS,
        customized_metric_specification=appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationArgs(
            metrics=queries
        ),
    )


def _stat(namespace: str, metric: str, statistic: str, dimensions: Mapping[str, Input[str]]) -> dict[str, Any]:
    named = [{"name": name, "value": value} for name, value in sorted(dimensions.items())]
    return {"stat": statistic, "metric": {"namespace": namespace, "metric_name": metric, "dimensions": named}}


def _stepped() -> appautoscaling.PolicyStepScalingPolicyConfigurationArgs:
    steps: list[Any] = [
        {
            "metric_interval_lower_bound": str(lower),
            **({"metric_interval_upper_bound": str(upper)} if upper is not None else {}),
            "scaling_adjustment": more,
        }
        for lower, upper, more in _STEPS
    ]
    return appautoscaling.PolicyStepScalingPolicyConfigurationArgs(
        adjustment_type="ChangeInCapacity", metric_aggregation_type="Average", cooldown=_OUT_SECONDS, step_adjustments=steps
    )


def _forecast(args: TaskScalingArgs, cpu_percent: int) -> appautoscaling.PolicyPredictiveScalingPolicyConfigurationArgs:
    """Source: Application Auto Scaling user guide, "Create a predictive scaling policy"."""
    goal: Any = {
        "target_value": str(cpu_percent),
        "predefined_metric_pair_specification": {"predefined_metric_type": "ECSServiceCPUUtilization"},
    }
    return appautoscaling.PolicyPredictiveScalingPolicyConfigurationArgs(
        mode="ForecastAndScale" if args.forecast == "scale" else "ForecastOnly",
        max_capacity_breach_behavior="HonorMaxCapacity",
        metric_specifications=[goal],
    )


def _slug(cron: str) -> str:
    """A cron expression as part of a name, one for each: `0-7-any-any-1to5`."""
    words = cron.lower().replace("*", "any").replace("-", "to").replace(",", "and").replace("/", "every")
    return re.sub(r"[^a-z0-9]+", "-", words)
