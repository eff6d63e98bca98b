"""Public names: the zone, the certificates for what is in it, and what leads to the load balancer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import Output

from components.core.context import Context
from components.core.contracts import Balancer, Certificates, PublicZone
from components.core.offers import Signal
from components.core.regions import GLOBAL_REGION
from stack.alarms import watch
from stack.config.loader import Stack
from stack.config.public_names import API, PUBLIC, certified, hosts, stream_hosts

if TYPE_CHECKING:
    from components.networking.health import HealthCheck
    from components.networking.names import Failover


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


def certificates(stack: Stack, ctx: Context, zone: PublicZone | None) -> Certificates | None:
    """A certificate for the site, the API and streams, valid wherever one is needed; None without public names."""
    if zone is None or not stack.config.dns.names.enabled:
        return None
    from components.networking.certificate import Certificate, CertificateArgs

    domain, *alternatives = certified(stack.config)
    args = CertificateArgs(domain=domain, alternatives=tuple(alternatives), zone_id=zone.zone_id, copies=copies(stack))
    return Certificate("certificate", args, ctx.asked_by("plinth:dns.names"))


def names(stack: Stack, ctx: Context, zone: PublicZone | None, balancers: Mapping[str, Balancer]) -> Names:
    """What leads to the `balancers`, by their names, and who checks that they answer."""
    if zone is None or not stack.config.dns.names.enabled:
        return Names()
    asked = ctx.asked_by("plinth:dns.names")
    check = _check(stack, ctx)
    checks = [check] if check else []
    found: list[str] = []
    if PUBLIC in balancers:
        _lead(API, hosts(stack.config)[0], zone, balancers[PUBLIC], asked, _failover(stack, check))
        found += hosts(stack.config)
    for name, host in stream_hosts(stack.config).items():
        if name not in balancers:
            continue
        _lead(name, host, zone, balancers[name], asked)
        found.append(host)
        if check:
            checks.append(_checked(stack, ctx, name, host, path=None))
    return Names(hosts=tuple(found), signals=tuple(signal for one in checks for signal in one.signals))


def alarms(ctx: Context, certificates: Certificates | None, names: Names) -> None:
    """Alarms on names that do not answer, and on certificates that end soon."""
    of_certificates = certificates.signals if certificates else ()
    watch("names", (*of_certificates, *names.signals), ctx.asked_by("plinth:dns.names"))


def _lead(name: str, host: str, zone: PublicZone, balancer: Balancer, ctx: Context, failover: "Failover | None" = None) -> None:
    from components.networking.names import PublicName, PublicNameArgs, Target

    target = Target(dns_name=balancer.dns_name, zone_id=balancer.dns_zone_id)
    PublicName(name, PublicNameArgs(host=host, zone_id=zone.zone_id, target=target, failover=failover), ctx)


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
    """The check of the home region, of a name that does not fail over."""
    checks = stack.config.dns.health_checks
    return _checked(stack, ctx, API, hosts(stack.config)[-1], path=checks.path) if checks.enabled else None


def _checked(stack: Stack, ctx: Context, name: str, host: str, *, path: str | None) -> "HealthCheck":
    from components.networking.health import HealthCheck, HealthCheckArgs

    checks = stack.config.dns.health_checks
    args = HealthCheckArgs(host=host, path=path, interval_seconds=checks.interval_seconds, failures=checks.failures)
    return HealthCheck(f"{name}-health", args, ctx.asked_by("plinth:dns.healthChecks"))


def _failover(stack: Stack, check: "HealthCheck | None") -> "Failover | None":
    if check is None:
        return None
    from components.networking.names import Failover, Target

    there = stack.config.dns.failover
    return Failover(
        secondary=Target(dns_name=there.target, zone_id=there.target_zone_id) if there.target else None,
        steady=hosts(stack.config)[-1],
        health_check_id=check.health_check_id,
    )
