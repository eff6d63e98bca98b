"""Rules of `loadBalancers` and of the routes and streams of services: what leads somewhere leads to one place, and arrives."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from stack.config.breach import Breach
from stack.config.document import KeyPath
from stack.config.faults import nearest
from stack.config.load_balancers import Kind, LoadBalancer
from stack.config.model import NAMESPACE, StackConfig
from stack.config.services import Route, Service, Stream

_LOAD_BALANCERS, _SERVICES = f"{NAMESPACE}:loadBalancers", f"{NAMESPACE}:services"
_MOST_RULES, _MOST_WILDCARDS = 100, 5
"""Rules of an application load balancer, of all its listeners together, as many as its target groups, and wildcards of a rule
(Application Load Balancer user guide, "Quotas for your Application Load Balancers")."""
_MOST_STREAMS = 50
"""Listeners of a network load balancer, by default (its user guide, "Quotas for your Network Load Balancers")."""
_MOST_SILENCE = 60
"""Seconds after which a connection is closed unless a load balancer is told otherwise: too soon for one that stays open."""
_LEAST_SLOW_START = 30
_HTTPS = 443


def balancers_of(config: StackConfig, kind: Kind) -> Mapping[str, LoadBalancer]:
    """The load balancers of this kind, by name."""
    return {name: one for name, one in config.load_balancers.items() if one.kind == kind}


def routes(config: StackConfig) -> Iterator[tuple[str, Service, Route]]:
    """Every service with a route, by its name."""
    for name, service in config.services.items():
        if service.route is not None:
            yield name, service, service.route


def streams(config: StackConfig) -> Iterator[tuple[str, Service, Stream]]:
    """Every service with a stream, by its name."""
    for name, service in config.services.items():
        if service.stream is not None:
            yield name, service, service.stream


def _route(service: str, *key: str | int) -> KeyPath:
    return (_SERVICES, service, "route", *key)


def _stream(service: str, *key: str) -> KeyPath:
    return (_SERVICES, service, "stream", *key)


def _load_balancers_are_possible(config: StackConfig) -> Iterator[Breach]:
    zones = len(config.platform.zones)
    for name, one in config.load_balancers.items():
        at: KeyPath = (_LOAD_BALANCERS, name)
        if "to" in name.split("-"):
            yield Breach(path=at, problem="has `to` among its words", allowed="a name that does not join two")
        if one.kind == "application" and zones < 2:
            yield Breach(path=at, problem="stands in two zones or more, and platform.zones has one", allowed="another zone")
        if one.health.timeout_seconds >= one.health.interval_seconds:
            yield Breach(
                path=(*at, "health", "timeoutSeconds"),
                problem=f"{one.health.timeout_seconds} is not less than the interval",
                allowed=f"less than {one.health.interval_seconds}",
            )
        yield from _keys_of_its_kind(at, one)
        yield from _sign_in_is_whole(config, at, one)


def _keys_of_its_kind(at: KeyPath, one: LoadBalancer) -> Iterator[Breach]:
    others = {
        "application": {"crossZone": one.cross_zone},
        "network": {
            "idleSeconds": "idle_seconds" in one.model_fields_set,
            "leastHealthyPercent": bool(one.least_healthy_percent),
            "anomalyMitigation": one.anomaly_mitigation,
            "signIn": one.sign_in is not None,
        },
    }[one.kind]
    for key, given in others.items():
        if given:
            other = "network" if one.kind == "application" else "application"
            yield Breach(path=(*at, key), problem=f"is of {other} load balancers alone", allowed="nothing there")


def _sign_in_is_whole(config: StackConfig, at: KeyPath, one: LoadBalancer) -> Iterator[Breach]:
    sign_in = one.sign_in
    if sign_in is None or not sign_in.enabled:
        return
    for key, value in (("userPoolArn", sign_in.user_pool_arn), ("clientId", sign_in.client_id), ("domain", sign_in.domain)):
        if not value:
            yield Breach(path=(*at, "signIn", key), problem="is not given, but sign-in is on", allowed="what the user pool has")
    if not config.dns.domain:
        problem = "true, but nobody can sign in without TLS, and the stack has no domain"
        yield Breach(path=(*at, "signIn", "enabled"), problem=problem, allowed=f"a name in {NAMESPACE}:dns.domain, or false")


def _ways_lead_through_what_is_there(config: StackConfig) -> Iterator[Breach]:
    for name, service, route in routes(config):
        yield from _through(config, _route(name), service, route.load_balancer, "application")
    for name, service, stream in streams(config):
        yield from _through(config, _stream(name), service, stream.load_balancer, "network")


def _through(config: StackConfig, at: KeyPath, service: Service, load_balancer: str, kind: Kind) -> Iterator[Breach]:
    there, fitting = config.load_balancers, balancers_of(config, kind)
    if load_balancer not in fitting:
        wrong = f"is of kind {there[load_balancer].kind}" if load_balancer in there else "is no load balancer of this stack"
        allowed = f"one of {', '.join(fitting)}{nearest(load_balancer, fitting)}" if fitting else f"one of kind {kind} first"
        yield Breach(path=(*at, "loadBalancer"), problem=f"{load_balancer} {wrong}", allowed=allowed)
    if service.port is None or service.runs_on == "lambda":
        yield Breach(path=at, problem="leads to a service that listens nowhere", allowed="a port of it, on ecs or ec2")


def _ways_differ(config: StackConfig) -> Iterator[Breach]:
    """Each priority and each path once, on a load balancer."""
    priorities: dict[tuple[str, int], str] = {}
    paths: dict[tuple[str, str], KeyPath] = {}
    for name, _, route in routes(config):
        through = route.load_balancer
        other = priorities.setdefault((through, route.priority), name)
        if other != name:
            problem = f"{route.priority} is that of {other} as well"
            yield Breach(path=_route(name, "priority"), problem=problem, allowed=f"each once on {through}")
        for index, path in enumerate(route.paths):
            at = _route(name, "paths", index)
            other = paths.setdefault((through, path), at)
            if other != at:
                problem = f"{path} leads to {other[1]} already"
                yield Breach(path=at, problem=problem, allowed=f"each once on {through}")


def _streams_differ(config: StackConfig) -> Iterator[Breach]:
    ports: dict[tuple[str, int], str] = {}
    for name, _, stream in streams(config):
        other = ports.setdefault((stream.load_balancer, stream.port), name)
        if other != name:
            problem = f"{stream.port} of {stream.load_balancer} leads to {other} already"
            yield Breach(path=_stream(name, "port"), problem=problem, allowed="each once")
        if config.dns.domain and stream.port != _HTTPS:
            problem = f"{stream.port} would be open to the internet"
            yield Breach(path=_stream(name, "port"), problem=problem, allowed=f"{_HTTPS} where there is a domain")


def _routes_can_be_made(config: StackConfig) -> Iterator[Breach]:
    for name, service, route in routes(config):
        if (wildcards := sum(path.count(one) for path in route.paths for one in "*?")) > _MOST_WILDCARDS:
            problem = f"{' '.join(route.paths)} has {wildcards} wildcards"
            yield Breach(path=_route(name, "paths"), problem=problem, allowed=f"at most {_MOST_WILDCARDS}")
        if 0 < route.slow_start_seconds < _LEAST_SLOW_START:
            problem = f"{route.slow_start_seconds} is too short"
            yield Breach(path=_route(name, "slowStartSeconds"), problem=problem, allowed=f"0, or {_LEAST_SLOW_START} and more")
        if route.protocol == "grpc" and not config.dns.domain and service.stream is None:
            yield Breach(
                path=_route(name, "protocol"),
                problem="grpc needs TLS, and the stack has no domain",
                allowed=f"a stream beside the route, or a name in {NAMESPACE}:dns.domain",
            )
        silence = config.load_balancers.get(route.load_balancer)
        if route.protocol == "websocket" and silence is not None and silence.idle_seconds <= _MOST_SILENCE:
            problem = f"websocket would be cut off by {route.load_balancer} after {silence.idle_seconds} s of silence"
            allowed = f"idleSeconds above {_MOST_SILENCE} of {route.load_balancer}"
            yield Breach(path=_route(name, "protocol"), problem=problem, allowed=allowed)


def _sign_in_is_possible(config: StackConfig) -> Iterator[Breach]:
    for name, service, route in routes(config):
        if not route.sign_in:
            continue
        through = config.load_balancers.get(route.load_balancer)
        if through is not None and (through.sign_in is None or not through.sign_in.enabled):
            problem = f"true, but {route.load_balancer} signs nobody in"
            yield Breach(path=_route(name, "signIn"), problem=problem, allowed=f"signIn.enabled: true of {route.load_balancer}")
        if route.protocol == "grpc":
            problem = "true, but clients of gRPC see no page to sign in at"
            yield Breach(path=_route(name, "signIn"), problem=problem, allowed="false for grpc")
        if service.deployment == "blue-green":
            # ECS developer guide, "Application Load Balancer resources for blue/green deployments", limitations.
            problem = "true, but ECS cannot switch a rule that does more than lead on"
            yield Breach(path=_route(name, "signIn"), problem=problem, allowed="deployment: rolling")


def _requests_are_counted(config: StackConfig) -> Iterator[Breach]:
    """Scaling by requests needs a load balancer that sees requests."""
    for name, service in config.services.items():
        if service.scaling is None or service.scaling.requests_per_target is None:
            continue
        route = service.route
        if route is None or (route.protocol == "grpc" and not config.dns.domain):
            yield Breach(
                path=(_SERVICES, name, "scaling", "requestsPerTarget"),
                problem="no load balancer counts its requests",
                allowed="a route, by TLS where it speaks gRPC",
            )


def _quotas_hold(config: StackConfig) -> Iterator[Breach]:
    """Versions that take turns have two groups each, and a rule on either listener."""
    used = Counter[str]()
    for _, service, route in routes(config):
        used[route.load_balancer] += 2 if service.deployment == "blue-green" else 1
    listeners = Counter(stream.load_balancer for _, _, stream in streams(config))
    for counts, what, most in ((used, "rules and target groups", _MOST_RULES), (listeners, "listeners", _MOST_STREAMS)):
        for name, count in counts.items():
            if count > most:
                problem = f"would have {count} {what}"
                yield Breach(path=(_LOAD_BALANCERS, name), problem=problem, allowed=f"at most {most}: another load balancer")


TRAFFIC_RULES: tuple[Callable[[StackConfig], Iterator[Breach]], ...] = (
    _load_balancers_are_possible,
    _ways_lead_through_what_is_there,
    _ways_differ,
    _streams_differ,
    _routes_can_be_made,
    _sign_in_is_possible,
    _requests_are_counted,
    _quotas_hold,
)
"""The rules of these sections."""
