"""`plinth:dns`: the public names of the stack."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from stack.config.section import Name, Section, text
from stack.config.services import UrlPath

_DOMAIN = r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
PublicDomain = Annotated[
    str,
    text('a domain name in lower case, such as dev.example.org, or "" for none', pattern=rf"^({_DOMAIN})?$", max_length=253),
]
NameServer = Annotated[
    str, text("the name of a name server, such as ns-1.awsdns-01.org", pattern=rf"^{_DOMAIN}$", max_length=253)
]
ZoneId = Annotated[
    str,
    text('the id of a hosted zone, such as Z0123456789ABCDEFGHIJ, or "" for none', pattern=r"^(Z[A-Z0-9]{1,31})?$"),
]


class Zone(Section):
    """The hosted zone of the domain: made here, or another's that is used."""

    enabled: bool = Field(
        description=(
            "Whether this stack makes the zone. What uses it is switched on by `names`, once the domain is delegated to the "
            "name servers of the zone, which are an output of the stack."
        )
    )
    id: ZoneId = Field(description="The zone to use where this stack makes none.")
    delegations: Mapping[Name, Annotated[tuple[NameServer, ...], Field(min_length=2)]] = Field(
        description=(
            "Names below the domain that zones of other stacks answer for: the name servers of each by its first label, `dev` "
            "for dev.example.org. The stack of the parent zone says them for all."
        )
    )


class Names(Section):
    """What makes use of the zone."""

    enabled: bool = Field(
        description=(
            "Whether there are public names, and certificates for them. Only with a domain that is delegated: a certificate "
            "waits until the internet sees its records."
        )
    )
    copies: tuple[Literal["standby"], ...] = Field(
        description="Regions with a copy of the certificate, beside the one that CloudFront needs. None: an empty list."
    )


class HealthChecks(Section):
    """Whether the public endpoints are asked from all over the world if they are well."""

    enabled: bool = Field(description="Whether they are. An alarm in CloudWatch shows one that is not.")
    path: UrlPath = Field(description="What is asked for, by HTTPS.")
    interval_seconds: Literal[10, 30] = Field(
        description="How often each of some sixteen checkers asks. 10 is charged as an option."
    )
    failures: Annotated[int, Field(ge=1, le=10)] = Field(description="How often in a row an endpoint must fail to be unwell.")


class Failover(Section):
    """Where requests go when the platform in its home region does not answer."""

    target: PublicDomain = Field(description='The load balancer of the standby, by the name that AWS gave it. "": there is none.')
    target_zone_id: ZoneId = Field(
        description="The hosted zone of that name: what AWS calls the canonical one of the load balancer."
    )


class Dns(Section):
    """The public names of the stack."""

    domain: PublicDomain = Field(description="What its public names end in. Without one the stack has no public names.")
    zone: Zone = Field(description="The hosted zone of the domain.")
    names: Names = Field(description="What makes use of the zone.")
    health_checks: HealthChecks = Field(description="Whether public endpoints are checked.")
    failover: Failover = Field(description="Where requests go when the home region does not answer. Needs health checks.")
