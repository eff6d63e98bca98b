"""The private network of a stack: VPC, subnets by tier and zone, ways out, routing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import ClassVar, Literal, TypeAlias, get_args

from pulumi import Output, ResourceOptions
from pulumi_aws import ec2

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.offers import Signal
from components.networking.layout import Tier, layout, zone_letter

NatMode = Literal["none", "single", "per-zone"]
Subnets: TypeAlias = Mapping[tuple[Tier, str], ec2.Subnet]

_ANYWHERE = "0.0.0.0/0"
_TIER_TAGS: Mapping[Tier, Mapping[str, str]] = {
    # How the AWS Load Balancer Controller finds subnets (its guide, "Subnet auto-discovery").
    Tier.PUBLIC: {"kubernetes.io/role/elb": "1"},
    Tier.PRIVATE: {"kubernetes.io/role/internal-elb": "1"},
    Tier.DATABASE: {},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkArgs:
    """The shape of a network.

    `cidr`: /16 to /20. `zones`: at least two, all of one region; the order matters only in that whatever lives in fewer zones
    lives in the first ones: workloads in the first `workload_zones`, a single NAT gateway in the first.
    Raises ValueError that names every fault.
    """

    cidr: IPv4Network
    zones: tuple[str, ...]
    workload_zones: int
    nat: NatMode

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        try:
            layout(self.cidr, self.zones)
        except ValueError as error:
            yield f"cidr, zones: {error}"
        if len(self.zones) < 2:
            yield f"zones: {len(self.zones)} given; at least 2, since databases and load balancers need them"
        if not 1 <= self.workload_zones <= len(self.zones):
            yield f"workload_zones: {self.workload_zones} is not possible; 1 to {len(self.zones)}, the number of zones"
        if self.nat not in get_args(NatMode):
            yield f"nat: {self.nat!r} is not a mode; one of {', '.join(get_args(NatMode))}"

    @property
    def nat_zones(self) -> tuple[str, ...]:
        """The zones that get a NAT gateway."""
        return {"none": (), "single": self.zones[:1], "per-zone": self.zones}[self.nat]


class Network(Component):
    """Private address space across zones.

    Creates: a VPC with an emptied default security group; an internet gateway; a public, a private and a database subnet in each
    zone; NAT gateways with elastic IPs in no, one or every zone; one route table for the public tier, one a zone for the private
    tier, one without a way out for the database tier.
    Costs: NAT gateways by the hour and the gigabyte; their elastic IPs by the hour; the rest is free.
    When not: where a VPC exists already and is to be used.
    """

    TYPE: ClassVar[str] = "plinth:networking:Network"

    vpc_id: Output[str]
    cidr: str
    public_subnet_ids: Mapping[str, Output[str]]
    private_subnet_ids: Mapping[str, Output[str]]
    database_subnet_ids: Mapping[str, Output[str]]
    private_route_table_ids: Mapping[str, Output[str]]
    database_route_table_ids: Mapping[str, Output[str]]
    workload_zones: tuple[str, ...]

    def __init__(self, name: str, args: NetworkArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        self._args = args
        vpc = self._vpc()
        subnets = self._subnets(vpc)
        gateway = ec2.InternetGateway(
            f"{name}-gateway",
            vpc_id=vpc.id,
            region=ctx.region,
            tags=ctx.tagged(f"{name}-gateway"),
            opts=self.under(),
        )
        nats = self._nat_gateways(subnets, gateway)
        self._public_routes(vpc, subnets, gateway)
        private = self._private_routes(vpc, subnets, nats)
        database = self._database_routes(vpc, subnets)

        self._signals = tuple(signal for zone, nat in nats.items() for signal in _nat_signals(zone, nat))
        self.vpc_id = vpc.id
        self.cidr = str(args.cidr)
        self.public_subnet_ids = _ids(subnets, Tier.PUBLIC)
        self.private_subnet_ids = _ids(subnets, Tier.PRIVATE)
        self.database_subnet_ids = _ids(subnets, Tier.DATABASE)
        self.private_route_table_ids = {zone: table.id for zone, table in private.items()}
        self.database_route_table_ids = {"all": database.id}
        self.workload_zones = args.zones[: args.workload_zones]
        self.publish()

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What to watch: each NAT gateway's port exhaustion and dropped packets."""
        return self._signals

    def _vpc(self) -> ec2.Vpc:
        name, ctx = self.pulumi_resource_name, self._ctx
        vpc = ec2.Vpc(
            f"{name}-vpc",
            cidr_block=str(self._args.cidr),
            enable_dns_support=True,
            enable_dns_hostnames=True,
            region=ctx.region,
            tags=ctx.tagged(f"{name}-vpc"),
            opts=self.under(),
        )
        # AWS makes this group with every VPC and lets its members talk to each other. Adopted to be emptied, so that nothing
        # that forgets to name a group is reachable.
        ec2.DefaultSecurityGroup(
            f"{name}-default-group",
            vpc_id=vpc.id,
            ingress=[],
            egress=[],
            region=ctx.region,
            tags=ctx.tagged(f"{name}-default-group"),
            opts=self.under(),
        )
        return vpc

    def _subnets(self, vpc: ec2.Vpc) -> Subnets:
        return {
            (tier, zone): self._subnet(vpc, tier, zone, block)
            for (tier, zone), block in layout(self._args.cidr, self._args.zones).items()
        }

    def _subnet(self, vpc: ec2.Vpc, tier: Tier, zone: str, block: IPv4Network) -> ec2.Subnet:
        name = f"{self.pulumi_resource_name}-{tier.name.lower()}-{zone_letter(zone)}"
        return ec2.Subnet(
            name,
            vpc_id=vpc.id,
            cidr_block=str(block),
            availability_zone=zone,
            # Not even in the public tier: what must be reached from outside asks for its own address.
            map_public_ip_on_launch=False,
            region=self._ctx.region,
            tags=self._ctx.tagged(name, tier=tier.name.lower(), **_TIER_TAGS[tier]),
            opts=self.under(),
        )

    def _nat_gateways(self, subnets: Subnets, gateway: ec2.InternetGateway) -> Mapping[str, ec2.NatGateway]:
        return {zone: self._nat_gateway(zone, subnets[Tier.PUBLIC, zone], gateway) for zone in self._args.nat_zones}

    def _nat_gateway(self, zone: str, subnet: ec2.Subnet, gateway: ec2.InternetGateway) -> ec2.NatGateway:
        name, ctx = f"{self.pulumi_resource_name}-nat-{zone_letter(zone)}", self._ctx
        address = ec2.Eip(
            f"{name}-address",
            domain="vpc",
            region=ctx.region,
            tags=ctx.tagged(f"{name}-address"),
            opts=self.under(after=[gateway]),
        )
        return ec2.NatGateway(
            name,
            allocation_id=address.id,
            subnet_id=subnet.id,
            region=ctx.region,
            tags=ctx.tagged(name),
            opts=self.under(after=[gateway]),
        )

    def _public_routes(self, vpc: ec2.Vpc, subnets: Subnets, gateway: ec2.InternetGateway) -> None:
        name = f"{self.pulumi_resource_name}-public"
        table = self._route_table(vpc, name)
        ec2.Route(
            f"{name}-default",
            route_table_id=table.id,
            destination_cidr_block=_ANYWHERE,
            gateway_id=gateway.id,
            region=self._ctx.region,
            opts=self.under(),
        )
        for zone in self._args.zones:
            self._associate(subnets[Tier.PUBLIC, zone], table, f"{name}-{zone_letter(zone)}")

    def _private_routes(
        self,
        vpc: ec2.Vpc,
        subnets: Subnets,
        nats: Mapping[str, ec2.NatGateway],
    ) -> Mapping[str, ec2.RouteTable]:
        """A table a zone in every mode, so that going from one NAT gateway to one a zone changes routes and nothing else."""
        shared = next(iter(nats.values()), None)
        tables: dict[str, ec2.RouteTable] = {}
        for zone in self._args.zones:
            name = f"{self.pulumi_resource_name}-private-{zone_letter(zone)}"
            table = tables[zone] = self._route_table(vpc, name)
            self._associate(subnets[Tier.PRIVATE, zone], table, name)
            nat = nats.get(zone, shared)
            if nat is not None:
                ec2.Route(
                    f"{name}-default",
                    route_table_id=table.id,
                    destination_cidr_block=_ANYWHERE,
                    nat_gateway_id=nat.id,
                    region=self._ctx.region,
                    opts=self.under(),
                )
        return tables

    def _database_routes(self, vpc: ec2.Vpc, subnets: Subnets) -> ec2.RouteTable:
        name = f"{self.pulumi_resource_name}-database"
        table = self._route_table(vpc, name)
        for zone in self._args.zones:
            self._associate(subnets[Tier.DATABASE, zone], table, f"{name}-{zone_letter(zone)}")
        return table

    def _route_table(self, vpc: ec2.Vpc, name: str) -> ec2.RouteTable:
        return ec2.RouteTable(
            f"{name}-routes",
            vpc_id=vpc.id,
            region=self._ctx.region,
            tags=self._ctx.tagged(f"{name}-routes"),
            opts=self.under(),
        )

    def _associate(self, subnet: ec2.Subnet, table: ec2.RouteTable, name: str) -> None:
        ec2.RouteTableAssociation(
            f"{name}-association",
            subnet_id=subnet.id,
            route_table_id=table.id,
            region=self._ctx.region,
            opts=self.under(),
        )


def _ids(subnets: Subnets, wanted: Tier) -> Mapping[str, Output[str]]:
    return {zone: subnet.id for (tier, zone), subnet in subnets.items() if tier is wanted}


def _nat_signals(zone: str, nat: ec2.NatGateway) -> Iterator[Signal]:
    """Source: "NAT gateway metrics and dimensions" in the Amazon VPC user guide."""
    for metric, key, meaning in (
        (
            "ErrorPortAllocation",
            "ports",
            "no source port was free: too many connections to one destination; spread over zones",
        ),
        ("PacketsDropCount", "drops", "the gateway dropped packets: look for a service event in the zone"),
    ):
        yield Signal(
            key=f"nat-{zone_letter(zone)}-{key}",
            namespace="AWS/NATGateway",
            metric=metric,
            dimensions={"NatGatewayId": nat.id},
            statistic="Sum",
            threshold=0,
            meaning=meaning,
        )
