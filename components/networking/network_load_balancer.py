"""Network load balancers: where connections from outside come in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import lb

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.offers import Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkLoadBalancerArgs:
    """A load balancer in `subnet_ids` (by zone, one each) that wears the security group `group_id`.

    Where it is `public` it faces the internet and `subnet_ids` are public. `logs_bucket` records connections by TLS, below
    `nlb/`. Raises ValueError where there is no subnet.
    """

    subnet_ids: Mapping[str, Input[str]]
    group_id: Input[str]
    public: bool
    cross_zone: bool
    deletion_protection: bool
    zonal_shift: bool
    logs_bucket: Input[str] | None = None

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        if not self.subnet_ids:
            yield "subnet_ids: none given; at least one"


class NetworkLoadBalancer(Component):
    """A network load balancer. Who is reached through it brings a listener of its own.

    Creates: the load balancer.
    Costs: by the hour, by capacity units, and for its public addresses.
    When not: for HTTP an application load balancer, which sees paths and hosts.
    """

    TYPE: ClassVar[str] = "plinth:networking:NetworkLoadBalancer"

    arn: Output[str]
    arn_suffix: Output[str]
    dns_name: Output[str]
    dns_zone_id: Output[str]

    def __init__(self, name: str, args: NetworkLoadBalancerArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        child = f"{name}-balancer"
        balancer = lb.LoadBalancer(
            child,
            load_balancer_type="network",
            internal=not args.public,
            subnets=list(args.subnet_ids.values()),
            security_groups=[args.group_id],  # one that begins without any can never get one
            enable_cross_zone_load_balancing=args.cross_zone,
            enable_deletion_protection=args.deletion_protection,
            enable_zonal_shift=args.zonal_shift,
            access_logs=None if args.logs_bucket is None else {"bucket": args.logs_bucket, "prefix": "nlb", "enabled": True},
            region=ctx.region,
            tags=ctx.tagged(child),
            opts=self.under(),
        )
        self.arn = balancer.arn
        self.arn_suffix = balancer.arn_suffix
        self.dns_name = balancer.dns_name
        self.dns_zone_id = balancer.zone_id
        self.publish()

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What to watch. Source: Network Load Balancer user guide, "CloudWatch metrics for your Network Load Balancer"."""
        return (
            Signal(
                key=f"{self.pulumi_resource_name}-no-ports",
                namespace="AWS/NetworkELB",
                metric="PortAllocationErrorCount",
                dimensions={"LoadBalancer": self.arn_suffix},
                statistic="Sum",
                threshold=0,
                meaning="it has no port left to connect to its targets from: connections of users fail; more targets help",
            ),
        )
