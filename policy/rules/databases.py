"""POL-08 and POL-14, what keeps records: private, encrypted, there twice, to be had back, and entered by TLS alone."""

from collections.abc import Iterator, Mapping

from policy.rules.rule import Check, Finding, Rule, judged, of_type, undecided, violated
from policy.rules.view import Mark, Resource, Stack, Value, is_map, listed, tags_of

_INSTANCE = "aws:rds/instance:Instance"
_CLUSTER = "aws:rds/cluster:Cluster"
_MEMBER = "aws:rds/clusterInstance:ClusterInstance"
_CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
_PROXY = "aws:rds/proxy:Proxy"
_PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"
_DEVELOPMENT = frozenset({"dev", "development"})
_FEWEST_DAYS = 7
_FEWEST_DAYS_IN_DEVELOPMENT = 3
_TLS: Mapping[str, str] = {"postgres": "rds.force_ssl", "mysql": "require_secure_transport"}
"""What refuses a connection without TLS, by how the family begins."""
_ON = ("1", "on", "ON")
_RETENTION: Mapping[str, str] = {
    _INSTANCE: "backupRetentionPeriod",
    _CLUSTER: "backupRetentionPeriod",
    _CACHE: "snapshotRetentionLimit",
}
_TAGGED = ("aws:dynamodb/table:Table", "aws:ebs/volume:Volume", "aws:efs/fileSystem:FileSystem")
"""What only AWS Backup copies, which goes by the tag."""
_UNKNOWN_TO_BACKUP = frozenset({_CACHE})
"""What AWS Backup does not copy, whatever its tag (AWS Backup developer guide, "Supported services")."""


def _copies(resource: Resource) -> bool:
    """A replica has of its source what is asked here: an instance, or a cluster."""
    keys = ("replicateSourceDb", "replicationSourceIdentifier")
    return any(resource.references.get(key) or resource.props.get(key) for key in keys)


def _is_true(key: str, without: str, *, replicas: bool = True, not_in: frozenset[str] = frozenset()) -> Check:
    def check(resource: Resource, _: Stack) -> Iterator[Finding]:
        if resource.stack in not_in or (not replicas and _copies(resource)):
            return
        value = resource.props.get(key)
        yield from judged(key, value, without, holds=value is True)

    return check


def _public(resource: Resource, _: Stack) -> Iterator[Finding]:
    value = resource.props.get("publiclyAccessible")
    yield from judged("publiclyAccessible", value, "is true", holds=not value)


def _backed_up(resource: Resource, _: Stack) -> Iterator[Finding]:
    if _copies(resource):
        return
    fewest = _FEWEST_DAYS_IN_DEVELOPMENT if resource.stack in _DEVELOPMENT else _FEWEST_DAYS
    days = resource.props.get("backupRetentionPeriod")
    enough = isinstance(days, int | float) and days >= fewest
    yield from judged("backupRetentionPeriod", days, f"is less than {fewest} days", holds=enough)


def _plain_text(resource: Resource, _: Stack) -> Iterator[Finding]:
    family = resource.props.get("family")
    if isinstance(family, Mark):
        yield undecided("family")
        return
    needed = next((parameter for engine, parameter in _TLS.items() if str(family).startswith(engine)), None)
    if needed is None:
        return
    given = resource.props.get("parameters")
    if isinstance(given, Mark):
        yield undecided("parameters")
        return
    values: list[Value] = [one.get("value") for one in listed(given) if is_map(one) and one.get("name") == needed]
    if any(isinstance(value, Mark) for value in values):
        yield undecided("parameters")
    elif not any(str(value) in _ON for value in values):
        yield violated("parameters", "do not switch on what refuses connections in plain")


def _uncovered(resource: Resource, _: Stack) -> Iterator[Finding]:
    if _copies(resource):
        return
    key = _RETENTION.get(resource.type)
    days = resource.props.get(key) if key else None
    tags = tags_of(resource)
    tag = tags if isinstance(tags, Mark) else tags.get("backup")
    if resource.type in _UNKNOWN_TO_BACKUP:
        tag = None
    if days and not isinstance(days, Mark):
        return
    if isinstance(days, Mark) or isinstance(tag, Mark):
        yield undecided(key or "tags")
    elif tag in (None, "", "none"):
        yield violated(key or "tags", "neither keeps backups of its own nor has a tag `backup` that asks for them")


