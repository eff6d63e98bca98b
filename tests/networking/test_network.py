"""The network component: every resource it makes, in each NAT mode."""

from ipaddress import IPv4Network
from typing import Any

import pytest

from components.networking.network import NatMode, Network, NetworkArgs
from plinth.engine.graph import Graph
from tests.harness import named, of_kind, recorded

ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")
ZONED_MODES: list[tuple[NatMode, str]] = [("none", ""), ("single", "a"), ("per-zone", "abc")]


def args(**changed: Any) -> NetworkArgs:
    given: dict[str, Any] = {
        "cidr": IPv4Network("10.2.0.0/16"),
        "zones": ZONES,
        "workload_zones": 2,
        "nat": "per-zone",
        **changed,
    }
    return NetworkArgs(**given)


def network(**changed: Any) -> Graph:
    return recorded(lambda ctx: Network("network", args(**changed), ctx))


@pytest.mark.requirement("NET-01", part="the VPC and its emptied default group")
def test_the_vpc_resolves_names_and_its_default_group_admits_nothing() -> None:
    graph = network()
    (vpc,) = of_kind(graph, "Vpc")
    (group,) = of_kind(graph, "DefaultSecurityGroup")
    assert vpc.inputs["cidrBlock"] == "10.2.0.0/16"
    assert vpc.inputs["enableDnsSupport"]
    assert vpc.inputs["enableDnsHostnames"]
    assert (group.inputs["ingress"], group.inputs["egress"]) == ([], [])
    assert group.inputs["vpcId"] == vpc.outputs["id"]


@pytest.mark.parametrize(
    ("tier", "discovery"),
    [("public", "kubernetes.io/role/elb"), ("private", "kubernetes.io/role/internal-elb"), ("database", None)],
)
def test_every_tier_has_a_tagged_subnet_in_each_zone_without_public_addresses(tier: str, discovery: str | None) -> None:
    subnets = [subnet for subnet in of_kind(network(), "Subnet") if subnet.inputs["tags"]["tier"] == tier]
    assert [subnet.inputs["availabilityZone"] for subnet in subnets] == list(ZONES)
    for subnet in subnets:
        assert subnet.inputs["mapPublicIpOnLaunch"] is False
        found = {key for key in subnet.inputs["tags"] if key.startswith("kubernetes.io/")}
        assert found == ({discovery} if discovery else set())


@pytest.mark.parametrize(("mode", "letters"), ZONED_MODES)
def test_nat_gateways_stand_in_the_public_subnets_of_their_zones_with_an_address_each(mode: NatMode, letters: str) -> None:
    graph = network(nat=mode)
    gateways = {resource.name: resource for resource in of_kind(graph, "NatGateway")}
    assert set(gateways) == {f"network-nat-{letter}" for letter in letters}
    assert len(of_kind(graph, "Eip")) == len(letters)
    for letter in letters:
        gateway = gateways[f"network-nat-{letter}"]
        assert gateway.inputs["subnetId"] == named(graph, f"network-public-{letter}").outputs["id"]
        assert gateway.inputs["allocationId"] == named(graph, f"network-nat-{letter}-address").outputs["id"]
        for needs_a_way_out in (gateway, named(graph, f"network-nat-{letter}-address")):
            assert named(graph, "network-gateway").urn in needs_a_way_out.dependencies


@pytest.mark.parametrize("mode", ["none", "single", "per-zone"])
def test_private_subnets_leave_through_the_nat_of_their_zone_or_the_only_one(mode: NatMode) -> None:
    graph = network(nat=mode)
    for zone in "abc":
        table = named(graph, f"network-private-{zone}-routes").outputs["id"]
        routes = [route for route in of_kind(graph, "Route") if route.inputs["routeTableId"] == table]
        if mode == "none":
            assert routes == []
        else:
            (route,) = routes
            exit_zone = zone if mode == "per-zone" else "a"
            assert route.inputs["destinationCidrBlock"] == "0.0.0.0/0"
            assert route.inputs["natGatewayId"] == named(graph, f"network-nat-{exit_zone}").outputs["id"]


@pytest.mark.requirement("NET-06")
def test_public_subnets_leave_through_the_one_internet_gateway() -> None:
    graph = network()
    (gateway,) = of_kind(graph, "InternetGateway")
    route = named(graph, "network-public-default")
    assert gateway.inputs["vpcId"] == named(graph, "network-vpc").outputs["id"]
    assert route.inputs["gatewayId"] == gateway.outputs["id"]
    assert route.inputs["routeTableId"] == named(graph, "network-public-routes").outputs["id"]


@pytest.mark.parametrize("mode", ["none", "single", "per-zone"])
def test_the_database_tier_has_no_route_out_in_any_mode(mode: NatMode) -> None:
    graph = network(nat=mode)
    table = named(graph, "network-database-routes").outputs["id"]
    assert [route.name for route in of_kind(graph, "Route") if route.inputs["routeTableId"] == table] == []


def test_every_subnet_is_associated_once_with_a_table_of_its_tier() -> None:
    graph = network()
    tables = {table.outputs["id"]: table.name for table in of_kind(graph, "RouteTable")}
    found = {link.inputs["subnetId"]: tables[link.inputs["routeTableId"]] for link in of_kind(graph, "RouteTableAssociation")}
    assert len(of_kind(graph, "RouteTableAssociation")) == len(found) == 9
    for subnet in of_kind(graph, "Subnet"):
        assert f"network-{subnet.inputs['tags']['tier']}" in found[subnet.outputs["id"]]


def test_going_from_one_nat_gateway_to_one_a_zone_removes_nothing() -> None:
    assert network(nat="single").resources.keys() <= network(nat="per-zone").resources.keys()


def test_adding_a_zone_changes_no_resource_that_was_there() -> None:
    before, after = network(zones=ZONES[:2]), network(zones=ZONES)
    assert all(after.resources[urn].inputs == resource.inputs for urn, resource in before.resources.items() if resource.custom)


@pytest.mark.requirement("NET-05", part="the networking side: where workloads run is said apart from where subnets are")
def test_workloads_get_the_first_zones_while_every_zone_has_subnets() -> None:
    graph = network(workload_zones=1)
    outputs = graph.of_type(Network.TYPE)[0].outputs
    assert outputs["workload_zones"] == ["us-east-1a"]
    assert list(outputs["private_subnet_ids"]) == list(ZONES)


def test_every_nat_gateway_is_watched() -> None:
    made: list[Network] = []
    recorded(lambda ctx: made.append(Network("network", args(nat="per-zone"), ctx)))
    assert {signal.key for signal in made[0].signals} == {f"nat-{z}-{what}" for z in "abc" for what in ("ports", "drops")}
    assert {signal.metric for signal in made[0].signals} == {"ErrorPortAllocation", "PacketsDropCount"}


def test_without_nat_there_is_nothing_to_watch() -> None:
    made: list[Network] = []
    recorded(lambda ctx: made.append(Network("network", args(nat="none"), ctx)))
    assert made[0].signals == ()


@pytest.mark.requirement("DEL-15", part="a component refuses bad input")
def test_bad_arguments_are_refused_all_at_once() -> None:
    with pytest.raises(ValueError, match=r"NetworkArgs: .*cidr, zones: ") as caught:
        args(cidr=IPv4Network("10.0.0.0/24"), zones=("us-east-1a",), workload_zones=3, nat="both")
    for expected in ("/16 to /20", "at least 2", "1 to 1", "one of none, single, per-zone"):
        assert expected in str(caught.value)
