"""Rules of services on machines: what they need is there, and what is for others is not."""

import re
from collections.abc import Callable, Iterator

from stack.config.breach import Breach
from stack.config.document import KeyPath
from stack.config.model import NAMESPACE, StackConfig
from stack.config.services import Service

_SERVICES = f"{NAMESPACE}:services"
_VOLUMES = "storage"
"""The purpose of the key that volumes are encrypted with."""
_GRAVITON = re.compile(r"(a1|[a-z]+\d+g[a-z]*)\..+")
"""Types with processors of Arm: a g comes after the generation (EC2 instance types guide, "Naming conventions")."""


def _on_machines(config: StackConfig) -> Iterator[tuple[KeyPath, Service]]:
    for name, service in config.services.items():
        if service.runs_on == "ec2":
            yield (_SERVICES, name), service


def _whole(config: StackConfig) -> Iterator[Breach]:
    for at, service in _on_machines(config):
        for key, value in (("image", service.image), ("machine", service.machine), ("scaling", service.scaling)):
            if value is None:
                yield Breach(path=(*at, key), problem="is not given, and a service on ec2 needs it", allowed=f"a value for {key}")


def _no_machines_for_others(config: StackConfig) -> Iterator[Breach]:
    for name, service in config.services.items():
        if service.machine is not None and service.runs_on != "ec2":
            yield Breach(
                path=(_SERVICES, name, "machine"), problem=f"is given, but it runs on {service.runs_on}", allowed="nothing"
            )


def _there_can_be_one(config: StackConfig) -> Iterator[Breach]:
    for at, service in _on_machines(config):
        if service.scaling is not None and service.scaling.most < 1:
            yield Breach(path=(*at, "scaling", "most"), problem="0, and no machine could ever start", allowed="at least 1")


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


def _types_run_the_image(config: StackConfig) -> Iterator[Breach]:
    """The image of machines is made for one kind of processor, which its parameter names at its end."""
    image = config.machines.image_parameter
    kind = next((kind for kind in ("x86_64", "arm64") if image.endswith(kind)), None)
    for at, service in _on_machines(config) if kind else ():
        for index, one in enumerate(service.machine.types if service.machine else ()):
            own = "arm64" if _GRAVITON.fullmatch(one) else "x86_64"
            if own != kind:
                yield Breach(
                    path=(*at, "machine", "types", index),
                    problem=f"{one} is of {own}, and {NAMESPACE}:machines.imageParameter of {kind}",
                    allowed=f"a type of {kind}",
                )


MACHINE_RULES: tuple[Callable[[StackConfig], Iterator[Breach]], ...] = (
    _whole,
    _no_machines_for_others,
    _there_can_be_one,
    _volumes_have_a_key,
    _reach_what_they_need,
    _types_run_the_image,
)
"""The rules of services on machines."""
