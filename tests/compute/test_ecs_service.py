"""A service on ECS: where it runs, how it is found, how a new version takes over."""

from typing import Any

import pytest
from pulumi import Output

from components.compute.definitions import Port
from components.compute.ecs_service import EcsService, EcsServiceArgs
from components.core.context import Context
from components.core.offers import Signal
from plinth.changes.cascade import changes
from plinth.changes.facts import table
from plinth.changes.model import Kind
from plinth.engine.graph import Graph, Resource
from tests.compute.stand_ins import ELB, cluster, registry, routed
from tests.harness import named, of_kind, recorded

PORT = Port(number=8000, name="main", spoken="http")


def args(**changed: Any) -> EcsServiceArgs:
    given: dict[str, Any] = {
        "service": "booking",
        "definition_arn": "arn:aws:ecs:us-east-1:111111111111:task-definition/booking:1",
        "subnet_ids": {"us-east-1a": "subnet-a", "us-east-1b": "subnet-b"},
        "group_ids": ("sg-ecs", "sg-booking"),
        "count": 2,
        "turnover": "rolling",
        "port": PORT,
    }
    return EcsServiceArgs(**given | changed)


def built(*, turns: bool | None = None, stream: bool = False, found: bool = False, **changed: Any) -> tuple[Graph, list[Signal]]:
    """The graph of a service and its signals. `turns`: requests are led to it, with two target groups or with one."""
    signals: list[Signal] = []

    def build(ctx: Context) -> None:
        around: dict[str, Any] = {"cluster": cluster()}
        if turns is not None:
            around["routed"] = routed(turns=turns, stream=stream)
        if found:
            around["registry"] = registry()
        signals.extend(EcsService("tasks-booking", args(**around | changed), ctx).signals)

    return recorded(build), signals


def service(**changed: Any) -> Resource:
    return named(built(**changed)[0], "tasks-booking-service")


@pytest.mark.requirement("CMP-12", part="where every service runs, and how requests get there")
def test_tasks_run_in_private_subnets_and_wear_the_groups_that_they_are_given() -> None:
    made = service(turns=False)
    assert made.inputs["networkConfiguration"] == {
        "assignPublicIp": False,
        "securityGroups": ["sg-ecs", "sg-booking"],
        "subnets": ["subnet-a", "subnet-b"],
    }
    assert made.inputs["loadBalancers"] == [
        {"containerName": "booking", "containerPort": 8000, "targetGroupArn": f"{ELB}:targetgroup/blue/1111"}
    ]
    assert made.inputs["healthCheckGracePeriodSeconds"] == 60
    assert (made.inputs["propagateTags"], made.inputs["enableEcsManagedTags"]) == ("SERVICE", True)
    assert made.inputs["availabilityZoneRebalancing"] == "ENABLED"


