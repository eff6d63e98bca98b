"""The ways to a service: target groups, rules, listeners, and when they are ready."""

from dataclasses import replace
from typing import Any

import pytest
from pulumi_aws import lb

from components.networking.listening import TLS_POLICY
from components.networking.routing import Probe, Requests, Routing, RoutingArgs, SignIn, Stream
from plinth.engine.graph import Graph
from tests.harness import named, of_kind, recorded

PROBE = Probe(interval_seconds=15, timeout_seconds=5, healthy_after=2, unhealthy_after=3)
REQUESTS = Requests(
    listener_arn="arn:listener/users",
    test_listener_arn="arn:listener/testers",
    load_balancer="app/edge/1",
    hosts=(),
    paths=("/booking/*",),
    priority=100,
    protocol="http",
    health_path="/health/",
    takes_turns=False,
)
TURNS = replace(REQUESTS, takes_turns=True)
STREAM = Stream(load_balancer_arn="arn:loadbalancer/net", load_balancer="net/edge/1", port=443, certificate_arn=None)
POOL = SignIn(user_pool_arn="arn:pool", client_id="client", domain="plinth")


def args(**changed: Any) -> RoutingArgs:
    values: dict[str, Any] = {
        "vpc_id": "vpc-1",
        "port": 8000,
        "targets": "ip",
        "probe": PROBE,
        "drain_seconds": 30,
        "requests": REQUESTS,
        "stream": None,
    }
    return RoutingArgs(**(values | changed))


def built(**changed: Any) -> Graph:
    return recorded(lambda ctx: Routing("booking", args(**changed), ctx))


def outputs(graph: Graph) -> Any:
    return graph.of_type(Routing.TYPE)[0].outputs


def group(**changed: Any) -> Any:
    """The inputs of the target group for requests that are so."""
    return named(built(requests=replace(REQUESTS, **changed)), "booking-blue").inputs


def test_a_service_has_one_group_and_one_rule_that_leads_its_paths_there() -> None:
    graph = built()
    assert [one.name for one in of_kind(graph, "TargetGroup")] == ["booking-blue"]
    (rule,) = of_kind(graph, "ListenerRule")
    blue = named(graph, "booking-blue")
    assert (rule.name, rule.inputs["listenerArn"], rule.inputs["priority"]) == ("booking-users", "arn:listener/users", 100)
    assert rule.inputs["conditions"] == [{"pathPattern": {"values": ["/booking/*"]}}]
    assert rule.inputs["actions"] == [
        {"type": "forward", "order": 1, "forward": {"targetGroups": [{"arn": blue.outputs["arn"], "weight": 100}]}}
    ]
    assert rule.options.ignore_changes == ()
    assert outputs(graph).keys() == {"target_group_arn", "balancer_suffix", "target_group_suffix", "request_label"}


def test_hosts_are_a_second_condition() -> None:
    rule = named(built(requests=replace(REQUESTS, hosts=("api.example.org", "api-home.example.org"))), "booking-users")
    assert rule.inputs["conditions"] == [
        {"hostHeader": {"values": ["api.example.org", "api-home.example.org"]}},
        {"pathPattern": {"values": ["/booking/*"]}},
    ]


def test_versions_that_take_turns_have_two_groups_in_two_rules_whose_weights_are_left_to_who_swaps_them() -> None:
    graph = built(requests=TURNS)
    blue, green = named(graph, "booking-blue"), named(graph, "booking-green")
    assert {key: value for key, value in blue.inputs.items() if key != "tags"} == {
        key: value for key, value in green.inputs.items() if key != "tags"
    }
    weighed = [{"arn": blue.outputs["arn"], "weight": 100}, {"arn": green.outputs["arn"], "weight": 0}]
    for name, listener in (("booking-users", "arn:listener/users"), ("booking-testers", "arn:listener/testers")):
        rule = named(graph, name)
        assert rule.inputs["listenerArn"] == listener
        assert rule.inputs["actions"] == [{"type": "forward", "order": 1, "forward": {"targetGroups": weighed}}]
        assert rule.options.ignore_changes == ("actions[0].forward.targetGroups",)
    assert outputs(graph)["alternate_target_group_arn"] == green.outputs["arn"]
    assert outputs(graph)["production_rule_arn"] == named(graph, "booking-users").outputs["arn"]
    assert outputs(graph)["test_rule_arn"] == named(graph, "booking-testers").outputs["arn"]


