"""A service on Fargate: its tasks are kept running, found, and replaced by a new version without anybody noticing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal, TypeAlias

from pulumi import Input, Output, Resource, ResourceOptions
from pulumi_aws import ecs, servicediscovery

from components.compute.definitions import Port
from components.compute.fargate import strategy
from components.core.alarms import alarm
from components.core.checks import name_problems, refuse
from components.core.component import Component
from components.core.context import Context
from components.core.contracts import ContainerCluster, Routed, ServiceRegistry
from components.core.offers import Signal

Turnover: TypeAlias = Literal["rolling", "blue-green"]
_GRACE_SECONDS: Final = 60
"""For how long a new task may fail the load balancer's checks: what a container takes to start, and a page of Django to come."""
_FAILED: Final = 10
"""How many requests a minute may fail before a new version is taken back."""
_DNS_SECONDS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class EcsServiceArgs:
    """`count` tasks of `definition_arn` to begin with, in `cluster`, on the subnets `subnet_ids` (by zone).

    They wear `group_ids`. `spot_percent` of them (0 to 100) run on Spot. `port` is where they listen, if at all; `registry` where
    they are found by name; `routed` how requests get to them. A new version replaces them by `turnover`: `blue-green` lets users
    to it once it is whole, and back within `bake_minutes` where requests fail; it needs two target groups. `sessions` says if
    people may open sessions in the containers. `calls` are the services that it calls, which are made before it: a task knows
    the aliases that were there when its deployment began (ECS developer guide, "Service Connect", "Deployment order"). Raises
    ValueError that names every fault.
    """

    service: str
    cluster: ContainerCluster
    definition_arn: Input[str]
    subnet_ids: Mapping[str, Input[str]]
    group_ids: tuple[Input[str], ...]
    count: int
    turnover: Turnover
    spot_percent: int = 0
    bake_minutes: int = 0
    sessions: bool = False
    port: Port | None = None
    registry: ServiceRegistry | None = None
    routed: Routed | None = None
    calls: tuple[Resource, ...] = ()

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        yield from name_problems("service", self.service)
        if not self.subnet_ids:
            yield "subnet_ids: none given; one for each zone to run in"
        if not self.group_ids:
            yield "group_ids: none given; the security groups of the tasks"
        if not 0 <= self.spot_percent <= 100:
            yield f"spot_percent: {self.spot_percent} is no percentage; 0 to 100"
        if self.routed and not self.port:
            yield "port: none given, but requests are led here; where the tasks listen"
        if self.routed and self.turnover == "blue-green" and not _takes_turns(self.routed, self.cluster):
            yield "routed: versions cannot take turns; two target groups, the rule that leads to one, a role that moves it"


