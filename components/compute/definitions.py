"""Containers of a task as ECS wants them written: pure data, in one order whatever the order it came in."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

_OPEN_FILES: Final = 65_536
"""A connection is a file. Fargate lets 65,535 be open unless asked for more (ECS developer guide, "Task definition differences
for Fargate", "Resource limits")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """Where a container listens. `name` is what Service Connect calls it, `spoken` the protocol in its terms: `http`, `grpc`."""

    number: int
    name: str
    spoken: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """Where a container finds the volume of this name, and whether it can only read what is there."""

    volume: str
    path: str
    read_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One container, all of it known: `image` and the references in `secrets` are text by now.

    `after` are containers that start before it and stop after it. `user` may be left out: the image's own. The task ends with
    one that is `essential`.
    """

    name: str
    image: str
    environment: Mapping[str, str]
    secrets: Mapping[str, str]
    log_group: str
    region: str
    stop_seconds: int
    read_only: bool
    entry_point: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    user: str = ""
    essential: bool = True
    port: Port | None = None
    after: tuple[str, ...] = field(default=())
    mounts: tuple[Mount, ...] = ()


def rendered(definitions: Sequence[Definition]) -> str:
    """The text of `definitions`: keys, variables and references sorted, what is empty left out."""
    return json.dumps([_body(one) for one in definitions], sort_keys=True, separators=(",", ":"))


def reference(arn: str, field_name: str) -> str:
    """How a container refers to a secret or a parameter, or to one field of a secret that holds JSON.

    Source: ECS developer guide, "Pass Secrets Manager secrets through Amazon ECS environment variables": after the ARN come the
    key, the version stage and the version, the last two of which are left to what is current.
    """
    return f"{arn}:{field_name}::" if field_name else arn


def _body(one: Definition) -> dict[str, Any]:
    body: dict[str, Any] = {
        "name": one.name,
        "image": one.image,
        "essential": one.essential,
        "environment": [{"name": name, "value": value} for name, value in sorted(one.environment.items())],
        "secrets": [{"name": name, "valueFrom": source} for name, source in sorted(one.secrets.items())],
        "linuxParameters": {"initProcessEnabled": True},  # passes signals on, and buries what is left of other processes
        "logConfiguration": _logs(one),
        "readonlyRootFilesystem": one.read_only,
        "stopTimeout": one.stop_seconds,
        "ulimits": [{"name": "nofile", "softLimit": _OPEN_FILES, "hardLimit": _OPEN_FILES}],
    }
    optional: dict[str, Any] = {
        "entryPoint": list(one.entry_point),
        "command": list(one.command),
        "user": one.user,
        "mountPoints": [
            {"containerPath": mount.path, "readOnly": mount.read_only, "sourceVolume": mount.volume} for mount in one.mounts
        ],
        "portMappings": _ports(one.port),
        "dependsOn": [{"containerName": name, "condition": "START"} for name in one.after],
    }
    return body | {key: value for key, value in optional.items() if value}


def _ports(port: Port | None) -> list[dict[str, Any]]:
    if port is None:
        return []
    spoken = {"appProtocol": port.spoken, "name": port.name}
    return [{"containerPort": port.number, "hostPort": port.number, "protocol": "tcp", **spoken}]


def _logs(one: Definition) -> dict[str, Any]:
    """A container that cannot hand over its records goes on without them (ECS developer guide, "Using non-blocking mode")."""
    return {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": one.log_group,
            "awslogs-region": one.region,
            "awslogs-stream-prefix": one.name,
            "mode": "non-blocking",
            "max-buffer-size": "25m",
        },
    }
