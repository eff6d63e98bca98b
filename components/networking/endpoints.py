"""VPC endpoints: ways to services of AWS that do not leave the network."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import ec2, vpc

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.offers import Signal
from components.networking.endpoint_policies import PASSAGES, endpoint_policy
from components.networking.services import GATEWAYS, Service


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointsArgs:
    """Endpoints of `services` in `vpc_id`.

    Interface endpoints stand in `subnet_ids` (by zone, one each) and wear `group_id`, which the callers must be let into. Gateway
    endpoints are entered into `route_table_ids`, and `clients`, security groups by name, are let out to them.
    Raises ValueError that names every fault.
    """

    vpc_id: Input[str]
    services: tuple[Service, ...]
    subnet_ids: Mapping[str, Input[str]]
    group_id: Input[str] | None
    route_table_ids: Mapping[str, Input[str]]
    clients: Mapping[str, Input[str]]

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        if not self.services:
            yield "services: none given; at least one"
        for service, count in Counter(self.services).items():
            if service not in PASSAGES:
                yield f"services: {service!r} has no policy; one of {', '.join(PASSAGES)}"
            if count > 1:
                yield f"services: {service} is given {count} times; each once"
        if self.interfaces and not (self.subnet_ids and self.group_id):
            yield f"subnet_ids, group_id: not given; {', '.join(self.interfaces)} need both"
        if self.gateways and not self.route_table_ids:
            yield f"route_table_ids: none given; {', '.join(self.gateways)} need at least one"

    @property
    def interfaces(self) -> tuple[Service, ...]:
        """The services that get network interfaces."""
        return tuple(service for service in self.services if service not in GATEWAYS)

    @property
    def gateways(self) -> tuple[Service, ...]:
        """The services that get routes."""
        return tuple(service for service in self.services if service in GATEWAYS)


class Endpoints(Component):
    """VPC endpoints, each with a policy of its own.

    Creates: an endpoint for each service; for each gateway endpoint and client a rule that lets the client out to it.
    Costs: interface endpoints by the hour, the zone and the gigabyte; gateway endpoints nothing.
    When not: where few calls are made, a NAT gateway that is there anyway is cheaper than interface endpoints.
    """

    TYPE: ClassVar[str] = "plinth:networking:Endpoints"

    endpoint_ids: Mapping[str, Output[str]]

    def __init__(self, name: str, args: EndpointsArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        self._args = args
        interfaces: dict[Service, ec2.VpcEndpoint] = {service: self._interface(service) for service in args.interfaces}
        gateways: dict[Service, ec2.VpcEndpoint] = {service: self._gateway(service) for service in args.gateways}
        for service, endpoint in gateways.items():
            for client, group_id in args.clients.items():
                self._let_out(client, group_id, service, endpoint)
        self._signals = tuple(
            _dropped(service, _service_name(ctx, service), endpoint.id, args.vpc_id) for service, endpoint in interfaces.items()
        )
        self.endpoint_ids = {service: endpoint.id for service, endpoint in (interfaces | gateways).items()}
        self.publish()

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What to watch: packets that interface endpoints drop."""
        return self._signals

    def _interface(self, service: Service) -> ec2.VpcEndpoint:
        name, ctx, args = self._called(service), self._ctx, self._args
        return ec2.VpcEndpoint(
            name,
            vpc_id=args.vpc_id,
            service_name=_service_name(ctx, service),
            vpc_endpoint_type="Interface",
            subnet_ids=list(args.subnet_ids.values()),
            security_group_ids=[args.group_id] if args.group_id else None,
            private_dns_enabled=True,  # the SDKs' own addresses then lead here
            policy=endpoint_policy(service, account_id=ctx.account_id, region=ctx.region),
            region=ctx.region,
            tags=ctx.tagged(name),
            opts=self.under(),
        )

    def _gateway(self, service: Service) -> ec2.VpcEndpoint:
        name, ctx, args = self._called(service), self._ctx, self._args
        return ec2.VpcEndpoint(
            name,
            vpc_id=args.vpc_id,
            service_name=_service_name(ctx, service),
            vpc_endpoint_type="Gateway",
            route_table_ids=list(args.route_table_ids.values()),
            policy=endpoint_policy(service, account_id=ctx.account_id, region=ctx.region),
            region=ctx.region,
            tags=ctx.tagged(name),
            opts=self.under(),
        )

    def _let_out(self, client: str, group_id: Input[str], service: Service, endpoint: ec2.VpcEndpoint) -> None:
        """A gateway endpoint has no security group to refer to: its addresses are a list that AWS keeps."""
        name = f"{self.pulumi_resource_name}-{client}-to-{service}-out"
        vpc.SecurityGroupEgressRule(
            name,
            security_group_id=group_id,
            prefix_list_id=endpoint.prefix_list_id,
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            description=f"HTTPS to {service} through its gateway endpoint",
            region=self._ctx.region,
            tags=self._ctx.tagged(name),
            opts=self.under(),
        )

    def _called(self, service: Service) -> str:
        return f"{self.pulumi_resource_name}-{service.replace('.', '-')}"


def _service_name(ctx: Context, service: Service) -> str:
    return f"com.amazonaws.{ctx.region}.{service}"


def _dropped(service: Service, service_name: str, endpoint_id: Input[str], vpc_id: Input[str]) -> Signal:
    """Source: "CloudWatch metrics for AWS PrivateLink" in its guide; the names of the dimensions have spaces."""
    return Signal(
        key=f"endpoint-{service.replace('.', '-')}-drops",
        namespace="AWS/PrivateLinkEndpoints",
        metric="PacketsDropped",
        dimensions={
            "Endpoint Type": "Interface",
            "Service Name": service_name,
            "VPC Endpoint Id": endpoint_id,
            "VPC Id": vpc_id,
        },
        statistic="Sum",
        threshold=0,
        periods=3,
        meaning=f"the endpoint of {service} drops packets: it, or the service behind it, is not well",
    )
