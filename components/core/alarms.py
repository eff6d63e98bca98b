"""Alarms, each made of a `Signal`: the one place that makes them."""

from pulumi_aws import cloudwatch

from components.core.component import Component
from components.core.context import Context
from components.core.offers import Signal


def alarm(owner: Component, ctx: Context, signal: Signal) -> cloudwatch.MetricAlarm:
    """The alarm of `signal`, as its child of `owner`, in the region of its metric.

    It tells nobody: its state is seen in CloudWatch, or read by who asks for its name. A metric without values is no trouble
    where too much would be (nothing failed); where too little would be it says nothing either way.
    """
    name = f"{owner.pulumi_resource_name}-{signal.key}"
    return cloudwatch.MetricAlarm(
        name,
        alarm_description=signal.meaning,
        namespace=signal.namespace,
        metric_name=signal.metric,
        dimensions=signal.dimensions,
        statistic=signal.statistic,
        comparison_operator="GreaterThanThreshold" if signal.over else "LessThanThreshold",
        threshold=signal.threshold,
        period=signal.period_seconds,
        evaluation_periods=signal.periods,
        treat_missing_data="notBreaching" if signal.over else "missing",
        region=signal.region or ctx.region,
        tags=ctx.tagged(name),
        opts=owner.under(),
    )
