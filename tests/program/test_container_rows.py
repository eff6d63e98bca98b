"""The rows of services on ECS, over the three stacks: registries, tasks, roles, scaling, and what it takes to add a service."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from plinth.engine.graph import Graph, Resource
from stack.config.document import KeyPath
from stack.config.loader import load_all
from stack.config.services import Service
from tests.harness import ROOT, STACKS, graphs, named, of_kind
from tests.program.switched import ONE_QUICKLY, planned

EVERY_STACK = pytest.mark.parametrize("stack", STACKS)
CONFIGS = {name: loaded.config for name, loaded in load_all(ROOT, STACKS).items()}


def on_ecs(stack: str) -> Mapping[str, Service]:
    return {name: service for name, service in CONFIGS[stack].services.items() if service.runs_on == "ecs"}


def service(graph: Graph, name: str) -> Mapping[str, Any]:
    return named(graph, f"tasks-{name}-service").inputs


def containers(graph: Graph, name: str) -> dict[str, dict[str, Any]]:
    found = json.loads(named(graph, f"task-{name}-definition").inputs["containerDefinitions"])
    return {one["name"]: one for one in found}


def said(graph: Graph, name: str) -> dict[str, str]:
    return {one["name"]: one["value"] for one in containers(graph, name)[name]["environment"]}


def typed(graph: Graph, token: str) -> dict[str, Resource]:
    return {resource.name: resource for resource in graph.of_type(token)}


def policy(graph: Graph, name: str, key: str) -> Mapping[str, Any]:
    return named(graph, f"scaling-{name}-{key}").inputs


@EVERY_STACK
@pytest.mark.requirement("CMP-07")
def test_each_image_has_a_registry_with_a_lifecycle_and_a_policy(stack: str) -> None:
    graph = graphs()[stack]
    repositories = typed(graph, "aws:ecr/repository:Repository")
    images = {name for name, service in CONFIGS[stack].services.items() if service.image} | {"pgbouncer", "logins"}
    assert repositories.keys() == {f"registry-{name}-repository" for name in images}
    assert len(repositories) == len(of_kind(graph, "LifecyclePolicy")) == len(of_kind(graph, "RepositoryPolicy"))
    for repository in repositories.values():
        assert repository.inputs["imageScanningConfiguration"] == {"scanOnPush": True}
        assert repository.inputs["imageTagMutability"] == "IMMUTABLE"


@pytest.mark.requirement("CMP-07", part="one stack of the account says that every registry scans")
def test_the_account_scans_every_image_once() -> None:
    scans = {stack: of_kind(graph, "RegistryScanningConfiguration") for stack, graph in graphs().items()}
    assert {stack: len(found) for stack, found in scans.items()} == {"dev": 0, "staging": 0, "prod": 1}
    assert scans["prod"][0].inputs["scanType"] == "BASIC"


@ONE_QUICKLY
@pytest.mark.requirement("CMP-07", part="the pipelines push")
def test_the_role_that_deploys_may_push_where_there_is_one(stack: str, tmp_path: Path) -> None:
    changes: dict[KeyPath, Any] = {
        ("plinth:identity", "github", "enabled"): True,
        ("plinth:identity", "github", "repository"): "owner/name",
    }
    graph = planned(tmp_path, stack, changes)
    statements = json.loads(named(graph, "registry-booking-policy").inputs["policy"])["Statement"]
    (pushing,) = [one for one in statements if one["Effect"] == "Allow"]
    arn = f"arn:aws:iam::000000000000:role/guarded/plinth-{stack}-ci-deploy"
    assert pushing["Condition"] == {"ArnEquals": {"aws:PrincipalArn": [arn]}}
    assert named(graph, "pipelines-deploy-role").inputs["name"] == f"plinth-{stack}-ci-deploy"


@EVERY_STACK
@pytest.mark.requirement("CMP-08")
def test_one_cluster_has_both_markets_and_is_measured(stack: str) -> None:
    graph = graphs()[stack]
    (cluster,) = graph.of_type("aws:ecs/cluster:Cluster")
    assert cluster.inputs["settings"] == [{"name": "containerInsights", "value": CONFIGS[stack].containers.insights}]
    assert named(graph, "containers-providers").inputs["capacityProviders"] == ["FARGATE", "FARGATE_SPOT"]
    for name in on_ecs(stack):
        assert named(graph, f"task-{name}-records").inputs["retentionInDays"] == CONFIGS[stack].containers.logs_retention_days


@pytest.mark.requirement("CMP-08", part="in dev Spot comes first")
def test_dev_prefers_spot() -> None:
    strategies = named(graphs()["dev"], "containers-providers").inputs["defaultCapacityProviderStrategies"]
    weights = {one["capacityProvider"]: one["weight"] for one in strategies}
    assert weights["FARGATE_SPOT"] > weights["FARGATE"]


@EVERY_STACK
@pytest.mark.requirement("CMP-09")
def test_django_runs_beside_pgbouncer_with_secrets_by_reference_alone(stack: str) -> None:
    found = containers(graphs()[stack], "booking")
    assert found.keys() == {"booking", "pgbouncer"}
    assert not any("healthCheck" in one for one in found.values())
    references = {one["name"]: one["valueFrom"] for one in found["booking"]["secrets"]}
    assert references.keys() == {
        *("DJANGO_SECRET_KEY", "POSTGRES_HOST", "POSTGRES_PORT", "POSTGRES_NAME", "POSTGRES_USER", "POSTGRES_PASSWORD"),
        *(f"{store}_{what}" for store in ("REDIS", "BROKER") for what in ("HOST", "PORT", "READER", "CLUSTER", "TOKEN")),
    }
    assert all(one.startswith(("arn:aws:ssm:", "arn:aws:secretsmanager:")) for one in references.values())
    assert references["POSTGRES_USER"].endswith(":username::")
    assert references.keys().isdisjoint(said(graphs()[stack], "booking"))
    assert said(graphs()[stack], "booking") == {
        "BUCKET_MEDIA": f"plinth-{stack}-media-000000000000",
        "SERVICE": "booking",
        "PORT": "8000",
        "PGBOUNCER": "1",
        "REDIS_TLS": "1",
        "TMPDIR": "/dev/shm",  # noqa: S108
    }
    assert CONFIGS[stack].services["booking"].route is not None
    assert getattr(CONFIGS[stack].services["booking"].route, "health", "") == "/health/"


@EVERY_STACK
@pytest.mark.requirement("CMP-10")
def test_fastapi_has_two_roles_records_and_the_least_size_in_dev(stack: str) -> None:
    definition = named(graphs()[stack], "task-collection-definition").inputs
    if stack == "dev":
        assert (definition["cpu"], definition["memory"]) == ("256", "512")
    assert definition["networkMode"] == "awsvpc"
    assert definition["executionRoleArn"] != definition["taskRoleArn"]
    assert containers(graphs()[stack], "collection")["collection"]["logConfiguration"]["logDriver"] == "awslogs"


@EVERY_STACK
@pytest.mark.requirement("CMP-11")
@pytest.mark.requirement("CMP-12")
def test_every_service_is_private_scaled_and_taken_back_when_it_fails(stack: str) -> None:
    graph = graphs()[stack]
    private = {subnet.outputs["id"] for subnet in of_kind(graph, "Subnet") if subnet.inputs["tags"]["tier"] == "private"}
    for name, wanted in on_ecs(stack).items():
        made = service(graph, name)
        assert made["networkConfiguration"]["assignPublicIp"] is False
        assert set(made["networkConfiguration"]["subnets"]) <= private
        assert made["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
        assert named(graph, f"tasks-{name}-service").options.ignore_changes == ("desiredCount",)
        assert bool(made["loadBalancers"]) is bool(wanted.route)
        assert ("healthCheckGracePeriodSeconds" in made) is bool(wanted.route)
        limits = named(graph, f"scaling-{name}-limits").inputs
        assert wanted.scaling is not None
        assert (limits["minCapacity"], limits["maxCapacity"]) == (wanted.scaling.least, wanted.scaling.most)
    if stack == "prod":
        limits = named(graph, "scaling-booking-limits").inputs
        assert (limits["minCapacity"], limits["maxCapacity"]) == (3, 10)


@EVERY_STACK
@pytest.mark.requirement("CMP-13", part="its code comes with its image, the alarm with those of all")
@pytest.mark.requirement("CMP-19", part="the emitter comes with the worker's image")
def test_the_worker_answers_nobody_and_scales_on_what_it_says_itself(stack: str) -> None:
    graph = graphs()[stack]
    assert "loadBalancers" not in service(graph, "booking-worker") or not service(graph, "booking-worker")["loadBalancers"]
    goal = policy(graph, "booking-worker", "backlog")["targetTrackingScalingPolicyConfiguration"]
    metric = goal["customizedMetricSpecification"]["metrics"][0]["metricStat"]["metric"]
    assert (metric["namespace"], metric["metricName"]) == ("Plinth/Workers", "QueueDepth")
    dimensions = {one["name"]: one["value"] for one in metric["dimensions"]}
    told = said(graph, "booking-worker")
    assert dimensions == {"Service": told["SERVICE"], "Queue": told["WORKLOAD_QUEUE"]}
    rights = json.loads(named(graph, "service-booking-worker-identity-rights").inputs["policy"])["Statement"]
    (backlog,) = [one for one in rights if one["Sid"] == "Backlog"]
    assert backlog["Condition"] == {"StringEquals": {"cloudwatch:namespace": metric["namespace"]}}


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
@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_whoever_takes_turns_keeps_to_requests_of_its_own_target_group(stack: str) -> None:
    graph = graphs()[stack]
    counting = [name for name, one in on_ecs(stack).items() if one.scaling and one.scaling.requests_per_target]
    assert set(counting) == {"booking", "collection", "graphql"}
    balancer = named(graph, "load-balancer-public-balancer").outputs["arnSuffix"]
    for name in counting:
        goal = policy(graph, name, "requests")["targetTrackingScalingPolicyConfiguration"]["predefinedMetricSpecification"]
        assert goal["predefinedMetricType"] == "ALBRequestCountPerTarget"
        assert goal["resourceLabel"] == f"{balancer}/{named(graph, f'route-{name}-blue').outputs['arnSuffix']}"


@pytest.mark.requirement("CMP-16", part="services on ECS")
@pytest.mark.requirement("CMP-20", part="services on ECS")
def test_dev_stops_out_of_hours_and_prod_grows_before_the_day_begins() -> None:
    dev = graphs()["dev"]
    for name, wanted in on_ecs("dev").items():
        assert not wanted.always_on
        assert named(dev, f"hours-{name}-stop").inputs["scalableTargetAction"] == {"minCapacity": 0, "maxCapacity": 0}
        assert named(dev, f"hours-{name}-start").inputs["scalableTargetAction"]["minCapacity"] >= 1
    for stack in ("staging", "prod"):
        nothing = [one.name for one in of_kind(graphs()[stack], "ScheduledAction") if one.name.endswith(("-stop", "-start"))]
        assert nothing == []
    peaks = [one for one in of_kind(graphs()["prod"], "ScheduledAction") if one.name.startswith("scaling-booking-peak-")]
    assert len(peaks) == 2


def test_a_service_that_is_always_on_keeps_no_hours(tmp_path: Path) -> None:
    graph = planned(tmp_path, "dev", {("plinth:services", "collection", "alwaysOn"): True})
    actions = {one.name for one in of_kind(graph, "ScheduledAction")}
    assert "hours-booking-stop" in actions
    assert "hours-collection-stop" not in actions


@pytest.mark.requirement("CMP-17", part="services on ECS")
def test_a_step_policy_is_what_its_alarm_calls() -> None:
    for stack in ("staging", "prod"):
        graph = graphs()[stack]
        made = named(graph, "scaling-booking-steps")
        assert len(made.inputs["stepScalingPolicyConfiguration"]["stepAdjustments"]) >= 2
        assert named(graph, "scaling-booking-far-above").inputs["alarmActions"] == [made.outputs["arn"]]


@pytest.mark.requirement("CMP-18", part="services on ECS")
def test_prod_makes_forecasts_and_does_not_act_on_them_yet() -> None:
    made = policy(graphs()["prod"], "booking", "forecast")
    assert made["policyType"] == "PredictiveScaling"
    assert made["predictiveScalingPolicyConfiguration"]["mode"] == "ForecastOnly"


@EVERY_STACK
@pytest.mark.requirement("CMP-21", part="services on ECS")
def test_spot_is_for_those_that_say_so(stack: str) -> None:
    for name, wanted in on_ecs(stack).items():
        markets = {one["capacityProvider"] for one in service(graphs()[stack], name)["capacityProviderStrategies"]}
        assert ("FARGATE_SPOT" in markets) is wanted.spot


@pytest.mark.requirement("CMP-23", part="the target groups and rules come with the load balancers")
def test_apis_take_turns_in_staging_and_prod_and_roll_in_dev() -> None:
    for stack in STACKS:
        made = {name: service(graphs()[stack], name) for name, wanted in on_ecs(stack).items() if wanted.route}
        strategies = {name: one["deploymentConfiguration"]["strategy"] for name, one in made.items()}
        apis = {name for name in strategies if name in ("booking", "collection", "graphql")}
        assert {strategies[name] for name in apis} == ({"ROLLING"} if stack == "dev" else {"BLUE_GREEN"})
        assert all(one["deploymentMinimumHealthyPercent"] == 100 for one in made.values())


@pytest.mark.requirement("CMP-24", part="its target group and rule come with the load balancers")
def test_the_gateway_of_graphql_is_a_service_of_its_own() -> None:
    for stack in ("staging", "prod"):
        graph = graphs()[stack]
        assert service(graph, "graphql")["deploymentConfiguration"]["strategy"] == "BLUE_GREEN"
        assert named(graph, "scaling-graphql-limits").inputs["maxCapacity"] > 2
        assert containers(graph, "graphql")["graphql"]["portMappings"][0]["containerPort"] == 4000


@EVERY_STACK
@pytest.mark.requirement("NET-14")
def test_every_service_finds_the_others(stack: str) -> None:
    graph = graphs()[stack]
    assert len(graph.of_type("aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace")) == 1
    for name, wanted in on_ecs(stack).items():
        connect = service(graph, name)["serviceConnectConfiguration"]
        assert connect["enabled"] is True
        assert [one["clientAlias"][0]["dnsName"] for one in connect["services"]] == ([name] if wanted.port else [])


@EVERY_STACK
@pytest.mark.requirement("OBS-17", part="services on ECS")
def test_what_scaling_did_is_recorded(stack: str) -> None:
    graph = graphs()[stack]
    group = named(graph, "scaling-events-records").outputs["arn"]
    targets = {one.name: one.inputs["arn"] for one in of_kind(graph, "EventTarget")}
    assert {targets[f"scaling-events-{source}-to-log"] for source in ("ecs", "application-autoscaling")} == {group}


@EVERY_STACK
@pytest.mark.requirement("SEC-07", part="every service of every stack")
def test_whoever_starts_tasks_pulls_from_the_registries_of_the_stack_alone(stack: str) -> None:
    for name in on_ecs(stack):
        statements = json.loads(named(graphs()[stack], f"task-{name}-starter-rights").inputs["policy"])["Statement"]
        for one in statements:
            if any(action.startswith("ecr:") for action in one["Action"]) and one["Resource"] != ["*"]:
                assert all(f":repository/plinth-{stack}-" in arn for arn in one["Resource"])
            if one["Resource"] == ["*"]:
                assert one["Action"] == ["ecr:GetAuthorizationToken"]


@EVERY_STACK
@pytest.mark.requirement("SEC-08")
def test_every_task_has_a_role_of_its_own_for_this_account_alone(stack: str) -> None:
    graph = graphs()[stack]
    made = {one.name: one.inputs for one in graph.of_type("aws:ecs/taskDefinition:TaskDefinition")}
    assert "taskRoleArn" not in made.pop("logins-task"), "what makes users of databases may do nothing in AWS"
    roles = [inputs["taskRoleArn"] for inputs in made.values()]
    assert len(set(roles)) == len(roles) == len(on_ecs(stack))
    for name in on_ecs(stack):
        (trust,) = json.loads(named(graph, f"service-{name}-identity-role").inputs["assumeRolePolicy"])["Statement"]
        assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": "000000000000"}


TEN = {
    f"shop-{word}": {
        "runsOn": "ecs",
        "image": "placeholder",
        "size": {"cpu": 256, "memoryMb": 512},
        "port": 8000,
        "scaling": {"least": 1, "most": 2, "cpuPercent": 60},
        "access": [{"to": "redis", "as": "connect"}],
    }
    for word in ("cart", "catalogue", "checkout", "delivery", "invoice", "orders", "payment", "price", "search", "stock")
}


@pytest.mark.requirement("CMP-26")
@pytest.mark.requirement("NET-14", part="ten services at once")
def test_ten_services_are_ten_entries_and_no_line_of_code(tmp_path: Path) -> None:
    graph = planned(tmp_path, "dev", {("plinth:services",): TEN})
    counts = {
        kind: len(graph.of_type(kind))
        for kind in (
            *("aws:ecs/service:Service", "aws:ecs/taskDefinition:TaskDefinition", "aws:ecr/repository:Repository"),
            *("aws:appautoscaling/target:Target", "aws:servicediscovery/service:Service"),
        )
    }
    assert set(counts.values()) == {10}
    roles = {one.inputs["name"] for one in of_kind(graph, "Role")}
    assert {f"plinth-dev-{name}-{job}" for name in TEN for job in ("task", "starter")} <= roles


def test_images_are_built_in_dev_and_nowhere_else() -> None:
    built = {stack: {one.name for one in graph.of_type("awsx:ecr:Image")} for stack, graph in graphs().items()}
    assert {"builds-booking", "builds-booking-worker", "builds-collection", "builds-pgbouncer"} <= built["dev"]
    assert built["staging"] == built["prod"] == set()
    image = next(one for one in graphs()["dev"].of_type("awsx:ecr:Image") if one.name == "builds-booking")
    assert containers(graphs()["dev"], "booking")["booking"]["image"] == image.outputs["imageUri"]


def test_a_placeholder_stands_in_on_the_port_and_in_the_protocol_of_the_service() -> None:
    found = containers(graphs()["staging"], "catalogue")["catalogue"]
    assert found["image"] == CONFIGS["staging"].containers.placeholder
    assert "listen 50051; http2 on;" in found["command"][0]
    assert found["portMappings"][0]["appProtocol"] == "grpc"
    assert containers(graphs()["staging"], "booking-worker")["booking-worker"]["command"] == ["exec tail -f /dev/null"]
    assert "listen 6432;" in containers(graphs()["staging"], "booking")["pgbouncer"]["command"][0]


def test_a_version_that_was_tested_comes_from_the_registry_of_the_service(tmp_path: Path) -> None:
    digest = f"sha256:{'0' * 64}"
    graph = planned(tmp_path, "staging", {("plinth:services", "collection", "image"): digest})
    found = containers(graph, "collection")["collection"]
    assert found["image"] == f"000000000000.dkr.ecr.us-east-1.amazonaws.com/plinth-staging-collection-images@{digest}"
    assert "command" not in found
