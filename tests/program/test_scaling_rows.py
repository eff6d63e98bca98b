"""The rows of scaling, over the three stacks: by load, by the clock, in steps, by forecast, and by what a worker says waits."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from plinth.engine.graph import Graph, Resource
from tests.harness import ROOT, graphs, named, of_kind
from tests.program.switched import SERVICES, planned
from tests.program.test_container_rows import CONFIGS, EVERY_STACK, containers, on_ecs, said, service, turning
from tests.program.test_machine_rows import fleets

OUTSIDE_DEV = pytest.mark.parametrize("stack", ["staging", "prod"])
IMAGE = ROOT / "images" / "django"
"""What the worker runs."""


def policy(graph: Graph, name: str, key: str) -> Mapping[str, Any]:
    return named(graph, f"scaling-{name}-{key}").inputs


def policies(graph: Graph, kind: str) -> dict[str, Resource]:
    """What scales in one way (`StepScaling`), services on ECS and groups of machines alike."""
    return {one.name: one for one in of_kind(graph, "Policy") if one.inputs.get("policyType") == kind}


def scheduled(graph: Graph) -> dict[str, dict[str, tuple[int, int]]]:
    """The limits that the clock sets, the least and the most, by the service and by when."""
    on_its_own = {named(graph, f"scaling-{name}-limits").inputs["resourceId"]: name for name in on_ecs(graph.stack)}
    together = {group.inputs["name"]: name for name, group in fleets(graph).items()}
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for action in of_kind(graph, "ScheduledAction"):
        limits = action.inputs["scalableTargetAction"]
        times = found.setdefault(on_its_own[action.inputs["resourceId"]], {})
        times[action.inputs["schedule"]] = (limits["minCapacity"], limits["maxCapacity"])
    for action in graph.of_type("aws:autoscaling/schedule:Schedule"):
        times = found.setdefault(together[action.inputs["autoscalingGroupName"]], {})
        times[action.inputs["recurrence"]] = (action.inputs["minSize"], action.inputs["maxSize"])
    return found


def published(told: Mapping[str, str]) -> set[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """What the worker says to CloudWatch where it is `told` this: namespace, metric and dimensions of each.

    Read from its source, since its packages are in its image alone; the tests of images run it.
    """
    source = (IMAGE / "server" / "queue_metrics.py").read_text()
    (namespace,) = re.findall(r'^NAMESPACE = "(.+)"$', source, flags=re.MULTILINE)
    given = {"service": told["SERVICE"], "queue": told["WORKLOAD_QUEUE"]}
    dimensions = {name: given[argument] for name, argument in re.findall(r'{"Name": "(\w+)", "Value": (\w+)}', source)}
    metrics: list[str] = re.findall(r'"(\w+)": broker\.client\.', source)
    return {(namespace, metric, tuple(sorted(dimensions.items()))) for metric in metrics}


@EVERY_STACK
@pytest.mark.requirement("CMP-13", part="all but the alarm on dead letters: observability makes it of a signal")
@pytest.mark.requirement("CMP-19")
def test_the_worker_answers_nobody_and_scales_on_what_it_says_itself(stack: str) -> None:
    graph = graphs()[stack]
    assert not service(graph, "booking-worker").get("loadBalancers")
    definition = named(graph, "task-booking-worker-definition")
    assert service(graph, "booking-worker")["taskDefinition"] == definition.outputs["arn"]
    goal = policy(graph, "booking-worker", "backlog")["targetTrackingScalingPolicyConfiguration"]
    metric = goal["customizedMetricSpecification"]["metrics"][0]["metricStat"]["metric"]
    assert (metric["namespace"], metric["metricName"]) == ("Plinth/Workers", "QueueDepth")
    dimensions = {one["name"]: one["value"] for one in metric["dimensions"]}
    told = said(graph, "booking-worker")
    assert said(graph, "booking")["WORKLOAD_QUEUE"] == told["WORKLOAD_QUEUE"], "who sends knows where"
    assert "WORKLOAD_QUEUE" not in said(graph, "collection")
    assert dimensions == {"Service": told["SERVICE"], "Queue": told["WORKLOAD_QUEUE"]}
    assert (metric["namespace"], metric["metricName"], tuple(sorted(dimensions.items()))) in published(told)
    rights = json.loads(named(graph, "service-booking-worker-identity-rights").inputs["policy"])["Statement"]
    (backlog,) = [one for one in rights if one["Sid"] == "Backlog"]
    assert backlog["Condition"] == {"StringEquals": {"cloudwatch:namespace": metric["namespace"]}}


@EVERY_STACK
@pytest.mark.requirement("CMP-13", part="it runs what the image of Django has for workers")
def test_the_worker_runs_no_web_server(stack: str) -> None:
    """The image serves the web unless it is told otherwise: nobody would confirm a booking, or say how many wait."""
    command = CONFIGS[stack].services["booking-worker"].command
    assert f"| worker (booking-worker) | `{' '.join(command)}` |" in (IMAGE / "README.md").read_text()
    if stack == "dev":
        graph = graphs()[stack]
        (built,) = [one for one in graph.of_type("awsx:ecr:Image") if one.name == "builds-booking-worker"]
        assert built.inputs["context"] == "./images/django"
        assert containers(graph, "booking-worker")["booking-worker"]["command"] == list(command)


@EVERY_STACK
@pytest.mark.requirement("CMP-14")
def test_every_service_that_answers_requests_keeps_to_cpu_and_memory(stack: str) -> None:
    graph = graphs()[stack]
    answering = [name for name, service in on_ecs(stack).items() if service.route]
    assert len(answering) >= 3
    for name in answering:
        goals = {key: policy(graph, name, key)["targetTrackingScalingPolicyConfiguration"] for key in ("cpu", "memory")}
        assert {key: goal["targetValue"] for key, goal in goals.items()} == {"cpu": 60, "memory": 70}


@pytest.mark.requirement("CMP-15")
@OUTSIDE_DEV
def test_whoever_counts_requests_counts_those_of_its_own_target_groups(stack: str) -> None:
    """By a label where there is one group; where versions take turns AWS supports none, and both groups are added up."""
    graph = graphs()[stack]
    services = CONFIGS[stack].services.items()
    counting = {name: one.deployment for name, one in services if one.scaling and one.scaling.requests_per_target}
    assert counting == {"booking": "blue-green", "collection": "blue-green", "graphql": "blue-green", "bot-api": "rolling"}
    balancer = named(graph, "load-balancer-public-balancer").outputs["arnSuffix"]
    machines = named(graph, "fleet-bot-api-by-requests").inputs["targetTrackingConfiguration"]["predefinedMetricSpecification"]
    assert machines["predefinedMetricType"] == "ALBRequestCountPerTarget"
    assert machines["resourceLabel"] == f"{balancer}/{named(graph, 'route-bot-api-blue').outputs['arnSuffix']}"
    for name in counting.keys() - {"bot-api"}:
        goal = policy(graph, name, "requests")["targetTrackingScalingPolicyConfiguration"]
        assert "predefinedMetricSpecification" not in goal
        *versions, each = goal["customizedMetricSpecification"]["metrics"]
        found = [{one["name"]: one["value"] for one in version["metricStat"]["metric"]["dimensions"]} for version in versions]
        blue, green, *_ = (named(graph, one).outputs for one in turning(graph, service(graph, name)))
        groups = [blue["arnSuffix"], green["arn"].rpartition(":")[2]]
        assert found == [{"LoadBalancer": balancer, "TargetGroup": group} for group in groups]
        assert each["expression"] == "FILL(version1, 0) + FILL(version2, 0)"
        assert goal["targetValue"] == 600


@pytest.mark.requirement("CMP-16")
@pytest.mark.requirement("CMP-20", part="services on ECS")
def test_dev_stops_out_of_hours_and_prod_grows_before_the_day_begins() -> None:
    found = {stack: scheduled(graph) for stack, graph in graphs().items()}
    always_on = {name for name, service in CONFIGS["dev"].services.items() if service.always_on}
    assert always_on.isdisjoint(on_ecs("dev"))
    assert found["dev"].keys() == {*on_ecs("dev"), *fleets(graphs()["dev"])} - always_on
    for times in found["dev"].values():
        down, (least, most) = sorted(times.values())
        assert down == (0, 0)
        assert 1 <= least <= most
    assert found["staging"] == {}
    assert {name: list(times.values()) for name, times in found["prod"].items()} == {
        "booking": [(5, 10), (3, 10)],
        "bot-api": [(3, 6), (2, 6)],
    }


def test_a_service_that_is_always_on_keeps_no_hours_and_acts_on_its_forecast_where_the_file_says_so(tmp_path: Path) -> None:
    collection = (SERVICES, "collection")
    graph = planned(tmp_path, "dev", {(*collection, "alwaysOn"): True, (*collection, "scaling", "predictive"): "scale"})
    actions = {one.name for one in of_kind(graph, "ScheduledAction")}
    assert "hours-booking-stop" in actions
    assert "hours-collection-stop" not in actions
    (forecast,) = policies(graph, "PredictiveScaling").values()
    assert forecast.name == "scaling-collection-forecast"
    assert forecast.inputs["predictiveScalingPolicyConfiguration"]["mode"] == "ForecastAndScale"


@pytest.mark.requirement("CMP-17")
@OUTSIDE_DEV
def test_a_step_policy_is_what_its_alarm_calls(stack: str) -> None:
    graph = graphs()[stack]
    stepped = policies(graph, "StepScaling")
    assert stepped.keys() == {"scaling-booking-steps", "fleet-bot-api-steps"}
    for name, made in stepped.items():
        steps = made.inputs.get("stepScalingPolicyConfiguration", made.inputs)["stepAdjustments"]
        assert len(steps) == 2
        assert named(graph, name.replace("-steps", "-far-above")).inputs["alarmActions"] == [made.outputs["arn"]]


@pytest.mark.requirement("CMP-18")
def test_prod_makes_forecasts_and_does_not_act_on_them_yet() -> None:
    made = {stack: policies(graph, "PredictiveScaling") for stack, graph in graphs().items()}
    assert made["dev"] == made["staging"] == {}
    assert made["prod"].keys() == {"scaling-booking-forecast", "fleet-bot-api-forecast"}
    for one in made["prod"].values():
        key = "predictiveScalingPolicyConfiguration" if "appautoscaling" in one.type else "predictiveScalingConfiguration"
        assert one.inputs[key]["mode"] == "ForecastOnly"
