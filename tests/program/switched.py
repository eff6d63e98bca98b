"""Stack files with some switches turned, and what the program makes of them."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from plinth.engine.graph import Graph
from plinth.engine.recording import record
from stack.config.document import ANY_NAME, Json, KeyPath, format_path, read
from stack.config.reference import entries
from tests.harness import ROOT, STACKS

SWITCHES = [entry.path for entry in entries() if entry.path[-1] == "enabled" and ANY_NAME not in entry.path]
"""Every switch that a stack file has, by its path; those within the entries of maps are tested with what they are for."""
_CERTIFICATE = "arn:aws:acm:us-east-1:000000000000:certificate/11111111-2222-3333-4444-555555555555"
_NETWORKING, _IDENTITY, _DNS = "plinth:networking", "plinth:identity", "plinth:dns"
DATA, SERVICES = "plinth:data", "plinth:services"
VPN: KeyPath = (_NETWORKING, "vpn", "enabled")
ADOPTED: KeyPath = (_NETWORKING, "adopted", "enabled")
GITHUB: KeyPath = (_IDENTITY, "github", "enabled")
USERS: KeyPath = (_IDENTITY, "users", "enabled")
BREAK_GLASS: KeyPath = (_IDENTITY, "breakGlass", "enabled")
ZONE: KeyPath = (_DNS, "zone", "enabled")
NAMES: KeyPath = (_DNS, "names", "enabled")
HEALTH_CHECKS: KeyPath = (_DNS, "healthChecks", "enabled")
TRACING: KeyPath = ("plinth:observability", "tracing", "enabled")
_DOMAIN: Mapping[KeyPath, Json] = {(_DNS, "domain"): "example.org"}


ONE_QUICKLY = pytest.mark.parametrize(
    "stack", [pytest.param(one, marks=() if one == "dev" else pytest.mark.slow) for one in STACKS]
)
"""For what plans a whole stack: the same again for other stacks is marked slow."""


def _subnets(number: int) -> dict[str, Json]:
    return {f"us-east-1{letter}": f"subnet-{number}123456789abcde{letter}0" for letter in "abc"}


COMPANIONS: Mapping[KeyPath, Mapping[KeyPath, Json]] = {
    VPN: {
        (_NETWORKING, "vpn", "serverCertificateArn"): _CERTIFICATE,
        (_NETWORKING, "vpn", "clientCertificateArn"): _CERTIFICATE,
    },
    ADOPTED: {
        (_NETWORKING, "adopted", "vpcId"): "vpc-0123456789abcdef0",
        (_NETWORKING, "adopted", "publicSubnets"): _subnets(0),
        (_NETWORKING, "adopted", "privateSubnets"): _subnets(1),
        (_NETWORKING, "adopted", "databaseSubnets"): _subnets(2),
        (_NETWORKING, "adopted", "privateRouteTables"): {"all": "rtb-0123456789abcdef0"},
    },
    GITHUB: {(_IDENTITY, "github", "repository"): "owner/name"},
    USERS: {(_IDENTITY, "users", "names"): {"siem": {"access": [{"to": "log-group.flow-logs", "as": "read"}]}}},
    BREAK_GLASS: {(_IDENTITY, "breakGlass", "takenBy"): ["arn:aws:iam::000000000000:user/ann"]},
    ZONE: _DOMAIN,
    NAMES: {**_DOMAIN, ZONE: True},
    HEALTH_CHECKS: {**_DOMAIN, ZONE: True, NAMES: True},
}
"""What else a switch needs to be turned on: what no stack file of ours holds."""
_NAMED: Mapping[KeyPath, tuple[str, ...]] = {
    (DATA, "postgres", "enabled"): ("postgres",),
    (DATA, "mysql", "enabled"): ("mysql",),
    (DATA, "redis", "enabled"): ("redis", "broker"),
    (DATA, "broker", "enabled"): ("broker",),
    (_NETWORKING, "discovery", "enabled"): ("service.collection", "service.catalogue"),
}
"""What no `access` list can name any more with a switch off."""
OUTSIDE: Mapping[KeyPath, Json] = {
    (_IDENTITY, "outside"): {
        "siem": {
            "issuer": "token.actions.githubusercontent.com",
            "audience": "sts.amazonaws.com",
            "subject": "repo:owner/siem:ref:refs/heads/main",
            "access": [{"to": "log-group.flow-logs", "as": "read"}],
        }
    }
}
"""A system outside of AWS, of which no stack file of ours has one."""
KEY_PAIR: Mapping[KeyPath, Json] = {("plinth:machines", "sshPublicKey"): "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBzVdnHbT0Jt ann"}
"""A key pair of machines, which no stack file of ours has either."""
_PLANNED: dict[tuple[str, str], Graph] = {}
"""The last plans by stack and changes, for tests in a row that look at the same one."""
_KEPT = 8


def planned(folder: Path, stack: str, changes: Mapping[KeyPath, Any]) -> Graph:
    """The graph of a stack with some values of its file changed: the program of this process, on a stack file in `folder`."""
    key = stack, json.dumps({format_path(path): value for path, value in changes.items()}, sort_keys=True)
    if key not in _PLANNED:
        while len(_PLANNED) >= _KEPT:
            _PLANNED.pop(next(iter(_PLANNED)))
        _PLANNED[key] = _planned(folder, stack, changes)
    return _PLANNED[key]


def _planned(folder: Path, stack: str, changes: Mapping[KeyPath, Any]) -> Graph:
    values: dict[str, Any] = dict(read(ROOT, stack, "plinth").values)
    for path, value in changes.items():
        parent = values
        for step in path[:-1]:
            parent = parent[str(step)]
        parent[str(path[-1])] = value
    (folder / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": values}))
    for file in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / file, folder)
    if not (folder / "images").exists():
        (folder / "images").symlink_to(ROOT / "images")
    return record(folder, stack)


def turned_on(*switches: KeyPath) -> dict[KeyPath, Any]:
    """Some switches on, with what they need."""
    return dict.fromkeys(switches, True) | {path: value for s in switches for path, value in COMPANIONS.get(s, {}).items()}


def turned_off(stack: str, switch: KeyPath) -> dict[KeyPath, Any]:
    """A switch off, with everything gone from services that needs it: entries of `access` lists, and pools before a database."""
    gone = _NAMED.get(switch, ())
    changes: dict[KeyPath, Any] = {switch: False}
    services: Any = read(ROOT, stack, "plinth").at((SERVICES,)) if gone else {}
    for name, service in services.items():
        kept = [entry for entry in service["access"] if entry["to"] not in gone]
        if kept != list(service["access"]):
            changes[SERVICES, name, "access"] = kept
        if "postgres" in gone and "sidecars" in service:
            changes[SERVICES, name, "sidecars"] = []
    return changes
