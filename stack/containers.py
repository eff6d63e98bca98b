"""Services on ECS: what the program builds of components of compute for them, from the entries of the stack file alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pulumi import Output

from components.core.context import Context
from components.core.contracts import ContainerCluster, EncryptionKey, Routed, SessionRecords, SharedFiles
from components.core.offers import Statement
from components.core.told import Told
from components.core.tracing import COLLECTOR
from components.storage.files import mounted_at
from stack.config.container_rules import PGBOUNCER, PGBOUNCER_PORT, traces
from stack.config.loader import Stack
from stack.config.model import StackConfig
from stack.config.services import Scaling, Service
from stack.config.told import STORES, called, read_at_start
from stack.connections import group_of
from stack.images import Images
from stack.services import for_service, hours
from stack.surroundings import Surroundings
from stack.things import rights
from stack.told import said, told

if TYPE_CHECKING:
    from components.compute.definitions import Port
    from components.compute.ecs_service import EcsService
    from components.compute.task import Container, Volume


_IN_MEMORY: Final = "/dev/shm"  # noqa: S108
"""Where a container may write: in its own memory, which nobody shares. The rest of its file system may be read-only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Containers:
    """What runs on ECS, as others may know it: the cluster, and what it calls each service."""

    cluster_name: str
    service_names: Mapping[str, Output[str]]


def containers(stack: Stack, ctx: Context, around: Surroundings) -> Containers | None:
    """Every service that runs on ECS, and what they share; None where there is none."""
    wanted = {name: service for name, service in stack.config.services.items() if service.runs_on == "ecs"}
    if not wanted:
        return None
    from components.compute.cluster import Cluster, ClusterArgs

    config = stack.config.containers
    asked = ctx.asked_by("plinth:containers")
    cluster = Cluster(
        "containers",
        ClusterArgs(
            insights=config.insights,
            spot_percent=config.spot_percent,
            takes_turns=any(service.deployment == "blue-green" for service in wanted.values()),
            sessions=_sessions(stack, ctx, around.logs_key),
            namespace_arn=around.discovery.namespace_arn if around.discovery else None,
        ),
        asked,
    )
    made: dict[str, EcsService] = {}
    for name in _callees_first(stack.config, wanted):
        made[name] = _service(stack, ctx, name, cluster, around, made)
    return Containers(cluster_name=cluster.cluster_name, service_names={name: made[name].service_name for name in wanted})


def _callees_first(config: StackConfig, names: Iterable[str]) -> Iterable[str]:
    """The services in an order in which whoever is called comes first; of two that call each other one does, all the same."""
    found: dict[str, None] = {}

    def add(name: str, callers: tuple[str, ...]) -> None:
        for callee in called(config, name):
            if callee not in found and callee not in callers:
                add(callee, (*callers, name))
        found.setdefault(name)

    for name in names:
        add(name, (name,))
    return found


def own_rights(stack: Stack, ctx: Context, name: str) -> tuple[Statement, ...]:
    """What code of a service may do because of where it runs, beside what its `access` list comes to."""
    service = stack.config.services[name]
    if service.runs_on != "ecs":
        return ()
    from components.compute.collector import trace_statements
    from components.compute.task_rights import backlog_statements, session_statements

    says = backlog_statements() if service.scaling and service.scaling.backlog else ()
    sessions = session_statements(ctx) if stack.config.containers.exec.enabled else ()
    return (*says, *sessions, *(trace_statements() if traces(stack.config, name) else ()))


def environment(stack: Stack, ctx: Context, name: str) -> Mapping[str, str]:
    """What anybody may see of what a service on ECS is told."""
    pooled = {"PGBOUNCER": "1"} if PGBOUNCER in stack.config.services[name].sidecars else {}
    return {"TMPDIR": _IN_MEMORY, **pooled, **_traced(stack, ctx, name), **said(stack, ctx, name)}


def _traced(stack: Stack, ctx: Context, name: str) -> Mapping[str, str]:
    if not traces(stack.config, name):
        return {}
    from components.compute.collector import traced

    return traced(name, ctx.environment, stack.config.observability.tracing.sample_percent)


