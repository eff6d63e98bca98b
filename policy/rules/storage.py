"""POL-07, storage: every bucket has all of its settings, no page of strangers gets in, files are encrypted."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from policy.rules.documents import Statement, documents
from policy.rules.rule import Finding, Rule, judged, of_type, undecided, violated
from policy.rules.view import Mark, Resource, Stack, Value, is_map, listed

_BUCKET, _CORS = "aws:s3/bucket:Bucket", "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration"
_FILES = "aws:efs/fileSystem:FileSystem"
_FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_PARTITION = re.compile(r"arn:[^:]+:s3:::")
_UNVERSIONED = frozenset({"dev", "development"})
"""Stacks in which a bucket may do without versions, and any page may use one: what is there can be had again."""


def _closed(block: Resource) -> Iterator[Finding]:
    for flag in _FLAGS:
        value = block.props.get(flag)
        yield from judged(flag, value, "is off: the bucket, or an object of it, could be made public", holds=value is True)


def _owned(controls: Resource) -> Iterator[Finding]:
    ownership = _inside(controls.props.get("rule"), "objectOwnership")
    detail = "leaves ACLs in force, by which objects could be given away"
    yield from judged("rule.objectOwnership", ownership, detail, holds=ownership == "BucketOwnerEnforced")


def _encrypted(configuration: Resource) -> Iterator[Finding]:
    rules = configuration.props.get("rules")
    algorithms = [_inside(_inside(rule, "applyServerSideEncryptionByDefault"), "sseAlgorithm") for rule in listed(rules)]
    if any(isinstance(algorithm, Mark) for algorithm in algorithms):
        yield undecided("rules[0]")
    elif not algorithms or not all(algorithms):
        yield violated("rules", "name no algorithm")


def _versioned(versioning: Resource) -> Iterator[Finding]:
    status = _inside(versioning.props.get("versioningConfiguration"), "status")
    holds = status == "Enabled" or versioning.stack in _UNVERSIONED
    yield from judged("versioningConfiguration.status", status, "is off: what is overwritten or deleted is gone", holds=holds)


def _over_tls(policy: Resource) -> Iterator[Finding]:
    refused: list[Value] = []
    for document in documents(policy):
        if isinstance(document.statements, Mark):
            yield undecided(document.at)
            return
        refused += [on for one in document.statements or () if _refuses_plain(one) for on in one.resources]
    bucket = policy.props.get("bucket")
    if _covered(refused, "*"):
        return
    if refused and not isinstance(bucket, str):
        yield undecided("bucket")
    elif not (_covered(refused, str(bucket)) and _covered(refused, f"{bucket}/*")):
        yield violated("policy", "does not refuse what comes without TLS")


def _refuses_plain(statement: Statement) -> bool:
    """Everybody, everything, whenever it comes in plain: with a second condition some of that would get through."""
    everybody = "*" in statement.principals.get("AWS", ())
    everything = any(str(action).lower() in ("*", "s3:*") for action in statement.actions)
    return statement.allows is False and everybody and everything and _when_plain(statement.conditions)


def _when_plain(conditions: Mapping[str, Value] | Mark) -> bool:
    if isinstance(conditions, Mark) or len(conditions) != 1 or not conditions.keys() <= {"Bool", "BoolIfExists"}:
        return False
    (block,) = conditions.values()
    said = [(key.lower(), [str(one).lower() for one in listed(value)]) for key, value in block.items()] if is_map(block) else []
    return said == [("aws:securetransport", ["false"])]


def _covered(patterns: Sequence[Value], what: str) -> bool:
    """Whether one of the ARNs holds for all of `what`, which ends in a star where many are meant: no `?` stands for those."""
    own = [_PARTITION.sub("", str(pattern)) for pattern in patterns]
    return any(re.fullmatch(re.escape(one).replace(r"\*", ".*").replace(r"\?", "[^*]"), what) for one in own)


def _ages(lifecycle: Resource) -> Iterator[Finding]:
    rules = lifecycle.props.get("rules")
    something = any(_inside(rule, "status") != "Disabled" for rule in listed(rules))
    yield from judged("rules", rules, "say nothing: objects stay for ever", holds=something)


_SETTINGS: Mapping[str, tuple[str, Callable[[Resource], Iterator[Finding]]]] = {
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ("public access block", _closed),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ("ownership", _owned),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ("encryption", _encrypted),
    "aws:s3/bucketVersioning:BucketVersioning": ("versioning", _versioned),
    "aws:s3/bucketPolicy:BucketPolicy": ("policy", _over_tls),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ("lifecycle", _ages),
}
"""What belongs to a bucket as a resource of its own: what it is called, and what must be true of it."""


def _incomplete(bucket: Resource, stack: Stack) -> Iterator[Finding]:
    beside = [other for other in stack.referring_to(bucket.urn) if bucket.urn in other.references.get("bucket", ())]
    for token, (what, wrong) in _SETTINGS.items():
        found = [other for other in beside if other.type == token]
        if not found:
            yield violated("", f"has no {what}")
        for other in found:
            for finding in wrong(other):
                yield Finding(at=f"{what}.{finding.at}", detail=finding.detail, decided=finding.decided)


def _open_to_every_page(cors: Resource, _: Stack) -> Iterator[Finding]:
    if cors.stack in _UNVERSIONED:
        return
    for index, rule in enumerate(listed(cors.props.get("corsRules"))):
        origins = _inside(rule, "allowedOrigins")
        at = f"corsRules[{index}].allowedOrigins"
        if isinstance(origins, Mark) or any(isinstance(origin, Mark) for origin in listed(origins)):
            yield undecided(at)
        elif any("*" in str(origin) for origin in listed(origins)):
            yield violated(at, "lets pages of strangers in")


def _in_plain(files: Resource, _: Stack) -> Iterator[Finding]:
    encrypted = files.props.get("encrypted")
    yield from judged("encrypted", encrypted, "is off, and cannot be switched on later", holds=encrypted is True)


def _inside(value: Value, key: str) -> Value:
    """What stands under `key`; a mark where `value` cannot be seen."""
    return value.get(key) if is_map(value) else value if isinstance(value, Mark) else None


RULES = (
    Rule(
        id="bucket-has-all-settings",
        severity="high",
        statement=(
            "Every bucket has a public access block, ownership, encryption, versioning, a lifecycle, and a policy that refuses "
            "what comes without TLS"
        ),
        why="Each is a resource of its own, and a bucket without it is made all the same: open, in plain, for ever.",
        fix="Make buckets with components/storage/bucket.py alone.",
        sources=("POL-07", "STO-10", "STO-11", "STO-12", "STO-13", "STO-15", "CKV2_AWS_6", "CKV_AWS_21", "S3.5", "AWS-0086"),
        applies=of_type(_BUCKET),
        check=_incomplete,
        across=True,
    ),
    Rule(
        id="bucket-pages-of-our-own-only",
        severity="medium",
        statement="Beyond dev no bucket lets in the pages of every site",
        why="Any page that a signed-in user opens could then read and write in that user's name.",
        fix="Name origins in corsOrigins, or say own.",
        sources=("POL-07", "STO-14"),
        applies=of_type(_CORS),
        check=_open_to_every_page,
    ),
    Rule(
        id="file-system-encrypted",
        severity="high",
        statement="Every file system is encrypted",
        why="A file system that was made in plain can only be encrypted by copying all of it into another.",
        fix="Set encrypted, and kmsKeyId to the storage key.",
        sources=("POL-05", "STO-18", "CKV_AWS_42", "EFS.1", "AWS-0037"),
        applies=of_type(_FILES),
        check=_in_plain,
    ),
)
