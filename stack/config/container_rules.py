"""Rules of services in containers, and of what all services have in common: nothing is left to fail when it is deployed."""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from components.compute.fargate import size_problem
from components.core.tracing import COLLECTOR, COLLECTOR_PORT
from stack.config.breach import Breach
from stack.config.document import KeyPath
from stack.config.model import NAMESPACE, StackConfig
from stack.config.services import Scaling, Service
from stack.config.told import connected, variables

_SERVICES, _CONTAINERS = f"{NAMESPACE}:services", f"{NAMESPACE}:containers"
_TRACING: Final = (f"{NAMESPACE}:observability", "tracing")
PGBOUNCER: Final = "pgbouncer"
PGBOUNCER_PORT: Final = 6432
BUILD: Final = "build:"
"""What stands before the folder that an image is made of."""
_DOCKERFILE: Final = "Dockerfile"
_CRON: Mapping[str, range] = {
    "minute": range(60),
    "hour": range(24),
    "day": range(1, 32),
    "month": range(1, 13),
    "weekday": range(7),
}
_PART: Final = re.compile(r"(?P<first>\d+)(?:-(?P<last>\d+))?(?P<step>/[1-9]\d*)?")
_DAYS: Final = re.compile(r"(SUN|MON|TUE|WED|THU|FRI|SAT)(-(SUN|MON|TUE|WED|THU|FRI|SAT))?")


def _at(name: str, *keys: str | int) -> KeyPath:
    return (_SERVICES, name, *keys)


def traces(config: StackConfig, name: str) -> bool:
    """Whether a service has a collector of traces beside it: one on ECS that requests are led to."""
    service = config.services[name]
    return config.observability.tracing.enabled and service.runs_on == "ecs" and service.route is not None


def _what_a_task_needs_is_there(config: StackConfig) -> Iterator[Breach]:
    for name, service in config.services.items():
        for key in ("image", "size", "scaling") if service.runs_on == "ecs" else ():
            if getattr(service, key) is None:
                yield Breach(path=_at(name, key), problem="is not given, but it runs on ecs", allowed=f"{key} of the service")


def _what_only_tasks_have(config: StackConfig) -> Iterator[Breach]:
    for name, service in config.services.items():
        scaling = service.scaling
        given: Mapping[tuple[str, ...], Any] = {
            ("size",): service.size,
            ("sidecars",): service.sidecars,
            ("spot",): service.spot,
            ("deployment",): service.deployment == "blue-green",
            ("scaling", "memoryPercent"): scaling and scaling.memory_percent,
            ("scaling", "backlog"): scaling and scaling.backlog,
        }
        for keys, value in given.items():
            if value and service.runs_on != "ecs":
                yield Breach(path=_at(name, *keys), problem=f"is given, but it runs on {service.runs_on}", allowed="on ecs alone")


def _sizes_exist(config: StackConfig) -> Iterator[Breach]:
    for name, service in config.services.items():
        if service.size and (problem := size_problem(service.size.cpu, service.size.memory_mb)):
            key, what, allowed = problem
            yield Breach(path=_at(name, "size", "memoryMb" if key == "memory_mb" else key), problem=what, allowed=allowed)


def _images_are_fixed(config: StackConfig) -> Iterator[Breach]:
    for path, image in _images(config).items():
        if image == "tag:latest":
            yield Breach(
                path=path, problem="latest is another image every day", allowed="a digest, or a tag that keeps its meaning"
            )
        elif image.startswith(BUILD) and not config.containers.builds:
            yield Breach(
                path=path,
                problem=f"{image} is built while the stack is deployed, and {_CONTAINERS}.builds is false",
                allowed="a digest, a tag, or placeholder",
            )
    tracing = config.observability.tracing
    for path, image in (
        ((_CONTAINERS, "placeholder"), config.containers.placeholder),
        ((*_TRACING, "collector"), tracing.collector),
    ):
        if image.endswith(":latest"):
            yield Breach(path=path, problem="latest is another image every day", allowed="a version")


def _images(config: StackConfig) -> Mapping[KeyPath, str]:
    """What is said of each image, by its place."""
    own = {_at(name, "image"): service.image for name, service in config.services.items() if service.image}
    return {**own, (_CONTAINERS, PGBOUNCER): config.containers.pgbouncer}


