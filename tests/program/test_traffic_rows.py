"""The rows of load balancers and of the ways to services: without a domain as the stacks are, and with one."""

import re
from base64 import b64decode
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from plinth.engine.graph import Graph, Resource
from plinth.policy.verdicts import report
from policy.catalogue import RULES
from policy.exceptions import load
from policy.judge import Verdict
from stack.config.document import KeyPath
from tests.harness import ROOT, STACKS, configs, graphs, named, of_kind
from tests.program.switched import NAMES, ONE_QUICKLY, VPN, planned, turned_on
from tests.program.test_network_rows import admitted, group_names

Plan = Callable[[str], Graph]
EVERY_STACK = pytest.mark.parametrize("stack", STACKS)
CONFIGS = configs()
DOMAIN = "example.org"
SIGN_IN = {
    "enabled": True,
    "userPoolArn": "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_abcdefghi",
    "clientId": "1example23456789",
    "domain": "plinth-users",
}
PATHS = {
    "booking": (("/booking/*", "/health/"), "/health/"),
    "collection": (("/collection/*",), "/health"),
    "graphql": (("/graphql",), "/health"),
    "catalogue": (("/plinth.catalogue.*",), "/grpc.health.v1.Health/Check"),
    "websocket": (("/ws",), "/health"),
    "bot-api": (("/bot/*",), "/health/"),
}


def valid(graph: Graph) -> object:
    """The certificate of the home region once it is valid."""
    (home,) = (one for one in of_kind(graph, "CertificateValidation") if one.inputs["region"] == "us-east-1")
    return home.outputs["certificateArn"]


