"""The task that makes the users of services in the databases: run once after a deployment, as often as one likes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import ecs

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.logs import log_group, log_group_arn, recording
from components.core.offers import Statement
from components.core.outputs import gather_map
from components.core.parameters import parameter_arn
from components.core.registries import PULL, repository_arn
from components.core.retention import RetentionDays, retention_problems
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.core.trust import task_trust
from components.data.engines import EngineName

_AREA: Final = "logins"
_CPU, _MEMORY_MB = "256", "512"
"""The least that Fargate has (ECS developer guide, "Task CPU and memory")."""
_IMAGE: Final = "image"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A user called `user`, and whose name and password stand in which secret. What it keeps there is called `keeps`."""

    user: str
    keeps: str
    secret_arn: Input[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A database called `database`, whose owner stands in a secret, and the users that it is to have: all others of old go."""

    database: str
    master_secret_arn: Input[str]
    logins: tuple[Login, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginTaskArgs:
    """A task for the databases `targets`, by their engines.

    `reading` is what it takes to read their secrets. `image` is what runs, of the account's own registry `registry`. Raises
    ValueError that names every fault.
    """

    targets: Mapping[EngineName, Target]
    reading: tuple[Statement, ...]
    image: Input[str]
    registry: str
    retention_days: RetentionDays
    logs_key_arn: Input[str]

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        if not self.targets:
            yield "targets: none given; at least one"
        yield from retention_problems(self.retention_days)


class LoginTask(Component):
    """The definition of a task that makes each service a user of its own in each database that it connects to.

    Creates: the definition, its log group, and the role of the agent that starts it, which reads the secrets and
    nothing else. What it does is in images/logins; it runs when somebody says so (docs/DEPLOYMENT.md).
    Costs: a cent or so each time it runs.

    The task itself may do nothing in AWS: what it needs is handed to it at its start.
    """

    TYPE: ClassVar[str] = "plinth:data:LoginTask"

    task_definition_arn: Output[str]

    def __init__(self, name: str, args: LoginTaskArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        log_group(self, ctx, service=_AREA, resource="task", retention_days=args.retention_days, key_arn=args.logs_key_arn)
        starter = ServiceRole(f"{name}-starter", _starter(ctx, args), ctx, self.under())
        task = ecs.TaskDefinition(
            f"{name}-task",
            family=ctx.physical(_AREA, "task", kind="task-family"),
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=_CPU,
            memory=_MEMORY_MB,
            runtime_platform={"cpu_architecture": "X86_64", "operating_system_family": "LINUX"},
            execution_role_arn=starter.ready_arn,
            container_definitions=_containers(ctx, args),
            region=ctx.region,
            tags=ctx.tagged(f"{name}-task"),
            opts=self.under(),
        )
        self.task_definition_arn = task.arn
        self.publish()


def shards_path(engine: EngineName) -> str:
    """The parameter that says where the shards of a database are."""
    return f"database/{engine}/shards"


def _variable(kind: str, *names: str) -> str:
    return "_".join((kind, *names)).upper()


def _containers(ctx: Context, args: LoginTaskArgs) -> Output[str]:
    plan = {
        engine: {
            "database": target.database,
            "logins": {
                login.user: {"keeps": login.keeps, "secret": _variable("LOGIN", engine, login.user)} for login in target.logins
            },
        }
        for engine, target in args.targets.items()
    }
    secrets: dict[str, Input[str]] = {}
    for engine, target in args.targets.items():
        secrets[_variable("SHARDS", engine)] = parameter_arn(ctx, shards_path(engine))
        secrets[_variable("MASTER", engine)] = target.master_secret_arn
        secrets |= {_variable("LOGIN", engine, login.user): login.secret_arn for login in target.logins}

    def written(found: Mapping[str, str]) -> str:
        container: dict[str, Any] = {
            "name": _AREA,
            "image": found[_IMAGE],
            "essential": True,
            "readonlyRootFilesystem": True,
            "environment": [{"name": "LOGINS", "value": json.dumps(plan, sort_keys=True)}],
            "secrets": [{"name": name, "valueFrom": arn} for name, arn in sorted(found.items()) if name != _IMAGE],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": ctx.physical(_AREA, "task", kind="log-group"),
                    "awslogs-region": ctx.region,
                    "awslogs-stream-prefix": _AREA,
                },
            },
        }
        return json.dumps([container], sort_keys=True)

    return gather_map({**secrets, _IMAGE: args.image}).apply(written)


def _starter(ctx: Context, args: LoginTaskArgs) -> ServiceRoleArgs:
    """Source: ECS developer guide, "Amazon ECS task execution IAM role"."""
    return ServiceRoleArgs(
        trust=task_trust(ctx),
        statements=(
            *args.reading,
            Statement(
                sid="Shards",
                actions=("ssm:GetParameters",),
                resources=tuple(parameter_arn(ctx, shards_path(engine)) for engine in args.targets),
            ),
            Statement(
                sid="Registry",
                actions=("ecr:GetAuthorizationToken",),
                resources=("*",),
                because="the token is for the account's registry, and the action knows no resource",
            ),
            Statement(sid="Image", actions=PULL, resources=(repository_arn(ctx, args.registry),)),
            recording(log_group_arn(ctx, _AREA, "task")),
        ),
        purpose="Starts the task that makes the users of services in databases",
        area=_AREA,
        job="starter",
    )
