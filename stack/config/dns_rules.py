"""Rules of `dns`: a name has a domain, a zone that answers for it, and one owner."""

from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import combinations

from stack.config.breach import Breach
from stack.config.document import KeyPath
from stack.config.model import NAMESPACE, StackConfig
from stack.config.public_names import OWN_LABELS, PUBLIC, certified
from stack.config.services import Route
from stack.config.traffic_rules import balancers_of, routes

_DNS, _LOAD_BALANCERS = f"{NAMESPACE}:dns", f"{NAMESPACE}:loadBalancers"
_DOMAIN: KeyPath = (_DNS, "domain")
CERTIFICATE_DOMAIN_LIMIT = 64
"""Characters of the first name on a certificate (ACM API reference, RequestCertificate, `DomainName`)."""
CERTIFICATE_NAMES_LIMIT = 10
"""Names on one certificate, by default (ACM user guide, "Quotas")."""


def domains_between(configs: Mapping[str, StackConfig]) -> Iterator[tuple[str, Breach]]:
    """The later of two stacks with one domain: each would lead the same names to itself. `configs` is keyed by stack name."""
    for (one, first), (other, second) in combinations(configs.items(), 2):
        if second.dns.domain and first.dns.domain == second.dns.domain:
            yield (
                other,
                Breach(
                    path=_DOMAIN,
                    problem=f"{second.dns.domain} is the domain of stack {one} as well",
                    allowed=f"a domain of its own for every stack, such as {other}.{second.dns.domain}",
                ),
            )


def _a_zone_has_a_domain(config: StackConfig) -> Iterator[Breach]:
    dns = config.dns
    if (dns.zone.enabled or dns.zone.id or dns.names.enabled) and not dns.domain:
        yield Breach(path=_DOMAIN, problem="is not given, but its zone or names are", allowed="the domain that the names end in")
    if dns.zone.enabled and dns.zone.id:
        yield Breach(
            path=(_DNS, "zone", "id"),
            problem="is given, but this stack makes the zone itself",
            allowed='"", or zone.enabled: false to use that one',
        )
    if dns.zone.delegations and not dns.zone.enabled:
        yield Breach(
            path=(_DNS, "zone", "delegations"),
            problem="are given, but this stack does not make the zone",
            allowed="none: the stack of the zone says what it delegates",
        )


def _delegations_lead_elsewhere(config: StackConfig) -> Iterator[Breach]:
    for label, servers in config.dns.zone.delegations.items():
        at: KeyPath = (_DNS, "zone", "delegations", label)
        if label in (*OWN_LABELS, *balancers_of(config, "network")):
            yield Breach(path=at, problem="is a name of this stack itself", allowed="another name")
        for index, server in enumerate(servers):
            if server in servers[:index]:
                yield Breach(path=(*at, index), problem=f"{server} is given twice", allowed="each name server once")


def _names_have_a_zone(config: StackConfig) -> Iterator[Breach]:
    dns = config.dns
    if not dns.names.enabled:
        return
    if not dns.zone.enabled and not dns.zone.id:
        yield Breach(
            path=(_DNS, "names", "enabled"),
            problem="true, but there is no zone to keep them in",
            allowed="zone.enabled: true, or the zone.id of one that exists",
        )
    if len(dns.domain) > CERTIFICATE_DOMAIN_LIMIT:
        yield Breach(
            path=_DOMAIN,
            problem=f"{len(dns.domain)} characters are too long for a certificate",
            allowed=f"at most {CERTIFICATE_DOMAIN_LIMIT}",
        )
    for index, place in enumerate(dns.names.copies):
        if place in dns.names.copies[:index]:
            yield Breach(path=(_DNS, "names", "copies", index), problem=f"{place} is given twice", allowed="each once")


def _streams_have_names_of_their_own(config: StackConfig) -> Iterator[Breach]:
    for name in balancers_of(config, "network") if config.dns.names.enabled else ():
        if name in OWN_LABELS:
            at: KeyPath = (_LOAD_BALANCERS, name)
            yield Breach(path=at, problem=f"{name}.{config.dns.domain} leads elsewhere", allowed="another name")


