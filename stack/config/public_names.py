"""The public names of a stack, and which load balancers they lead to."""

from collections.abc import Mapping

from stack.config.model import StackConfig
from stack.config.traffic_rules import balancers_of, streams

PUBLIC = "public"
"""The load balancer that the names of the API lead to."""
API, HOME, SITE = "api", "api-home", "www"
"""The labels before the domain that are names of the stack: the one in front of all services; the same in the home region,
whatever its health; the site."""
OWN_LABELS = (API, HOME, SITE)


def hosts(config: StackConfig) -> tuple[str, ...]:
    """The names under which requests reach the public load balancer; none where there are no public names.

    What is checked has a name that never fails over, failover or not: so that switching that on and off changes no certificate,
    no rule and no check.
    """
    dns = config.dns
    if not dns.names.enabled:
        return ()
    labels = (API, HOME) if dns.health_checks.enabled else (API,)
    return tuple(f"{label}.{dns.domain}" for label in labels)


def stream_hosts(config: StackConfig) -> Mapping[str, str]:
    """The names under which connections reach each network load balancer, by what the stack file calls those.

    One that no service streams through listens nowhere: it has no name.
    """
    if not config.dns.names.enabled:
        return {}
    listening = {stream.load_balancer for _, _, stream in streams(config)}
    return {name: f"{name}.{config.dns.domain}" for name in balancers_of(config, "network") if name in listening}


def certified(config: StackConfig) -> tuple[str, ...]:
    """All names on the certificate, that of the domain first."""
    domain = config.dns.domain
    return (domain, f"{SITE}.{domain}", *hosts(config), *stream_hosts(config).values())