class EcsService(Component):
    """A service and how it is found.

    Creates: the service; its name in the private domain, where it listens and versions do not take turns (those are found through
    Service Connect alone); alarms that take a new version back, where they do.
    Costs: its tasks by the second; the alarms by the month.

    How many tasks there are is changed by what scales it: after its creation the program leaves the number alone.
    """

    TYPE: ClassVar[str] = "plinth:compute:EcsService"

    service_name: Output[str]
    service_arn: Output[str]

    def __init__(self, name: str, args: EcsServiceArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        self._args = args
        turns = args.routed if args.turnover == "blue-green" else None
        service = ecs.Service(
            f"{name}-service",
            cluster=args.cluster.cluster_arn,
            task_definition=args.definition_arn,
            desired_count=args.count,
            capacity_provider_strategies=[
                {"capacity_provider": market, "weight": weight}
                for market, weight in strategy(args.spot_percent).items()
                if weight
            ],
            force_new_deployment=True,  # or another share of Spot would replace the service, and nobody would answer meanwhile
            network_configuration={
                "subnets": list(args.subnet_ids.values()),
                "security_groups": list(args.group_ids),
                "assign_public_ip": False,
            },
            load_balancers=list(_load_balancers(args)),
            health_check_grace_period_seconds=_GRACE_SECONDS if args.routed else None,
            deployment_configuration=_deployment(args),
            deployment_circuit_breaker={"enable": True, "rollback": True},
            alarms=self._alarms(turns) if turns else None,
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            availability_zone_rebalancing="ENABLED",
            service_connect_configuration=_connect(args),
            service_registries=self._registered(),
            enable_execute_command=args.sessions,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            region=ctx.region,
            tags=ctx.tagged(f"{name}-service"),
            opts=self.under(after=args.calls, ignore=["desiredCount"]),
        )
        self.service_name = service.name
        self.service_arn = service.arn
        self.publish()

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What should be watched."""
        return tuple(self._signals())

    def _signals(self) -> Iterator[Signal]:
        of_service = {"ClusterName": self._args.cluster.cluster_name, "ServiceName": self.service_name}
        for metric, meaning in (("CPUUtilization", "computes"), ("MemoryUtilization", "holds in memory")):
            yield Signal(
                key=metric.removesuffix("Utilization").lower(),
                namespace="AWS/ECS",
                metric=metric,
                dimensions=of_service,
                statistic="Average",
                threshold=90,
                periods=3,
                meaning=f"{self._args.service} {meaning} more than its tasks can bear, and there are as many as there may be",
            )
        yield Signal(
            key="running",
            namespace="ECS/ContainerInsights",
            metric="RunningTaskCount",
            dimensions=of_service,
            statistic="Minimum",
            threshold=self._args.count,
            over=False,
            period_seconds=60,
            periods=5,
            meaning=f"fewer tasks of {self._args.service} run than must: they do not start, or do not stay",
        )
        if self._args.routed:
            yield from self._unhealthy(self._args.routed)

    def _unhealthy(self, routed: Routed) -> Iterator[Signal]:
        for key, group in zip(("unhealthy", "unhealthy-alternate"), versions(routed), strict=False):
            yield Signal(
                key=key,
                namespace="AWS/ApplicationELB",
                metric="UnHealthyHostCount",
                dimensions={"LoadBalancer": routed.balancer_suffix, "TargetGroup": group},
                statistic="Maximum",
                threshold=0,
                period_seconds=60,
                periods=5,
                meaning=f"a task of {self._args.service} does not answer the load balancer's checks",
            )

    def _registered(self) -> ecs.ServiceServiceRegistriesArgs | None:
        """A record for each task, which ECS keeps."""
        args, ctx, name = self._args, self._ctx, f"{self.pulumi_resource_name}-name"
        if args.registry is None or args.port is None or args.turnover == "blue-green":
            return None
        entry = servicediscovery.Service(
            name,
            name=args.service,
            dns_config={
                "namespace_id": args.registry.namespace_id,
                "dns_records": [{"type": "A", "ttl": _DNS_SECONDS}],
                "routing_policy": "MULTIVALUE",
            },
            force_destroy=True,  # tasks that are still registered would keep it from going
            region=ctx.region,
            tags=ctx.tagged(name),
            opts=self.under(),
        )
        return ecs.ServiceServiceRegistriesArgs(registry_arn=entry.arn)

    def _alarms(self, turns: Routed) -> ecs.ServiceAlarmsArgs:
        """Requests that fail at either of the two versions take the new one back."""
        groups = zip(("errors", "errors-alternate"), versions(turns), strict=False)
        names = [self._alarm(key, {"LoadBalancer": turns.balancer_suffix, "TargetGroup": group}) for key, group in groups]
        return ecs.ServiceAlarmsArgs(alarm_names=names, enable=True, rollback=True)

    def _alarm(self, key: str, dimensions: Mapping[str, Output[str]]) -> Output[str]:
        failing = Signal(
            key=key,
            namespace="AWS/ApplicationELB",
            metric="HTTPCode_Target_5XX_Count",
            dimensions=dimensions,
            statistic="Sum",
            threshold=_FAILED,
            period_seconds=60,
            periods=2,
            meaning=f"More than {_FAILED} requests a minute to {self._args.service} fail: a new version is taken back",
        )
        return alarm(self, self._ctx, failing).name


def versions(routed: Routed) -> tuple[Output[str], ...]:
    """What CloudWatch calls the target groups of a service: one, and where versions take turns another."""
    if routed.alternate_target_group_arn is None:
        return (routed.target_group_suffix,)
    return routed.target_group_suffix, routed.alternate_target_group_arn.apply(lambda arn: arn.rpartition(":")[2])


def _takes_turns(routed: Routed, cluster: ContainerCluster) -> bool:
    return None not in (routed.alternate_target_group_arn, routed.production_rule_arn, cluster.turns_role_arn)


def _load_balancers(args: EcsServiceArgs) -> Iterator[ecs.ServiceLoadBalancerArgs]:
    if args.routed is None or args.port is None:
        return
    where: dict[str, Any] = {"container_name": args.service, "container_port": args.port.number}
    turns = _turns(args.routed, args.cluster) if args.turnover == "blue-green" else None
    yield ecs.ServiceLoadBalancerArgs(target_group_arn=args.routed.target_group_arn, advanced_configuration=turns, **where)
    if args.routed.stream_target_group_arn is not None:
        yield ecs.ServiceLoadBalancerArgs(target_group_arn=args.routed.stream_target_group_arn, **where)


def _turns(routed: Routed, cluster: ContainerCluster) -> ecs.ServiceLoadBalancerAdvancedConfigurationArgs | None:
    alternate, rule, role = routed.alternate_target_group_arn, routed.production_rule_arn, cluster.turns_role_arn
    if alternate is None or rule is None or role is None:
        return None
    return ecs.ServiceLoadBalancerAdvancedConfigurationArgs(
        alternate_target_group_arn=alternate,
        production_listener_rule=rule,
        test_listener_rule=routed.test_rule_arn,
        role_arn=role,
    )


def _deployment(args: EcsServiceArgs) -> ecs.ServiceDeploymentConfigurationArgs:
    if args.turnover == "rolling":
        return ecs.ServiceDeploymentConfigurationArgs(strategy="ROLLING")
    return ecs.ServiceDeploymentConfigurationArgs(strategy="BLUE_GREEN", bake_time_in_minutes=str(args.bake_minutes))


def _connect(args: EcsServiceArgs) -> ecs.ServiceServiceConnectConfigurationArgs | None:
    """Every service may call others by their names; one that listens is called `<service>` by them, on its own port.

    Its entry in the namespace has another name than that in the private domain: both are of one kind, and a name is taken once.
    """
    if args.registry is None:
        return None
    offered = (
        [
            ecs.ServiceServiceConnectConfigurationServiceArgs(
                port_name=args.port.name,
                discovery_name=f"{args.service}-connect",
                client_alias=[
                    ecs.ServiceServiceConnectConfigurationServiceClientAliasArgs(port=args.port.number, dns_name=args.service)
                ],
            )
        ]
        if args.port
        else []
    )
    return ecs.ServiceServiceConnectConfigurationArgs(enabled=True, namespace=args.registry.namespace_arn, services=offered)
