"""Application load balancers: where requests from outside come in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import lb

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.offers import Signal
from components.networking.listening import HTTP, HTTPS, TLS_POLICY, ports

_LEAST_SUBNETS = 2
"""Zones that an application load balancer stands in (its user guide, "Subnets for your load balancer")."""
_IDLE = (1, 4000)
"""Seconds of silence (Application Load Balancer user guide, "Load balancer attributes")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalancerArgs:
    """A load balancer in `subnet_ids` (by zone, one each) that wears the security group `group_id`.

    With `certificate_arn`, of a certificate in its region, it faces the internet and `subnet_ids` are public; without one it
    stands inside the network and speaks plain HTTP. `logs_bucket` records requests, below `alb/`. Raises ValueError that names
    every fault.
    """

    subnet_ids: Mapping[str, Input[str]]
    group_id: Input[str]
    certificate_arn: Input[str] | None
    idle_seconds: int
    deletion_protection: bool
    zonal_shift: bool
    logs_bucket: Input[str] | None = None

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        if len(self.subnet_ids) < _LEAST_SUBNETS:
            yield f"subnet_ids: {len(self.subnet_ids)} given; at least {_LEAST_SUBNETS}, each in another zone"
        if not _IDLE[0] <= self.idle_seconds <= _IDLE[1]:
            yield f"idle_seconds: {self.idle_seconds} is not possible; {_IDLE[0]} to {_IDLE[1]}"


class LoadBalancer(Component):
    """An application load balancer that answers 404 to whatever no rule leads anywhere.

    Creates: the load balancer; a listener for users and one for testers of new versions, by TLS 1.2 and 1.3 where there is a
    certificate; with it a listener on 80 that sends everybody to 443.
    Costs: by the hour, by capacity units, and for its public addresses.
    When not: for connections that are not HTTP, a network load balancer.
    """

    TYPE: ClassVar[str] = "plinth:networking:LoadBalancer"

    listener_arn: Output[str]
    test_listener_arn: Output[str]
    arn: Output[str]
    arn_suffix: Output[str]
    dns_name: Output[str]
    dns_zone_id: Output[str]

    def __init__(self, name: str, args: LoadBalancerArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        self._args = args
        balancer = self._balancer()
        users, testers = ports(public=args.certificate_arn is not None)
        self.listener_arn = self._listener("users", users, balancer).arn
        self.test_listener_arn = self._listener("testers", testers, balancer).arn
        if args.certificate_arn is not None:
            self._redirect(balancer)
        self.arn = balancer.arn
        self.arn_suffix = balancer.arn_suffix
        self.dns_name = balancer.dns_name
        self.dns_zone_id = balancer.zone_id
        self.publish()

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What to watch. Source: its user guide, "CloudWatch metrics for your Application Load Balancer"."""
        return (
            self._signal(
                "refused",
                "RejectedConnectionCount",
                0,
                "more connections than it can take: its capacity or its targets' is short",
            ),
            self._signal("failed", "HTTPCode_ELB_5XX_Count", 10, "it answers users with errors of its own: no target is well"),
        )

    def _signal(self, key: str, metric: str, threshold: float, meaning: str) -> Signal:
        return Signal(
            key=f"{self.pulumi_resource_name}-{key}",
            namespace="AWS/ApplicationELB",
            metric=metric,
            dimensions={"LoadBalancer": self.arn_suffix},
            statistic="Sum",
            threshold=threshold,
            meaning=meaning,
        )

    def _balancer(self) -> lb.LoadBalancer:
        name, ctx, args = f"{self.pulumi_resource_name}-balancer", self._ctx, self._args
        return lb.LoadBalancer(
            name,
            load_balancer_type="application",
            internal=args.certificate_arn is None,
            subnets=list(args.subnet_ids.values()),
            security_groups=[args.group_id],
            enable_http2=True,
            # What a target could read otherwise than the load balancer did is how one request is hidden in another.
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            xff_header_processing_mode="append",
            idle_timeout=args.idle_seconds,
            enable_deletion_protection=args.deletion_protection,
            enable_zonal_shift=args.zonal_shift,
            access_logs=None if args.logs_bucket is None else {"bucket": args.logs_bucket, "prefix": "alb", "enabled": True},
            region=ctx.region,
            tags=ctx.tagged(name),
            opts=self.under(),
        )

    def _listener(self, whom: str, port: int, balancer: lb.LoadBalancer) -> lb.Listener:
        name, ctx, certificate_arn = f"{self.pulumi_resource_name}-{whom}", self._ctx, self._args.certificate_arn
        by_tls = certificate_arn is not None
        return lb.Listener(
            name,
            load_balancer_arn=balancer.arn,
            port=port,
            protocol="HTTPS" if by_tls else "HTTP",
            ssl_policy=TLS_POLICY if by_tls else None,
            certificate_arn=certificate_arn,
            default_actions=[
                {
                    "type": "fixed-response",
                    "fixed_response": {"content_type": "text/plain", "message_body": "Not found", "status_code": "404"},
                }
            ],
            region=ctx.region,
            tags=ctx.tagged(name),
            opts=self.under(),
        )

    def _redirect(self, balancer: lb.LoadBalancer) -> None:
        name, ctx = f"{self.pulumi_resource_name}-redirect", self._ctx
        lb.Listener(
            name,
            load_balancer_arn=balancer.arn,
            port=HTTP,
            protocol="HTTP",
            default_actions=[
                {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": str(HTTPS), "status_code": "HTTP_301"}}
            ],
            region=ctx.region,
            tags=ctx.tagged(name),
            opts=self.under(),
        )
