"""Rules of services on machines: what they need is there, and what is for others is not."""

from collections.abc import Callable, Iterator

from stack.config.breach import Breach
from stack.config.document import KeyPath
from stack.config.model import NAMESPACE, StackConfig
from stack.config.services import Scaling, Service

_SERVICES = f"{NAMESPACE}:services"
_VOLUMES = "storage"
"""The purpose of the key that volumes are encrypted with."""


def _on_machines(config: StackConfig) -> Iterator[tuple[KeyPath, Service]]:
    for name, service in config.services.items():
        if service.runs_on == "ec2":
            yield (_SERVICES, name), service


def _whole(config: StackConfig) -> Iterator[Breach]:
    for at, service in _on_machines(config):
        for key, value in (("image", service.image), ("machine", service.machine), ("scaling", service.scaling)):
            if value is None:
                yield Breach(path=(*at, key), problem="is not given, and a service on ec2 needs it", allowed=f"a value for {key}")


def _nothing_of_others(config: StackConfig) -> Iterator[Breach]:
    for name, service in config.services.items():
        if service.machine is not None and service.runs_on != "ec2":
            yield Breach(
                path=(_SERVICES, name, "machine"), problem=f"is given, but it runs on {service.runs_on}", allowed="nothing"
            )
    for at, service in _on_machines(config):
        for key, given in (
            ("size", service.size is not None),
            ("sidecars", bool(service.sidecars)),
            ("deployment", service.deployment != "rolling"),
            ("spot", service.spot),
        ):
            if given:
                yield Breach(path=(*at, key), problem="is given, but it runs on ec2", allowed="only on ecs")


def _scales(config: StackConfig) -> Iterator[Breach]:
    for at, service in _on_machines(config):
        if service.scaling is not None:
            yield from _scaling((*at, "scaling"), service.scaling, routed=service.route is not None)


def _scaling(at: KeyPath, scaling: Scaling, *, routed: bool) -> Iterator[Breach]:
    if scaling.most < max(scaling.least, 1):
        yield Breach(
            path=(*at, "most"), problem=f"{scaling.most}, and the least is {scaling.least}", allowed="at least 1, and the least"
        )
    for key, given in (("memoryPercent", scaling.memory_percent is not None), ("backlog", scaling.backlog is not None)):
        if given:
            yield Breach(path=(*at, key), problem="is given, but machines do not scale by it", allowed="only on ecs")
    if scaling.requests_per_target is not None and not routed:
        yield Breach(path=(*at, "requestsPerTarget"), problem="is given, but no requests get to it", allowed="with a route")
    for key, given in (("steps", scaling.steps), ("predictive", scaling.predictive != "off")):
        if given and scaling.cpu_percent is None:
            yield Breach(path=(*at, key), problem="is given, but not to which CPU", allowed="with cpuPercent")
    yield from _peaks((*at, "peaks"), scaling)


def _peaks(at: KeyPath, scaling: Scaling) -> Iterator[Breach]:
    for index, peak in enumerate(scaling.peaks):
        if peak.at in [other.at for other in scaling.peaks[:index]]:
            yield Breach(path=(*at, index, "at"), problem=f"{peak.at} is given twice", allowed="each time once")
        if peak.least > peak.most:
            yield Breach(path=(*at, index, "most"), problem=f"{peak.most} is less than {peak.least}", allowed="at least as many")


def _volumes_have_a_key(config: StackConfig) -> Iterator[Breach]:
    if _VOLUMES not in config.keys.purposes and any(True for _ in _on_machines(config)):
        yield Breach(
            path=(f"{NAMESPACE}:keys", "purposes"),
            problem=f"has no {_VOLUMES}, and the volumes of machines are encrypted with it",
            allowed=f"{_VOLUMES} among them",
        )


def _reach_what_they_need(config: StackConfig) -> Iterator[Breach]:
    """Auto Scaling has no endpoint here: a machine that cannot say that it is ready never begins its work."""
    for at, service in _on_machines(config):
        if not service.reaches_internet:
            yield Breach(
                path=(*at, "reachesInternet"),
                problem="false, and a machine says to Auto Scaling that it is ready",
                allowed="true: services of AWS that have no endpoint are reached that way",
            )


MACHINE_RULES: tuple[Callable[[StackConfig], Iterator[Breach]], ...] = (
    _whole,
    _nothing_of_others,
    _scales,
    _volumes_have_a_key,
    _reach_what_they_need,
)
"""The rules of services on machines."""