def unbuildable(config: StackConfig, folder: Path) -> Iterator[Breach]:
    """Every image that is to be built of what is not there, below the `folder` of the program."""
    for path, image in _images(config).items() if config.containers.builds else ():
        source = folder / image.removeprefix(BUILD)
        if image.startswith(BUILD) and not (source / _DOCKERFILE).is_file():
            missing = f"no {_DOCKERFILE} in that folder" if source.is_dir() else "no such folder"
            yield Breach(path=path, problem=f"{image}: there is {missing}", allowed=_buildable(folder, source))


def _buildable(folder: Path, source: Path) -> str:
    """What could be built in place of `source`: what lies in it or beside it."""
    near = {*source.glob(f"*/{_DOCKERFILE}"), *source.parent.glob(f"*/{_DOCKERFILE}")}
    there = sorted(file.parent.relative_to(folder).as_posix() for file in near)
    return f"a folder with a {_DOCKERFILE}{': ' if there else ''}{', '.join(there)}"


def _registries_are_encrypted(config: StackConfig) -> Iterator[Breach]:
    if "storage" not in config.keys.purposes and any(service.image for service in config.services.values()):
        yield Breach(
            path=(f"{NAMESPACE}:keys", "purposes"),
            problem="there is no key storage, but images are kept",
            allowed="storage as well",
        )


def _names_are_free(config: StackConfig) -> Iterator[Breach]:
    if PGBOUNCER in config.services:
        yield Breach(path=_at(PGBOUNCER), problem="is what the registry of the sidecar is called", allowed="another name")


def _sidecars_serve(config: StackConfig) -> Iterator[Breach]:
    for name, service in config.services.items():
        for index, sidecar in enumerate(service.sidecars):
            path = _at(name, "sidecars", index)
            if sidecar in service.sidecars[:index]:
                yield Breach(path=path, problem=f"{sidecar} is given twice", allowed="each once")
            if "postgres" not in connected(config, name):
                yield Breach(path=path, problem="pools connections to nothing", allowed="with `{to: postgres, as: connect}`")
            if service.port == PGBOUNCER_PORT:
                yield Breach(path=_at(name, "port"), problem=f"{sidecar} listens on {PGBOUNCER_PORT} already", allowed="another")


def _traces_arrive(config: StackConfig) -> Iterator[Breach]:
    """The image of the collector is a public one, and X-Ray is outside of the network unless an endpoint leads to it."""
    by = [name for name in config.services if traces(config, name)]
    at: KeyPath = (*_TRACING, "enabled")
    if by and config.networking.nat == "none":
        problem = f"true, but the collector is a public image, and {NAMESPACE}:networking.nat is none"
        yield Breach(path=at, problem=problem, allowed="false, or a way out")
    for name in by:
        if name == COLLECTOR:
            yield Breach(path=_at(name), problem="is what the container that collects traces is called", allowed="another name")
        if config.services[name].port == COLLECTOR_PORT:
            problem = f"the collector of traces listens on {COLLECTOR_PORT} already"
            yield Breach(path=_at(name, "port"), problem=problem, allowed="another")
        if not config.services[name].reaches_internet and "xray" not in config.networking.endpoints:
            yield Breach(
                path=at,
                problem=f"true, but nothing leads from {name} to X-Ray",
                allowed=f"xray among {NAMESPACE}:networking.endpoints, or reachesInternet: true of {name}",
            )


def _turns_are_led(config: StackConfig) -> Iterator[Breach]:
    for name, service in config.services.items():
        if service.deployment == "blue-green" and service.route is None:
            yield Breach(
                path=_at(name, "deployment"), problem="blue-green, but nothing leads to it", allowed="with a route, or rolling"
            )


def _turns_are_whole(config: StackConfig) -> Iterator[Breach]:
    """Every way to a service needs a target group for each version (ECS developer guide, "Amazon ECS blue/green deployments")."""
    for name, service in config.services.items():
        if service.deployment != "blue-green":
            continue
        if service.route is not None and service.route.protocol == "grpc" and not config.dns.domain:
            yield Breach(
                path=_at(name, "deployment"),
                problem="blue-green, but without a domain there is no TLS, and no route of gRPC",
                allowed=f"rolling, or a name in {NAMESPACE}:dns.domain",
            )
        elif service.stream is not None:
            yield Breach(
                path=_at(name, "deployment"),
                problem="blue-green, but its stream leads to one version alone",
                allowed="rolling, or no stream",
            )


