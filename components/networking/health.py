"""Checks, from all over the world, that a public endpoint answers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from pulumi import Output, ResourceOptions
from pulumi_aws import route53

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.offers import Signal
from components.core.regions import GLOBAL_REGION
from components.networking.zone import domain_problems

INTERVALS: Final = (10, 30)
"""Seconds between the requests of one checker (Route 53 API reference, HealthCheckConfig, `RequestInterval`)."""
MOST_FAILURES: Final = 10
"""Of `FailureThreshold` there."""
_PATH: Final = re.compile(r"/[A-Za-z0-9._/-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheckArgs:
    """Requests to `host` by HTTPS at `path`, each checker every `interval_seconds`; after `failures` in a row it is not well.

    Without `path` a connection is enough: of gRPC Route 53 knows nothing more.

    `host` must always lead to the same endpoint: checked by a name that fails over, the endpoint would seem well as soon as the
    other one answers (Route 53 API reference, HealthCheckConfig, `FullyQualifiedDomainName`). Raises ValueError that names every
    fault.
    """

    host: str
    path: str | None
    interval_seconds: int
    failures: int

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        yield from domain_problems("host", self.host)
        if self.path is not None and not _PATH.fullmatch(self.path):
            yield f"path: {self.path!r} is no path; it begins with a slash"
        if self.interval_seconds not in INTERVALS:
            yield f"interval_seconds: {self.interval_seconds}; {' or '.join(map(str, INTERVALS))}"
        if not 1 <= self.failures <= MOST_FAILURES:
            yield f"failures: {self.failures}; 1 to {MOST_FAILURES}"


class HealthCheck(Component):
    """A Route 53 health check of one endpoint, from eight regions.

    Creates: the check.
    Costs: by the month; HTTPS and the measured latency are charged as options.
    When not: for what is not public: checkers come from the internet.
    """

    TYPE: ClassVar[str] = "plinth:networking:HealthCheck"

    health_check_id: Output[str]

    def __init__(self, name: str, args: HealthCheckArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        self._host = args.host
        check = route53.HealthCheck(
            f"{name}-check",
            type="TCP" if args.path is None else "HTTPS",
            fqdn=args.host,
            port=443,
            resource_path=args.path,
            request_interval=args.interval_seconds,
            failure_threshold=args.failures,
            measure_latency=True,
            enable_sni=None if args.path is None else True,
            tags=ctx.tagged(f"{name}-check"),
            opts=self.under(),
        )
        self.health_check_id = check.id
        self.publish()

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What to watch: that it answers. Source: Route 53 developer guide, "Monitoring health checks using CloudWatch"."""
        return (
            Signal(
                key=f"{self.pulumi_resource_name}-unhealthy",
                namespace="AWS/Route53",
                metric="HealthCheckStatus",
                dimensions={"HealthCheckId": self.health_check_id},
                statistic="Minimum",
                threshold=1,
                over=False,
                period_seconds=60,
                meaning=f"{self._host} does not answer, seen from the internet",
                region="" if self._ctx.region == GLOBAL_REGION else GLOBAL_REGION,
            ),
        )
