"""Load balancers and the ways through them: what the program builds of components of networking for who comes from outside."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pulumi import Output

from components.core.context import Context
from components.core.contracts import Entrance, LogTarget, PrivateNetwork, Routed, SecurityGroups, StreamEntrance
from stack.config.load_balancers import LoadBalancer
from stack.config.loader import Stack
from stack.config.public_names import PUBLIC, hosts
from stack.config.services import Route, Service
from stack.config.services import Stream as Wanted
from stack.config.traffic_rules import balancers_of
from stack.connections import group_in_front
from stack.services import for_service
from stack.storage import HOME

if TYPE_CHECKING:
    from components.networking.routing import Probe, Requests, SignIn, Stream

_KEY: Final = "plinth:loadBalancers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What load balancers are built on.

    With `certificate_arn` they face the internet, without it they stand inside the network.
    """

    network: PrivateNetwork
    firewall: SecurityGroups
    certificate_arn: Output[str] | None
    archives: Mapping[str, LogTarget]

    @property
    def public(self) -> bool:
        """Whether they face the internet."""
        return self.certificate_arn is not None

    @property
    def subnet_ids(self) -> Mapping[str, Output[str]]:
        """Where they stand: in all zones, wherever workloads run, since a load balancer wants two."""
        return self.network.public_subnet_ids if self.public else self.network.private_subnet_ids


def entrances(stack: Stack, ctx: Context, around: Around) -> Mapping[str, Entrance]:
    """The application load balancers."""
    wanted = balancers_of(stack.config, "application")
    if not wanted:
        return {}
    from components.networking.load_balancer import LoadBalancer as Application
    from components.networking.load_balancer import LoadBalancerArgs

    return {
        name: Application(
            f"load-balancer-{name}",
            LoadBalancerArgs(
                subnet_ids=around.subnet_ids,
                group_id=around.firewall.group_ids[group_in_front(name)],
                certificate_arn=around.certificate_arn,
                idle_seconds=one.idle_seconds,
                deletion_protection=one.deletion_protection,
                zonal_shift=one.zonal_shift,
                logs_bucket=_logs(around, one),
            ),
            ctx.asked_by(f"{_KEY}.{name}"),
        )
        for name, one in wanted.items()
    }


def streams(stack: Stack, ctx: Context, around: Around) -> Mapping[str, StreamEntrance]:
    """The network load balancers, which face the same side."""
    wanted = balancers_of(stack.config, "network")
    if not wanted:
        return {}
    from components.networking.network_load_balancer import NetworkLoadBalancer, NetworkLoadBalancerArgs

    return {
        name: NetworkLoadBalancer(
            f"load-balancer-{name}",
            NetworkLoadBalancerArgs(
                subnet_ids=around.subnet_ids,
                group_id=around.firewall.group_ids[group_in_front(name)],
                public=around.public,
                cross_zone=one.cross_zone,
                deletion_protection=one.deletion_protection,
                zonal_shift=one.zonal_shift,
                logs_bucket=_logs(around, one),
            ),
            ctx.asked_by(f"{_KEY}.{name}"),
        )
        for name, one in wanted.items()
    }


def routed(
    stack: Stack, ctx: Context, around: Around, entrances: Mapping[str, Entrance], streams: Mapping[str, StreamEntrance]
) -> Mapping[str, Routed]:
    """How each service that can be reached from outside is reached, by its name.

    gRPC gets through an application load balancer by TLS alone (its user guide, "Target groups for your Application Load
    Balancers", on the protocol version): while there is no certificate a service that speaks it has its stream and nothing else.
    """
    return dict(_routed(stack, ctx, around, entrances, streams))


def _routed(
    stack: Stack, ctx: Context, around: Around, entrances: Mapping[str, Entrance], streams: Mapping[str, StreamEntrance]
) -> Iterator[tuple[str, Routed]]:
    for name, service in stack.config.services.items():
        route = _possible(service.route, by_tls=around.public)
        way = route or service.stream
        if service.port is None or way is None:
            continue
        from components.networking.routing import Routing, RoutingArgs

        requests = None if route is None else _requests(stack, service, route, entrances[route.load_balancer])
        stream = None if service.stream is None else _stream(service.stream, streams, around.certificate_arn)
        args = RoutingArgs(
            vpc_id=around.network.vpc_id,
            port=service.port,
            targets="ip" if service.runs_on == "ecs" else "instance",
            probe=_probe(stack.config.load_balancers[way.load_balancer]),
            drain_seconds=service.stop_seconds if service.route is None else service.route.drain_seconds,
            public=around.public,
            requests=requests,
            stream=stream,
        )
        yield name, Routing(f"route-{name}", args, for_service(stack, ctx, name))


def _logs(around: Around, one: LoadBalancer) -> Output[str] | None:
    return around.archives[HOME].bucket_name if one.access_logs and HOME in around.archives else None


def _possible(route: Route | None, *, by_tls: bool) -> Route | None:
    return None if route is None or (route.protocol == "grpc" and not by_tls) else route


def _requests(stack: Stack, service: Service, route: Route, entrance: Entrance) -> "Requests":
    from components.networking.routing import Requests

    through = stack.config.load_balancers[route.load_balancer]
    return Requests(
        listener_arn=entrance.listener_arn,
        test_listener_arn=entrance.test_listener_arn,
        load_balancer=entrance.arn_suffix,
        hosts=hosts(stack.config) if route.load_balancer == PUBLIC else (),
        paths=route.paths,
        priority=route.priority,
        protocol=route.protocol,
        health_path=route.health,
        takes_turns=service.deployment == "blue-green",
        slow_start_seconds=route.slow_start_seconds,
        least_healthy_percent=through.least_healthy_percent,
        anomaly_mitigation=through.anomaly_mitigation,
        sign_in=_sign_in(through) if route.sign_in else None,
    )


def _sign_in(through: LoadBalancer) -> "SignIn | None":
    from components.networking.routing import SignIn

    pool = through.sign_in
    return None if pool is None else SignIn(user_pool_arn=pool.user_pool_arn, client_id=pool.client_id, domain=pool.domain)


def _stream(wanted: Wanted, streams: Mapping[str, StreamEntrance], certificate_arn: Output[str] | None) -> "Stream":
    from components.networking.routing import Stream

    entrance = streams[wanted.load_balancer]
    return Stream(
        load_balancer_arn=entrance.arn,
        load_balancer=entrance.arn_suffix,
        port=wanted.port,
        certificate_arn=certificate_arn,
    )


def _probe(through: LoadBalancer) -> "Probe":
    from components.networking.routing import Probe

    health = through.health
    return Probe(
        interval_seconds=health.interval_seconds,
        timeout_seconds=health.timeout_seconds,
        healthy_after=health.healthy_after,
        unhealthy_after=health.unhealthy_after,
    )
