"""The parts of the platform that have a security group, and which of them may connect to which."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from components.core.access import Endpoint
from components.core.offers import Ingress
from components.data.engines import ENGINES, Engine
from components.networking.firewall import Connection, Group
from components.networking.listening import HTTP, HTTPS, ports
from stack.config.database_rules import databases
from stack.config.load_balancers import LoadBalancer
from stack.config.model import StackConfig
from stack.config.targets import listening
from stack.config.told import proxied, through_proxy
from stack.config.traffic_rules import balancers_of, routes, streams

_GROUPS: dict[str, Group] = {
    "ecs": Group(purpose="Containers on ECS"),
    "eks": Group(purpose="Nodes and pods of the EKS cluster"),
}
_CACHES: Mapping[str, Group] = {
    "redis": Group(purpose="Redis caches"),
    "broker": Group(purpose="Redis as the broker of workers"),
}
"""Those that a stack has where the cache of that name is on."""
_CONNECTIONS = (("eks", "redis", 6379, "Pods to Redis"),)
_CALLERS = {"ecs": "Containers", "eks": "Pods"}
_FROM_VPN = (
    ("vpn", "redis", 6379, "Developers to Redis"),
    ("vpn", "broker", 6379, "Developers to the broker"),
)


_SERVICE = "service-"
_LOAD_BALANCER = "load-balancer-"
LOGINS = "logins"
"""The group of the task that makes the users of services."""


def groups(config: StackConfig, *, public: bool) -> Mapping[str, Group]:
    """The security groups of the stack by name: those of the tiers, and one for each load balancer and each service.

    `public` says that load balancers face the internet.
    """
    networking = config.networking
    found = _GROUPS | {name: group for name, group in _CACHES.items() if getattr(config.data, name).enabled}
    for engine in databases(config):
        title = ENGINES[engine].title
        found[engine] = Group(purpose=f"{title} databases")
        if proxied(config, engine):
            found[proxy_of(engine)] = Group(purpose=f"Proxies of {title}")
    if databases(config):
        found[LOGINS] = Group(purpose="The task that makes the users of services in databases")
    if networking.interface_endpoints:
        found["endpoints"] = Group(purpose="Interface endpoints of services of AWS")
    if config.storage.files.enabled:
        found["files"] = Group(purpose="Files that services share")
    if networking.vpn.enabled:
        found["vpn"] = Group(purpose="Clients of the VPN")
    for name, one in config.load_balancers.items():
        found[group_in_front(name)] = Group(
            purpose=f"The load balancer {name}",
            edge=_open_to_the_internet(config, name, one) if public else (),
            reaches_internet=one.sign_in is not None and one.sign_in.enabled,  # it asks the user pool who somebody is
        )
    for name, service in config.services.items():
        found[group_of(name)] = Group(purpose=f"The service {name}", reaches_internet=service.reaches_internet)
    return found


def group_of(service: str) -> str:
    """The name of the group that a service wears, beside that of its tier."""
    return f"{_SERVICE}{service}"


def group_in_front(load_balancer: str) -> str:
    """The name of the group that a load balancer wears."""
    return f"{_LOAD_BALANCER}{load_balancer}"


def proxy_of(store: str) -> str:
    """The name of the group that the proxy of a store wears."""
    return f"{store}-proxy"


def callers(config: StackConfig) -> tuple[str, ...]:
    """The groups of those who call services of AWS: containers by that of their tier, every other service by its own."""
    return ("ecs", "eks", *(group_of(name) for name, service in config.services.items() if service.runs_on != "ecs"))


def connections(config: StackConfig, needed: Mapping[str, Sequence[Endpoint]], *, public: bool) -> tuple[Connection, ...]:
    """Every connection between two groups: those between tiers, and what each service in `needed` connects to."""
    between = (
        Connection(client=client, server=server, ingress=Ingress(port=port, purpose=purpose))
        for client, server, port, purpose in _rows(config, public=public)
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
    return tuple(dict.fromkeys((*between, *asked)))  # two names may stand for one store


def _open_to_the_internet(config: StackConfig, name: str, one: LoadBalancer) -> tuple[int, ...]:
    return (HTTP, HTTPS) if one.kind == "application" else tuple(_streamed(config, name))


def _streamed(config: StackConfig, load_balancer: str) -> Iterator[int]:
    """Where a network load balancer listens."""
    for _, _, stream in streams(config):
        if stream.load_balancer == load_balancer:
            yield stream.port


def _said(service: str, ingress: Ingress) -> Ingress:
    return replace(ingress, purpose=f"{service} to {ingress.purpose}")


def _rows(config: StackConfig, *, public: bool) -> Iterator[tuple[str, str, int, str]]:
    there = groups(config, public=public)
    yield from (row for row in _CONNECTIONS if row[1] in there)
    for name in databases(config):
        yield from _to_database(config, ENGINES[name])
    yield from _behind_load_balancers(config)
    if config.networking.interface_endpoints:
        for caller in callers(config):
            yield caller, "endpoints", HTTPS, f"{_CALLERS.get(caller, caller.removeprefix(_SERVICE))} to services of AWS"
    if config.networking.vpn.enabled:
        yield from (row for row in _FROM_VPN if row[1] in there)
        for name, one in config.load_balancers.items():
            open_to_them = ports(public=public) if one.kind == "application" else _streamed(config, name)
            for port in open_to_them:
                yield "vpn", group_in_front(name), port, f"Developers to the load balancer {name}"


def _behind_load_balancers(config: StackConfig) -> Iterator[tuple[str, str, int, str]]:
    for name in balancers_of(config, "application"):
        yield group_in_front(name), "eks", HTTPS, f"{name} to the cluster"
    there = listening(config)
    ways = [(name, route.load_balancer) for name, _, route in routes(config)]
    ways += [(name, stream.load_balancer) for name, _, stream in streams(config)]
    for service, load_balancer in ways:
        yield group_in_front(load_balancer), group_of(service), there[service], f"{load_balancer} to {service}"


def _to_database(config: StackConfig, engine: Engine) -> Iterator[tuple[str, str, int, str]]:
    yield "eks", engine.name, engine.port, f"Pods to {engine.title}"
    if proxied(config, engine.name):
        yield proxy_of(engine.name), engine.name, engine.port, f"The proxy to {engine.title}"
    yield LOGINS, engine.name, engine.port, f"The task that makes users to {engine.title}"
    if config.networking.vpn.enabled:
        yield "vpn", engine.name, engine.port, f"Developers to {engine.title}"
