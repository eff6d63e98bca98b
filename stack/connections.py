"""The tiers of the platform that have a security group, and which of them may connect to which."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from components.core.access import Endpoint
from components.core.offers import Ingress
from components.networking.firewall import Connection, Group
from stack.config.model import StackConfig

_HTTPS = 443
_GROUPS: dict[str, Group] = {
    "load-balancer": Group(purpose="Load balancers that the internet reaches", edge=True),
    "ecs": Group(purpose="Containers on ECS"),
    "eks": Group(purpose="Nodes and pods of the EKS cluster"),
    "postgres": Group(purpose="PostgreSQL databases"),
}
_CACHES: Mapping[str, Group] = {
    "redis": Group(purpose="Redis caches"),
    "broker": Group(purpose="Redis as the broker of workers"),
}
"""Those that a stack has where the cache of that name is on."""
_CONNECTIONS = (
    ("load-balancer", "ecs", 8000, "Services behind the load balancer"),
    ("load-balancer", "eks", _HTTPS, "The cluster behind the load balancer"),
    ("eks", "postgres", 5432, "Pods to PostgreSQL"),
    ("eks", "redis", 6379, "Pods to Redis"),
)
_CALLERS = {"ecs": "Containers", "eks": "Pods"}
_FROM_VPN = (
    ("vpn", "load-balancer", _HTTPS, "Developers to the services"),
    ("vpn", "postgres", 5432, "Developers to PostgreSQL"),
    ("vpn", "redis", 6379, "Developers to Redis"),
    ("vpn", "broker", 6379, "Developers to the broker"),
)


_SERVICE = "service-"


def groups(config: StackConfig) -> Mapping[str, Group]:
    """The security groups of the stack by name: those of the tiers, and one for each service."""
    networking = config.networking
    found = _GROUPS | {name: group for name, group in _CACHES.items() if getattr(config.data, name).enabled}
    if networking.interface_endpoints:
        found["endpoints"] = Group(purpose="Interface endpoints of services of AWS")
    if config.storage.files.enabled:
        found["files"] = Group(purpose="Files that services share")
    if networking.vpn.enabled:
        found["vpn"] = Group(purpose="Clients of the VPN")
    return found | {group_of(service): Group(purpose=f"The service {service}") for service in config.services}


def group_of(service: str) -> str:
    """The name of the group that a service wears, beside that of its tier."""
    return f"{_SERVICE}{service}"


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
        Connection(client=group_of(service), server=endpoint.group, ingress=_said(service, endpoint.ingress))
        for service, endpoints in needed.items()
        for endpoint in endpoints
    )
    return tuple(dict.fromkeys((*between, *asked)))  # two names may stand for one store


def _said(service: str, ingress: Ingress) -> Ingress:
    return replace(ingress, purpose=f"{service} to {ingress.purpose}")


def _rows(config: StackConfig) -> Iterator[tuple[str, str, int, str]]:
    there = groups(config)
    yield from (row for row in _CONNECTIONS if row[1] in there)
    if config.networking.interface_endpoints:
        for caller in callers(config):
            yield caller, "endpoints", _HTTPS, f"{_CALLERS.get(caller, caller.removeprefix(_SERVICE))} to services of AWS"
    if config.networking.vpn.enabled:
        yield from (row for row in _FROM_VPN if row[1] in there)
