"""A public hosted zone, and the names in it that others answer for."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final

from pulumi import Output, ResourceOptions
from pulumi_aws import route53

from components.core.checks import name_problems, refuse
from components.core.component import Component
from components.core.context import Context

_DOMAIN: Final = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
DELEGATION_SECONDS: Final = 3600
"""How long resolvers remember who answers for a delegated name. AWS gives its own NS records two days; an hour lets a zone that
was made anew be found the same morning."""


def domain_problems(field: str, domain: str) -> Iterator[str]:
    """What is wrong with a public domain name."""
    if not _DOMAIN.fullmatch(domain) or len(domain) > 253:
        yield f"{field}: {domain!r} is no domain name; lower case, at least two parts, at most 253 characters"


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneArgs:
    """The public zone of `domain` (`example.org`).

    `delegations` are the names below it that other zones answer for: the name servers of each by its first label, `dev` for
    `dev.example.org`. Raises ValueError that names every fault.
    """

    domain: str
    delegations: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        yield from domain_problems("domain", self.domain)
        for label, servers in self.delegations.items():
            yield from name_problems("delegations", label)
            for server in servers:
                yield from domain_problems(f"delegations.{label}", server)
            if len(set(servers)) < 2:
                yield f"delegations.{label}: {len(set(servers))} name servers; at least two different ones (RFC 2182, section 5)"


class Zone(Component):
    """A public hosted zone.

    Creates: the zone, and NS records for what it delegates.
    Costs: by the month, and queries by the million.
    When not: where the domain's names are kept elsewhere and no name of the stack is public.

    It answers nobody until its parent zone, or the registrar, delegates the domain to its name servers. Made anew it has others:
    it is kept where the stack retains its data.
    """

    TYPE: ClassVar[str] = "plinth:networking:Zone"

    zone_id: Output[str]
    name_servers: Output[Sequence[str]]

    def __init__(self, name: str, args: ZoneArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        zone = route53.Zone(
            f"{name}-zone",
            name=args.domain,
            comment=f"Public names of {ctx.project} {ctx.environment}",
            force_destroy=not ctx.retain,
            tags=ctx.tagged(f"{name}-zone"),
            opts=self.under(stateful=True),
        )
        for label, servers in args.delegations.items():
            route53.Record(
                f"{name}-delegation-{label}",
                zone_id=zone.zone_id,
                name=f"{label}.{args.domain}",
                type="NS",
                ttl=DELEGATION_SECONDS,
                records=list(servers),
                opts=self.under(),
            )
        self.zone_id = zone.zone_id
        self.name_servers = zone.name_servers
        self.publish()
