"""The rows of services on ECS, over the three stacks: registries, tasks, roles, versions, and what it takes to add a service."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from plinth.engine.graph import Graph, Resource
from stack.config.document import KeyPath
from stack.config.services import Service
from tests.harness import STACKS, configs, graphs, named, of_kind
from tests.program.switched import ONE_QUICKLY, planned

EVERY_STACK = pytest.mark.parametrize("stack", STACKS)
CONFIGS = configs()


def on_ecs(stack: str) -> Mapping[str, Service]:
    return {name: service for name, service in CONFIGS[stack].services.items() if service.runs_on == "ecs"}


def service(graph: Graph, name: str) -> Mapping[str, Any]:
    return named(graph, f"tasks-{name}-service").inputs


def containers(graph: Graph, name: str) -> dict[str, dict[str, Any]]:
    found = json.loads(named(graph, f"task-{name}-definition").inputs["containerDefinitions"])
    return {one["name"]: one for one in found}


def said(graph: Graph, name: str) -> dict[str, str]:
    return {one["name"]: one["value"] for one in containers(graph, name)[name]["environment"]}


def rights(graph: Graph, name: str) -> str:
    """The text of what the code of a service may do; empty where it may do nothing."""
    found = [one for one in graph.resources.values() if one.name == f"service-{name}-identity-rights"]
    return "".join(str(one.inputs["policy"]) for one in found)


def typed(graph: Graph, token: str) -> dict[str, Resource]:
    return {resource.name: resource for resource in graph.of_type(token)}


def target_groups(made: Mapping[str, Any]) -> set[str]:
    return {one["targetGroupArn"] for one in made.get("loadBalancers") or ()}


def turning(graph: Graph, made: Mapping[str, Any]) -> list[str]:
    """Where two versions of a service take turns: the target group of each, and the rules for users and for testers."""
    (balanced,) = made["loadBalancers"]
    turns = balanced["advancedConfiguration"]
    rules = [turns[key] for key in ("productionListenerRule", "testListenerRule")]
    names = {one.outputs["arn"]: one.name for kind in ("TargetGroup", "ListenerRule") for one in of_kind(graph, kind)}
    return [names[arn] for arn in (balanced["targetGroupArn"], turns["alternateTargetGroupArn"], *rules)]


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
    assert found.keys() - {"collector"} == {"booking", "pgbouncer"}
    assert not any("healthCheck" in one for one in found.values())
    references = {one["name"]: one["valueFrom"] for one in found["booking"]["secrets"]}
    assert references.keys() == {
        *("DJANGO_SECRET_KEY", "POSTGRES_HOST", "POSTGRES_PORT", "POSTGRES_NAME", "POSTGRES_USER", "POSTGRES_PASSWORD"),
        *(f"{store}_{what}" for store in ("REDIS", "BROKER") for what in ("HOST", "PORT", "READER", "CLUSTER", "TOKEN")),
    }
    assert all(one.startswith(("arn:aws:ssm:", "arn:aws:secretsmanager:")) for one in references.values())
    assert references["POSTGRES_USER"].endswith(":username::")
    assert references.keys().isdisjoint(said(graphs()[stack], "booking"))
    pooled = {one["name"]: one["valueFrom"] for one in found["pgbouncer"]["secrets"]}
    assert pooled == {name: one for name, one in references.items() if name.startswith("POSTGRES_")}
    assert {name: value for name, value in said(graphs()[stack], "booking").items() if not name.startswith("OTEL_")} == {
        "BUCKET_MEDIA": f"plinth-{stack}-media-000000000000",
        "SERVICE": "booking",
        "PORT": "8000",
        "PGBOUNCER": "1",
        "REDIS_TLS": "1",
        "WORKLOAD_QUEUE": "default",
        "TMPDIR": "/dev/shm",  # noqa: S108
        "KEEP_ALIVE_SECONDS": "3615",
    }
    assert CONFIGS[stack].services["booking"].route is not None
    assert getattr(CONFIGS[stack].services["booking"].route, "health", "") == "/health/"


@EVERY_STACK
@pytest.mark.requirement(
    "OBS-07", part="the collector beside each API on ECS; functions, groups and rules of X-Ray come with theirs"
)
def test_a_collector_of_traces_stands_beside_each_service_that_requests_are_led_to_where_there_are_traces(stack: str) -> None:
    tracing = CONFIGS[stack].observability.tracing
    assert tracing.enabled is (stack == "prod")
    for name, one in on_ecs(stack).items():
        found, hands_on = containers(graphs()[stack], name), "xray:PutTraceSegments" in rights(graphs()[stack], name)
        told = {variable for variable in said(graphs()[stack], name) if variable.startswith("OTEL_")}
        traced = tracing.enabled and one.route is not None
        assert ("collector" in found, bool(told), hands_on) == (traced, traced, traced)
        if traced:
            assert found["collector"]["image"] == tracing.collector
            assert said(graphs()[stack], name)["OTEL_TRACES_SAMPLER_ARG"] == "0.05"


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
@pytest.mark.requirement("CMP-21", part="services on ECS")
def test_spot_is_for_those_that_say_so(stack: str) -> None:
    for name, wanted in on_ecs(stack).items():
        markets = {one["capacityProvider"] for one in service(graphs()[stack], name)["capacityProviderStrategies"]}
        assert ("FARGATE_SPOT" in markets) is wanted.spot


@pytest.mark.requirement("CMP-23")
def test_apis_take_turns_in_staging_and_prod_and_roll_in_dev() -> None:
    for stack in STACKS:
        graph = graphs()[stack]
        routed = {name: wanted.route for name, wanted in on_ecs(stack).items() if wanted.route}
        made = {name: service(graph, name) for name in routed}
        apis = {name for name, route in routed.items() if route.protocol == "http"}
        assert apis == {"booking", "collection", *(("graphql",) if stack != "dev" else ())}
        strategies = {made[name]["deploymentConfiguration"]["strategy"] for name in apis}
        assert strategies == ({"ROLLING"} if stack == "dev" else {"BLUE_GREEN"})
        assert all(one["deploymentMinimumHealthyPercent"] == 100 for one in made.values())
        if stack != "dev":
            assert {name: turning(graph, made[name]) for name in apis} == {
                name: [f"route-{name}-{part}" for part in ("blue", "green", "users", "testers")] for name in apis
            }
            for name in apis:
                errors = [named(graph, f"tasks-{name}-{alarm}").outputs["name"] for alarm in ("errors", "errors-alternate")]
                assert made[name]["alarms"] == {"enable": True, "rollback": True, "alarmNames": errors}


@pytest.mark.requirement("CMP-24")
def test_the_gateway_of_graphql_is_a_service_of_its_own() -> None:
    for stack in ("staging", "prod"):
        graph = graphs()[stack]
        made = service(graph, "graphql")
        assert made["deploymentConfiguration"]["strategy"] == "BLUE_GREEN"
        group = named(graph, "route-graphql-blue").outputs["arn"]
        assert [name for name in on_ecs(stack) if group in target_groups(service(graph, name))] == ["graphql"]
        rule = named(graph, "route-graphql-users")
        assert rule.inputs["listenerArn"] == named(graph, "load-balancer-public-users").outputs["arn"]
        assert {one.name for one in of_kind(graph, "TargetGroup") if one.urn in rule.property_dependencies["actions"]} == {
            "route-graphql-blue",
            "route-graphql-green",
        }
        limits = named(graph, "scaling-graphql-limits")
        assert named(graph, "tasks-graphql-service").urn in limits.property_dependencies["resourceId"]
        assert limits.inputs["maxCapacity"] > 2
        assert containers(graph, "graphql")["graphql"]["portMappings"][0]["containerPort"] == 4000


@EVERY_STACK
@pytest.mark.requirement("NET-14")
def test_every_service_finds_the_others(stack: str) -> None:
    graph = graphs()[stack]
    assert len(graph.of_type("aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace")) == 1
    for name, wanted in on_ecs(stack).items():
        connect = service(graph, name)["serviceConnectConfiguration"]
        assert connect["enabled"] is True
        assert connect["namespace"] == named(graph, "discovery-namespace").outputs["arn"]
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
        kind: sum("logins" not in one.name for one in graph.of_type(kind))  # the task that makes users in databases is no service
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


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_a_container_that_can_write_in_memory_alone_is_told_to_write_there(stack: str, tmp_path: Path) -> None:
    graph = planned(tmp_path, stack, {("plinth:containers", "pgbouncer"): f"sha256:{'0' * 64}"})
    for name, wanted in on_ecs(stack).items():
        found = containers(graph, name)
        assert all(one["readonlyRootFilesystem"] is True for one in found.values())
        assert said(graph, name)["TMPDIR"] == "/dev/shm"  # noqa: S108
        if wanted.sidecars:
            assert found["pgbouncer"]["environment"] == [{"name": "PGBOUNCER_DIR", "value": "/dev/shm"}]  # noqa: S108
