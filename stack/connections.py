"""The tiers of the platform that have a security group, and which of them may connect to which."""

from collections.abc import Iterator, Mapping

from components.core.offers import Ingress
from components.networking.firewall import Connection, Group
from stack.config.networking import Networking

_HTTPS = 443
_GROUPS: Mapping[str, Group] = {
    "load-balancer": Group(purpose="Load balancers that the internet reaches", edge=True),
    "ecs": Group(purpose="Containers on ECS"),
    "eks": Group(purpose="Nodes and pods of the EKS cluster"),
    "postgres": Group(purpose="PostgreSQL databases"),
    "redis": Group(purpose="Redis caches"),
}
_CONNECTIONS = (
    ("load-balancer", "ecs", 8000, "Services behind the load balancer"),
    ("load-balancer", "eks", _HTTPS, "The cluster behind the load balancer"),
    ("ecs", "postgres", 5432, "Containers to PostgreSQL"),
    ("eks", "postgres", 5432, "Pods to PostgreSQL"),
    ("ecs", "redis", 6379, "Containers to Redis"),
    ("eks", "redis", 6379, "Pods to Redis"),
)
_TO_ENDPOINTS = (
    ("ecs", "endpoints", _HTTPS, "Containers to services of AWS"),
    ("eks", "endpoints", _HTTPS, "Pods to services of AWS"),
)
_FROM_VPN = (
    ("vpn", "load-balancer", _HTTPS, "Developers to the services"),
    ("vpn", "postgres", 5432, "Developers to PostgreSQL"),
    ("vpn", "redis", 6379, "Developers to Redis"),
)


def groups(networking: Networking) -> Mapping[str, Group]:
    """The security groups of the stack by name. A service that needs one of its own joins them with the service."""
    found = dict(_GROUPS)
    if networking.interface_endpoints:
        found["endpoints"] = Group(purpose="Interface endpoints of services of AWS")
    if networking.vpn.enabled:
        found["vpn"] = Group(purpose="Clients of the VPN")
    return found


def connections(networking: Networking) -> tuple[Connection, ...]:
    """Every connection between two of them."""
    return tuple(
        Connection(client=client, server=server, ingress=Ingress(port=port, purpose=purpose))
        for client, server, port, purpose in _rows(networking)
    )


def _rows(networking: Networking) -> Iterator[tuple[str, str, int, str]]:
    yield from _CONNECTIONS
    if networking.interface_endpoints:
        yield from _TO_ENDPOINTS
    if networking.vpn.enabled:
        yield from _FROM_VPN