def _numbers_rise(config: StackConfig) -> Iterator[Breach]:
    for name, service in config.services.items():
        if (scaling := service.scaling) is None:
            continue
        if scaling.least > scaling.most:
            yield _reversed(_at(name, "scaling", "most"), scaling.least, scaling.most)
        for index, peak in enumerate(scaling.peaks):
            if peak.least > peak.most:
                yield _reversed(_at(name, "scaling", "peaks", index, "most"), peak.least, peak.most)
            if peak.at in [other.at for other in scaling.peaks[:index]]:
                path = _at(name, "scaling", "peaks", index, "at")
                yield Breach(path=path, problem=f"{peak.at} is given twice", allowed="each time once")


def _reversed(path: KeyPath, least: int, most: int) -> Breach:
    return Breach(path=path, problem=f"{most} is less than the least number, {least}", allowed=f"at least {least}")


def _scaling_has_a_measure(config: StackConfig) -> Iterator[Breach]:
    for name, service in config.services.items():
        if service.scaling:
            yield from _measured(name, service, service.scaling)


def _measured(name: str, service: Service, scaling: Scaling) -> Iterator[Breach]:
    if scaling.cpu_percent is None:
        for key, on in (("steps", scaling.steps), ("predictive", scaling.predictive != "off")):
            if on:
                yield Breach(path=_at(name, "scaling", key), problem="goes by the CPU", allowed="with cpuPercent")
    if scaling.backlog is not None and service.route is not None:
        path = _at(name, "scaling", "backlog")
        yield Breach(path=path, problem="who answers requests has no backlog", allowed="without a route: a worker of its own")


def _times_are_understood(config: StackConfig) -> Iterator[Breach]:
    for name, service in config.services.items():
        for index, peak in enumerate(service.scaling.peaks if service.scaling else ()):
            if problem := cron_problem(peak.at):
                path = _at(name, "scaling", "peaks", index, "at")
                yield Breach(path=path, problem=f"{peak.at!r}: {problem}", allowed="such as 0 7 * * 1-5, or 30 18 1 * *")


def cron_problem(cron: str) -> str:
    """What is wrong with five fields of Unix cron for those who schedule on AWS; empty where nothing is.

    Of day and weekday only one can be given there, and weekdays are counted from 1: an interval of them would mean others.
    """
    fields = dict(zip(_CRON, cron.split(" "), strict=True))
    if fields["day"] != "*" and fields["weekday"] != "*":
        return "a day and a weekday are given; one of them is *"
    for what, field in fields.items():
        if what == "weekday" and "/" in field:
            return "an interval of weekdays cannot be scheduled"
        if not all(_is_part(part, what) for part in field.split(",")):
            return f"{field} is no {what}"
    return ""


def _is_part(part: str, what: str) -> bool:
    if part == "*" or (part.startswith("*/") and part[2:].isdigit() and int(part[2:])):
        return True
    if what == "weekday" and _DAYS.fullmatch(part):
        return True
    found = _PART.fullmatch(part)
    if found is None:
        return False
    ends = [int(end) for end in (found["first"], found["last"]) if end is not None]
    return all(end in _CRON[what] for end in ends) and all(first < last for first, last in pairwise(ends))


def _variables_are_free(config: StackConfig) -> Iterator[Breach]:
    for name, service in config.services.items():
        ours = variables(config, name)
        for variable in service.environment:
            if variable in service.secrets:
                yield Breach(path=_at(name, "environment", variable), problem="is a secret as well", allowed="one of the two")
        for key in ("environment", "secrets"):
            for variable in getattr(service, key):
                if variable in ours:
                    yield Breach(
                        path=_at(name, key, variable), problem="is what the platform says itself", allowed="another name"
                    )


def _placeholders_can_be_had(config: StackConfig) -> Iterator[Breach]:
    if config.networking.nat != "none":
        return
    for name, service in config.services.items():
        if service.runs_on == "ecs" and service.image == "placeholder":
            yield Breach(
                path=_at(name, "image"),
                problem=f"placeholder is a public image, and {NAMESPACE}:networking.nat is none",
                allowed="an image of its own, or a way out",
            )


CONTAINER_RULES: tuple[Callable[[StackConfig], Iterator[Breach]], ...] = (
    _what_a_task_needs_is_there,
    _what_only_tasks_have,
    _sizes_exist,
    _images_are_fixed,
    _registries_are_encrypted,
    _names_are_free,
    _sidecars_serve,
    _traces_arrive,
    _turns_are_led,
    _turns_are_whole,
    _numbers_rise,
    _scaling_has_a_measure,
    _times_are_understood,
    _variables_are_free,
    _placeholders_can_be_had,
)
"""The rules of services that run in containers."""
