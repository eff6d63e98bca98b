"""What one task of a service is: its containers, what they are told, and who starts them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import ecs

from components.compute.definitions import Definition, Mount, Port, reference, rendered
from components.compute.fargate import size_problem
from components.compute.registry import pull_statements
from components.core.checks import name_problems, refuse
from components.core.component import Component
from components.core.context import Context
from components.core.logs import log_group, log_group_arn, recording
from components.core.offers import Statement
from components.core.outputs import gather
from components.core.retention import RetentionDays, retention_problems
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.core.told import Told
from components.core.trust import task_trust

_STOP_SECONDS: Final = range(2, 121)
"""How long Fargate waits for a container to end (ECS developer guide, "Container timeouts")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """One container of a task: what runs in it, the variables that anybody may see, and what it is `told` by reference.

    `entry_point`, `command` and `user` take the place of the image's own where they are given. The task ends with a container
    that is `essential`, and goes on without one that is not.
    """

    image: Input[str]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    told: tuple[Told, ...] = ()
    entry_point: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    user: str = ""
    essential: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """Files that services share, entered by one access point. The service finds them at `path`, or can only read them."""

    file_system_id: Input[str]
    access_point_id: Input[str]
    path: str
    read_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskArgs:
    """A task of `service` with `cpu` units and `memory_mb` MiB, one of the pairs that Fargate has.

    `main` listens on `port`, if at all. `sidecars` by name start before it and stop after it; it finds them on localhost. `read`
    is what whoever starts the task reads for what they are told; `pulls` are the images from registries of the stack. Code in it
    acts as `role_arn`. A container has `stop_seconds` (2 to 120) to end. `read_only` says whether files can be written in memory
    and in `volumes` alone, which are by name; `main` has them. Records are kept for `retention_days`, encrypted with `key_arn`.
    Raises ValueError that names every fault.
    """

    service: str
    cpu: int
    memory_mb: int
    main: Container
    role_arn: Input[str]
    key_arn: Input[str]
    retention_days: RetentionDays
    stop_seconds: int
    read_only: bool
    port: Port | None = None
    sidecars: Mapping[str, Container] = field(default_factory=dict[str, Container])
    read: tuple[Statement, ...] = ()
    pulls: tuple[str, ...] = ()
    volumes: Mapping[str, Volume] = field(default_factory=dict[str, Volume])

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        yield from name_problems("service", self.service)
        if problem := size_problem(self.cpu, self.memory_mb):
            yield "{}: {}; {}".format(*problem)
        if self.stop_seconds not in _STOP_SECONDS:
            yield f"stop_seconds: {self.stop_seconds} is not possible; {_STOP_SECONDS[0]} to {_STOP_SECONDS[-1]}"
        if self.service in self.sidecars:
            yield f"sidecars: {self.service} is what the container of the service is called; another name"
        yield from retention_problems(self.retention_days)
        for name, container in {self.service: self.main, **self.sidecars}.items():
            if both := sorted({one.variable for one in container.told} & container.environment.keys()):
                yield f"told: {', '.join(both)} stands in the environment of {name} as well; each variable once"


class Task(Component):
    """The definition of a service's tasks.

    Creates: the definition; the log group of its containers; the role of whoever starts it, which pulls its images, reads what it
    is told and writes its records, and nothing else.
    Costs: the records, by the GB. What runs is charged with the service.

    A definition is never changed: a new one takes its place, and the old one is kept nowhere.
    """

    TYPE: ClassVar[str] = "plinth:compute:Task"

    definition_arn: Output[str]

    def __init__(self, name: str, args: TaskArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        group = log_group(
            self, ctx, service=args.service, resource="task", retention_days=args.retention_days, key_arn=args.key_arn
        )
        starter = ServiceRole(f"{name}-starter", _starter(args, ctx), ctx, self.under())
        definition = ecs.TaskDefinition(
            f"{name}-definition",
            family=ctx.physical(args.service, "task", kind="task-family"),
            cpu=str(args.cpu),
            memory=str(args.memory_mb),
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            runtime_platform={"cpu_architecture": "X86_64", "operating_system_family": "LINUX"},
            execution_role_arn=starter.ready_arn,
            task_role_arn=args.role_arn,
            container_definitions=_definitions(args, ctx),
            volumes=[_volume(name, volume) for name, volume in args.volumes.items()] or None,
            region=ctx.region,
            tags=ctx.tagged(f"{name}-definition"),
            opts=self.under(after=[group]),
        )
        self.definition_arn = definition.arn
        self.publish()


def _starter(args: TaskArgs, ctx: Context) -> ServiceRoleArgs:
    records = recording(log_group_arn(ctx, args.service, "task"))
    return ServiceRoleArgs(
        trust=task_trust(ctx),
        statements=(records, *(pull_statements(ctx, args.pulls) if args.pulls else ()), *args.read),
        purpose=f"Starts the tasks of {args.service}",
        area=args.service,
        job="starter",
    )


def _volume(name: str, volume: Volume) -> ecs.TaskDefinitionVolumeArgs:
    """Over TLS, and as the role of the task: the file system lets in nobody else (`components.storage.file_system`)."""
    return ecs.TaskDefinitionVolumeArgs(
        name=name,
        efs_volume_configuration=ecs.TaskDefinitionVolumeEfsVolumeConfigurationArgs(
            file_system_id=volume.file_system_id,
            transit_encryption="ENABLED",
            authorization_config=ecs.TaskDefinitionVolumeEfsVolumeConfigurationAuthorizationConfigArgs(
                access_point_id=volume.access_point_id, iam="ENABLED"
            ),
        ),
    )


def _definitions(args: TaskArgs, ctx: Context) -> Input[str]:
    """The containers as text: known at once unless an image or a secret is not known yet."""
    containers = {args.service: args.main, **args.sidecars}
    later = [value for one in containers.values() for value in (one.image, *(each.arn for each in one.told))]
    known = [value for value in later if isinstance(value, str)]

    def render(values: list[str]) -> str:
        left = iter(values)
        return rendered([_definition(args, ctx, name, one, left) for name, one in containers.items()])

    return render(known) if len(known) == len(later) else gather(later).apply(render)


def _definition(args: TaskArgs, ctx: Context, name: str, container: Container, known: Iterator[str]) -> Definition:
    """Takes from `known` what is known of the container by now: its image, then the ARN of each thing that it is told."""
    main = name == args.service
    return Definition(
        name=name,
        image=next(known),
        environment=container.environment,
        secrets={one.variable: reference(next(known), one.field) for one in container.told},
        log_group=ctx.physical(args.service, "task", kind="log-group"),
        region=ctx.region,
        stop_seconds=args.stop_seconds,
        read_only=args.read_only,
        entry_point=container.entry_point,
        command=container.command,
        user=container.user,
        essential=container.essential,
        port=args.port if main else None,
        after=tuple(args.sidecars) if main else (),
        mounts=_mounts(args) if main else (),
    )


def _mounts(args: TaskArgs) -> tuple[Mount, ...]:
    return tuple(Mount(volume=name, path=one.path, read_only=one.read_only) for name, one in args.volumes.items())
