"""Who may connect to whom: every security group and every rule between two of them, in one place."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import ec2, vpc

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.offers import Ingress

_WEB = {80: "http", 443: "https"}
"""What an edge group can admit from the internet."""
_ANYWHERE = "0.0.0.0/0"
_MOST_INBOUND = 60
"""Inbound rules of a group, by default (Amazon VPC user guide, "Amazon VPC quotas")."""
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_DESCRIPTION = re.compile(r"[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}")
"""What the description of a group or rule may be (EC2 API reference, CreateSecurityGroup)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A security group. `purpose` describes it; a new wording replaces the group, since AWS cannot change it.

    `edge` is for load balancers alone: it admits the internet on these ports, of 80 and 443. `reaches_internet` lets its members
    open connections to any address on 443.
    """

    purpose: str
    edge: tuple[int, ...] = ()
    reaches_internet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Members of the group `client` may open connections to the port `ingress` of members of `server`, which may be the same."""

    client: str
    server: str
    ingress: Ingress

    @property
    def label(self) -> str:
        """`ecs-to-postgres-tcp-5432`. No two connections share one, since no group has `to` among its words."""
        return f"{self.client}-to-{self.server}-{self.ingress.protocol}-{self.ingress.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirewallArgs:
    """The groups of a network by name, and every connection that is allowed between two of them.

    Raises ValueError that names every fault.
    """

    vpc_id: Input[str]
    groups: Mapping[str, Group]
    connections: tuple[Connection, ...]

    def __post_init__(self) -> None:
        refuse(self, [*self._bad_groups(), *self._bad_connections(), *self._too_many()])

    def _bad_groups(self) -> Iterator[str]:
        for name, group in self.groups.items():
            if not _NAME.fullmatch(name) or "to" in name.split("-"):
                yield f"groups: {name!r} is no name; lower-case words joined by hyphens, none of them `to`"
            if not _DESCRIPTION.fullmatch(group.purpose):
                yield f"groups.{name}.purpose: {group.purpose!r} cannot describe it; 1 to 255 plain characters"
            if beyond := sorted(set(group.edge) - _WEB.keys()):
                yield f"groups.{name}.edge: {', '.join(map(str, beyond))} cannot be open to the internet; 80 and 443 alone"

    def _bad_connections(self) -> Iterator[str]:
        for label, count in Counter(connection.label for connection in self.connections).items():
            if count > 1:
                yield f"connections: {label} is given {count} times; each once"
        for connection in self.connections:
            for end in {connection.client, connection.server} - self.groups.keys():
                yield f"connections: {connection.label} names {end!r}; one of {', '.join(self.groups)}"
            if not 1 <= connection.ingress.port <= 65535:
                yield f"connections: {connection.label} has a port that does not exist; 1 to 65535"
            if not _DESCRIPTION.fullmatch(connection.ingress.purpose):
                yield f"connections: {connection.label} has a purpose that cannot describe it; 1 to 255 plain characters"

    def _too_many(self) -> Iterator[str]:
        inbound = Counter(connection.server for connection in self.connections)
        inbound.update({name: len(group.edge) for name, group in self.groups.items()})
        for name, count in inbound.items():
            if count > _MOST_INBOUND:
                yield f"connections: {count} rules admit something to {name}; at most {_MOST_INBOUND}"


class Firewall(Component):
    """Security groups that refer to each other, and to addresses only where the internet comes in or is reached.

    Creates: a group for each name, empty by itself; for each connection a pair of rules, out of the client's group and into the
    server's; for an edge group a rule for each port that is open to the internet; for one that reaches out a rule that lets it.
    Costs: nothing.
    When not: never. A rule between two groups that is made elsewhere is one that nobody finds.
    """

    TYPE: ClassVar[str] = "plinth:networking:Firewall"

    group_ids: Mapping[str, Output[str]]

    def __init__(self, name: str, args: FirewallArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        # No rule stands in a group itself: two groups that name each other could then never be created.
        groups = {key: self._group(key, group, args.vpc_id) for key, group in args.groups.items()}
        for key, group in args.groups.items():
            for port in group.edge:
                self._open_to_the_web(key, groups[key], port)
            if group.reaches_internet:
                self._let_out(key, groups[key])
        for connection in args.connections:
            self._connect(connection, groups[connection.client], groups[connection.server])
        self.group_ids = {key: group.id for key, group in groups.items()}
        self.publish()

    def _group(self, key: str, group: Group, vpc_id: Input[str]) -> ec2.SecurityGroup:
        name = f"{self.pulumi_resource_name}-{key}"
        return ec2.SecurityGroup(
            name,
            vpc_id=vpc_id,
            description=group.purpose,
            region=self._ctx.region,
            tags=self._ctx.tagged(name),
            opts=self.under(),
        )

    def _open_to_the_web(self, key: str, group: ec2.SecurityGroup, port: int) -> None:
        scheme = _WEB[port]
        name = f"{self.pulumi_resource_name}-{key}-from-internet-{scheme}"
        vpc.SecurityGroupIngressRule(
            name,
            security_group_id=group.id,
            cidr_ipv4=_ANYWHERE,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=f"{scheme.upper()} from the internet",
            region=self._ctx.region,
            tags=self._ctx.tagged(name),
            opts=self.under(),
        )

    def _let_out(self, key: str, group: ec2.SecurityGroup) -> None:
        name = f"{self.pulumi_resource_name}-{key}-to-internet-https-out"
        vpc.SecurityGroupEgressRule(
            name,
            security_group_id=group.id,
            cidr_ipv4=_ANYWHERE,
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            description="HTTPS to the internet",
            region=self._ctx.region,
            tags=self._ctx.tagged(name),
            opts=self.under(),
        )

    def _connect(self, connection: Connection, client: ec2.SecurityGroup, server: ec2.SecurityGroup) -> None:
        ingress = connection.ingress
        for rule, own, peer, end in (
            (vpc.SecurityGroupEgressRule, client, server, "out"),
            (vpc.SecurityGroupIngressRule, server, client, "in"),
        ):
            name = f"{self.pulumi_resource_name}-{connection.label}-{end}"
            rule(
                name,
                security_group_id=own.id,
                referenced_security_group_id=peer.id,
                ip_protocol=ingress.protocol,
                from_port=ingress.port,
                to_port=ingress.port,
                description=ingress.purpose,
                region=self._ctx.region,
                tags=self._ctx.tagged(name),
                opts=self.under(),
            )
