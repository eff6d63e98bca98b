"""Names that others must know, as pure text: `{project}-{environment}-{service}-{resource}`, cut with a hash at AWS's limit.

Everything else is named by Pulumi itself (`pulumi:autonaming` in Pulumi.yaml): an explicit name on a thing that is replaced
in place forces delete before create.
"""

import hashlib
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

LIMITS: Mapping[str, int] = MappingProxyType(
    {
        "alias": 250,
        "analyzer": 255,
        "bucket": 63,
        "cache": 40,
        "cluster": 100,
        "container-cluster": 255,
        "database": 63,
        "database-proxy": 63,
        "fleet": 255,
        "function": 64,
        "group": 128,
        "log-group": 512,
        "parameter": 1011,
        "patch-group": 256,
        "profile": 128,
        "queue": 80,
        "repository": 256,
        "resource-policy": 255,
        "role": 64,
        "secret": 512,
        "snapshot": 255,
        "task-family": 255,
        "topic": 256,
        "user": 64,
    }
)
"""Longest name, in characters, of each kind of thing that is named explicitly.

Source: `maxLength` of the name in AWS's CloudFormation resource schemas of 2026-10 (cluster is EKS's). Where the schema has none
or a longer one: CreateReplicationGroup (cache), PutParameter, CreateQueue, ElastiCache's CreateSnapshot, CreateAutoScalingGroup
(fleet), RegisterPatchBaselineForPatchGroup, CreateCluster and RegisterTaskDefinition of ECS (container-cluster, task-family), for
resource-policy that of CloudWatch Logs, and for alias KMS's CreateAlias, 256 with the `alias/` that stands before the name.
"""

GUARDED_PATH: Final = "/guarded/"
"""Where roles, policies and groups stand in IAM that no pipeline may change: its own roles, administrators, the one for
emergencies."""

_WORD = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HASH = 6


def shorten(text: str, limit: int) -> str:
    """`text` unchanged if it fits in `limit` characters, else its beginning and a six-digit hash of the whole.

    Two long names that share their beginning stay different. Raises ValueError for a limit that leaves no room (below 8).
    """
    if limit < _HASH + 2:
        raise ValueError(f"a limit of {limit} leaves no room for a name and its hash; at least {_HASH + 2}")
    if len(text) <= limit:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:_HASH]
    return f"{text[: limit - _HASH - 1].rstrip('-')}-{digest}"


def physical(project: str, environment: str, service: str, resource: str, *, kind: str) -> str:
    """The physical name of one thing, `plinth-dev-booking-task`, within the limit of its `kind` (a key of `LIMITS`).

    Raises ValueError when a part is not lower-case words joined by hyphens, or when the kind is not known: both are
    defects of the caller, since config values are checked long before.
    """
    if kind not in LIMITS:
        raise ValueError(f"no name limit is known for {kind!r}; known: {', '.join(LIMITS)}")
    parts = (project, environment, service, resource)
    for part in parts:
        if not _WORD.fullmatch(part):
            raise ValueError(f"{part!r} cannot be part of a name: lower-case letters, digits and single hyphens")
    return shorten("-".join(parts), LIMITS[kind])