@pytest.mark.requirement("CMP-11", part="safe deployments; limits come with its scaling")
def test_a_version_that_does_not_start_is_taken_back_and_the_old_one_never_gets_less() -> None:
    made = service()
    assert made.inputs["deploymentConfiguration"] == {"strategy": "ROLLING"}
    assert made.inputs["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert (made.inputs["deploymentMinimumHealthyPercent"], made.inputs["deploymentMaximumPercent"]) == (100, 200)
    assert "alarms" not in made.inputs


@pytest.mark.requirement("CMP-11", part="the number of tasks is left alone")
def test_the_number_of_tasks_is_set_once_and_then_left_to_what_scales_it() -> None:
    made = service()
    assert made.inputs["desiredCount"] == 2
    assert made.options.ignore_changes == ("desiredCount",)


@pytest.mark.requirement("CMP-23", part="one service; each API of staging and prod is like it")
def test_two_versions_take_turns_behind_two_rules_and_failing_requests_take_the_new_one_back() -> None:
    graph, _ = built(turns=True, turnover="blue-green", bake_minutes=10)
    made = named(graph, "tasks-booking-service")
    assert made.inputs["deploymentConfiguration"] == {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": "10"}
    (balancer,) = made.inputs["loadBalancers"]
    assert balancer["advancedConfiguration"] == {
        "alternateTargetGroupArn": f"{ELB}:targetgroup/green/2222",
        "productionListenerRule": f"{ELB}:listener-rule/app/public/50dc6c495c0c9188/a/b",
        "testListenerRule": f"{ELB}:listener-rule/app/public/50dc6c495c0c9188/a/c",
        "roleArn": "arn:aws:iam::111111111111:role/turns",
    }
    alarms = {alarm.name: alarm for alarm in of_kind(graph, "MetricAlarm")}
    assert {alarm.inputs["dimensions"]["TargetGroup"] for alarm in alarms.values()} == {
        "targetgroup/blue/1111",
        "targetgroup/green/2222",
    }
    assert {alarm.inputs["dimensions"]["LoadBalancer"] for alarm in alarms.values()} == {"app/public/50dc6c495c0c9188"}
    names = [alarms[f"tasks-booking-{key}"].outputs["name"] for key in ("errors", "errors-alternate")]
    assert made.inputs["alarms"] == {"alarmNames": names, "enable": True, "rollback": True}


def test_a_stream_gets_to_the_same_tasks() -> None:
    groups = [one["targetGroupArn"] for one in service(turns=False, stream=True).inputs["loadBalancers"]]
    assert groups == [f"{ELB}:targetgroup/blue/1111", f"{ELB}:targetgroup/stream/3333"]


@pytest.mark.requirement("CMP-21", part="tasks of services")
def test_spot_is_used_as_far_as_it_may_be() -> None:
    assert service(spot_percent=80).inputs["capacityProviderStrategies"] == [
        {"capacityProvider": "FARGATE", "weight": 20},
        {"capacityProvider": "FARGATE_SPOT", "weight": 80},
    ]
    assert service().inputs["capacityProviderStrategies"] == [{"capacityProvider": "FARGATE", "weight": 100}]


def test_another_share_of_spot_is_a_new_deployment_of_the_service_and_no_new_service() -> None:
    before, after = (built(spot_percent=percent)[0] for percent in (0, 80))
    found = {one.resource.name: one.kind for one in changes(before, after, table()).changes if one.kind is not Kind.SAME}
    assert found == {"tasks-booking-service": Kind.UPDATE}


@pytest.mark.requirement("NET-14", part="how a service is found by others")
def test_who_listens_is_found_through_service_connect_and_in_the_private_domain() -> None:
    graph, _ = built(found=True)
    made, entry = named(graph, "tasks-booking-service"), named(graph, "tasks-booking-name")
    assert made.inputs["serviceConnectConfiguration"] == {
        "enabled": True,
        "namespace": "arn:aws:servicediscovery:us-east-1:111111111111:namespace/ns-1",
        "services": [
            {
                "portName": "main",
                "discoveryName": "booking-connect",
                "clientAlias": [{"port": 8000, "dnsName": "booking"}],
            }
        ],
    }
    assert entry.inputs["name"] == "booking"
    assert entry.inputs["dnsConfig"]["namespaceId"] == "ns-1"
    assert made.inputs["serviceRegistries"] == {"registryArn": entry.outputs["arn"]}


def test_who_listens_nowhere_only_calls_others() -> None:
    graph, _ = built(found=True, port=None)
    made = named(graph, "tasks-booking-service")
    assert made.inputs["serviceConnectConfiguration"]["services"] == []
    assert "serviceRegistries" not in made.inputs
    assert not graph.of_type("aws:servicediscovery/service:Service")


def test_versions_that_take_turns_are_found_through_service_connect_alone() -> None:
    made = service(turns=True, found=True, turnover="blue-green")
    assert made.inputs["serviceConnectConfiguration"]["services"][0]["discoveryName"] == "booking-connect"
    assert "serviceRegistries" not in made.inputs


def test_without_a_private_domain_nobody_is_found() -> None:
    assert "serviceConnectConfiguration" not in service().inputs


def test_sessions_are_opened_only_where_they_are_recorded() -> None:
    assert service(sessions=True).inputs["enableExecuteCommand"] is True
    assert service().inputs["enableExecuteCommand"] is False


def test_what_is_watched_is_load_missing_tasks_and_checks_that_fail() -> None:
    _, signals = built(turns=False)
    assert {signal.key: signal.metric for signal in signals} == {
        "cpu": "CPUUtilization",
        "memory": "MemoryUtilization",
        "running": "RunningTaskCount",
        "unhealthy": "UnHealthyHostCount",
    }
    running = next(signal for signal in signals if signal.key == "running")
    assert (running.threshold, running.over) == (2, False)
    assert "unhealthy" not in {signal.key for signal in built()[1]}


def test_checks_that_fail_are_watched_of_either_version() -> None:
    watched: dict[str, str] = {}

    def build(ctx: Context) -> None:
        turning = args(cluster=cluster(), routed=routed(), turnover="blue-green", bake_minutes=10)
        for one in EcsService("tasks-booking", turning, ctx).signals:
            if one.metric == "UnHealthyHostCount":
                Output.from_input(one.dimensions["TargetGroup"]).apply(lambda group, key=one.key: watched.update({key: group}))

    recorded(build)
    assert watched == {"unhealthy": "targetgroup/blue/1111", "unhealthy-alternate": "targetgroup/green/2222"}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"subnet_ids": {}}, "subnet_ids: none given"),
        ({"group_ids": ()}, "group_ids: none given"),
        ({"spot_percent": 101}, "spot_percent: 101 is no percentage; 0 to 100"),
        ({"turns": False, "port": None}, "port: none given, but requests are led here"),
        ({"turns": False, "turnover": "blue-green"}, "routed: versions cannot take turns; two target groups"),
    ],
)
def test_what_no_service_can_be_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=rf"EcsServiceArgs: {message}"):
        built(**changed)
