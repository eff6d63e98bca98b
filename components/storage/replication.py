"""Copies of a bucket in other regions: the role in which S3 makes them, and the rules by which it does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pulumi import Input
from pulumi_aws import s3

from components.core.context import Context
from components.core.offers import Statement
from components.core.service_role import ServiceRoleArgs
from components.core.trust import ServiceTrust

_KEY_BECAUSE = "only what belongs to these buckets has them in its encryption context, whichever key it is under"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One copy: where it is, the key of that region, and the name of the bucket there that has the records of who read it."""

    region: str
    key_arn: Input[str]
    logs_bucket: Input[str] | None = None


def replicator(
    ctx: Context, purpose: str, source: str, copies: Mapping[str, tuple[str, Copy]], *, locked: bool
) -> ServiceRoleArgs:
    """The role that reads the bucket with the ARN `source` and writes its copies: by place, the ARN of each and what it is.

    Source: S3 user guide, "Setting up permissions for live replication" and "Replicating encrypted objects": with bucket keys the
    encryption context is the bucket, without it the object. `locked` objects are copied with their lock.
    """
    lock = ("s3:GetObjectLegalHold", "s3:GetObjectRetention") if locked else ()
    reads = ("s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging", *lock)
    targets = [arn for arn, _ in copies.values()]
    return ServiceRoleArgs(
        trust=ServiceTrust(service="s3.amazonaws.com", source_arn=source),
        statements=(
            Statement(sid="Source", actions=("s3:GetReplicationConfiguration", "s3:ListBucket"), resources=(source,)),
            Statement(sid="Read", actions=reads, resources=(f"{source}/*",)),
            Statement(
                sid="Write",
                actions=("s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"),
                resources=tuple(f"{arn}/*" for arn in targets),
            ),
            _key_use(ctx, "Decrypt", "kms:Decrypt", {ctx.region: [source]}),
            _key_use(ctx, "Encrypt", "kms:Encrypt", {copy.region: [arn] for arn, copy in copies.values()}),
        ),
        purpose=f"Copies the bucket {purpose} to other regions",
        area=purpose,
        job="replication",
    )


def rules(copies: Mapping[str, tuple[str, Copy]]) -> list[s3.BucketReplicationConfigRuleArgs]:
    """A rule for each copy: everything, deletions included; with figures of how far behind it is."""
    return [_rule(place, priority, arn, copy.key_arn) for priority, (place, (arn, copy)) in enumerate(copies.items(), start=1)]


def _rule(place: str, priority: int, arn: str, key_arn: Input[str]) -> s3.BucketReplicationConfigRuleArgs:
    return s3.BucketReplicationConfigRuleArgs(
        id=place,
        priority=priority,
        status="Enabled",
        filter=s3.BucketReplicationConfigRuleFilterArgs(prefix=""),
        delete_marker_replication=s3.BucketReplicationConfigRuleDeleteMarkerReplicationArgs(status="Enabled"),
        source_selection_criteria=s3.BucketReplicationConfigRuleSourceSelectionCriteriaArgs(
            sse_kms_encrypted_objects=s3.BucketReplicationConfigRuleSourceSelectionCriteriaSseKmsEncryptedObjectsArgs(
                status="Enabled"
            )
        ),
        destination=s3.BucketReplicationConfigRuleDestinationArgs(
            bucket=arn,
            encryption_configuration=s3.BucketReplicationConfigRuleDestinationEncryptionConfigurationArgs(
                replica_kms_key_id=key_arn
            ),
            metrics=s3.BucketReplicationConfigRuleDestinationMetricsArgs(status="Enabled"),
        ),
    )


def _key_use(ctx: Context, sid: str, action: str, buckets: Mapping[str, Sequence[str]]) -> Statement:
    contexts = [text for arns in buckets.values() for arn in arns for text in (arn, f"{arn}/*")]
    return Statement(
        sid=sid,
        actions=(action,),
        resources=tuple(f"arn:aws:kms:{region}:{ctx.account_id}:key/*" for region in buckets),
        conditions={
            "StringEquals": {"kms:ViaService": tuple(f"s3.{region}.amazonaws.com" for region in buckets)},
            "StringLike": {"kms:EncryptionContext:aws:s3:arn": tuple(contexts)},
        },
        because=_KEY_BECAUSE,
    )
