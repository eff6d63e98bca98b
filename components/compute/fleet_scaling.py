"""How many machines a fleet has: by its load, by the clock, by a forecast."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from pulumi import Input, Output
from pulumi_aws import autoscaling, cloudwatch

from components.core.component import Component
from components.core.context import Context
from components.core.hours import Hours, hours_problems

WARMUP_SECONDS: Final = 180
"""How long a new machine counts for nothing: as long as it takes to install and start a service, a little rounded up."""
_SAME: Final = -1
"""Leaves a number as it is (the provider's documentation of a schedule)."""
_CRON = re.compile(r"[0-9*,/A-Z-]+( [0-9*,/A-Z-]+){4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """From `at` on, five fields of Unix cron, there are between `least` and `most`."""

    at: str
    least: int
    most: int

    @property
    def key(self) -> str:
        """Its time as a part of a name: `0-7-any-any-1to5`."""
        words = {"*": "any", ",": "and", "-": "to", "/": "by"}
        return "-".join("".join(words.get(sign, sign.lower()) for sign in field) for field in self.at.split(" "))


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetScaling:
    """Between `least` and `most` machines.

    `cpu_percent` is the average to keep to; with `steps` more are added at once when it is far above. `requests_per_target` are
    those of a minute. A `predictive` fleet has a forecast made of its load, and with `scale` acts upon it. `peaks` are by the
    clock of `timezone`; outside of `hours` there are none, None for always.
    """

    least: int
    most: int
    timezone: str
    cpu_percent: int | None = None
    requests_per_target: int | None = None
    steps: bool = False
    predictive: Literal["off", "forecast", "scale"] = "off"
    peaks: tuple[Peak, ...] = ()
    hours: Hours | None = None

    @property
    def single(self) -> bool:
        """Whether there is exactly one, never two."""
        return self.most == 1

    def problems(self) -> Iterator[str]:
        """What is wrong with it."""
        if not 0 <= self.least <= self.most or self.most < 1:
            yield f"scaling: {self.least} to {self.most} is no range; the least is not above the most, which is at least 1"
        for what, wanted in (("steps", self.steps), ("predictive", self.predictive != "off")):
            if wanted and self.cpu_percent is None:
                yield f"scaling.{what}: by which CPU is not said; a cpu_percent"
        keys = [peak.key for peak in self.peaks]
        if len(keys) != len(set(keys)):
            yield "scaling.peaks: two at the same time; each time once"
        for peak in self.peaks:
            if not _CRON.fullmatch(peak.at) or not 0 <= peak.least <= peak.most:
                yield f"scaling.peaks: {peak.at!r} with {peak.least} to {peak.most} is none; five fields of cron, and a range"
        if self.hours:
            yield from hours_problems(self.hours)


def scale(owner: Component, ctx: Context, group: Output[str], scaling: FleetScaling, request_label: Input[str] | None) -> None:
    """Policies and schedules of the group called `group`, as children of `owner`.

    `request_label` is what its load balancer and target group are called together, None where nothing counts its requests.
    """
    _Scaler(owner, ctx, group).scale(scaling, request_label)


@dataclass(frozen=True, slots=True)
class _Scaler:
    owner: Component
    ctx: Context
    group: Output[str]

    def scale(self, scaling: FleetScaling, request_label: Input[str] | None) -> None:
        if scaling.cpu_percent is not None:
            self._by_load(scaling, scaling.cpu_percent)
        if scaling.requests_per_target is not None and request_label is not None:
            metric = autoscaling.PolicyTargetTrackingConfigurationPredefinedMetricSpecificationArgs(
                predefined_metric_type="ALBRequestCountPerTarget", resource_label=request_label
            )
            self._tracking("requests", metric, scaling.requests_per_target)
        for peak in scaling.peaks:
            self._schedule(f"peak-{peak.key}", peak.at, scaling.timezone, peak.least, peak.most, _SAME)
        if scaling.hours:
            self._schedule("stop", scaling.hours.stops, scaling.hours.timezone, 0, 0, 0)
            self._schedule(
                "start", scaling.hours.starts, scaling.hours.timezone, scaling.least, scaling.most, max(scaling.least, 1)
            )

    def _by_load(self, scaling: FleetScaling, cpu_percent: int) -> None:
        metric = autoscaling.PolicyTargetTrackingConfigurationPredefinedMetricSpecificationArgs(
            predefined_metric_type="ASGAverageCPUUtilization"
        )
        self._tracking("cpu", metric, cpu_percent)
        if scaling.steps:
            self._steps(cpu_percent)
        if scaling.predictive != "off":
            self._forecast(cpu_percent, acting=scaling.predictive == "scale")

    def _child(self, role: str) -> str:
        return f"{self.owner.pulumi_resource_name}-{role}"

    def _tracking(
        self, key: str, metric: autoscaling.PolicyTargetTrackingConfigurationPredefinedMetricSpecificationArgs, target: int
    ) -> None:
        autoscaling.Policy(
            self._child(f"by-{key}"),
            autoscaling_group_name=self.group,
            policy_type="TargetTrackingScaling",
            target_tracking_configuration=autoscaling.PolicyTargetTrackingConfigurationArgs(
                predefined_metric_specification=metric, target_value=target
            ),
            region=self.ctx.region,
            opts=self.owner.under(),
        )

    def _steps(self, cpu_percent: int) -> None:
        """Half as many again when the CPU is far above its target, twice as many when hardly any is left."""
        high = (cpu_percent + 100) // 2
        policy = autoscaling.Policy(
            self._child("steps"),
            autoscaling_group_name=self.group,
            policy_type="StepScaling",
            adjustment_type="PercentChangeInCapacity",
            min_adjustment_magnitude=1,
            metric_aggregation_type="Average",
            estimated_instance_warmup=WARMUP_SECONDS,
            step_adjustments=[
                {
                    "scaling_adjustment": 50,
                    "metric_interval_lower_bound": "0",
                    "metric_interval_upper_bound": str((100 - high) // 2),
                },
                {"scaling_adjustment": 100, "metric_interval_lower_bound": str((100 - high) // 2)},
            ],
            region=self.ctx.region,
            opts=self.owner.under(),
        )
        name = self._child("far-above")
        cloudwatch.MetricAlarm(
            name,
            alarm_description=f"CPU above {high} %: more machines are added at once",
            namespace="AWS/EC2",
            metric_name="CPUUtilization",
            dimensions={"AutoScalingGroupName": self.group},
            statistic="Average",
            period=60,
            evaluation_periods=3,
            threshold=high,
            comparison_operator="GreaterThanThreshold",
            treat_missing_data="notBreaching",
            alarm_actions=[policy.arn],
            region=self.ctx.region,
            tags=self.ctx.tagged(name),
            opts=self.owner.under(),
        )

    def _forecast(self, cpu_percent: int, *, acting: bool) -> None:
        """A forecast needs a day of history (EC2 Auto Scaling user guide, "Predictive scaling")."""
        autoscaling.Policy(
            self._child("forecast"),
            autoscaling_group_name=self.group,
            policy_type="PredictiveScaling",
            predictive_scaling_configuration={
                "mode": "ForecastAndScale" if acting else "ForecastOnly",
                "metric_specification": {
                    "target_value": cpu_percent,
                    "predefined_metric_pair_specification": {"predefined_metric_type": "ASGCPUUtilization"},
                },
            },
            region=self.ctx.region,
            opts=self.owner.under(),
        )

    def _schedule(self, key: str, cron: str, timezone: str, least: int, most: int, desired: int) -> None:
        autoscaling.Schedule(
            self._child(key),
            autoscaling_group_name=self.group,
            scheduled_action_name=key,
            recurrence=cron,
            time_zone=timezone,
            min_size=least,
            max_size=most,
            desired_capacity=desired,
            region=self.ctx.region,
            opts=self.owner.under(),
        )
