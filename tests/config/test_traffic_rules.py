"""What leads somewhere leads to one place, and arrives: everything else is refused before anything is touched."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from stack.config.document import format_path
from stack.config.load_balancers import LoadBalancer, SignIn
from stack.config.model import StackConfig
from stack.config.rules import breaches
from stack.config.services import Route, Service, Stream
from tests.harness import STACKS, stacks

POOL = {"userPoolArn": "arn:aws:cognito-idp:us-east-1:000000000000:userpool/u_1", "clientId": "c", "domain": "d"}
SIGNS_IN = SignIn.model_validate({"enabled": True, **POOL})


@cache
def config(stack: str = "dev") -> StackConfig:
    return stacks()[stack].config


def with_service(name: str, base: StackConfig | None = None, **changed: Any) -> StackConfig:
    """The stack with one service changed."""
    base = base or config()
    service: Service = base.services[name].model_copy(update=changed)
    return base.model_copy(update={"services": {**base.services, name: service}})


def with_route(name: str, base: StackConfig | None = None, **changed: Any) -> StackConfig:
    base = base or config()
    route = base.services[name].route
    assert route is not None
    return with_service(name, base, route=route.model_copy(update=changed))


def with_balancer(name: str, base: StackConfig | None = None, **changed: Any) -> StackConfig:
    base = base or config()
    one: LoadBalancer = base.load_balancers[name].model_copy(update=changed)
    return base.model_copy(update={"load_balancers": {**base.load_balancers, name: one}})


def with_domain(base: StackConfig) -> StackConfig:
    """The stack with public names."""
    dns = base.dns
    on = {"zone": dns.zone.model_copy(update={"enabled": True}), "names": dns.names.model_copy(update={"enabled": True})}
    return base.model_copy(update={"dns": dns.model_copy(update={"domain": "example.org", **on})})


def faults(changed: StackConfig) -> list[str]:
    return [f"{format_path(found.path)}: {found.problem}; {found.allowed}" for found in breaches(changed)]


def many(count: int, **parts: Any) -> Mapping[str, Service]:
    """So many copies of the service booking, each with a path and a priority of its own."""
    booking = config().services["booking"]
    assert booking.route is not None
    return {
        f"s{number}": booking.model_copy(
            update={"route": booking.route.model_copy(update={"paths": (f"/{number}",), "priority": number + 1}), **parts}
        )
        for number in range(count)
    }


def stream(port: int, load_balancer: str = "stream") -> Stream:
    return Stream.model_validate({"port": port, "loadBalancer": load_balancer})


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("public", [False, True], ids=["without", "with"])
def test_the_stacks_break_no_rule_with_a_domain_or_without(stack: str, *, public: bool) -> None:
    assert faults(with_domain(config(stack)) if public else config(stack)) == []


BOOKING, COLLECTION = "plinth:services.booking", "plinth:services.collection"
REFUSED: list[tuple[str, StackConfig, list[str]]] = [
    (
        "a priority twice",
        with_route("collection", priority=100),
        [f"{COLLECTION}.route.priority: 100 is that of booking as well; each once on public"],
    ),
    (
        "a path twice",
        with_route("collection", paths=("/x", "/booking/*")),
        [f"{COLLECTION}.route.paths[1]: /booking/* leads to booking already; each once on public"],
    ),
    (
        "a load balancer that is not there",
        with_route("booking", load_balancer="publc"),
        [f"{BOOKING}.route.loadBalancer: publc is no load balancer of this stack; one of public; did you mean public?"],
    ),
    (
        "a path twice, behind two load balancers",
        with_route(
            "booking",
            config().model_copy(update={"load_balancers": {**config().load_balancers, "own": config().load_balancers["public"]}}),
            load_balancer="own",
            path="/collection/*",
        ),
        [],
    ),
    (
        "a network load balancer for requests",
        with_route("booking", load_balancer="stream"),
        [f"{BOOKING}.route.loadBalancer: stream is of kind network; one of public"],
    ),
    (
        "an application load balancer for connections",
        with_service("catalogue", stream=stream(443, "public")),
        ["plinth:services.catalogue.stream.loadBalancer: public is of kind application; one of stream"],
    ),
    (
        "a service that listens nowhere",
        with_service("booking", port=None),
        [f"{BOOKING}.route: leads to a service that listens nowhere; a port of it, on ecs or ec2"],
    ),
    (
        "a stream to a port that is taken",
        with_service("booking", stream=stream(443)),
        ["plinth:services.catalogue.stream.port: 443 of stream leads to booking already; each once"],
    ),
    ("a stream to another port inside", with_service("booking", stream=stream(8443)), []),
    (
        "a stream to another port on the internet",
        with_domain(with_service("booking", stream=stream(8443))),
        [f"{BOOKING}.stream.port: 8443 would be open to the internet; 443 where there is a domain"],
    ),
    (
        "six wildcards",
        with_route("booking", paths=("/a*b*c*", "/d*e?f*")),
        [f"{BOOKING}.route.paths: /a*b*c* /d*e?f* has 6 wildcards; at most 5"],
    ),
    (
        "a slow start that is too short",
        with_route("booking", slow_start_seconds=29),
        [f"{BOOKING}.route.slowStartSeconds: 29 is too short; 0, or 30 and more"],
    ),
    (
        "gRPC that nothing lets through",
        with_service("catalogue", stream=None),
        [
            "plinth:services.catalogue.route.protocol: grpc needs TLS, and the stack has no domain; a stream beside the route, "
            "or a name in plinth:dns.domain"
        ],
    ),
    ("gRPC by TLS", with_domain(with_service("catalogue", stream=None)), []),
    (
        "a websocket that is cut off",
        with_balancer("public", idle_seconds=60),
        [
            "plinth:services.websocket.route.protocol: websocket would be cut off by public after 60 s of silence; idleSeconds "
            "above 60 of public"
        ],
    ),
    (
        "sign-in that is off",
        with_domain(with_route("booking", sign_in=True)),
        [f"{BOOKING}.route.signIn: true, but public signs nobody in; signIn.enabled: true of public"],
    ),
    ("sign-in that is on", with_domain(with_balancer("public", with_route("booking", sign_in=True), sign_in=SIGNS_IN)), []),
    (
        "sign-in without a domain",
        with_balancer("public", sign_in=SIGNS_IN),
        [
            "plinth:loadBalancers.public.signIn.enabled: true, but nobody can sign in without TLS, and the stack has no domain; "
            "a name in plinth:dns.domain, or false"
        ],
    ),
    (
        "sign-in without a pool",
        with_domain(with_balancer("public", sign_in=SIGNS_IN.model_copy(update={"user_pool_arn": "", "client_id": ""}))),
        [
            "plinth:loadBalancers.public.signIn.userPoolArn: is not given, but sign-in is on; what the user pool has",
            "plinth:loadBalancers.public.signIn.clientId: is not given, but sign-in is on; what the user pool has",
        ],
    ),
    (
        "sign-in to gRPC",
        with_domain(with_balancer("public", with_route("catalogue", sign_in=True), sign_in=SIGNS_IN)),
        ["plinth:services.catalogue.route.signIn: true, but clients of gRPC see no page to sign in at; false for grpc"],
    ),
    (
        "sign-in where versions take turns",
        with_domain(with_balancer("public", with_route("booking", config("prod"), sign_in=True), sign_in=SIGNS_IN)),
        [f"{BOOKING}.route.signIn: true, but ECS cannot switch a rule that does more than lead on; deployment: rolling"],
    ),
    (
        "a timeout as long as the interval",
        with_balancer("public", health=config().load_balancers["public"].health.model_copy(update={"timeout_seconds": 15})),
        ["plinth:loadBalancers.public.health.timeoutSeconds: 15 is not less than the interval; less than 15"],
    ),
    (
        "keys of the other kind",
        with_balancer("stream", with_balancer("public", cross_zone=True), least_healthy_percent=50),
        [
            "plinth:loadBalancers.public.crossZone: is of network load balancers alone; nothing there",
            "plinth:loadBalancers.stream.leastHealthyPercent: is of application load balancers alone; nothing there",
        ],
    ),
    (
        "one zone",
        config().model_copy(update={"platform": config().platform.model_copy(update={"zones": ("us-east-1a",)})}),
        [
            "plinth:loadBalancers.public: stands in two zones or more, and platform.zones has one; another zone",
            "plinth:data.postgres: PostgreSQL needs two zones; more of platform.zones, or off",
            "plinth:data.mysql: MySQL needs two zones; more of platform.zones, or off",
        ],
    ),
    (
        "a name that joins two",
        config().model_copy(
            update={"load_balancers": {**config().load_balancers, "in-to-it": config().load_balancers["public"]}}
        ),
        ['plinth:loadBalancers["in-to-it"]: has `to` among its words; a name that does not join two'],
    ),
    (
        "requests that nobody counts",
        with_service(
            "booking-worker",
            scaling=config().services["booking"].scaling.model_copy(update={"requests_per_target": 600}),  # type: ignore[union-attr]
        ),
        [
            'plinth:services["booking-worker"].scaling.requestsPerTarget: no load balancer counts its requests; a route, by TLS '
            "where it speaks gRPC"
        ],
    ),
    ("a hundred rules", config().model_copy(update={"services": many(100)}), []),
    (
        "more rules than there can be",
        config().model_copy(update={"services": many(51, deployment="blue-green")}),
        ["plinth:loadBalancers.public: would have 102 rules and target groups; at most 100: another load balancer"],
    ),
    (
        "more listeners than there can be",
        config().model_copy(
            update={
                "services": {
                    name: one.model_copy(update={"stream": stream(1000 + number), "route": None})
                    for number, (name, one) in enumerate(many(51).items())
                }
            }
        ),
        ["plinth:loadBalancers.stream: would have 51 listeners; at most 50: another load balancer"],
    ),
    (
        "no way out for who needs one",
        config().model_copy(
            update={
                "networking": config().networking.model_copy(update={"nat": "none"}),
                "services": {"booking": config().services["booking"]},
            }
        ),
        [
            "plinth:networking.nat: none, but plinth:services.booking.reachesInternet reaches out to the internet; single or "
            "per-zone, or that switched off"
        ],
    ),
]


@pytest.mark.parametrize(("changed", "expected"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_cannot_arrive_is_refused_with_what_would(changed: StackConfig, expected: list[str]) -> None:
    assert faults(changed) == expected


def test_a_route_says_little_and_the_rest_is_understood() -> None:
    route = Route.model_validate({"paths": ("/x",), "priority": 1, "health": "/"})
    assert (route.load_balancer, route.protocol, route.sign_in) == ("public", "http", False)
    assert (route.slow_start_seconds, route.drain_seconds) == (0, 30)
