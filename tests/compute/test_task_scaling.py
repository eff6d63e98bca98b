"""How many tasks there are."""

from typing import Any

import pytest

from components.compute.task_scaling import Limits, TaskScaling, TaskScalingArgs, Turns, Waiting
from components.core.context import Context
from components.core.offers import Signal
from plinth.engine.graph import Graph, Resource
from tests.harness import named, of_kind, recorded

LABEL = "app/public/1/targetgroup/booking/2"


def args(**changed: Any) -> TaskScalingArgs:
    given: dict[str, Any] = {
        "service": "booking",
        "cluster_name": "plinth-test-containers-cluster",
        "service_name": "booking-1",
        "least": 1,
        "most": 4,
        "timezone": "UTC",
    }
    return TaskScalingArgs(**given | changed)


def scaling(signals: list[Signal] | None = None, **changed: Any) -> Graph:
    def build(ctx: Context) -> None:
        made = TaskScaling("scaling-booking", args(**changed), ctx)
        if signals is not None:
            signals.extend(made.signals)

    return recorded(build)


def tracking(graph: Graph, key: str) -> dict[str, Any]:
    policy = named(graph, f"scaling-booking-{key}")
    assert policy.inputs["policyType"] == "TargetTrackingScaling"
    return policy.inputs["targetTrackingScalingPolicyConfiguration"]


def policies(graph: Graph) -> list[Resource]:
    return [resource for resource in of_kind(graph, "Policy") if "appautoscaling" in resource.type]


@pytest.mark.requirement("CMP-11", part="the limits of its scaling")
def test_the_limits_are_those_of_the_service() -> None:
    target = named(scaling(), "scaling-booking-limits")
    assert (target.inputs["minCapacity"], target.inputs["maxCapacity"]) == (1, 4)
    assert target.inputs["resourceId"] == "service/plinth-test-containers-cluster/booking-1"
    assert target.inputs["scalableDimension"] == "ecs:service:DesiredCount"


@pytest.mark.requirement("CMP-14", part="one service; each that answers requests is like it")
@pytest.mark.requirement("CMP-15", part="one service; each that counts requests is like it")
def test_it_keeps_to_cpu_memory_and_requests_and_to_nothing_that_it_is_not_given() -> None:
    graph = scaling(cpu_percent=60, memory_percent=70, requests=600, request_label=LABEL)
    assert {policy.name for policy in policies(graph)} == {f"scaling-booking-{key}" for key in ("cpu", "memory", "requests")}
    wanted = {
        "cpu": (60, {"predefinedMetricType": "ECSServiceAverageCPUUtilization"}),
        "memory": (70, {"predefinedMetricType": "ECSServiceAverageMemoryUtilization"}),
        "requests": (600, {"predefinedMetricType": "ALBRequestCountPerTarget", "resourceLabel": LABEL}),
    }
    for key, (goal, metric) in wanted.items():
        assert tracking(graph, key)["targetValue"] == goal
        assert tracking(graph, key)["predefinedMetricSpecification"] == metric
    assert policies(scaling()) == []


@pytest.mark.requirement(
    "CMP-15", part="one service whose versions take turns, which ALBRequestCountPerTarget is not supported for"
)
def test_requests_are_counted_of_whichever_version_has_them() -> None:
    turns = Turns(balancer="app/public/1", groups=("targetgroup/blue/2", "targetgroup/green/3"))
    goal = tracking(scaling(requests=600, turns=turns), "requests")
    assert goal["targetValue"] == 600
    assert "predefinedMetricSpecification" not in goal
    *counted, each = goal["customizedMetricSpecification"]["metrics"]
    assert [one["metricStat"] for one in counted] == [
        {
            "stat": "Sum",
            "metric": {
                "namespace": "AWS/ApplicationELB",
                "metricName": "RequestCountPerTarget",
                "dimensions": [{"name": "LoadBalancer", "value": "app/public/1"}, {"name": "TargetGroup", "value": group}],
            },
        }
        for group in ("targetgroup/blue/2", "targetgroup/green/3")
    ]
    assert [one["returnData"] for one in counted] == [False, False]
    assert (each["expression"], each["returnData"]) == ("FILL(version1, 0) + FILL(version2, 0)", True)