def test_another_number_of_versions_is_another_rule_since_what_is_ignored_stays_as_it_was() -> None:
    for requests, versions in ((REQUESTS, "1"), (TURNS, "2")):
        rule = named(built(requests=requests), "booking-users")
        assert rule.inputs["tags"]["versions"] == versions
        assert "tags.versions" in rule.options.replace_on_changes
        assert rule.options.delete_before_replace, "a priority is given once"


def test_the_other_side_of_the_network_is_another_group_and_another_rule() -> None:
    for public, side in ((False, None), (True, "internet")):
        graph = built(requests=TURNS, stream=STREAM, public=public)
        for name in ("booking-blue", "booking-green", "booking-stream", "booking-users", "booking-testers"):
            assert named(graph, name).inputs["tags"].get("side") == side
            assert "tags.side" in named(graph, name).options.replace_on_changes


@pytest.mark.parametrize(("requests", "rules"), [(REQUESTS, {"users"}), (TURNS, {"users", "testers"})])
def test_a_group_is_told_to_a_service_only_once_every_rule_leads_there(requests: Requests, rules: set[str]) -> None:
    def build(ctx: Any) -> None:
        made = Routing("booking", args(requests=requests), ctx)
        lb.TargetGroupAttachment("waits", target_group_arn=made.target_group_arn, target_id="10.0.0.1")

    graph = recorded(build)
    waits = named(graph, "waits")
    assert waits.inputs["targetGroupArn"] == named(graph, "booking-blue").outputs["arn"]
    needed = {urn.rsplit("::", 1)[-1] for urn in waits.property_dependencies["targetGroupArn"]}
    assert needed == {"booking-blue", *(f"booking-{rule}" for rule in rules)}


@pytest.mark.parametrize("targets", ["ip", "instance"])
def test_targets_are_asked_at_their_own_path_and_port(targets: str) -> None:
    inputs = named(built(targets=targets), "booking-blue").inputs
    assert (inputs["targetType"], inputs["port"], inputs["protocol"], inputs["protocolVersion"]) == (
        targets,
        8000,
        "HTTP",
        "HTTP1",
    )
    assert inputs["healthCheck"] == {
        "interval": 15,
        "timeout": 5,
        "healthyThreshold": 2,
        "unhealthyThreshold": 3,
        "protocol": "HTTP",
        "path": "/health/",
        "matcher": "200",
    }
    assert "name" not in inputs


def test_grpc_has_its_own_version_and_answer() -> None:
    inputs = group(protocol="grpc", health_path="/grpc.health.v1.Health/Check")
    assert (inputs["protocolVersion"], inputs["healthCheck"]["matcher"]) == ("GRPC", "0")


@pytest.mark.parametrize("protocol", ["http", "websocket", "grpc"])
def test_only_clients_of_a_websocket_are_kept_with_their_targets(protocol: str) -> None:
    assert group(protocol=protocol)["stickiness"]["enabled"] is (protocol == "websocket")


def test_a_target_that_goes_has_the_time_that_it_was_given() -> None:
    assert named(built(drain_seconds=300), "booking-blue").inputs["deregistrationDelay"] == 300


@pytest.mark.parametrize(
    ("changed", "algorithm"),
    [
        ({}, "round_robin"),
        ({"anomaly_mitigation": True}, "weighted_random"),
        ({"anomaly_mitigation": True, "slow_start_seconds": 60}, "round_robin"),
        ({"anomaly_mitigation": True, "protocol": "websocket"}, "round_robin"),
    ],
)
def test_failing_targets_get_less_unless_targets_start_slowly_or_keep_clients(changed: dict[str, Any], algorithm: str) -> None:
    inputs = group(**changed)
    assert inputs["loadBalancingAlgorithmType"] == algorithm
    assert inputs["loadBalancingAnomalyMitigation"] == ("on" if algorithm == "weighted_random" else "off")
    assert inputs["slowStart"] == changed.get("slow_start_seconds", 0)


