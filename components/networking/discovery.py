"""Names by which services find each other inside the network."""

from dataclasses import dataclass
from typing import ClassVar

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import servicediscovery

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveryArgs:
    """The private domain `domain` (`dev.plinth.internal`), resolved inside the VPC `vpc_id` only.

    Raises ValueError for a domain without a dot or in capitals.
    """

    domain: str
    vpc_id: Input[str]

    def __post_init__(self) -> None:
        wrong = "." not in self.domain or self.domain != self.domain.lower()
        refuse(self, [f"domain: {self.domain!r} is no domain name; lower case, at least two parts"] if wrong else [])


class Discovery(Component):
    """A private DNS namespace, in which services register themselves.

    Creates: one namespace, and with it the Route 53 hosted zone that AWS keeps for it.
    Costs: the hosted zone by the month, each registered instance by the month, look-ups by the million.
    When not: where all services are found through load balancers or a service mesh of their own.
    """

    TYPE: ClassVar[str] = "plinth:networking:Discovery"

    namespace_id: Output[str]
    namespace_arn: Output[str]

    def __init__(self, name: str, args: DiscoveryArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        namespace = servicediscovery.PrivateDnsNamespace(
            f"{name}-namespace",
            name=args.domain,
            vpc=args.vpc_id,
            description="Names of the services in this network",
            region=ctx.region,
            tags=ctx.tagged(f"{name}-namespace"),
            opts=self.under(),
        )
        self.namespace_id = namespace.id
        self.namespace_arn = namespace.arn
        self.publish()