@pytest.mark.requirement("CMP-19", part="the policy of one service")
@pytest.mark.requirement("CMP-13", part="scaling on the depth of the queue")
def test_a_worker_has_its_share_of_what_waits_for_each_task_that_runs() -> None:
    goal = tracking(scaling(waiting=Waiting(queue="default", per_task=20)), "backlog")
    assert goal["targetValue"] == 20
    waiting, tasks, each = goal["customizedMetricSpecification"]["metrics"]
    assert waiting["metricStat"]["metric"] == {
        "namespace": "Plinth/Workers",
        "metricName": "QueueDepth",
        "dimensions": [{"name": "Queue", "value": "default"}, {"name": "Service", "value": "booking"}],
    }
    assert tasks["metricStat"]["stat"] == "SampleCount"
    assert (each["expression"], each["returnData"]) == ("waiting / FILL(tasks, 1)", True)
    assert waiting["returnData"] is tasks["returnData"] is False


@pytest.mark.requirement("CMP-13", part="the signal that an alarm on what a worker has given up is made of")
def test_what_a_worker_has_given_up_is_watched() -> None:
    signals: list[Signal] = []
    scaling(signals, waiting=Waiting(queue="default", per_task=20))
    (signal,) = signals
    assert (signal.namespace, signal.metric, signal.threshold) == ("Plinth/Workers", "DeadLetters", 0)
    assert signal.dimensions == {"Service": "booking", "Queue": "default"}
    signals.clear()
    scaling(signals)
    assert signals == []


@pytest.mark.requirement("CMP-17", part="tasks")
def test_several_come_at_once_where_an_alarm_says_that_the_cpu_is_far_above() -> None:
    graph = scaling(cpu_percent=60, steps=True)
    policy, alarm = named(graph, "scaling-booking-steps"), named(graph, "scaling-booking-far-above")
    steps = policy.inputs["stepScalingPolicyConfiguration"]["stepAdjustments"]
    assert [step["scalingAdjustment"] for step in steps] == [1, 2]
    assert [step.get("metricIntervalUpperBound") for step in steps] == ["15", None]
    assert policy.inputs["policyType"] == "StepScaling"
    assert alarm.inputs["alarmActions"] == [policy.outputs["arn"]]
    assert (alarm.inputs["threshold"], alarm.inputs["metricName"]) == (75, "CPUUtilization")


@pytest.mark.requirement("CMP-18", part="tasks")
@pytest.mark.parametrize(("forecast", "mode"), [("forecast", "ForecastOnly"), ("scale", "ForecastAndScale")])
def test_a_forecast_is_made_and_acted_upon_only_where_it_may_be(forecast: str, mode: str) -> None:
    policy = named(scaling(cpu_percent=60, forecast=forecast), "scaling-booking-forecast")
    assert policy.inputs["policyType"] == "PredictiveScaling"
    configuration = policy.inputs["predictiveScalingPolicyConfiguration"]
    assert configuration["mode"] == mode
    assert configuration["metricSpecifications"] == [
        {"targetValue": "60", "predefinedMetricPairSpecification": {"predefinedMetricType": "ECSServiceCPUUtilization"}}
    ]


@pytest.mark.requirement("CMP-16", part="tasks")
def test_limits_change_at_their_times_on_the_clock_of_the_stack() -> None:
    peaks = (Limits(at="0 7 * * 1-5", least=3, most=10), Limits(at="0 20 * * *", least=1, most=4))
    graph = scaling(peaks=peaks, timezone="Europe/Berlin")
    up, down = named(graph, "scaling-booking-peak-0-7-any-any-1to5"), named(graph, "scaling-booking-peak-0-20-any-any-any")
    assert (up.inputs["schedule"], up.inputs["timezone"]) == ("cron(0 7 ? * 2-6 *)", "Europe/Berlin")
    assert up.inputs["scalableTargetAction"] == {"minCapacity": 3, "maxCapacity": 10}
    assert down.inputs["schedule"] == "cron(0 20 * * ? *)"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"least": 5}, r"least: 5 is not between 0 and 4"),
        ({"peaks": (Limits(at="0 7 * * *", least=2, most=1),)}, r"peaks: 2 is not between 0 and 1"),
        ({"steps": True}, r"cpu_percent: not given, but steps and forecasts go by it"),
        ({"forecast": "scale"}, r"cpu_percent: not given, but steps and forecasts go by it"),
        ({"requests": 600}, r"request_label, turns: both or neither given, but requests are counted"),
    ],
)
def test_what_cannot_be_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"TaskScalingArgs: {message}"):
        args(**changed)