def _sessions(stack: Stack, ctx: Context, logs_key: EncryptionKey) -> SessionRecords | None:
    config = stack.config.containers
    if not config.exec.enabled:
        return None
    from components.compute.sessions import Sessions, SessionsArgs

    args = SessionsArgs(retention_days=config.logs_retention_days, key_arn=logs_key.key_arn)
    return Sessions("sessions", args, ctx.asked_by("plinth:containers.exec"))


def _service(
    stack: Stack, ctx: Context, name: str, cluster: ContainerCluster, around: Surroundings, there: Mapping[str, "EcsService"]
) -> "EcsService":
    from components.compute.ecs_service import EcsService, EcsServiceArgs

    service, config = stack.config.services[name], stack.config.containers
    asked = for_service(stack, ctx, name)
    routed = around.routed.get(name)
    made = EcsService(
        f"tasks-{name}",
        EcsServiceArgs(
            service=name,
            cluster=cluster,
            definition_arn=_task(stack, asked, name, around),
            subnet_ids=around.subnet_ids,
            group_ids=(around.firewall.group_ids["ecs"], around.firewall.group_ids[group_of(name)]),
            count=_scaling(service).least,
            turnover=service.deployment,
            spot_percent=config.spot_percent if service.spot else 0,
            bake_minutes=config.bake_minutes,
            sessions=config.exec.enabled,
            port=_port(service),
            registry=around.discovery,
            routed=routed,
            calls=tuple(there[callee] for callee in called(stack.config, name) if callee in there),
        ),
        asked,
    )
    _scales(stack, asked, name, cluster.cluster_name, made.service_name, routed)
    return made


def _task(stack: Stack, ctx: Context, name: str, around: Surroundings) -> Output[str]:
    from components.compute.task import Task, TaskArgs

    service, config = stack.config.services[name], stack.config.containers
    if service.size is None:
        raise ValueError(f"{name} has no size, which the rules of the stack file ask for")
    by_reference = told(stack, ctx, name, around.secret_arns, around.fact_arns)
    images = {name: service.image, **({PGBOUNCER: config.pgbouncer} if PGBOUNCER in service.sidecars else {})}
    args = TaskArgs(
        service=name,
        cpu=service.size.cpu,
        memory_mb=service.size.memory_mb,
        main=_main(stack, ctx, name, around, by_reference),
        role_arn=around.workloads[name].role_arn,
        key_arn=around.logs_key.key_arn,
        retention_days=config.logs_retention_days,
        stop_seconds=service.stop_seconds,
        read_only=not config.exec.enabled,
        port=_port(service),
        sidecars=_sidecars(stack, ctx, name, around, by_reference),
        read=rights(read_at_start(stack.config, name), around.things, ctx).statements,
        pulls=tuple(image for image in images if image in around.images.uris),
        volumes=_volumes(stack, name, around.files),
    )
    return Task(f"task-{name}", args, ctx).definition_arn


def _volumes(stack: Stack, name: str, shared: SharedFiles | None) -> Mapping[str, "Volume"]:
    """The files that it names, each by the door that it names: only to be read unless an entry says that it writes."""
    from components.compute.task import Volume

    verbs: dict[str, set[str]] = {}
    for entry in stack.config.services[name].access:
        kind, _, point = entry.to.partition(".")
        if kind == "files":
            verbs.setdefault(point, set()).add(entry.verb)
    if shared is None:
        return {}
    return {
        point: Volume(
            file_system_id=shared.file_system_id,
            access_point_id=shared.access_point_ids[point],
            path=mounted_at(point),
            read_only="write" not in used,
        )
        for point, used in verbs.items()
    }


def _main(stack: Stack, ctx: Context, name: str, around: Surroundings, by_reference: tuple[Told, ...]) -> "Container":
    from components.compute.task import Container

    service = stack.config.services[name]
    said = environment(stack, ctx, name)
    if (uri := around.images.uris.get(name)) is None:
        return _stand_in(stack, _port(service), said, by_reference)
    return Container(image=uri, environment=said, told=by_reference, command=service.command)


