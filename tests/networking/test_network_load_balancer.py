"""A network load balancer: which side it faces, and what it records."""

from typing import Any

import pytest

from components.networking.network_load_balancer import NetworkLoadBalancer, NetworkLoadBalancerArgs
from plinth.engine.graph import Graph
from tests.harness import named, recorded


def args(**changed: Any) -> NetworkLoadBalancerArgs:
    values: dict[str, Any] = {
        "subnet_ids": {"us-east-1a": "subnet-a"},
        "group_id": "sg-1",
        "public": False,
        "cross_zone": False,
        "deletion_protection": False,
        "zonal_shift": False,
        "logs_bucket": None,
    }
    return NetworkLoadBalancerArgs(**(values | changed))


def built(**changed: Any) -> Graph:
    return recorded(lambda ctx: NetworkLoadBalancer("edge", args(**changed), ctx))


@pytest.mark.parametrize("public", [True, False])
def test_it_faces_the_internet_where_it_is_public_and_wears_its_group_from_the_beginning(*, public: bool) -> None:
    inputs = named(built(public=public), "edge-balancer").inputs
    assert (inputs["loadBalancerType"], inputs["internal"]) == ("network", not public)
    assert (inputs["subnets"], inputs["securityGroups"]) == (["subnet-a"], ["sg-1"])
    assert "name" not in inputs


@pytest.mark.parametrize("on", [True, False])
def test_zones_protection_and_records_are_as_asked_for(*, on: bool) -> None:
    asked = {"cross_zone": on, "deletion_protection": on, "zonal_shift": on, "logs_bucket": "logs" if on else None}
    inputs = named(built(**asked), "edge-balancer").inputs
    assert inputs["enableCrossZoneLoadBalancing"] is inputs["enableDeletionProtection"] is inputs["enableZonalShift"] is on
    assert inputs.get("accessLogs") == ({"bucket": "logs", "prefix": "nlb", "enabled": True} if on else None)


def test_its_outputs_are_those_of_the_load_balancer() -> None:
    graph = built()
    balancer = named(graph, "edge-balancer").outputs
    assert graph.of_type(NetworkLoadBalancer.TYPE)[0].outputs == {
        "arn": balancer["arn"],
        "arn_suffix": balancer["arnSuffix"],
        "dns_name": balancer["dnsName"],
        "dns_zone_id": balancer["zoneId"],
    }


def test_ports_that_run_out_are_worth_an_alarm() -> None:
    made: list[NetworkLoadBalancer] = []
    recorded(lambda ctx: made.append(NetworkLoadBalancer("edge", args(), ctx)))
    assert [(one.key, one.metric) for one in made[0].signals] == [("edge-no-ports", "PortAllocationErrorCount")]


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match=r"NetworkLoadBalancerArgs: subnet_ids: none given; at least one"):
        args(subnet_ids={})
