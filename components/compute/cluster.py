"""Where containers run: a cluster on Fargate, without machines of our own."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import ecs

from components.compute.fargate import ON_DEMAND, SPOT, strategy
from components.compute.task_rights import AREA
from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.contracts import SessionRecords
from components.core.offers import Statement
from components.core.outputs import gather
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.core.tagging import ENVIRONMENT, PROJECT
from components.core.trust import ServiceTrust

Insights: TypeAlias = Literal["enhanced", "enabled", "disabled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterArgs:
    """A cluster with Container Insights as `insights` says.

    `spot_percent` (0 to 100) of the tasks that no service starts are on Spot. `takes_turns` says whether versions of a service
    take turns behind a load balancer: ECS then leads users from one to the other. `sessions` is where sessions in containers are
    recorded; None: nobody opens any. `namespace_arn` is where Service Connect registers names. Raises ValueError that names
    every fault.
    """

    insights: Insights
    spot_percent: int
    takes_turns: bool = False
    sessions: SessionRecords | None = None
    namespace_arn: Input[str] | None = None

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        if not 0 <= self.spot_percent <= 100:
            yield f"spot_percent: {self.spot_percent} is no percentage; 0 to 100"


class Cluster(Component):
    """A cluster whose tasks run on Fargate or on Fargate Spot.

    Creates: the cluster; its two capacity providers, with the share of Spot as what happens where nobody says otherwise; the
    role in which ECS leads users from one version of a service to the next, where versions take turns.
    Costs: nothing itself; the metrics of Container Insights, by their number.

    `cluster_arn` is there once the capacity providers are: a service that names one before is refused.
    """

    TYPE: ClassVar[str] = "plinth:compute:Cluster"

    cluster_arn: Output[str]
    cluster_name: str
    turns_role_arn: Output[str] | None

    def __init__(self, name: str, args: ClusterArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        cluster = ecs.Cluster(
            f"{name}-cluster",
            name=cluster_name(ctx),
            settings=[{"name": "containerInsights", "value": args.insights}],
            configuration=_configuration(args.sessions),
            service_connect_defaults={"namespace": args.namespace_arn} if args.namespace_arn else None,
            region=ctx.region,
            tags=ctx.tagged(f"{name}-cluster"),
            opts=self.under(),
        )
        providers = ecs.ClusterCapacityProviders(
            f"{name}-providers",
            cluster_name=cluster.name,
            capacity_providers=[ON_DEMAND, SPOT],
            default_capacity_provider_strategies=[
                {"capacity_provider": market, "weight": weight} for market, weight in strategy(args.spot_percent).items()
            ],
            region=ctx.region,
            opts=self.under(),
        )
        self.cluster_arn = gather([cluster.arn, providers.id]).apply(_first)
        self.cluster_name = cluster_name(ctx)
        self.turns_role_arn = self._turns_role() if args.takes_turns else None
        self.publish()

    def _turns_role(self) -> Output[str]:
        ctx = self._ctx
        args = ServiceRoleArgs(
            trust=ServiceTrust(service="ecs.amazonaws.com", source_arn=f"arn:aws:ecs:{ctx.region}:{ctx.account_id}:*"),
            statements=_turning(ctx),
            purpose="Leads users from one version of a service to the next",
            area=AREA,
            job="turns",
        )
        return ServiceRole(f"{self.pulumi_resource_name}-turns", args, ctx, self.under()).ready_arn


def cluster_name(ctx: Context) -> str:
    """What the cluster is called, known before it exists."""
    return ctx.physical(AREA, "cluster", kind="container-cluster")


def _configuration(sessions: SessionRecords | None) -> ecs.ClusterConfigurationArgs | None:
    if sessions is None:
        return None
    return ecs.ClusterConfigurationArgs(
        execute_command_configuration=ecs.ClusterConfigurationExecuteCommandConfigurationArgs(
            logging="OVERRIDE",
            log_configuration=ecs.ClusterConfigurationExecuteCommandConfigurationLogConfigurationArgs(
                cloud_watch_encryption_enabled=True, cloud_watch_log_group_name=sessions.log_group_name
            ),
        )
    )


def _turning(ctx: Context) -> tuple[Statement, ...]:
    """Source: the AWS managed policy AmazonECSInfrastructureRolePolicyForLoadBalancers, narrowed to what this stack made."""
    own = f"arn:aws:elasticloadbalancing:{ctx.region}:{ctx.account_id}"
    ours = {"StringEquals": {f"aws:ResourceTag/{PROJECT}": ctx.project, f"aws:ResourceTag/{ENVIRONMENT}": ctx.environment}}
    return (
        Statement(
            sid="Look",
            actions=(
                "elasticloadbalancing:DescribeListeners",
                "elasticloadbalancing:DescribeRules",
                "elasticloadbalancing:DescribeTargetGroups",
                "elasticloadbalancing:DescribeTargetHealth",
            ),
            resources=("*",),
            because="Elastic Load Balancing lists everything or nothing",
        ),
        Statement(
            sid="Register",
            actions=("elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"),
            resources=(f"{own}:targetgroup/*/*",),
            conditions=ours,
        ),
        Statement(
            sid="Lead",
            actions=("elasticloadbalancing:ModifyRule",),
            resources=(f"{own}:listener-rule/app/*/*/*/*",),
            conditions=ours,
        ),
    )


def _first(values: list[str]) -> str:
    return values[0]
