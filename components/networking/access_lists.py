"""Network ACLs: a second, stateless layer around each tier of subnets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from types import MappingProxyType
from typing import ClassVar, Literal

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import ec2

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.networking.layout import Tier, zone_letter

_ANYWHERE = "0.0.0.0/0"
_EPHEMERAL = (1024, 65535)
"""Where answers come back to. NAT gateways, load balancers and Lambda use all of these (VPC user guide, "Ephemeral ports")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Traffic that is let through, one way: from or to anywhere, or only the addresses of the network itself (`inside`).

    `ports` are the first and the last one, of tcp and udp only.
    """

    name: str
    number: int
    protocol: Literal["tcp", "udp", "icmp", "-1"] = "-1"
    ports: tuple[int, int] | None = None
    egress: bool = False
    inside: bool = False


_FROM_INSIDE = Rule(name="in-network", number=200, inside=True)
_TO_ANYWHERE = Rule(name="out-anywhere", number=100, egress=True)
_ANSWERS = (
    Rule(name="in-answers-tcp", number=120, protocol="tcp", ports=_EPHEMERAL),
    Rule(name="in-answers-udp", number=130, protocol="udp", ports=_EPHEMERAL),
    # "Packet too big": without it a connection to a peer with a smaller MTU hangs (EC2 user guide, "Path MTU Discovery").
    Rule(name="in-packet-too-big", number=140, protocol="icmp"),
)
RULES: Mapping[Tier, tuple[Rule, ...]] = MappingProxyType(
    {
        Tier.PUBLIC: (
            Rule(name="in-http", number=100, protocol="tcp", ports=(80, 80)),
            Rule(name="in-https", number=110, protocol="tcp", ports=(443, 443)),
            *_ANSWERS,
            _FROM_INSIDE,
            _TO_ANYWHERE,
        ),
        # What comes back through a NAT gateway still carries the address of whoever answered.
        Tier.PRIVATE: (*_ANSWERS, _FROM_INSIDE, _TO_ANYWHERE),
        Tier.DATABASE: (_FROM_INSIDE, Rule(name="out-network", number=100, egress=True, inside=True)),
    }
)
"""What passes each tier. Everything else is dropped: an ACL ends with a rule that denies the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessListsArgs:
    """The subnets of a network by tier and zone. `cidr` holds its addresses. Raises ValueError that names every fault."""

    vpc_id: Input[str]
    cidr: str
    subnet_ids: Mapping[Tier, Mapping[str, Input[str]]]

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        try:
            IPv4Network(self.cidr)
        except ValueError as error:
            yield f"cidr: {error}; an IPv4 range such as 10.2.0.0/16"
        for tier in Tier:
            if not self.subnet_ids.get(tier):
                yield f"subnet_ids: no {tier.name.lower()} subnets given; at least one a tier"


class AccessLists(Component):
    """A network ACL for each tier of subnets.

    Creates: an ACL for the public, the private and the database tier, its rules, its association with every subnet of the tier.
    Costs: nothing.
    When not: where the subnets are somebody else's.

    The database tier exchanges packets with the network and with nothing else. So what lives there cannot use a gateway endpoint
    (S3, DynamoDB) though it has a route to it: that answers from public addresses. An interface endpoint it can use.
    """

    TYPE: ClassVar[str] = "plinth:networking:AccessLists"

    access_list_ids: Mapping[str, Output[str]]

    def __init__(self, name: str, args: AccessListsArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        lists = {tier: self._list(tier, args) for tier in Tier}
        self.access_list_ids = {tier.name.lower(): acl.id for tier, acl in lists.items()}
        self.publish()

    def _list(self, tier: Tier, args: AccessListsArgs) -> ec2.NetworkAcl:
        name = f"{self.pulumi_resource_name}-{tier.name.lower()}"
        acl = ec2.NetworkAcl(
            name,
            vpc_id=args.vpc_id,
            region=self._ctx.region,
            tags=self._ctx.tagged(name),
            opts=self.under(),
        )
        rules = [self._rule(f"{name}-{rule.name}", rule, acl, args.cidr) for rule in RULES[tier]]
        for zone, subnet_id in args.subnet_ids[tier].items():
            ec2.NetworkAclAssociation(
                f"{name}-{zone_letter(zone)}-association",
                network_acl_id=acl.id,
                subnet_id=subnet_id,
                region=self._ctx.region,
                opts=self.under(after=rules),  # an ACL without rules would cut the subnet off
            )
        return acl

    def _rule(self, name: str, rule: Rule, acl: ec2.NetworkAcl, cidr: str) -> ec2.NetworkAclRule:
        first, last = rule.ports or (0, 0)
        return ec2.NetworkAclRule(
            name,
            network_acl_id=acl.id,
            rule_number=rule.number,
            egress=rule.egress,
            protocol=rule.protocol,
            rule_action="allow",
            cidr_block=cidr if rule.inside else _ANYWHERE,
            from_port=first,
            to_port=last,
            icmp_type=3 if rule.protocol == "icmp" else None,  # destination unreachable,
            icmp_code=4 if rule.protocol == "icmp" else None,  # since fragmentation would be needed
            region=self._ctx.region,
            opts=self.under(),
        )
