"""The identity of a service: the role that its code acts in, on whatever it runs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pulumi import Output, ResourceOptions
from pulumi_aws import iam

from components.core.agent import ON_ITS_STATE, ON_NOTHING
from components.core.checks import name_problems, refuse
from components.core.component import Component
from components.core.context import Context
from components.core.logs import log_group_arn, recording
from components.core.machine_names import fleet_arn, records_arn
from components.core.offers import Statement
from components.core.registries import PULL, repository_arn
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.core.trust import ServiceTrust, task_trust
from components.core.verbs import WHOLE_GROUP
from components.security.runtimes import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Host:
    """What a runtime makes of a role: what its job is called, who takes it, what it needs before the first line of our code."""

    job: str
    trust: Callable[[Context, str], ServiceTrust]
    own: Callable[[Context, str], tuple[Statement, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadArgs:
    """The service called `service`, which runs on `runs_on` and may do `statements`. Raises ValueError that names every fault."""

    service: str
    runs_on: Runtime
    statements: tuple[Statement, ...]

    def __post_init__(self) -> None:
        refuse(self, name_problems("service", self.service))


class Workload(Component):
    """The role of one service, with what its `access` list comes to and what its runtime needs, and no more.

    Creates: the role; on EC2 also the instance profile that hands it to the machine.
    Costs: nothing.

    Both are there once the rights are.
    """

    TYPE: ClassVar[str] = "plinth:security:Workload"

    role_arn: Output[str]
    profile_arn: Output[str] | None

    def __init__(self, name: str, args: WorkloadArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        host = _HOSTS[args.runs_on]
        role = ServiceRole(
            f"{name}-identity",
            ServiceRoleArgs(
                trust=host.trust(ctx, args.service),
                statements=(*host.own(ctx, args.service), *args.statements),
                purpose=f"What the service {args.service} may do",
                area=args.service,
                job=host.job,
            ),
            ctx,
            self.under(),
        )
        self.profile_arn = self._profile(args, host, role).arn if args.runs_on == "ec2" else None
        self.role_arn = role.ready_arn
        self.publish()

    def _profile(self, args: WorkloadArgs, host: _Host, role: ServiceRole) -> iam.InstanceProfile:
        name, ctx = f"{self.pulumi_resource_name}-profile", self._ctx
        return iam.InstanceProfile(
            name,
            name=ctx.physical(args.service, host.job, kind="profile"),
            path=ctx.role_path,
            role=role.role_name,
            tags=ctx.tagged(name),
            opts=self.under(after=[role]),
        )


def workload_role_arn(ctx: Context, service: str, runs_on: Runtime) -> str:
    """The ARN of that role, known before it exists."""
    return ctx.role_arn(service, _HOSTS[runs_on].job)


def _nothing(_ctx: Context, _service: str) -> tuple[Statement, ...]:
    return ()


def _tasks(ctx: Context, _service: str) -> ServiceTrust:
    return task_trust(ctx)


def _machines(_ctx: Context, _service: str) -> ServiceTrust:
    return ServiceTrust(service="ec2.amazonaws.com")


def _functions(ctx: Context, service: str) -> ServiceTrust:
    function = ctx.physical(service, "function", kind="function")
    source = f"arn:aws:lambda:{ctx.region}:{ctx.account_id}:function:{function}"
    return ServiceTrust(service="lambda.amazonaws.com", source_arn=source)


def _machine(ctx: Context, service: str) -> tuple[Statement, ...]:
    """What a machine does before the first line of our code: it pulls the image, ships its logs and says that it is ready.

    Sources: ECR user guide, "Amazon ECR private repository policy examples"; Docker documentation, "Amazon CloudWatch Logs
    logging driver"; EC2 Auto Scaling user guide, "Complete a lifecycle action".
    """
    records = records_arn(ctx, service)
    return (
        *_agent(ctx),
        Statement(
            sid="Registry",
            actions=("ecr:GetAuthorizationToken",),
            resources=("*",),
            because="the token is that of the account's registry, which is no resource; what it opens, the next statement says",
        ),
        Statement(sid="Images", actions=PULL, resources=(repository_arn(ctx, service),)),
        recording(records),
        Statement(sid="RecordStreams", actions=("logs:DescribeLogStreams",), resources=(WHOLE_GROUP.replace("{arn}", records),)),
        Statement(sid="Ready", actions=("autoscaling:CompleteLifecycleAction",), resources=(fleet_arn(ctx, service),)),
    )


def _agent(ctx: Context) -> tuple[Statement, ...]:
    """Sessions, commands and patches without an open port."""
    own = f"{ctx.region}:{ctx.account_id}"
    return (
        Statement(
            sid="Agent",
            actions=ON_NOTHING,
            resources=("*",),
            because="the machine speaks of itself, and none of these actions knows a resource",
        ),
        Statement(
            sid="AgentState",
            actions=ON_ITS_STATE,
            resources=(
                f"arn:aws:ec2:{own}:instance/*",
                f"arn:aws:ssm:{own}:association/*",
                f"arn:aws:ssm:{ctx.region}:*:document/*",  # most of them are AWS's own
            ),
        ),
    )


def _records(ctx: Context, service: str) -> tuple[Statement, ...]:
    return (recording(log_group_arn(ctx, service, "function")),)


_HOSTS: Mapping[Runtime, _Host] = {
    "ec2": _Host(job="instance", trust=_machines, own=_machine),
    "ecs": _Host(job="task", trust=_tasks, own=_nothing),
    "lambda": _Host(job="function", trust=_functions, own=_records),
}
