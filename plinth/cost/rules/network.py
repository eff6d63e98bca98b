"""Networks: gateways, endpoints, addresses, transit, load balancers.

Sources of the rules, not of the prices: https://aws.amazon.com/vpc/pricing/, /privatelink/pricing/, /transit-gateway/pricing/,
/vpn/pricing/, /elasticloadbalancing/pricing/, /ec2/pricing/on-demand/ (Data Transfer).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from plinth.cost.item import Item, UndeterminedError, World
from plinth.cost.line import Free, Metered, Row, Rule, Running, Said, Without
from plinth.cost.quantity import HOURS, Range
from plinth.cost.sheet import Sku

PUBLIC_IPV4 = Sku("vpc", "public-ipv4 (in use or idle)")
_WITHOUT_IPV4 = "dualstack-without-public-ipv4"
_SUBNET = "aws:ec2/subnet:Subnet"
_NAT = "aws:ec2/natGateway:NatGateway"


def _nat(item: Item) -> Iterator[Said]:
    line = Running().line("gateway hours", Sku("vpc", "nat-gateway"))
    layout, vpc = _layout(item.world), _vpc_of(item)
    zones, gateways = layout.zones.get(vpc, frozenset[str]()), layout.gateways[vpc]
    extra = len(zones) - len(gateways)
    if extra > 0 and item.urn == min(gateways):
        because = f"{len(gateways)} NAT gateway{'s' if len(gateways) > 1 else ''}, not one in each of {len(zones)} zones"
        line = replace(line, without=Without(quantity=line.quantity * (1 + extra), because=because))
    yield line
    yield Metered(what="data processed", sku=Sku("vpc", "nat-gateway-data"), usage="natGb")


def _endpoint(item: Item) -> Iterator[Said]:
    kind = item.text("vpcEndpointType", "Gateway")
    if kind == "Gateway":
        yield Free("gateway endpoints are not charged (AWS PrivateLink Guide, Gateway endpoints)")
        return
    if kind != "Interface":
        raise UndeterminedError(f"no price for an endpoint of type {kind}")
    subnets = len(item.items("subnetIds")) or len(item.blocks("subnetConfigurations"))
    subnets = subnets or len(item.linking("vpcEndpointId", "aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation"))
    if not subnets:
        raise UndeterminedError("subnetIds is not given")
    line = Running(Range.of(subnets)).line("network interface hours", Sku("vpc", "interface-endpoint (per ENI/AZ)"))
    line = replace(line, working=f"{subnets} zone{'s' if subnets > 1 else ''} x {HOURS} h")
    zones = _layout(item.world).zones.get(_vpc_of(item), frozenset[str]())
    if len(zones) > subnets:
        because = f"an endpoint in {subnets} of {len(zones)} zones"
        line = replace(line, without=Without(quantity=Range.of(HOURS * len(zones)), because=because))
    yield line
    yield Metered(what="data processed", sku=Sku("vpc", "interface-endpoint-data (first 1 PB)"), usage="endpointGb")


@dataclass(frozen=True)
class _Layout:
    """The zones that have subnets in each VPC of the plan, and its NAT gateways, by the URN of the VPC."""

    zones: Mapping[str, frozenset[str]]
    gateways: Mapping[str, Sequence[str]]


@lru_cache(maxsize=1)
def _layout(world: World) -> _Layout:
    zones: dict[str, set[str]] = {}
    gateways: dict[str, list[str]] = {}
    for subnet in world.by_type.get(_SUBNET, ()):
        zone = subnet.inputs.get("availabilityZone")
        if isinstance(zone, str):
            zones.setdefault(_vpc_of(Item(subnet, world)), set()).add(zone)
    for gateway in world.by_type.get(_NAT, ()):
        gateways.setdefault(_vpc_of(Item(gateway, world)), []).append(gateway.urn)
    return _Layout(zones={vpc: frozenset(found) for vpc, found in zones.items() if vpc}, gateways=gateways)


def _vpc_of(item: Item) -> str:
    """The URN of the VPC that `item` is in; empty where the plan does not hold it."""
    at = item.linked("subnetId", _SUBNET) or item
    vpc = at.linked("vpcId", "aws:ec2/vpc:Vpc")
    return vpc.urn if vpc else ""


def _address(item: Item) -> Iterator[Said]:
    if item.has("publicIpv4Pool") and item.text("publicIpv4Pool") != "amazon":
        yield Free("an address of one's own pool is not charged (https://aws.amazon.com/vpc/pricing/, Public IPv4 Address)")
        return
    yield Running().line("address hours", PUBLIC_IPV4)


def _load_balancer(item: Item) -> Iterator[Said]:
    kind = item.text("loadBalancerType", "application")
    names = {"application": ("alb", "alb-lcu"), "network": ("nlb", "nlb-nlcu")}
    if kind not in names:
        raise UndeterminedError(f"no price for a load balancer of type {kind}")
    hours, units = names[kind]
    yield Running().line("load balancer hours", Sku("elb", hours))
    yield Metered(what="capacity units", sku=Sku("elb", units), usage="loadBalancerUnitHours")
    if not item.flag("internal") and item.text("ipAddressType", "ipv4") != _WITHOUT_IPV4:
        subnets = len(item.items("subnets")) or len(item.items("subnetMappings"))
        if not subnets:
            raise UndeterminedError("subnets is not given: how many public addresses it has is not known")
        if kind == "application" or not any(block.has("allocationId") for block in item.blocks("subnetMappings")):
            yield Running(Range.of(subnets)).line("public addresses, one a zone", PUBLIC_IPV4)


def _attachment(*meters: Metered) -> Row:
    return Row(hourly=(("attachment hours", Sku("vpc", "transit-gateway-attachment")),), metered=meters)


_TRANSIT = Metered(what="data processed", sku=Sku("vpc", "transit-gateway-data"), usage="transitGb")

RULES: Mapping[str, Rule] = {
    _NAT: _nat,
    "aws:ec2/vpcEndpoint:VpcEndpoint": _endpoint,
    "aws:ec2/eip:Eip": _address,
    "aws:lb/loadBalancer:LoadBalancer": _load_balancer,
    "aws:alb/loadBalancer:LoadBalancer": _load_balancer,
    "aws:ec2/vpc:Vpc": Row(
        metered=(
            Metered(
                what="data between zones, out of one and into the other",
                sku=Sku("data-transfer", "inter-az (each direction)"),
                usage="interZoneGb",
                scale=Decimal(2),
            ),
        )
    ),
    "aws:ec2/internetGateway:InternetGateway": Row(
        metered=(Metered(what="data to the internet", sku=Sku("data-transfer", "internet-out"), usage="egressGb"),)
    ),
    "aws:ec2/vpnConnection:VpnConnection": Row(hourly=(("connection hours", Sku("vpc", "site-to-site-vpn-connection")),)),
    "aws:ec2clientvpn/endpoint:Endpoint": Row(
        metered=(Metered(what="hours of connected clients", sku=Sku("vpc", "client-vpn-connection"), usage="vpnConnectionHours"),)
    ),
    "aws:ec2clientvpn/networkAssociation:NetworkAssociation": Row(
        hourly=(("association hours", Sku("vpc", "client-vpn-association")),)
    ),
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment": _attachment(_TRANSIT),
    "aws:ec2transitgateway/peeringAttachment:PeeringAttachment": _attachment(),
}