@pytest.mark.parametrize(("percent", "share"), [(0, "off"), (50, "50")])
def test_a_zone_with_too_few_healthy_targets_is_left_out(percent: int, share: str) -> None:
    assert group(least_healthy_percent=percent)["targetGroupHealth"] == {
        "dnsFailover": {"minimumHealthyTargetsCount": "1", "minimumHealthyTargetsPercentage": share},
        "unhealthyStateRouting": {"minimumHealthyTargetsCount": 1, "minimumHealthyTargetsPercentage": share},
    }


def test_whoever_is_not_signed_in_gets_no_further() -> None:
    graph = built(requests=replace(REQUESTS, sign_in=POOL))
    first, second = named(graph, "booking-users").inputs["actions"]
    assert (first["type"], first["order"], second["type"], second["order"]) == ("authenticate-cognito", 1, "forward", 2)
    assert first["authenticateCognito"] == {
        "userPoolArn": "arn:pool",
        "userPoolClientId": "client",
        "userPoolDomain": "plinth",
        "onUnauthenticatedRequest": "authenticate",
    }


def test_a_stream_beside_requests_has_a_group_and_a_listener_of_its_own() -> None:
    graph = built(stream=STREAM)
    group, listener = named(graph, "booking-stream"), named(graph, "booking-stream-listener")
    assert (group.inputs["protocol"], group.inputs["healthCheck"]["protocol"], group.inputs["port"]) == ("TCP", "TCP", 8000)
    assert group.inputs.keys().isdisjoint({"stickiness", "slowStart", "protocolVersion"})
    assert (listener.inputs["protocol"], listener.inputs["port"]) == ("TCP", 443)
    assert listener.inputs.keys().isdisjoint({"sslPolicy", "certificateArn", "alpnPolicy"})
    assert listener.inputs["defaultActions"] == [{"type": "forward", "targetGroupArn": group.outputs["arn"]}]
    assert outputs(graph)["stream_target_group_arn"] == group.outputs["arn"]
    assert outputs(graph)["target_group_arn"] == named(graph, "booking-blue").outputs["arn"]


def test_a_stream_with_a_certificate_ends_tls_at_the_load_balancer_and_offers_http_2() -> None:
    listener = named(built(stream=replace(STREAM, certificate_arn="arn:certificate")), "booking-stream-listener").inputs
    assert (listener["protocol"], listener["sslPolicy"], listener["alpnPolicy"]) == ("TLS", TLS_POLICY, "HTTP2Preferred")
    assert listener["certificateArn"] == "arn:certificate"


def test_a_service_with_a_stream_alone_registers_there() -> None:
    graph = built(requests=None, stream=STREAM)
    group = named(graph, "booking-stream").outputs
    assert outputs(graph) == {
        "target_group_arn": group["arn"],
        "balancer_suffix": "net/edge/1",
        "target_group_suffix": group["arnSuffix"],
        "request_label": f"net/edge/1/{group['arnSuffix']}",
    }


def test_requests_are_counted_under_the_names_of_load_balancer_and_group() -> None:
    graph = built()
    assert outputs(graph)["request_label"] == f"app/edge/1/{named(graph, 'booking-blue').outputs['arnSuffix']}"


def test_targets_that_do_not_answer_are_worth_an_alarm_in_each_group() -> None:
    made: list[Routing] = []
    recorded(lambda ctx: made.append(Routing("booking", args(requests=TURNS, stream=STREAM), ctx)))
    assert {(one.key, one.namespace, one.metric) for one in made[0].signals} == {
        ("booking-blue-unhealthy", "AWS/ApplicationELB", "UnHealthyHostCount"),
        ("booking-green-unhealthy", "AWS/ApplicationELB", "UnHealthyHostCount"),
        ("booking-stream-unhealthy", "AWS/NetworkELB", "UnHealthyHostCount"),
    }


def test_bad_arguments_are_refused_all_at_once() -> None:
    with pytest.raises(ValueError, match=r"RoutingArgs: requests, stream: neither given") as caught:
        args(requests=None, probe=replace(PROBE, timeout_seconds=15))
    assert "probe: a timeout of 15 s; less than the interval, 15 s" in str(caught.value)
    with pytest.raises(ValueError, match=r"requests.paths: 'x' is no path") as caught:
        args(requests=replace(TURNS, paths=("x",), slow_start_seconds=20, sign_in=POOL))
    for expected in ("requests.slow_start_seconds: 20; 0, or 30 to 900", "requests.sign_in: ECS cannot switch a rule"):
        assert expected in str(caught.value)
