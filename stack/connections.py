"""The tiers of the platform that have a security group, and which of them may connect to which."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from components.core.access import Endpoint
from components.core.offers import Ingress
from components.data.engines import ENGINES, Engine
from components.networking.firewall import Connection, Group
from stack.config.database_rules import databases
from stack.config.model import StackConfig
from stack.config.told import logins, proxied, through_proxy

_HTTPS = 443
_GROUPS: Mapping[str, Group] = {
    "load-balancer": Group(purpose="Load balancers that the internet reaches", edge=True),
    "ecs": Group(purpose="Containers on ECS"),
    "eks": Group(purpose="Nodes and pods of the EKS cluster"),
    "redis": Group(purpose="Redis caches"),
}
_CONNECTIONS = (
    ("load-balancer", "ecs", 8000, "Services behind the load balancer"),
    ("load-balancer", "eks", _HTTPS, "The cluster behind the load balancer"),
    ("eks", "redis", 6379, "Pods to Redis"),
)
_CALLERS = {"ecs": "Containers", "eks": "Pods"}
_FROM_VPN = (
    ("vpn", "load-balancer", _HTTPS, "Developers to the services"),
    ("vpn", "redis", 6379, "Developers to Redis"),
)


_SERVICE = "service-"
LOGINS = "logins"
"""The group of the task that makes the users of services."""


def groups(config: StackConfig) -> Mapping[str, Group]:
    """The security groups of the stack by name: those of the tiers, and one for each service."""
    networking = config.networking
    found = dict(_GROUPS)
    for engine in databases(config):
        title = ENGINES[engine].title
        found[engine] = Group(purpose=f"{title} databases")
        if proxied(config, engine):
            found[proxy_of(engine)] = Group(purpose=f"Proxies of {title}")
    if logins(config):
        found[LOGINS] = Group(purpose="The task that makes the users of services in databases")
    if networking.interface_endpoints:
        found["endpoints"] = Group(purpose="Interface endpoints of services of AWS")
    if networking.vpn.enabled:
        found["vpn"] = Group(purpose="Clients of the VPN")
    return found | {group_of(service): Group(purpose=f"The service {service}") for service in config.services}


def group_of(service: str) -> str:
    """The name of the group that a service wears, beside that of its tier."""
    return f"{_SERVICE}{service}"


def proxy_of(store: str) -> str:
    """The name of the group that the proxy of a store wears."""
    return f"{store}-proxy"


def callers(config: StackConfig) -> tuple[str, ...]:
    """The groups of those who call services of AWS: containers by that of their tier, every other service by its own."""
    return ("ecs", "eks", *(group_of(name) for name, service in config.services.items() if service.runs_on != "ecs"))


def connections(config: StackConfig, needed: Mapping[str, Sequence[Endpoint]]) -> tuple[Connection, ...]:
    """Every connection between two groups: those between tiers, and what each service in `needed` connects to."""
    between = (
        Connection(client=client, server=server, ingress=Ingress(port=port, purpose=purpose))
        for client, server, port, purpose in _rows(config)
    )
    asked = (
        Connection(
            client=group_of(service),
            server=proxy_of(endpoint.group) if through_proxy(config, endpoint.group, service) else endpoint.group,
            ingress=_said(service, endpoint.ingress),
        )
        for service, endpoints in needed.items()
        for endpoint in endpoints
    )
    return (*between, *asked)


def _said(service: str, ingress: Ingress) -> Ingress:
    return replace(ingress, purpose=f"{service} to {ingress.purpose}")


def _rows(config: StackConfig) -> Iterator[tuple[str, str, int, str]]:
    yield from _CONNECTIONS
    for name in databases(config):
        yield from _to_database(config, ENGINES[name])
    if config.networking.interface_endpoints:
        for caller in callers(config):
            yield caller, "endpoints", _HTTPS, f"{_CALLERS.get(caller, caller.removeprefix(_SERVICE))} to services of AWS"
    if config.networking.vpn.enabled:
        yield from _FROM_VPN


def _to_database(config: StackConfig, engine: Engine) -> Iterator[tuple[str, str, int, str]]:
    yield "eks", engine.name, engine.port, f"Pods to {engine.title}"
    if proxied(config, engine.name):
        yield proxy_of(engine.name), engine.name, engine.port, f"The proxy to {engine.title}"
    if any(login.store == engine.name for login in logins(config)):
        yield LOGINS, engine.name, engine.port, f"The task that makes users to {engine.title}"
    if config.networking.vpn.enabled:
        yield "vpn", engine.name, engine.port, f"Developers to {engine.title}"
