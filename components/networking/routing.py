"""How requests and connections get from load balancers to one service."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal, TypeAlias

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import lb

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.offers import Signal
from components.core.outputs import both, gather
from components.networking.listening import TLS_POLICY

Protocol: TypeAlias = Literal["http", "websocket", "grpc"]
_STICKY_SECONDS: Final = 86_400
"""How long a client of a WebSocket is kept with its target when it comes again: the default of AWS, a day."""
_SLOW_START = (30, 900)
"""Seconds (Application Load Balancer user guide, "Edit target group attributes")."""
_SWAPPED = "actions[0].forward.targetGroups"
"""What ECS changes in a rule when versions take turns. All of `actions` would be too much: a refresh reads back a stickiness that
is off with a duration of 0, which the provider then refuses as an input."""
_VERSIONS = "versions"
"""The tag of a rule that says to how many target groups it leads."""
_SIDE, _INTERNET = "side", "internet"
"""The tag of a target group, and of what leads there, that says that its load balancer faces the internet. The other side has no
tag. A load balancer that turns is a new one, made while the old one is there, and a target group is held by one alone
(Application Load Balancer user guide, "Target groups for your Application Load Balancers"): so it becomes a new one too."""
_TURNS = ResourceOptions(replace_on_changes=[f"tags.{_SIDE}"])
_GRPC_OK = "0"
"""The status code OK of gRPC: its health service gives it to who asks how the whole server is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """How a target is found well: asked every `interval_seconds`, it has `timeout_seconds`; so many answers in a row decide."""

    interval_seconds: int
    timeout_seconds: int
    healthy_after: int
    unhealthy_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """The user pool whose users alone get through, the client of it that the load balancer is, and the domain with its page."""

    user_pool_arn: str
    client_id: str
    domain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """Requests that an application load balancer leads to the service: for any of `paths`, of `hosts` unless there are none.

    `load_balancer` is what CloudWatch calls it. `takes_turns` says that two versions of the service take turns, with a target
    group each. Below `least_healthy_percent` healthy targets a zone is left out, and if that leaves none, every target gets
    requests; 0: only where none is healthy. Source: Application Load Balancer user guide, "Edit target group attributes".
    """

    listener_arn: Input[str]
    test_listener_arn: Input[str]
    load_balancer: Input[str]
    hosts: tuple[str, ...]
    paths: tuple[str, ...]
    priority: int
    protocol: Protocol
    health_path: str
    takes_turns: bool
    slow_start_seconds: int = 0
    least_healthy_percent: int = 0
    anomaly_mitigation: bool = False
    sign_in: SignIn | None = None

    @property
    def mitigates(self) -> bool:
        """Whether failing targets get less: not where targets start slowly or keep their clients, which AWS refuses together."""
        return self.anomaly_mitigation and not self.slow_start_seconds and self.protocol != "websocket"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Connections to `port` that a network load balancer leads to the service: by TLS, which ends there, with a certificate."""

    load_balancer_arn: Input[str]
    load_balancer: Input[str]
    port: int
    certificate_arn: Input[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingArgs:
    """A service in `vpc_id` that listens on `port`, whose `targets` are addresses (`ip`) or machines (`instance`).

    A target that goes has `drain_seconds` to finish what it is at. `public` says that the load balancers face the internet.
    Raises ValueError that names every fault.
    """

    vpc_id: Input[str]
    port: int
    targets: Literal["ip", "instance"]
    probe: Probe
    drain_seconds: int
    public: bool = False
    requests: Requests | None = None
    stream: Stream | None = None

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        if self.requests is None and self.stream is None:
            yield "requests, stream: neither given; at least one"
        if self.probe.timeout_seconds >= self.probe.interval_seconds:
            yield f"probe: a timeout of {self.probe.timeout_seconds} s; less than the interval, {self.probe.interval_seconds} s"
        if self.requests is not None:
            yield from _request_problems(self.requests)


def _request_problems(requests: Requests) -> Iterator[str]:
    for path in requests.paths:
        if not path.startswith("/"):
            yield f"requests.paths: {path!r} is no path; one that begins with a slash"
    if requests.slow_start_seconds and not _SLOW_START[0] <= requests.slow_start_seconds <= _SLOW_START[1]:
        yield f"requests.slow_start_seconds: {requests.slow_start_seconds}; 0, or {_SLOW_START[0]} to {_SLOW_START[1]}"
    if requests.takes_turns and requests.sign_in is not None:
        yield "requests.sign_in: ECS cannot switch a rule that does more than lead on; no sign-in, or no turns"


class Routing(Component):
    """The target groups of a service and the rules and listeners that lead there.

    Creates: behind an application load balancer a target group, called blue, a rule for users, and where versions take turns a
    second one, called green, and a rule for testers; behind a network load balancer a target group and a listener.
    Costs: nothing; the load balancers do.
    When not: for a service that only others inside call, the registry of services.

    Whoever swaps versions swaps the weights in both rules, so their actions are left as they are once they exist. A change that
    replaces a target group (another port, say) does not reach them: take turns off first.
    """

    TYPE: ClassVar[str] = "plinth:networking:Routing"

    target_group_arn: Output[str]
    alternate_target_group_arn: Output[str] | None
    production_rule_arn: Output[str] | None
    test_rule_arn: Output[str] | None
    balancer_suffix: Output[str]
    target_group_suffix: Output[str]
    request_label: Output[str]
    stream_target_group_arn: Output[str] | None

    def __init__(self, name: str, args: RoutingArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        self._args = args
        self._watched: list[tuple[str, Literal["ApplicationELB", "NetworkELB"], Input[str], Output[str]]] = []
        self.alternate_target_group_arn = self.production_rule_arn = self.test_rule_arn = None
        self.stream_target_group_arn = None
        if args.requests is not None:
            self._requested(args.requests)
        if args.stream is not None:
            self._streamed(args.stream, alone=args.requests is None)
        self.publish()

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What to watch. Source: the guides of both load balancers on their CloudWatch metrics."""
        return tuple(
            Signal(
                key=f"{self.pulumi_resource_name}-{role}-unhealthy",
                namespace=f"AWS/{namespace}",
                metric="UnHealthyHostCount",
                dimensions={"LoadBalancer": load_balancer, "TargetGroup": group},
                statistic="Maximum",
                threshold=0,
                periods=3,
                meaning="targets do not answer their health check: they are overloaded, broken, or cannot be reached",
            )
            for role, namespace, load_balancer, group in self._watched
        )

    def _requested(self, requests: Requests) -> None:
        blue = self._group("blue", requests)
        groups = [blue, self._group("green", requests)] if requests.takes_turns else [blue]
        production = self._rule("users", requests.listener_arn, requests, groups)
        rules = [production]
        if requests.takes_turns:
            test = self._rule("testers", requests.test_listener_arn, requests, groups)
            rules.append(test)
            self.alternate_target_group_arn = _once(groups[1].arn, rules)
            self.production_rule_arn, self.test_rule_arn = production.arn, test.arn
        self._leads(requests.load_balancer, blue, rules)

    def _streamed(self, stream: Stream, *, alone: bool) -> None:
        group = self._stream_group(stream)
        listener = self._stream_listener(stream, group)
        if alone:
            self._leads(stream.load_balancer, group, [listener])
        else:
            self.stream_target_group_arn = _once(group.arn, [listener])

    def _leads(self, load_balancer: Input[str], group: lb.TargetGroup, there: Sequence[lb.ListenerRule | lb.Listener]) -> None:
        """What is known of the first way to the service. Source: Application Auto Scaling API reference, `ResourceLabel`."""
        self.target_group_arn = _once(group.arn, there)
        self.balancer_suffix, self.target_group_suffix = Output.from_input(load_balancer), group.arn_suffix
        self.request_label = both(load_balancer, group.arn_suffix, lambda first, second: f"{first}/{second}")

    def _group(self, role: str, requests: Requests) -> lb.TargetGroup:
        name, ctx, args = f"{self.pulumi_resource_name}-{role}", self._ctx, self._args
        group = lb.TargetGroup(
            name,
            vpc_id=args.vpc_id,
            port=args.port,
            protocol="HTTP",
            protocol_version="GRPC" if requests.protocol == "grpc" else "HTTP1",
            target_type=args.targets,
            deregistration_delay=args.drain_seconds,
            slow_start=requests.slow_start_seconds,
            load_balancing_algorithm_type="weighted_random" if requests.mitigates else "round_robin",
            load_balancing_anomaly_mitigation="on" if requests.mitigates else "off",
            stickiness={
                "type": "lb_cookie",
                "enabled": requests.protocol == "websocket",
                "cookie_duration": _STICKY_SECONDS,
            },
            health_check={
                **_asked(args.probe),
                "protocol": "HTTP",
                "path": requests.health_path,
                "matcher": _GRPC_OK if requests.protocol == "grpc" else "200",
            },
            target_group_health=_least_healthy(requests.least_healthy_percent),
            region=ctx.region,
            tags=ctx.tagged(name, **self._side()),
            opts=ResourceOptions.merge(self.under(), _TURNS),
        )
        self._watched.append((role, "ApplicationELB", requests.load_balancer, group.arn_suffix))
        return group

    def _rule(self, role: str, listener_arn: Input[str], requests: Requests, groups: Sequence[lb.TargetGroup]) -> lb.ListenerRule:
        name, ctx = f"{self.pulumi_resource_name}-{role}", self._ctx
        return lb.ListenerRule(
            name,
            listener_arn=listener_arn,
            priority=requests.priority,
            conditions=list(_conditions(requests)),
            actions=list(_actions(requests.sign_in, groups)),
            region=ctx.region,
            tags=ctx.tagged(name, **{_VERSIONS: str(len(groups))}, **self._side()),
            opts=ResourceOptions.merge(
                self.under(ignore=(_SWAPPED,) if requests.takes_turns else ()),
                # From one version to two is another rule, as is one to new groups: what is ignored would stay as it was. A
                # priority is given once.
                ResourceOptions(replace_on_changes=[f"tags.{_VERSIONS}", f"tags.{_SIDE}"], delete_before_replace=True),
            ),
        )

    def _side(self) -> dict[str, str]:
        return {_SIDE: _INTERNET} if self._args.public else {}

    def _stream_group(self, stream: Stream) -> lb.TargetGroup:
        name, ctx, args = f"{self.pulumi_resource_name}-stream", self._ctx, self._args
        group = lb.TargetGroup(
            name,
            vpc_id=args.vpc_id,
            port=args.port,
            protocol="TCP",
            target_type=args.targets,
            deregistration_delay=args.drain_seconds,
            health_check={**_asked(args.probe), "protocol": "TCP"},
            region=ctx.region,
            tags=ctx.tagged(name, **self._side()),
            opts=ResourceOptions.merge(self.under(), _TURNS),
        )
        self._watched.append(("stream", "NetworkELB", stream.load_balancer, group.arn_suffix))
        return group

    def _stream_listener(self, stream: Stream, group: lb.TargetGroup) -> lb.Listener:
        name, ctx = f"{self.pulumi_resource_name}-stream-listener", self._ctx
        by_tls = stream.certificate_arn is not None
        return lb.Listener(
            name,
            load_balancer_arn=stream.load_balancer_arn,
            port=stream.port,
            protocol="TLS" if by_tls else "TCP",
            ssl_policy=TLS_POLICY if by_tls else None,
            # Without it a client of gRPC is not told that HTTP/2 is spoken, and goes away.
            alpn_policy="HTTP2Preferred" if by_tls else None,
            certificate_arn=stream.certificate_arn,
            default_actions=[{"type": "forward", "target_group_arn": group.arn}],
            region=ctx.region,
            tags=ctx.tagged(name),
            opts=self.under(),
        )


