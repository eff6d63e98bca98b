"""Services on machines: what the program builds of components of compute for them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pulumi import Input, Output

from components.core.context import Context
from components.core.contracts import EncryptionKey, Machines
from components.core.machine_names import RECORDS, fleet_name
from components.core.registries import registry_host
from components.core.tagging import SCHEDULE, WORKLOAD
from components.core.told import Told
from stack.config.loader import Stack
from stack.config.services import Machine, Scaling, Service
from stack.connections import group_of
from stack.services import for_service, hours
from stack.surroundings import Surroundings
from stack.tags import stack_tags
from stack.told import said, told

if TYPE_CHECKING:
    from components.compute.fleet_scaling import FleetScaling
    from components.compute.launch import LaunchArgs
    from components.compute.user_data import Start


def fleets(stack: Stack, ctx: Context, around: Surroundings) -> Mapping[str, Machines]:
    """The machines of every service that runs on some, by service, and what they are patched by."""
    services = {name: service for name, service in stack.config.services.items() if service.runs_on == "ec2"}
    if not services:
        return {}
    _patching(stack, ctx)
    key_name = _key_name(stack, ctx)
    return {name: _fleet(stack, ctx, name, service, around, key_name) for name, service in services.items()}


def scaling_events(stack: Stack, ctx: Context, logs_key: EncryptionKey) -> None:
    """The record of what scaled, where anything does."""
    if not any(service.scaling for service in stack.config.services.values()):
        return
    from components.compute.scaling_events import EVENTS, ScalingEvents, ScalingEventsArgs

    args = ScalingEventsArgs(
        sources=tuple(EVENTS), retention_days=stack.config.machines.logs_retention_days, key_arn=logs_key.key_arn
    )
    ScalingEvents("scaling-events", args, ctx.asked_by("plinth:machines"))


def _patch_group(ctx: Context) -> str:
    return ctx.physical("machines", "patches", kind="patch-group")


def _patching(stack: Stack, ctx: Context) -> None:
    patching = stack.config.machines.patching
    if not patching.enabled:
        return
    from components.compute.launch import PATCH_GROUP
    from components.compute.patching import Patching, PatchingArgs

    args = PatchingArgs(
        tag=PATCH_GROUP,
        patch_group=_patch_group(ctx),
        at=patching.at,
        timezone=stack.config.schedule.timezone,
        hours=patching.hours,
    )
    Patching("patching", args, ctx.asked_by("plinth:machines.patching"))


def _key_name(stack: Stack, ctx: Context) -> Output[str] | None:
    public_key = stack.config.machines.ssh_public_key
    if not public_key:
        return None
    from components.compute.key_pair import MachineKey, MachineKeyArgs

    return MachineKey("machine-key", MachineKeyArgs(public_key=public_key), ctx.asked_by("plinth:machines.sshPublicKey")).key_name


def _fleet(
    stack: Stack, ctx: Context, name: str, service: Service, around: Surroundings, key_name: Input[str] | None
) -> Machines:
    from components.compute.fleet import Fleet, FleetArgs

    machine, scaling, profile = service.machine, service.scaling, around.workloads[name].profile_arn
    if machine is None or scaling is None or profile is None:
        raise TypeError(f"{name} is no service on machines: the rules of the stack file let it through")
    routed = around.routed.get(name)
    asked = for_service(stack, ctx, name)
    args = FleetArgs(
        service=name,
        launch=_launch(stack, asked, name, machine, profile, around, key_name),
        scaling=_scaling(stack, service, scaling, counted=routed is not None),
        spot_percent=machine.spot_percent,
        subnet_ids=around.subnet_ids,
        routed=routed,
        retention_days=stack.config.machines.logs_retention_days,
        logs_key_arn=around.logs_key.key_arn,
    )
    return Fleet(f"fleet-{name}", args, asked)


def _launch(
    stack: Stack,
    ctx: Context,
    name: str,
    machine: Machine,
    profile_arn: Output[str],
    around: Surroundings,
    key_name: Input[str] | None,
) -> "LaunchArgs":
    from components.compute.launch import LaunchArgs

    service, config = stack.config.services[name], stack.config.machines
    facts = told(stack, ctx, name, around.secret_arns, around.fact_arns)
    image = around.images.uris.get(name)
    return LaunchArgs(
        start=_start(stack, ctx, name, service, facts, stands_in=image is None),
        image=stack.config.containers.placeholder if image is None else image,
        told=facts,
        types=machine.types,
        disk_gb=machine.disk_gb,
        image_parameter=config.image_parameter,
        detailed_monitoring=config.detailed_monitoring,
        profile_arn=profile_arn,
        group_id=around.firewall.group_ids[group_of(name)],
        key_arn=around.keys["storage"].key_arn,
        key_name=key_name,
        patch_group=_patch_group(ctx),
        tags=_tags(stack, service),
    )


def _tags(stack: Stack, service: Service) -> Mapping[str, str]:
    kept = {WORKLOAD: service.workload} if service.workload else {}
    return {**stack_tags(stack), **kept, SCHEDULE: "office-hours" if hours(stack, service) else "always-on"}


def _start(stack: Stack, ctx: Context, name: str, service: Service, facts: tuple[Told, ...], *, stands_in: bool) -> "Start":
    from components.compute import stand_in
    from components.compute.user_data import Start

    route = service.route
    grpc = route is not None and route.protocol == "grpc"
    command = service.command
    if stands_in:
        command = (*stand_in.entry_point(), *stand_in.command(service.port, "grpc" if grpc else "http"))
    return Start(
        service=name,
        region=ctx.region,
        group=ctx.physical(name, RECORDS, kind="log-group"),
        fleet=fleet_name(ctx, name),
        registry="" if stands_in else registry_host(ctx),
        port=service.port,
        health=route.health if route and not grpc else "",
        command=command,
        environment=said(stack, ctx, name),
        told=tuple((one.variable, one.field) for one in facts),
        stop_seconds=service.stop_seconds,
    )


def _scaling(stack: Stack, service: Service, scaling: Scaling, *, counted: bool) -> "FleetScaling":
    from components.compute.fleet_scaling import FleetScaling, Peak

    return FleetScaling(
        least=scaling.least,
        most=scaling.most,
        timezone=stack.config.schedule.timezone,
        cpu_percent=scaling.cpu_percent,
        requests_per_target=scaling.requests_per_target if counted else None,
        steps=scaling.steps,
        predictive=scaling.predictive,
        peaks=tuple(Peak(at=peak.at, least=peak.least, most=peak.most) for peak in scaling.peaks),
        hours=hours(stack, service),
    )
