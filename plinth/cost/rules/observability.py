"""Logs, metrics, alarms, dashboards, traces.

Source of the rules: https://aws.amazon.com/cloudwatch/pricing/. Alarms are charged by the metric and by how often they look.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from plinth.cost.item import Item, UndeterminedError
from plinth.cost.line import Metered, Row, Rule, Said, several
from plinth.cost.sheet import Sku

_DAYS = Decimal(30)
"""Of a month, for what is kept some days. 31 would say less."""
_HIGH_RESOLUTION = (10, 20, 30)
"""Periods in seconds. Amazon CloudWatch User Guide, "High-resolution alarms"."""


def _log_group(item: Item) -> Iterator[Said]:
    if item.text("logGroupClass", "STANDARD") != "STANDARD":
        raise UndeterminedError("no price for log groups of another class than STANDARD")
    yield Metered(what="logs taken in", sku=Sku("cloudwatch", "logs-ingested-standard"), usage="logsGb")
    days = item.number("retentionInDays", 0)
    if not days:
        raise UndeterminedError("retentionInDays is not given: what is kept for ever costs more each month")
    yield Metered(
        what=f"logs kept {days} days",
        sku=Sku("cloudwatch", "logs-stored"),
        usage="logsGb",
        scale=(days / _DAYS).quantize(Decimal("0.000001")),
        assumed="logs are stored as they came; AWS charges for them compressed, which is less",
    )


def _alarm(item: Item) -> Iterator[Said]:
    if item.has("thresholdMetricId"):
        yield several("anomaly alarm", Sku("cloudwatch", "alarm-anomaly-detection (3 metrics)"), 1, "alarm")
        return
    queries = item.blocks("metricQueries")
    metrics = [metric for query in queries if (metric := query.block("metric"))]
    period = min([metric.number("period", 60) for metric in metrics] or [item.number("period", 60)])
    kind = "alarm-high-resolution" if period in _HIGH_RESOLUTION else "alarm-standard"
    count = max(1, len(metrics))
    yield several("alarm metrics", Sku("cloudwatch", kind), count, "metrics" if count > 1 else "metric")


def _metric_filter(item: Item) -> Iterator[Said]:
    sku = Sku("cloudwatch", "custom-metric (first 10k)")
    transformation = item.block("metricTransformation")
    if transformation and transformation.has("dimensions"):
        raise UndeterminedError("metricTransformation.dimensions: each combination of values is a metric")
    yield several("custom metric", sku, 1, "metric")


def _query(item: Item) -> Iterator[Said]:
    del item
    yield Metered(what="logs scanned", sku=Sku("cloudwatch", "logs-insights-scanned"), usage="logsScannedGb")


RULES: Mapping[str, Rule] = {
    "aws:cloudwatch/logGroup:LogGroup": _log_group,
    "aws:cloudwatch/metricAlarm:MetricAlarm": _alarm,
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": _metric_filter,
    "aws:cloudwatch/queryDefinition:QueryDefinition": _query,
    "aws:cloudwatch/dashboard:Dashboard": Row(monthly=(("dashboard", Sku("cloudwatch", "dashboard")),)),
    "aws:xray/group:Group": Row(
        metered=(Metered(what="traces retrieved", sku=Sku("xray", "traces-retrieved"), usage="tracesReadMillion"),)
    ),
}
