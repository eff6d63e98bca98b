"""An application load balancer: which side it faces, where it listens, what it refuses."""

from typing import Any

import pytest

from components.networking.listening import TLS_POLICY
from components.networking.load_balancer import LoadBalancer, LoadBalancerArgs
from plinth.engine.graph import Graph
from tests.harness import named, of_kind, recorded

CERTIFICATE = "arn:aws:acm:us-east-1:111111111111:certificate/1"
NOT_FOUND = [
    {
        "type": "fixed-response",
        "fixedResponse": {"contentType": "text/plain", "messageBody": "Not found", "statusCode": "404"},
    }
]


def args(**changed: Any) -> LoadBalancerArgs:
    values: dict[str, Any] = {
        "subnet_ids": {"us-east-1a": "subnet-a", "us-east-1b": "subnet-b"},
        "group_id": "sg-1",
        "certificate_arn": None,
        "idle_seconds": 60,
        "deletion_protection": False,
        "zonal_shift": False,
        "logs_bucket": None,
    }
    return LoadBalancerArgs(**(values | changed))


def built(**changed: Any) -> Graph:
    return recorded(lambda ctx: LoadBalancer("edge", args(**changed), ctx))


def listeners(graph: Graph) -> dict[str, tuple[int, str]]:
    """Port and protocol of each listener by its name."""
    return {one.name: (one.inputs["port"], one.inputs["protocol"]) for one in of_kind(graph, "Listener")}


def test_without_a_certificate_it_stands_inside_and_speaks_plain_http_to_users_and_testers() -> None:
    graph = built()
    assert named(graph, "edge-balancer").inputs["internal"] is True
    assert listeners(graph) == {"edge-users": (80, "HTTP"), "edge-testers": (8080, "HTTP")}
    for one in of_kind(graph, "Listener"):
        assert one.inputs["defaultActions"] == NOT_FOUND
        assert one.inputs.keys().isdisjoint({"sslPolicy", "certificateArn"})


def test_with_a_certificate_it_faces_the_internet_by_tls_and_sends_plain_http_there() -> None:
    graph = built(certificate_arn=CERTIFICATE)
    assert named(graph, "edge-balancer").inputs["internal"] is False
    assert listeners(graph) == {
        "edge-users": (443, "HTTPS"),
        "edge-testers": (8443, "HTTPS"),
        "edge-redirect": (80, "HTTP"),
    }
    for name in ("edge-users", "edge-testers"):
        inputs = named(graph, name).inputs
        assert (inputs["sslPolicy"], inputs["certificateArn"], inputs["defaultActions"]) == (TLS_POLICY, CERTIFICATE, NOT_FOUND)
    assert named(graph, "edge-redirect").inputs["defaultActions"] == [
        {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}
    ]


def test_it_refuses_what_hides_one_request_in_another_and_speaks_http_2() -> None:
    inputs = named(built(), "edge-balancer").inputs
    assert inputs["loadBalancerType"] == "application"
    assert inputs["dropInvalidHeaderFields"] is inputs["enableHttp2"] is True
    assert (inputs["desyncMitigationMode"], inputs["xffHeaderProcessingMode"]) == ("defensive", "append")
    assert (inputs["subnets"], inputs["securityGroups"]) == (["subnet-a", "subnet-b"], ["sg-1"])


def test_protection_silence_shifts_and_records_are_as_asked_for() -> None:
    inputs = named(built(), "edge-balancer").inputs
    assert (inputs["enableDeletionProtection"], inputs["enableZonalShift"], inputs["idleTimeout"]) == (False, False, 60)
    assert "accessLogs" not in inputs
    asked = built(deletion_protection=True, zonal_shift=True, idle_seconds=3600, logs_bucket="logs")
    inputs = named(asked, "edge-balancer").inputs
    assert (inputs["enableDeletionProtection"], inputs["enableZonalShift"], inputs["idleTimeout"]) == (True, True, 3600)
    assert inputs["accessLogs"] == {"bucket": "logs", "prefix": "alb", "enabled": True}


def test_pulumi_names_it_and_its_outputs_are_those_of_its_parts() -> None:
    graph = built()
    assert "name" not in named(graph, "edge-balancer").inputs
    balancer, outputs = named(graph, "edge-balancer").outputs, graph.of_type(LoadBalancer.TYPE)[0].outputs
    assert outputs == {
        "listener_arn": named(graph, "edge-users").outputs["arn"],
        "test_listener_arn": named(graph, "edge-testers").outputs["arn"],
        "arn": balancer["arn"],
        "arn_suffix": balancer["arnSuffix"],
        "dns_name": balancer["dnsName"],
        "dns_zone_id": balancer["zoneId"],
    }


def test_errors_of_its_own_and_connections_that_it_refuses_are_worth_an_alarm() -> None:
    made: list[LoadBalancer] = []
    recorded(lambda ctx: made.append(LoadBalancer("edge", args(), ctx)))
    assert [(one.key, one.namespace, one.metric) for one in made[0].signals] == [
        ("edge-refused", "AWS/ApplicationELB", "RejectedConnectionCount"),
        ("edge-failed", "AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count"),
    ]


def test_bad_arguments_are_refused_all_at_once() -> None:
    with pytest.raises(ValueError, match=r"LoadBalancerArgs: subnet_ids: 1 given; .* \| idle_seconds: 4001 is not possible"):
        args(subnet_ids={"us-east-1a": "subnet-a"}, idle_seconds=4001)
