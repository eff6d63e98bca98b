"""A remote-access VPN: machines of developers join the network by certificate."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import ClassVar

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import cloudwatch, ec2clientvpn

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.logs import log_group
from components.core.offers import Signal
from components.core.retention import RetentionDays, retention_problems
from components.networking.certificate import expiry
from components.networking.layout import zone_letter

_CERTIFICATE = re.compile(r"arn:aws:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+")
_SESSION_HOURS = 10
"""A working day; AWS knows 8, 10, 12 and 24."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientVpnArgs:
    """A way into the VPC `vpc_id` with the addresses `cidr`, through `subnet_ids` (by zone), wearing the group `group_id`.

    Clients get addresses from `client_cidr`, /12 to /22 and apart from `cidr`. `server_certificate_arn` is what the endpoint
    shows, `client_certificate_arn` the root that a client's certificate must come from; both lie in ACM in the same region.
    Connections are logged for `retention_days`, encrypted with `key_arn`. Raises ValueError that names every fault.
    """

    vpc_id: Input[str]
    cidr: IPv4Network
    subnet_ids: Mapping[str, Input[str]]
    group_id: Input[str]
    client_cidr: IPv4Network
    server_certificate_arn: str
    client_certificate_arn: str
    retention_days: RetentionDays
    key_arn: Input[str]

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        if not self.subnet_ids:
            yield "subnet_ids: none given; at least one"
        if not 12 <= self.client_cidr.prefixlen <= 22:  # EC2 API reference, CreateClientVpnEndpoint
            yield f"client_cidr: {self.client_cidr} is not possible; /12 to /22"
        if self.client_cidr.overlaps(self.cidr):
            yield f"client_cidr: {self.client_cidr} overlaps {self.cidr}; addresses of its own"
        for field in ("server_certificate_arn", "client_certificate_arn"):
            if not _CERTIFICATE.fullmatch(getattr(self, field)):
                yield f"{field}: {getattr(self, field)!r} is no certificate; the ARN of one in ACM"
        yield from retention_problems(self.retention_days)


class ClientVpn(Component):
    """A Client VPN endpoint with mutual authentication by certificates.

    Creates: the endpoint, its association with a private subnet of each zone, the right of every client to reach the network,
    the log of connections. Only traffic to the network goes through it; names are resolved by the network's own resolver.
    Costs: by the hour for each associated subnet and for each connection.
    When not: where nobody outside needs to reach what is inside, which is the usual case.
    """

    TYPE: ClassVar[str] = "plinth:networking:ClientVpn"

    endpoint_id: Output[str]
    dns_name: Output[str]

    def __init__(self, name: str, args: ClientVpnArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        self._args = args
        endpoint = self._endpoint()
        for zone, subnet_id in args.subnet_ids.items():
            ec2clientvpn.NetworkAssociation(
                f"{name}-{zone_letter(zone)}-association",
                client_vpn_endpoint_id=endpoint.id,
                subnet_id=subnet_id,
                region=ctx.region,
                opts=self.under(),
            )
        ec2clientvpn.AuthorizationRule(
            f"{name}-network",
            client_vpn_endpoint_id=endpoint.id,
            target_network_cidr=str(args.cidr),
            authorize_all_groups=True,  # certificates know no groups; what a client reaches, the security group says
            description="Every client with a certificate, to the network",
            region=ctx.region,
            opts=self.under(),
        )
        self.endpoint_id = endpoint.id
        self.dns_name = endpoint.dns_name
        self.publish()

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What to watch: refused clients, and the certificates and revocation list that run out.

        Sources: "Amazon CloudWatch metrics for AWS Client VPN" in its guide, "Supported CloudWatch metrics" in ACM's.
        """
        return (
            Signal(
                key="vpn-refusals",
                namespace="AWS/ClientVPN",
                metric="AuthenticationFailures",
                dimensions={"Endpoint": self.endpoint_id},
                statistic="Sum",
                threshold=10,
                meaning="clients are refused: certificates that ran out or were revoked, or somebody who tries",
            ),
            Signal(
                key="vpn-revocation-list",
                namespace="AWS/ClientVPN",
                metric="CrlDaysToExpiry",
                dimensions={"Endpoint": self.endpoint_id},
                statistic="Minimum",
                threshold=14,
                over=False,
                meaning="the list of revoked certificates, if there is one, runs out, and then every client is refused",
            ),
            *(
                expiry(f"vpn-{part}-certificate", arn, f"the {part} certificate of the VPN runs out, and then no client connects")
                for part, arn in self._certificates().items()
            ),
        )

    def _certificates(self) -> Mapping[str, str]:
        return {"server": self._args.server_certificate_arn, "client": self._args.client_certificate_arn}

    def _endpoint(self) -> ec2clientvpn.Endpoint:
        name, ctx, args = self.pulumi_resource_name, self._ctx, self._args
        group = log_group(
            self, ctx, service="vpn", resource="connections", retention_days=args.retention_days, key_arn=args.key_arn
        )
        stream = cloudwatch.LogStream(
            f"{name}-connections",
            name="connections",
            log_group_name=group.name,
            region=ctx.region,
            opts=self.under(stateful=True),
        )
        return ec2clientvpn.Endpoint(
            f"{name}-endpoint",
            description="Access for machines outside the network",
            vpc_id=args.vpc_id,
            security_group_ids=[args.group_id],
            client_cidr_block=str(args.client_cidr),
            server_certificate_arn=args.server_certificate_arn,
            authentication_options=[
                {"type": "certificate-authentication", "root_certificate_chain_arn": args.client_certificate_arn}
            ],
            connection_log_options={
                "enabled": True,
                "cloudwatch_log_group": group.name,
                "cloudwatch_log_stream": stream.name,
            },
            split_tunnel=True,
            # The resolver of a VPC stands at its first address plus two (VPC user guide, "DNS attributes for your VPC").
            dns_servers=[str(args.cidr.network_address + 2)],
            session_timeout_hours=_SESSION_HOURS,
            region=ctx.region,
            tags=ctx.tagged(f"{name}-endpoint"),
            opts=self.under(),
        )
