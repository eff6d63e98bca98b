"""Public names: the zone, the certificates for what is in it, and what leads to the load balancer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import Output

from components.core.context import Context
from components.core.contracts import Balancer, Certificates, PublicZone
from components.core.offers import Signal
from components.core.regions import GLOBAL_REGION
from stack.config.loader import Stack

if TYPE_CHECKING:
    from components.networking.health import HealthCheck
    from components.networking.names import Failover

API, HOME = "api", "api-home"
"""The label of the one name in front of all services; and of the same in the home region, whatever its health."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of the API that exist, and what to watch about them."""

    hosts: tuple[str, ...] = ()
    signals: tuple[Signal, ...] = ()


def zone(stack: Stack, ctx: Context) -> PublicZone | None:
    """The public zone, made or adopted; None where the stack has none."""
    dns = stack.config.dns
    if dns.zone.enabled:
        from components.networking.zone import Zone, ZoneArgs

        args = ZoneArgs(domain=dns.domain, delegations=dns.zone.delegations)
        return Zone("zone", args, ctx.asked_by("plinth:dns.zone"))
    if dns.zone.id:
        from components.networking.adopted import AdoptedZone

        return AdoptedZone(zone_id=Output.from_input(dns.zone.id), name_servers=Output.from_input(list[str]()))
    return None


def hosts(stack: Stack) -> tuple[str, ...]:
    """The names under which requests reach the public load balancer; none where there are no public names."""
    dns = stack.config.dns
    if not dns.names.enabled:
        return ()
    labels = (API, HOME) if dns.failover.target else (API,)
    return tuple(f"{label}.{dns.domain}" for label in labels)


def certificates(stack: Stack, ctx: Context, zone: PublicZone | None) -> Certificates | None:
    """A certificate for the site and the API, valid wherever one is needed; None without public names."""
    dns = stack.config.dns
    if zone is None or not dns.names.enabled:
        return None
    from components.networking.certificate import Certificate, CertificateArgs

    args = CertificateArgs(
        domain=dns.domain,
        alternatives=(f"www.{dns.domain}", *hosts(stack)),
        zone_id=zone.zone_id,
        copies=copies(stack),
    )
    return Certificate("certificate", args, ctx.asked_by("plinth:dns.names"))


def names(stack: Stack, ctx: Context, zone: PublicZone | None, entrance: Balancer | None) -> Names:
    """What leads to `entrance`, the load balancer `PUBLIC`, and who checks it. Without one no name leads anywhere."""
    if zone is None or not stack.config.dns.names.enabled:
        return Names()
    check = _check(stack, ctx)
    if entrance is not None:
        from components.networking.names import PublicName, PublicNameArgs, Target

        args = PublicNameArgs(
            host=hosts(stack)[0],
            zone_id=zone.zone_id,
            target=Target(dns_name=entrance.dns_name, zone_id=entrance.dns_zone_id),
            failover=_failover(stack, check),
        )
        PublicName(API, args, ctx.asked_by("plinth:dns.names"))
    return Names(hosts=hosts(stack) if entrance else (), signals=check.signals if check else ())


def copies(stack: Stack) -> Mapping[str, str]:
    """The other regions with a certificate, by place. Where home or standby are where CloudFront looks, theirs is the one."""
    wanted, regions = stack.config.dns.names, stack.config.platform.regions
    if not wanted.enabled:
        return {}
    found = {place: {"standby": regions.standby}[place] for place in wanted.copies}
    if GLOBAL_REGION not in (regions.home, *found.values()):
        found["edge"] = GLOBAL_REGION
    return found


def _check(stack: Stack, ctx: Context) -> "HealthCheck | None":
    """The check of the home region: of a name that does not fail over, where there is one."""
    checks = stack.config.dns.health_checks
    if not checks.enabled:
        return None
    from components.networking.health import HealthCheck, HealthCheckArgs

    args = HealthCheckArgs(
        host=hosts(stack)[-1], path=checks.path, interval_seconds=checks.interval_seconds, failures=checks.failures
    )
    return HealthCheck("api-health", args, ctx.asked_by("plinth:dns.healthChecks"))


def _failover(stack: Stack, check: "HealthCheck | None") -> "Failover | None":
    failover = stack.config.dns.failover
    if not failover.target or check is None:
        return None
    from components.networking.names import Failover, Target

    return Failover(
        secondary=Target(dns_name=failover.target, zone_id=failover.target_zone_id),
        steady=hosts(stack)[-1],
        health_check_id=check.health_check_id,
    )