def _requests_come_in_by_name(config: StackConfig) -> Iterator[Breach]:
    for name in balancers_of(config, "application") if config.dns.names.enabled else ():
        if name != PUBLIC:
            yield Breach(
                path=(_LOAD_BALANCERS, name),
                problem="would face the internet without a name of its own on the certificate",
                allowed=f"none of kind application but {PUBLIC} while dns.names.enabled is true",
            )


def _names_fit_on_the_certificate(config: StackConfig) -> Iterator[Breach]:
    if config.dns.names.enabled and len(names := certified(config)) > CERTIFICATE_NAMES_LIMIT:
        yield Breach(
            path=(_LOAD_BALANCERS,),
            problem=f"{len(names)} names are too many for a certificate: {', '.join(names)}",
            allowed=f"at most {CERTIFICATE_NAMES_LIMIT}, one for each load balancer that services stream through among them",
        )


def _what_is_checked_has_a_name(config: StackConfig) -> Iterator[Breach]:
    dns = config.dns
    if dns.health_checks.enabled and not dns.names.enabled:
        yield Breach(
            path=(_DNS, "healthChecks", "enabled"),
            problem="true, but there are no public names to check",
            allowed="names.enabled: true as well",
        )
    if dns.health_checks.enabled and PUBLIC not in config.load_balancers:
        yield Breach(
            path=(_DNS, "healthChecks", "enabled"),
            problem="true, but the names lead nowhere",
            allowed=f"a load balancer called {PUBLIC}",
        )
    elif dns.health_checks.enabled:
        yield from _the_check_gets_an_answer(config)


def _the_check_gets_an_answer(config: StackConfig) -> Iterator[Breach]:
    at: KeyPath = (_DNS, "healthChecks", "path")
    path = config.dns.health_checks.path
    route = _taken(config, path)
    if route is None or route.protocol == "grpc":
        yield Breach(
            path=at,
            problem=f"{path} leads to no service: the check would fail for ever",
            allowed=f"a path of a route through {PUBLIC}",
        )
    elif route.sign_in:
        # What answers is the load balancer, with a redirection, which Route 53 takes for well.
        yield Breach(
            path=at,
            problem=f"{path} leads to the page to sign in at, whatever the service does: the check would never fail",
            allowed=f"a path of a route through {PUBLIC} without signIn",
        )


def _taken(config: StackConfig, path: str) -> Route | None:
    """The route that a request for `path` takes. Load balancers and shells agree on what `*` and `?` stand for."""
    fitting = [
        route
        for _, _, route in routes(config)
        if route.load_balancer == PUBLIC and any(fnmatchcase(path, pattern) for pattern in route.paths)
    ]
    return min(fitting, key=lambda route: route.priority, default=None)


def _failover_is_whole(config: StackConfig) -> Iterator[Breach]:
    dns, failover = config.dns, config.dns.failover
    given = {"target": failover.target, "targetZoneId": failover.target_zone_id}
    if not any(given.values()):
        return
    for key, value in given.items():
        if not value:
            other = next(name for name in given if name != key)
            yield Breach(path=(_DNS, "failover", key), problem=f"is not given, but {other} is", allowed="both, or neither")
    if not dns.health_checks.enabled:
        yield Breach(
            path=(_DNS, "failover", "target"),
            problem="is given, but nobody checks whether it is time to go there",
            allowed="healthChecks.enabled: true as well",
        )


DNS_RULES: tuple[Callable[[StackConfig], Iterator[Breach]], ...] = (
    _a_zone_has_a_domain,
    _delegations_lead_elsewhere,
    _names_have_a_zone,
    _streams_have_names_of_their_own,
    _requests_come_in_by_name,
    _names_fit_on_the_certificate,
    _what_is_checked_has_a_name,
    _failover_is_whole,
)
"""The rules of this section."""
