"""DAT-14 and DAT-33, what Redis must have: encryption, a token or users, and a copy that takes over where it matters."""

from collections.abc import Iterator

from policy.rules.rule import Finding, Rule, judged, of_type, undecided, violated
from policy.rules.view import Mark, Resource, Stack, listed

_GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
_TO_TRY_THINGS = frozenset({"dev", "development"})
"""The stacks in which nobody waits for a cache to come back."""


def _encrypted(resource: Resource, _: Stack) -> Iterator[Finding]:
    for key, where in (("transitEncryptionEnabled", "on the way"), ("atRestEncryptionEnabled", "where it is kept")):
        value = resource.props.get(key)
        yield from judged(key, value, f"is not encrypted {where}", holds=value is True)
    mode = resource.props.get("transitEncryptionMode")
    yield from judged("transitEncryptionMode", mode, "lets clients in without TLS", holds=mode != "preferred")


def _authenticated(resource: Resource, _: Stack) -> Iterator[Finding]:
    """A token is a secret, whose value is not seen; that there is one is."""
    if resource.props.get("authToken") in (None, "") and resource.props.get("authTokenWo") in (None, ""):
        users = resource.props.get("userGroupIds")
        if isinstance(users, Mark):
            yield undecided("userGroupIds")
        elif not listed(users):
            yield violated("authToken", "lets in whoever reaches it")


def _survives(resource: Resource, _: Stack) -> Iterator[Finding]:
    if resource.stack in _TO_TRY_THINGS:
        return
    for key in ("automaticFailoverEnabled", "multiAzEnabled"):
        value = resource.props.get(key)
        yield from judged(key, value, "is off: what it holds is lost with a node or a zone", holds=value is True)


RULES = (
    Rule(
        id="cache-encrypted",
        severity="high",
        statement="Redis is encrypted on the way and where it is kept",
        why="Sessions and tokens pass through it, and whoever reads a backup or the wire has them.",
        fix="Set transitEncryptionEnabled, transitEncryptionMode: required and atRestEncryptionEnabled.",
        sources=("DAT-14", "DAT-33", "CKV_AWS_29", "CKV_AWS_30", "ElastiCache.4", "ElastiCache.5", "AWS-0045", "AWS-0051"),
        applies=of_type(_GROUP),
        check=_encrypted,
    ),
    Rule(
        id="cache-asks-who-it-is",
        severity="high",
        statement="Redis lets in only who shows a token, or is one of its users",
        why="A security group says from where; a service that is taken over says anything from there.",
        fix="Give it an authToken or userGroupIds.",
        sources=("DAT-14", "DAT-33", "CKV_AWS_31", "ElastiCache.6"),
        applies=of_type(_GROUP),
        check=_authenticated,
    ),
    Rule(
        id="cache-fails-over",
        severity="medium",
        statement="Outside development a copy of Redis in another zone takes over",
        why="Every session ends, and every job that waits is lost, when the one node fails.",
        fix="Give it a replica, automaticFailoverEnabled and multiAzEnabled.",
        sources=("DAT-14", "DAT-18", "CKV2_AWS_50", "ElastiCache.3"),
        applies=of_type(_GROUP),
        check=_survives,
    ),
)
