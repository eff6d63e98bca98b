"""Public names that lead to a load balancer, and what they lead to when it is not well."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from pulumi import Input, Output, Resource, ResourceOptions
from pulumi_aws import route53

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.networking.zone import domain_problems

_TYPES: Final = ("A", "AAAA")
"""Both: where the target has no IPv6 address, Route 53 answers AAAA with none."""
PRIMARY, SECONDARY = "PRIMARY", "SECONDARY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A load balancer by the name that AWS gave it, and the hosted zone of that name."""

    dns_name: Input[str]
    zone_id: Input[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failover:
    """Where requests go while the check `health_check_id` fails: to `secondary`; without one to the first target all the same.

    `steady` is a name that leads to the first target whatever its health: what the check asks for.
    """

    steady: str
    health_check_id: Input[str]
    secondary: Target | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicNameArgs:
    """The name `host` (`api.example.org`), in the zone `zone_id`, leads to `target`, and elsewhere as `failover` says.

    Raises ValueError for what is no name, and for a steady name that is the name itself.
    """

    host: str
    zone_id: Input[str]
    target: Target
    failover: Failover | None = None

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        yield from domain_problems("host", self.host)
        if self.failover:
            yield from domain_problems("failover.steady", self.failover.steady)
            if self.failover.steady == self.host:
                yield f"failover.steady: {self.host} is what fails over; another name"


class PublicName(Component):
    """A name that leads to a load balancer, over IPv4 and IPv6.

    Creates: alias records of the name; with failover primary ones, a steady name of the first target, and secondary ones of the
    second target if there is one.
    Costs: nothing: queries that an alias answers for a load balancer are free.
    When not: for a name of CloudFront, whose alias has no health.
    """

    TYPE: ClassVar[str] = "plinth:networking:PublicName"

    host: Output[str]

    def __init__(self, name: str, args: PublicNameArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        self._args = args
        for kind in _TYPES:
            self._led(kind)
        self.host = Output.from_input(args.host)
        self.publish()

    def _led(self, kind: str) -> None:
        args, failover, child = self._args, self._args.failover, kind.lower()
        if failover is None:
            self._alias(child, kind, args.host, args.target)
            return
        self._alias(f"steady-{child}", kind, failover.steady, args.target)
        primary = self._alias(child, kind, args.host, args.target, PRIMARY, failover.health_check_id)
        # A name cannot have a plain record and one of failover. So the plain one has become the first before there is a second
        # one, and stays so when that goes: it would be changed before the other is deleted.
        if failover.secondary:
            self._alias(f"secondary-{child}", kind, args.host, failover.secondary, SECONDARY, after=primary)

    def _alias(
        self,
        role: str,
        kind: str,
        host: str,
        target: Target,
        part: str = "",
        health_check_id: Input[str] | None = None,
        *,
        after: Resource | None = None,
    ) -> route53.Record:
        return route53.Record(
            f"{self.pulumi_resource_name}-{role}",
            zone_id=self._args.zone_id,
            name=host,
            type=kind,
            aliases=[{"name": target.dns_name, "zone_id": target.zone_id, "evaluate_target_health": True}],
            set_identifier=part.lower() or None,
            failover_routing_policies=[{"type": part}] if part else None,
            health_check_id=health_check_id,
            opts=self.under(after=[after] if after else []),
        )
