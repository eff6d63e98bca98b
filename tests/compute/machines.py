"""Machines for tests: what they start, as the program would say it."""

from dataclasses import dataclass
from typing import Any

from pulumi import Output

from components.compute.fleet import Fleet, FleetArgs
from components.compute.fleet_scaling import FleetScaling
from components.compute.launch import LaunchArgs
from components.compute.user_data import Start
from components.core.context import Context
from components.core.tagging import REQUIRED
from components.core.told import Told
from plinth.engine.graph import Graph
from tests.harness import recorded

SECRET_ARN = "arn:aws:secretsmanager:us-east-1:111111111111:secret:plinth-test-login-postgres-websocket-secret-AbCdEf"  # noqa: S105 (a name)
FACT_ARN = "arn:aws:ssm:us-east-1:111111111111:parameter/plinth/test/database/postgres/host"
REGISTRY = "111111111111.dkr.ecr.us-east-1.amazonaws.com"
IMAGE = f"{REGISTRY}/plinth-test-websocket-images:v1"
TOLD = (("POSTGRES_HOST", ""), ("POSTGRES_USER", "username"), ("POSTGRES_PASSWORD", "password"))
ARNS = (FACT_ARN, SECRET_ARN, SECRET_ARN)


def start(**changed: Any) -> Start:
    """A service that listens, is told things, and has whatever is hard to quote."""
    given: dict[str, Any] = {
        "service": "websocket",
        "region": "us-east-1",
        "group": "plinth-test-websocket-machine",
        "fleet": "plinth-test-websocket-machines",
        "registry": REGISTRY,
        "port": 8080,
        "health": "/health",
        "command": ("node", "it's $HOME.js", "--greeting=a b"),
        "environment": {"GREETING": 'it\'s "$(id)" `id` 100% \\n'},
        "told": TOLD,
        "stop_seconds": 30,
    }
    return Start(**given | changed)


TAGS = dict.fromkeys(REQUIRED, "given")


def launch(**changed: Any) -> LaunchArgs:
    """What a machine of that service is made of."""
    given: dict[str, Any] = {
        "start": start(),
        "image": IMAGE,
        "told": tuple(Told(variable=variable, arn=arn, field=field) for (variable, field), arn in zip(TOLD, ARNS, strict=True)),
        "types": ("t3.small", "t3a.small"),
        "disk_gb": 20,
        "image_parameter": "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
        "detailed_monitoring": True,
        "profile_arn": "arn:aws:iam::111111111111:instance-profile/plinth-test-websocket-instance",
        "group_id": "sg-1",
        "key_arn": "arn:aws:kms:us-east-1:111111111111:key/1",
        "key_name": None,
        "patch_group": "plinth-test-machines-patches",
        "tags": TAGS,
    }
    return LaunchArgs(**given | changed)


@dataclass(frozen=True, kw_only=True)
class KnownRoute:
    """A way for requests that is there already."""

    target_group_arn: Output[str]
    balancer_suffix: Output[str]
    target_group_suffix: Output[str]
    request_label: Output[str]
    stream_target_group_arn: Output[str] | None = None
    alternate_target_group_arn: Output[str] | None = None
    production_rule_arn: Output[str] | None = None
    test_rule_arn: Output[str] | None = None


def route(*, stream: bool = False) -> KnownRoute:
    return KnownRoute(
        target_group_arn=Output.from_input("arn:target-group"),
        balancer_suffix=Output.from_input("app/x/1"),
        target_group_suffix=Output.from_input("targetgroup/y/2"),
        request_label=Output.from_input("app/x/1/targetgroup/y/2"),
        stream_target_group_arn=Output.from_input("arn:stream") if stream else None,
    )


def fleet(**changed: Any) -> FleetArgs:
    """The machines of that service."""
    given: dict[str, Any] = {
        "service": "websocket",
        "launch": launch(),
        "scaling": FleetScaling(least=2, most=6, timezone="UTC", cpu_percent=60),
        "spot_percent": 0,
        "subnet_ids": {"us-east-1a": "subnet-a", "us-east-1b": "subnet-b"},
        "routed": None,
        "retention_days": 30,
        "logs_key_arn": "arn:aws:kms:us-east-1:111111111111:key/2",
    }
    return FleetArgs(**given | changed)


def built(**changed: Any) -> Graph:
    """What a fleet is made of. An argument that is a function is made within the program: outputs exist there alone."""

    def build(ctx: Context) -> None:
        made = {key: value() if callable(value) else value for key, value in changed.items()}
        Fleet("fleet-websocket", fleet(**made), ctx)

    return recorded(build)
