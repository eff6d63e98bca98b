"""`plinth:networking`: the private address space of the stack and its ways out."""

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from components.networking.layout import MAX_PREFIX, MIN_PREFIX
from components.networking.services import GATEWAYS, Service
from stack.config.platform import Zone
from stack.config.section import Name, Retention, Section, text

_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))
"""The ranges that nobody routes on the internet: RFC 1918, and RFC 6598 for what carriers share."""


def _is_private(block: IPv4Network) -> IPv4Network:
    if not any(block.subnet_of(space) for space in _PRIVATE):
        raise ValueError(f"{block} is not private address space")
    return block


def _can_be_laid_out(block: IPv4Network) -> IPv4Network:
    if not MIN_PREFIX <= block.prefixlen <= MAX_PREFIX:
        raise ValueError(f"{block} has a prefix of /{block.prefixlen}")
    return block


def _can_hold_clients(block: IPv4Network) -> IPv4Network:
    if not 12 <= block.prefixlen <= 22:  # EC2 API reference, CreateClientVpnEndpoint
        raise ValueError(f"{block} has a prefix of /{block.prefixlen}")
    return block


def _block(allowed: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": r"^(\d{1,3}\.){3}\d{1,3}/\d{1,2}$", "allowed": allowed})


PrivateBlock = Annotated[
    IPv4Network,
    AfterValidator(_is_private),
    _block("a private IPv4 range without host bits, such as 10.12.0.0/16"),
]
VpcBlock = Annotated[
    IPv4Network,
    AfterValidator(_is_private),
    AfterValidator(_can_be_laid_out),
    _block(f"a private IPv4 range of /{MIN_PREFIX} to /{MAX_PREFIX} without host bits, such as 10.2.0.0/16"),
]
ClientBlock = Annotated[
    IPv4Network,
    AfterValidator(_is_private),
    AfterValidator(_can_hold_clients),
    _block("a private IPv4 range of /12 to /22 without host bits, such as 10.254.0.0/22"),
]
DomainName = Annotated[
    str,
    text(
        "a domain name in lower case, such as dev.plinth.internal",
        pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$",
        max_length=253,
    ),
]


CertificateArn = Annotated[
    str,
    text(
        'the ARN of a certificate in ACM, or "" for none',
        pattern=r"^(arn:aws:acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+)?$",
    ),
]
_DIGITS = "([0-9a-f]{8}|[0-9a-f]{17})"
VpcId = Annotated[str, text('the id of a VPC such as vpc-0123456789abcdef0, or "" for none', pattern=rf"^(vpc-{_DIGITS})?$")]
SubnetId = Annotated[str, text("the id of a subnet such as subnet-0123456789abcdef0", pattern=rf"^subnet-{_DIGITS}$")]
RouteTableId = Annotated[str, text("the id of a route table such as rtb-0123456789abcdef0", pattern=rf"^rtb-{_DIGITS}$")]


class Discovery(Section):
    """Names for services inside the network."""

    enabled: bool = Field(description="Whether services find each other by private DNS names.")
    domain: DomainName = Field(description="The private domain that their names end in. Resolved inside this network only.")


class AccessLists(Section):
    """Stateless filters around each tier of subnets."""

    enabled: bool = Field(
        description=(
            "Whether each tier of subnets has a network ACL. With one, the database tier exchanges packets with the network "
            "alone. An adopted network keeps those it has."
        )
    )


class FlowLogs(Section):
    """A record of every connection."""

    enabled: bool = Field(description="Whether every connection in the network is recorded, accepted or not.")
    retention_days: Retention = Field(description="How long the records are kept, and those of connections to the VPN.")


class Vpn(Section):
    """A way in for machines outside, by certificate."""

    enabled: bool = Field(
        description="Whether developers' machines can join the network. Each hour costs, by subnet and by connection."
    )
    client_cidr: ClientBlock = Field(
        description="The addresses that clients get. While the VPN is on, they must overlap nothing else."
    )
    server_certificate_arn: CertificateArn = Field(
        description="What the VPN shows to clients. Must lie in the home region; needed while the VPN is on."
    )
    client_certificate_arn: CertificateArn = Field(
        description="Where a client's certificate must come from. Must lie in the home region; needed while the VPN is on."
    )


class Adopted(Section):
    """A network that exists already."""

    enabled: bool = Field(
        description=(
            "Whether a VPC that exists is used in place of one of our own. Nothing of it is created or changed; `cidr` then says "
            "which addresses it has."
        )
    )
    vpc_id: VpcId = Field(description="The VPC to use.")
    public_subnets: Mapping[Zone, SubnetId] = Field(
        description="Its subnets with a route to an internet gateway: one for each zone of `platform.zones`."
    )
    private_subnets: Mapping[Zone, SubnetId] = Field(
        description="Its subnets for workloads: one for each zone of `platform.zones`."
    )
    database_subnets: Mapping[Zone, SubnetId] = Field(
        description="Its subnets for data stores: one for each zone of `platform.zones`."
    )
    private_route_tables: Mapping[Name, RouteTableId] = Field(
        description="The route tables of its private subnets, each once, by any name. Gateway endpoints are entered there."
    )
    database_route_tables: Mapping[Name, RouteTableId] = Field(
        description="The same for its database subnets, as far as they have tables of their own."
    )


class Networking(Section):
    """The private address space of the stack and its ways out."""

    cidr: VpcBlock = Field(
        description=(
            "The addresses of the VPC. Each zone gets a 256th of them in each tier: 10.x.1.0/24, 10.x.11.0/24, 10.x.21.0/24."
        )
    )
    reserved: Mapping[Name, PrivateBlock] = Field(
        description=(
            "Ranges that this VPC must never overlap, by what they are for: the networks of other regions, of offices, "
            "of VPN clients. Nothing is created from them."
        )
    )
    workload_zones: Annotated[int, Field(ge=1, le=6)] = Field(
        description=(
            "In how many of `platform.zones` workloads run, counted from the first. Subnets exist in all of them either way."
        )
    )
    nat: Literal["none", "single", "per-zone"] = Field(
        description=(
            "How private subnets reach the internet: not at all, through one NAT gateway in the first zone, or through one in "
            "each zone."
        )
    )
    discovery: Discovery = Field(description="Names for services inside the network.")
    access_lists: AccessLists = Field(description="Stateless filters around each tier of subnets.")
    flow_logs: FlowLogs = Field(description="A record of every connection.")
    endpoints: tuple[Service, ...] = Field(
        description=(
            "Services of AWS that are reached without leaving the network, each once. s3 and dynamodb cost nothing; each other "
            "one costs by the hour in each of the workload zones. None: an empty list."
        )
    )
    vpn: Vpn = Field(description="A way in for machines outside, by certificate.")
    adopted: Adopted = Field(description="A network that exists already, to be used in place of one of our own.")

    @property
    def gateway_endpoints(self) -> tuple[str, ...]:
        """Those of `endpoints` that are routes."""
        return tuple(service for service in self.endpoints if service in GATEWAYS)

    @property
    def interface_endpoints(self) -> tuple[str, ...]:
        """Those of `endpoints` that are network interfaces."""
        return tuple(service for service in self.endpoints if service not in GATEWAYS)