RULES = (
    Rule(
        id="database-not-public",
        severity="critical",
        statement="No database has a public address",
        why="A database on the internet is tried with every password that ever leaked.",
        fix="Set publiclyAccessible to false, and reach it through the VPN or a session.",
        sources=("POL-08", "DAT-33", "CKV_AWS_17", "RDS.2", "AWS-0180"),
        applies=of_type(_INSTANCE, _MEMBER),
        check=_public,
    ),
    Rule(
        id="database-encrypted",
        severity="high",
        statement="Every database is encrypted at rest",
        why="It cannot be encrypted later: only a copy of it can.",
        fix="Set storageEncrypted and kmsKeyId before the first deployment.",
        sources=("POL-08", "DAT-01", "CKV_AWS_16", "RDS.3", "AWS-0080"),
        applies=of_type(_INSTANCE, _CLUSTER),
        check=_is_true("storageEncrypted", "is not true"),
    ),
    Rule(
        id="database-in-two-zones",
        severity="high",
        statement="Outside development every database stands in two zones",
        why="A zone that fails takes the only machine with it, and a restore takes an hour.",
        fix="Set plinth:data.<engine>.multiZone.",
        sources=("POL-08", "DAT-07", "CKV_AWS_157", "RDS.5"),
        applies=of_type(_INSTANCE),
        check=_is_true("multiAz", "is not true", replicas=False, not_in=_DEVELOPMENT),
    ),
    Rule(
        id="database-backed-up",
        severity="high",
        statement="Every database can be restored to any moment of the last days: 3 in development, 7 elsewhere",
        why="Whoever deletes a table on Friday is noticed on Monday.",
        fix="Set plinth:data.<engine>.backupDays.",
        sources=("POL-08", "DAT-06", "CKV_AWS_133", "RDS.11", "AWS-0077"),
        applies=of_type(_INSTANCE, _CLUSTER),
        check=_backed_up,
    ),
    Rule(
        id="database-deletion-protected",
        severity="high",
        statement="In production no database can be deleted by one call, but for replicas",
        why="A deletion is over before anybody reads the plan.",
        fix="Set plinth:platform.deletion to retain.",
        sources=("POL-08", "CKV_AWS_293", "RDS.8", "AWS-0177"),
        applies=of_type(_INSTANCE, _CLUSTER),
        check=_is_true("deletionProtection", "is not true", replicas=False, not_in=_DEVELOPMENT | {"staging"}),
    ),
    Rule(
        id="database-login-by-identity",
        severity="medium",
        statement="Every database lets people in by IAM",
        why="A password that several people share belongs to nobody, and outlives whoever leaves.",
        fix="Set iamDatabaseAuthenticationEnabled.",
        sources=("POL-08", "DAT-33", "CKV_AWS_161", "RDS.10"),
        applies=of_type(_INSTANCE),
        check=_is_true("iamDatabaseAuthenticationEnabled", "is not true"),
    ),
    Rule(
        id="database-tls-forced",
        severity="high",
        statement="Every database refuses a connection without TLS",
        why="Passwords and records cross the network in plain, and no client notices.",
        fix="Switch rds.force_ssl or require_secure_transport on in its parameter group.",
        sources=("POL-08", "DAT-04"),
        applies=of_type(_PARAMETERS),
        check=_plain_text,
    ),
    Rule(
        id="database-proxy-tls-forced",
        severity="high",
        statement="Every database proxy refuses a connection without TLS",
        why="What the database demands of the proxy, nobody then demands of the client.",
        fix="Set requireTls.",
        sources=("POL-08", "DAT-11"),
        applies=of_type(_PROXY),
        check=_is_true("requireTls", "is not true"),
    ),
    Rule(
        id="stateful-backed-up",
        severity="high",
        statement="What keeps records keeps backups of them, or asks for them by its tag",
        why="The one store that nobody thought of is the one that is lost.",
        fix="Give it a retention of its own, or the tag `backup` another value than none.",
        sources=("POL-14", "BST-07"),
        applies=of_type(*_RETENTION, *_TAGGED),
        check=_uncovered,
        advisory_in=_DEVELOPMENT,
    ),
)