def _sidecars(
    stack: Stack, ctx: Context, name: str, around: Surroundings, by_reference: tuple[Told, ...]
) -> Mapping[str, "Container"]:
    found = (
        {PGBOUNCER: _pgbouncer(stack, around.images, by_reference)} if PGBOUNCER in stack.config.services[name].sidecars else {}
    )
    if traces(stack.config, name):
        from components.compute.collector import collector

        found[COLLECTOR] = collector(stack.config.observability.tracing.collector, ctx.region)
    return found


def _pgbouncer(stack: Stack, images: Images, everything: tuple[Told, ...]) -> "Container":
    """Of `everything` that the service is told it is told what is of the database, and nothing else."""
    from components.compute.definitions import Port
    from components.compute.task import Container

    of_the_database = tuple(one for one in everything if one.variable.startswith(f"{STORES['postgres'].variables}_"))
    if (uri := images.uris.get(PGBOUNCER)) is None:
        return _stand_in(stack, Port(number=PGBOUNCER_PORT, name=PGBOUNCER, spoken="http"), {}, of_the_database)
    return Container(image=uri, environment={"PGBOUNCER_DIR": _IN_MEMORY}, told=of_the_database)


def _stand_in(stack: Stack, port: "Port | None", said: Mapping[str, str], by_reference: tuple[Told, ...]) -> "Container":
    """What runs where there is no image yet, whatever its command would be."""
    from components.compute import stand_in
    from components.compute.task import Container

    number, spoken = (port.number, port.spoken) if port else (None, "http")
    return Container(
        image=stack.config.containers.placeholder,
        environment=said,
        told=by_reference,
        entry_point=stand_in.entry_point(),
        command=stand_in.command(number, "grpc" if spoken == "grpc" else "http"),
        user=stand_in.USER,
    )


def _port(service: Service) -> "Port | None":
    from components.compute.definitions import Port

    if service.port is None:
        return None
    grpc = service.route is not None and service.route.protocol == "grpc"
    return Port(number=service.port, name="main", spoken="grpc" if grpc else "http")


def _scaling(service: Service) -> Scaling:
    if service.scaling is None:
        raise ValueError("a service has no scaling, which the rules of the stack file ask for")
    return service.scaling


def _scales(stack: Stack, ctx: Context, name: str, cluster: str, service_name: Output[str], routed: Routed | None) -> None:
    from components.compute.ecs_service import versions
    from components.compute.task_scaling import Limits, TaskScaling, TaskScalingArgs, Turns, Waiting

    service = stack.config.services[name]
    scaling = _scaling(service)
    in_turns = routed is not None and service.deployment == "blue-green"
    args = TaskScalingArgs(
        service=name,
        cluster_name=cluster,
        service_name=service_name,
        least=scaling.least,
        most=scaling.most,
        timezone=stack.config.schedule.timezone,
        cpu_percent=scaling.cpu_percent,
        memory_percent=scaling.memory_percent,
        requests=scaling.requests_per_target if routed else None,
        request_label=routed.request_label if routed and not in_turns else None,
        turns=Turns(balancer=routed.balancer_suffix, groups=versions(routed)) if routed and in_turns else None,
        steps=scaling.steps,
        waiting=Waiting(queue=scaling.backlog.queue, per_task=scaling.backlog.per_task) if scaling.backlog else None,
        forecast=scaling.predictive,
        peaks=tuple(Limits(at=peak.at, least=peak.least, most=peak.most) for peak in scaling.peaks),
    )
    scaled = TaskScaling(f"scaling-{name}", args, ctx)
    if at_work := hours(stack, service):
        from components.compute.task_hours import TaskHours, TaskHoursArgs

        held = TaskHoursArgs(resource_id=scaled.resource_id, hours=at_work, least=scaling.least, most=scaling.most)
        TaskHours(f"hours-{name}", held, ctx.asked_by("plinth:schedule"))
