"""Alarms of what components say is worth one."""

from dataclasses import replace

import pytest

from components.core.offers import Signal
from components.observability.alarms import Alarms, AlarmsArgs
from plinth.engine.graph import Graph
from tests.harness import named, of_kind, recorded

REFUSED = Signal(
    key="edge-refused",
    namespace="AWS/ApplicationELB",
    metric="RejectedConnectionCount",
    dimensions={"LoadBalancer": "app/edge/1"},
    statistic="Sum",
    threshold=0,
    meaning="more connections than it can take",
)
SILENT = replace(
    REFUSED, key="api-silent", statistic="Minimum", threshold=1, over=False, period_seconds=60, periods=3, region="eu-west-1"
)


def made(*signals: Signal) -> Graph:
    return recorded(lambda ctx: Alarms("alarms-edge", AlarmsArgs(signals=signals), ctx))


def test_a_signal_becomes_an_alarm_that_says_what_the_signal_says() -> None:
    alarm = named(made(REFUSED), "alarms-edge-edge-refused").inputs
    assert {key: value for key, value in alarm.items() if key != "tags"} == {
        "alarmDescription": "more connections than it can take",
        "namespace": "AWS/ApplicationELB",
        "metricName": "RejectedConnectionCount",
        "dimensions": {"LoadBalancer": "app/edge/1"},
        "statistic": "Sum",
        "comparisonOperator": "GreaterThanThreshold",
        "threshold": 0,
        "period": 300,
        "evaluationPeriods": 1,
        "treatMissingData": "notBreaching",
        "region": "us-east-1",
    }
    assert alarm["tags"]["Name"] == "plinth-test-alarms-edge-edge-refused"


def test_an_alarm_lives_where_its_metric_is_and_may_mean_too_little() -> None:
    alarm = named(made(REFUSED, SILENT), "alarms-edge-api-silent").inputs
    assert alarm["region"] == "eu-west-1"
    assert (alarm["comparisonOperator"], alarm["threshold"], alarm["treatMissingData"]) == ("LessThanThreshold", 1, "missing")
    assert (alarm["period"], alarm["evaluationPeriods"]) == (60, 3)


def test_there_is_one_alarm_a_signal_and_each_is_an_output_by_its_key() -> None:
    graph = made(REFUSED, SILENT)
    alarms = {alarm.name: alarm.outputs["arn"] for alarm in of_kind(graph, "MetricAlarm")}
    assert graph.of_type(Alarms.TYPE)[0].outputs["alarm_arns"] == {
        key: alarms[f"alarms-edge-{key}"] for key in ("edge-refused", "api-silent")
    }
    assert len(alarms) == 2


def test_nothing_to_watch_and_a_key_given_twice_are_refused() -> None:
    with pytest.raises(ValueError, match=r"AlarmsArgs: signals: none given; at least one"):
        AlarmsArgs(signals=())
    with pytest.raises(ValueError, match=r"AlarmsArgs: signals: edge-refused is given 2 times; each key once"):
        AlarmsArgs(signals=(REFUSED, REFUSED))