def _asked(probe: Probe) -> lb.TargetGroupHealthCheckArgsDict:
    return {
        "interval": probe.interval_seconds,
        "timeout": probe.timeout_seconds,
        "healthy_threshold": probe.healthy_after,
        "unhealthy_threshold": probe.unhealthy_after,
    }


def _least_healthy(percent: int) -> lb.TargetGroupTargetGroupHealthArgsDict:
    """Both limits at once: a zone that falls below leaves DNS, and where all have left, requests go to every target."""
    share = str(percent) if percent else "off"
    return {
        "dns_failover": {"minimum_healthy_targets_count": "1", "minimum_healthy_targets_percentage": share},
        "unhealthy_state_routing": {"minimum_healthy_targets_count": 1, "minimum_healthy_targets_percentage": share},
    }


def _conditions(requests: Requests) -> Iterator[lb.ListenerRuleConditionArgsDict]:
    if requests.hosts:
        yield {"host_header": {"values": list(requests.hosts)}}
    yield {"path_pattern": {"values": list(requests.paths)}}


def _actions(sign_in: SignIn | None, groups: Sequence[lb.TargetGroup]) -> Iterator[lb.ListenerRuleActionArgsDict]:
    if sign_in is not None:
        yield {
            "type": "authenticate-cognito",
            "order": 1,
            "authenticate_cognito": {
                "user_pool_arn": sign_in.user_pool_arn,
                "user_pool_client_id": sign_in.client_id,
                "user_pool_domain": sign_in.domain,
                "on_unauthenticated_request": "authenticate",
            },
        }
    weighed: list[lb.ListenerRuleActionForwardTargetGroupArgsDict] = [
        {"arn": group.arn, "weight": 0 if index else 100} for index, group in enumerate(groups)
    ]
    yield {"type": "forward", "order": 1 if sign_in is None else 2, "forward": {"target_groups": weighed}}


def _once(arn: Output[str], there: Sequence[lb.ListenerRule | lb.Listener]) -> Output[str]:
    """`arn`, known once all of these are there."""
    return gather([arn, *(one.arn for one in there)]).apply(lambda known: known[0])