@pytest.fixture(scope="module")
def with_domain(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Gives the graph of a stack that has a domain and a certificate for it; each planned once."""

    @cache
    def plan(stack: str) -> Graph:
        return planned(tmp_path_factory.mktemp(stack), stack, turned_on(NAMES))

    return plan


def routes(stack: str) -> set[str]:
    """The services with a route."""
    return {name for name, service in CONFIGS[stack].services.items() if service.route}


def taking_turns(stack: str) -> set[str]:
    return {name for name in routes(stack) if CONFIGS[stack].services[name].deployment == "blue-green"}


def groups_of(graph: Graph, service: str) -> dict[str, Resource]:
    """The target groups of a service by their role."""
    prefix = f"route-{service}-"
    return {one.name.removeprefix(prefix): one for one in of_kind(graph, "TargetGroup") if one.name.startswith(prefix)}


def production(graph: Graph, service: str) -> Resource:
    return named(graph, f"route-{service}-users")


# NET-15, the application load balancer


@ONE_QUICKLY
@pytest.mark.requirement("NET-15", part="all but the web ACL")
@pytest.mark.requirement("EDG-06", part="the listener takes the certificate once it is valid")
def test_with_a_domain_one_load_balancer_faces_the_internet_by_tls_and_sends_plain_http_there(
    with_domain: Plan, stack: str
) -> None:
    graph = with_domain(stack)
    balancer = named(graph, "load-balancer-public-balancer").inputs
    public = {subnet.outputs["id"] for subnet in of_kind(graph, "Subnet") if subnet.inputs["tags"]["tier"] == "public"}
    assert (balancer["loadBalancerType"], balancer["internal"]) == ("application", False)
    assert set(balancer["subnets"]) == public
    assert len(public) == 3
    assert balancer["enableDeletionProtection"] is (stack == "prod")
    users = named(graph, "load-balancer-public-users").inputs
    assert (users["port"], users["protocol"], users["certificateArn"]) == (443, "HTTPS", valid(graph))
    assert users["sslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2-")
    assert users["defaultActions"][0]["fixedResponse"]["statusCode"] == "404"
    redirect = named(graph, "load-balancer-public-redirect").inputs
    assert redirect["port"] == 80
    assert redirect["defaultActions"] == [
        {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}
    ]


@EVERY_STACK
def test_without_a_domain_every_load_balancer_stands_inside_and_every_request_is_recorded(stack: str) -> None:
    graph = graphs()[stack]
    private = {subnet.outputs["id"] for subnet in of_kind(graph, "Subnet") if subnet.inputs["tags"]["tier"] == "private"}
    balancers = {one.inputs["loadBalancerType"]: one.inputs for one in of_kind(graph, "LoadBalancer") if one.custom}
    assert balancers.keys() == {"application", "network"}
    for kind, inputs in balancers.items():
        assert inputs["internal"] is True
        assert set(inputs["subnets"]) == private
        logs = inputs["accessLogs"]
        assert (logs["prefix"], logs["enabled"]) == ({"application": "alb", "network": "nlb"}[kind], True)
        assert logs["bucket"].startswith(f"plinth-{stack}-logs-")


@ONE_QUICKLY
def test_every_policy_holds_with_a_domain_as_well(with_domain: Plan, stack: str) -> None:
    (judged,) = report([with_domain(stack)], load(ROOT, {rule.id for rule in RULES})).stacks
    assert [(found.rule.id, found.urn) for found in judged.of(Verdict.VIOLATED)] == []
    assert [(found.rule.id, found.urn) for found in judged.of(Verdict.UNDECIDED)] == []


# NET-16 and NET-17, target groups and rules


@ONE_QUICKLY
@pytest.mark.requirement("NET-16", part="services on ECS and EC2; the ingress of EKS comes with it")
def test_each_service_has_a_target_group_that_is_asked_at_its_own_path_and_every_group_is_led_to(
    with_domain: Plan, stack: str
) -> None:
    graph = with_domain(stack)
    for name in routes(stack):
        roles = groups_of(graph, name)
        assert roles.keys() - {"stream"} == ({"blue", "green"} if name in taking_turns(stack) else {"blue"})
        service = CONFIGS[stack].services[name]
        for group in (roles[role].inputs for role in roles.keys() - {"stream"}):
            assert group["healthCheck"]["path"] == PATHS[name][1]
            assert (group["targetType"], group["port"]) == ("ip" if service.runs_on == "ecs" else "instance", service.port)
    leading = {
        urn
        for one in (*of_kind(graph, "ListenerRule"), *of_kind(graph, "Listener"))
        for key in ("actions", "defaultActions")
        for urn in one.property_dependencies.get(key, ())
    }
    assert {group.urn for group in of_kind(graph, "TargetGroup")} <= leading


def test_two_versions_take_turns_outside_dev_alone() -> None:
    assert [taking_turns(stack) for stack in STACKS] == [set(), *[{"booking", "collection", "graphql"}] * 2]


@ONE_QUICKLY
@pytest.mark.requirement("NET-17")
@pytest.mark.requirement("NET-22")
def test_one_host_stands_in_front_of_every_service_each_by_its_path_and_its_own_priority(with_domain: Plan, stack: str) -> None:
    graph = with_domain(stack)
    users = named(graph, "load-balancer-public-users").outputs["arn"]
    rules = [rule for rule in of_kind(graph, "ListenerRule") if rule.inputs["listenerArn"] == users]
    assert {rule.name for rule in rules} == {f"route-{name}-users" for name in routes(stack)}
    for name in routes(stack):
        assert production(graph, name).inputs["conditions"] == [
            {"hostHeader": {"values": [f"api.{DOMAIN}"]}},
            {"pathPattern": {"values": list(PATHS[name][0])}},
        ]
    priorities = [rule.inputs["priority"] for rule in rules]
    assert len(priorities) == len(set(priorities))
    balancer = named(graph, "load-balancer-public-balancer").outputs
    home = {"name": balancer["dnsName"], "zoneId": balancer["zoneId"], "evaluateTargetHealth": True}
    leading = [record.inputs for record in of_kind(graph, "Record") if record.inputs["name"] == f"api.{DOMAIN}"]
    # One name, once for each of the two kinds of address.
    assert {record["type"]: record["aliases"] for record in leading} == {"A": [home], "AAAA": [home]}
    assert len(leading) == 2


@EVERY_STACK
def test_without_a_domain_paths_alone_decide_and_grpc_is_reached_by_its_stream(stack: str) -> None:
    graph = graphs()[stack]
    assert {rule.name for rule in of_kind(graph, "ListenerRule") if rule.name.endswith("-users")} == {
        f"route-{name}-users" for name in routes(stack) - {"catalogue"}
    }
    assert groups_of(graph, "catalogue").keys() == {"stream"}
    for name in routes(stack) - {"catalogue"}:
        assert production(graph, name).inputs["conditions"] == [{"pathPattern": {"values": list(PATHS[name][0])}}]


@EVERY_STACK
def test_whoever_swaps_versions_finds_a_rule_on_either_listener_and_the_program_leaves_their_weights_alone(stack: str) -> None:
    graph = graphs()[stack]
    testers = named(graph, "load-balancer-public-testers").outputs["arn"]
    tests = {rule.name: rule for rule in of_kind(graph, "ListenerRule") if rule.inputs["listenerArn"] == testers}
    assert tests.keys() == {f"route-{name}-testers" for name in taking_turns(stack)}
    for rule in of_kind(graph, "ListenerRule"):
        turns = rule.name.removeprefix("route-").rsplit("-", 1)[0] in taking_turns(stack)
        assert rule.options.ignore_changes == (("actions[0].forward.targetGroups",) if turns else ())


# NET-18 to NET-21, connections, WebSockets, gRPC, and what is not well


@ONE_QUICKLY
@pytest.mark.requirement("NET-18")
def test_a_network_load_balancer_ends_tls_in_front_of_grpc(with_domain: Plan, stack: str) -> None:
    graph = with_domain(stack)
    balancer = named(graph, "load-balancer-stream-balancer").inputs
    assert (balancer["loadBalancerType"], balancer["internal"]) == ("network", False)
    assert balancer["enableCrossZoneLoadBalancing"] is (stack == "prod")
    listener = named(graph, "route-catalogue-stream-listener").inputs
    assert (listener["port"], listener["protocol"], listener["certificateArn"]) == (443, "TLS", valid(graph))
    assert named(graph, "route-catalogue-stream").inputs["protocol"] == "TCP"


@EVERY_STACK
@pytest.mark.requirement("NET-19")
def test_websockets_stay_open_and_their_clients_with_their_targets(stack: str) -> None:
    graph = graphs()[stack]
    assert named(graph, "load-balancer-public-balancer").inputs["idleTimeout"] == 3600
    websocket = named(graph, "route-websocket-blue").inputs
    assert websocket["stickiness"]["enabled"] is True
    assert websocket["deregistrationDelay"] > named(graph, "route-booking-blue").inputs["deregistrationDelay"]


@ONE_QUICKLY
@pytest.mark.requirement("NET-20", part="the load balancers; HTTP/3 comes with CloudFront")
def test_grpc_and_http_2_get_through(with_domain: Plan, stack: str) -> None:
    graph = with_domain(stack)
    grpc = named(graph, "route-catalogue-blue").inputs
    assert (grpc["protocolVersion"], grpc["healthCheck"]["matcher"]) == ("GRPC", "0")
    assert named(graph, "load-balancer-public-balancer").inputs["enableHttp2"] is True


@EVERY_STACK
def test_each_service_keeps_silent_connections_for_longer_than_the_load_balancer_in_front_of_it(stack: str) -> None:
    graph, config = graphs()[stack], CONFIGS[stack]
    said: dict[str, int] = {}
    for one in graph.resources.values():
        text = str(one.inputs.get("containerDefinitions", "")) + b64decode(str(one.inputs.get("userData", ""))).decode()
        found = re.search(r'(?:"name": ?"KEEP_ALIVE_SECONDS", ?"value": ?"|--env KEEP_ALIVE_SECONDS=)(\d+)', text)
        if found:
            said[one.name.removeprefix("task-").removeprefix("fleet-").rpartition("-")[0]] = int(found[1])
    behind = {name: service.route.load_balancer for name, service in config.services.items() if service.route}
    assert said.keys() == behind.keys()
    for name, balancer in behind.items():
        assert said[name] > named(graph, f"load-balancer-{balancer}-balancer").inputs["idleTimeout"]


@pytest.mark.parametrize("stack", ["staging", "prod"])
@pytest.mark.requirement("NET-21")
def test_what_is_not_well_gets_less_and_a_zone_can_be_left(stack: str) -> None:
    graph = graphs()[stack]
    for balancer in (one for one in of_kind(graph, "LoadBalancer") if one.custom):
        assert balancer.inputs["enableZonalShift"] is True
    for name in routes(stack) - {"catalogue"}:
        health = named(graph, f"route-{name}-blue").inputs["targetGroupHealth"]
        assert health["dnsFailover"]["minimumHealthyTargetsPercentage"] == "50"
        assert health["unhealthyStateRouting"]["minimumHealthyTargetsPercentage"] == "50"
    assert named(graph, "route-booking-blue").inputs["slowStart"] == 60
    assert named(graph, "route-collection-blue").inputs["loadBalancingAnomalyMitigation"] == "on"


@pytest.mark.requirement("NET-22", part="authentication at the load balancer")
def test_a_route_can_ask_who_somebody_is(tmp_path: Path) -> None:
    changes: dict[KeyPath, Any] = {
        **turned_on(NAMES),
        ("plinth:loadBalancers", "public", "signIn"): SIGN_IN,
        ("plinth:services", "booking", "route", "signIn"): True,
    }
    graph = planned(tmp_path, "dev", changes)
    first, last = production(graph, "booking").inputs["actions"]
    assert (first["type"], last["type"]) == ("authenticate-cognito", "forward")
    assert [action["type"] for action in production(graph, "collection").inputs["actions"]] == ["forward"]
    names = group_names(graph)
    out = {
        names[rule.inputs["securityGroupId"]] for rule in of_kind(graph, "SecurityGroupEgressRule") if "cidrIpv4" in rule.inputs
    }
    assert "load-balancer-public" in out, "it asks the user pool"


# NET-09, NET-10, NET-23: who may connect to a service


def through(stack: str) -> set[tuple[str, str, int]]:
    """Who leads to a service, and which service calls which."""
    rows = {("load-balancer-public", "eks", 443), ("load-balancer-stream", "service-catalogue", 50051)}
    for name in routes(stack):
        rows.add(("load-balancer-public", f"service-{name}", CONFIGS[stack].services[name].port or 0))
    if stack != "dev":
        rows |= {("service-graphql", "service-collection", 8000), ("service-graphql", "service-catalogue", 50051)}
    return rows


def at_services(graph: Graph) -> set[tuple[str, str, int]]:
    return {row for row in admitted(graph) if row[0].startswith("load-balancer-") or row[1].startswith("service-")}


def from_the_internet(graph: Graph) -> set[tuple[str, str, int]]:
    names = group_names(graph)
    rules = [rule.inputs for rule in of_kind(graph, "SecurityGroupIngressRule") if "cidrIpv4" in rule.inputs]
    return {(names[rule["securityGroupId"]], rule["cidrIpv4"], rule["fromPort"]) for rule in rules}


@ONE_QUICKLY
@pytest.mark.requirement("NET-09", part="load balancers and services")
@pytest.mark.requirement("NET-23", part="ingress: from group to group, and from the internet to load balancers alone")
def test_only_load_balancers_with_a_domain_admit_the_internet_and_services_admit_who_leads_to_them_or_calls_them(
    with_domain: Plan, stack: str
) -> None:
    assert from_the_internet(graphs()[stack]) == set()
    graph = with_domain(stack)
    assert from_the_internet(graph) == {
        ("load-balancer-public", "0.0.0.0/0", 80),
        ("load-balancer-public", "0.0.0.0/0", 443),
        ("load-balancer-stream", "0.0.0.0/0", 443),
    }
    assert at_services(graph) == at_services(graphs()[stack]) == through(stack)


@EVERY_STACK
@pytest.mark.requirement("NET-10", part="services on ECS and EC2, and load balancers")
def test_each_service_and_each_load_balancer_has_a_group_of_its_own(stack: str) -> None:
    graph = graphs()[stack]
    names = group_names(graph)
    config = CONFIGS[stack]
    assert {f"service-{name}" for name in config.services} <= set(names.values())
    worn = {
        one.name: [names[group] for group in one.inputs["securityGroups"]] for one in of_kind(graph, "LoadBalancer") if one.custom
    }
    assert worn == {f"load-balancer-{name}-balancer": [f"load-balancer-{name}"] for name in config.load_balancers}


@ONE_QUICKLY
def test_developers_in_the_vpn_reach_users_and_testers_listeners(tmp_path: Path, stack: str) -> None:
    graph = planned(tmp_path, stack, turned_on(VPN))
    assert {row for row in admitted(graph) if row[0] == "vpn" and row[1].startswith("load-balancer-")} == {
        ("vpn", "load-balancer-public", 80),
        ("vpn", "load-balancer-public", 8080),
        ("vpn", "load-balancer-stream", 443),
    }


@EVERY_STACK
def test_a_service_reaches_the_internet_on_443_where_its_entry_says_so(stack: str) -> None:
    graph = graphs()[stack]
    names = group_names(graph)
    out = {
        (names[rule["securityGroupId"]], rule["cidrIpv4"], rule["fromPort"], rule["toPort"])
        for rule in (resource.inputs for resource in of_kind(graph, "SecurityGroupEgressRule"))
        if "cidrIpv4" in rule
    }
    wanted = {name for name, service in CONFIGS[stack].services.items() if service.reaches_internet}
    assert out == {(f"service-{name}", "0.0.0.0/0", 443, 443) for name in wanted}


def test_what_the_stacks_have_to_offer_is_said_by_name(tmp_path: Path) -> None:
    graph = graphs()["dev"]
    assert graph.outputs["loadBalancers"] == {
        name: named(graph, f"load-balancer-{name}-balancer").outputs["dnsName"] for name in ("public", "stream")
    }
    bare = planned(tmp_path, "dev", {("plinth:loadBalancers",): {}, ("plinth:services",): {}})
    assert bare.outputs["loadBalancers"] == {}
