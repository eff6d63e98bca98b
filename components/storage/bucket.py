"""Buckets: the one hardened constructor of them all, with each side-car resource that an S3 bucket has since provider v7."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from pulumi import Input, Output, Resource, ResourceOptions
from pulumi_aws import s3

from components.core.checks import name_problems, refuse
from components.core.component import Component
from components.core.context import Context
from components.core.documents import BUCKET_LIMIT, Grant, Refusal, resource_policy
from components.core.offers import Signal
from components.core.service_role import ServiceRole
from components.storage.lifecycle import INCOMPLETE_DAYS, Lifecycle, lifecycle_problems
from components.storage.names import bucket_arn, bucket_name
from components.storage.replication import Copy, replicator, rules

_CORS_SECONDS = 3600
"""For how long a browser need not ask again. Browsers cap it themselves, Chromium at two hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketArgs:
    """A bucket for one `purpose` (`media`), which names it.

    `place` sets apart its copy in another region; `prefix` is what AWS demands in front of some names. `key_arn` is what objects
    are encrypted with, None where whoever writes can only use a key of S3's own. `grants` are whom its policy lets in.
    `logs_bucket` is the name of the bucket, in the same region, that gets the records of who read what and lets them in already.
    `lock_days` is for how long a version can be neither deleted nor replaced, 0 for no lock: what is locked stays so. `copies`
    are by place. `events_to` is the ARN of a queue that hears of each new object, and lets the bucket send already. Raises
    ValueError that names every fault.
    """

    purpose: str
    versioned: bool
    lifecycle: Lifecycle
    key_arn: Input[str] | None
    prefix: str = ""
    grants: tuple[Grant, ...] = ()
    logs_bucket: Input[str] | None = None
    cors_origins: tuple[str, ...] = ()
    lock_days: int = 0
    copies: Mapping[str, Copy] = field(default_factory=dict[str, Copy])
    events_to: Input[str] | None = None
    place: str = ""

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        yield from name_problems("purpose", self.purpose)
        for place in (*self.copies, *filter(None, (self.place,))):
            yield from name_problems("place", place)
        for where, problem, allowed in lifecycle_problems(self.lifecycle):
            yield f"lifecycle.{where}: {problem}; {allowed}"
        if self.lock_days < 0:
            yield f"lock_days: {self.lock_days} is no time; 0 for no lock, or a number of days"
        for what, wanted in (("copies", self.copies), ("lock_days", self.lock_days)):
            if wanted and not self.versioned:
                yield f"{what}: a bucket without versions has none; versioned"
        if self.copies and self.key_arn is None:
            yield "copies: S3's own key cannot be named in another region; a key_arn"


class Bucket(Component):
    """A private bucket: no ACLs, no public access, TLS only, encrypted, with a lifecycle, and a record of who read what.

    Creates: the bucket and its settings; where asked, a lock, rules for browsers, events, and copies in other regions with the
    role that makes them.
    Costs: by the gigabyte and the request; each copy again, and the transfer to it.
    When not: for what is not objects; for logs that only people read, a log group.

    It is emptied when it goes, unless the stack retains its data: then it stays, and with it whatever protects it.
    """

    TYPE: ClassVar[str] = "plinth:storage:Bucket"

    bucket_name: Output[str]
    ready_name: Output[str]
    """The same, known once the policy is there: for who delivers to the bucket."""

    def __init__(self, name: str, args: BucketArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        self._args, self._copied = args, tuple(args.copies)
        bucket = s3.Bucket(
            f"{name}-bucket",
            bucket=bucket_name(ctx, args.purpose, args.place, args.prefix),
            force_destroy=not ctx.retain,
            region=ctx.region,
            tags=ctx.tagged(f"{name}-bucket"),
            opts=self.under(stateful=True, ignore=["objectLockEnabled"]),  # what `_locked` turns on, and would replace it
        )
        policy = self._closed(bucket)
        self._encrypted(bucket)
        versioning = s3.BucketVersioning(
            f"{name}-versioning",
            bucket=bucket.bucket,
            # Suspended, on a bucket that never had versions as well: `Disabled` could not be said of one that had.
            versioning_configuration={"status": "Enabled" if args.versioned else "Suspended"},
            region=ctx.region,
            opts=self.under(guards=True),
        )
        self._ageing(bucket, versioning)
        self._recorded(bucket)
        self._offered(bucket)
        copied = [self._copy(place, copy) for place, copy in args.copies.items()]
        locked = self._locked(bucket, [versioning, *copied])
        self._replicated(bucket, [versioning, *copied, *locked])
        self.bucket_name = bucket.bucket
        self.ready_name = policy.bucket
        self.publish()

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What to watch: objects that did not get to a copy. Source: S3 user guide, "Metrics for Amazon S3 in CloudWatch"."""
        return tuple(
            Signal(
                key=f"{self.pulumi_resource_name}-not-copied-{place}",
                namespace="AWS/S3",
                metric="OperationsFailedReplication",
                dimensions={
                    "SourceBucket": self.bucket_name,
                    "DestinationBucket": bucket_name(self._ctx, self._args.purpose, place),
                    "RuleId": place,
                },
                statistic="Sum",
                threshold=0,
                meaning=f"objects are missing from the copy in {place}: a lost right, key or bucket",
            )
            for place in self._copied
        )

    def _child(self, role: str) -> str:
        return f"{self.pulumi_resource_name}-{role}"

    def _closed(self, bucket: s3.Bucket) -> s3.BucketPolicy:
        """Nobody in but by policy: no ACLs, nothing public, nothing unencrypted on the way."""
        ctx, arn = self._ctx, bucket_arn(self._ctx, self._args.purpose, self._args.place, self._args.prefix)
        s3.BucketOwnershipControls(
            self._child("ownership"),
            bucket=bucket.bucket,
            rule={"object_ownership": "BucketOwnerEnforced"},
            region=ctx.region,
            opts=self.under(guards=True),
        )
        private = s3.BucketPublicAccessBlock(
            self._child("private"),
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            region=ctx.region,
            opts=self.under(guards=True),
        )
        return s3.BucketPolicy(
            self._child("policy"),
            bucket=bucket.bucket,
            policy=resource_policy(self._args.grants, limit=BUCKET_LIMIT, refusals=(_in_plain(arn),)),
            region=ctx.region,
            opts=self.under(guards=True, after=[private]),  # S3 refuses to change both at once
        )

    def _encrypted(self, bucket: s3.Bucket) -> None:
        key_arn = self._args.key_arn
        rule = s3.BucketServerSideEncryptionConfigurationRuleArgs(
            apply_server_side_encryption_by_default=s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
                sse_algorithm="AES256" if key_arn is None else "aws:kms", kms_master_key_id=key_arn
            ),
            bucket_key_enabled=key_arn is not None,  # one call to KMS for many objects
        )
        s3.BucketServerSideEncryptionConfiguration(
            self._child("encryption"),
            bucket=bucket.bucket,
            rules=[rule],
            region=self._ctx.region,
            opts=self.under(guards=True),
        )

    def _ageing(self, bucket: s3.Bucket, versioning: Resource) -> None:
        s3.BucketLifecycleConfiguration(
            self._child("lifecycle"),
            bucket=bucket.bucket,
            rules=list(_ageing(self._args.lifecycle)),
            region=self._ctx.region,
            opts=self.under(guards=True, after=[versioning]),  # its rules for old versions
        )
        if tiers := self._args.lifecycle.archive_tiers:
            s3.BucketIntelligentTieringConfiguration(
                self._child("tiering"),
                bucket=bucket.bucket,
                name="archive",
                status="Enabled",
                tierings=[{"access_tier": tier.to, "days": tier.after_days} for tier in tiers],
                region=self._ctx.region,
                opts=self.under(),
            )

    def _recorded(self, bucket: s3.Bucket) -> None:
        if self._args.logs_bucket is not None:
            s3.BucketLogging(
                self._child("records"),
                bucket=bucket.bucket,
                target_bucket=self._args.logs_bucket,
                target_prefix=f"s3/{self._args.purpose}/",
                region=self._ctx.region,
                opts=self.under(),
            )

    def _offered(self, bucket: s3.Bucket) -> None:
        """To browsers, and to who waits for new objects."""
        if self._args.cors_origins:
            s3.BucketCorsConfiguration(
                self._child("cors"),
                bucket=bucket.bucket,
                cors_rules=[
                    {
                        "allowed_origins": list(self._args.cors_origins),
                        "allowed_methods": ["GET", "HEAD", "POST", "PUT"],
                        "allowed_headers": ["*"],
                        "expose_headers": ["ETag"],
                        "max_age_seconds": _CORS_SECONDS,
                    }
                ],
                region=self._ctx.region,
                opts=self.under(),
            )
        if self._args.events_to is not None:
            s3.BucketNotification(
                self._child("events"),
                bucket=bucket.bucket,
                queues=[{"id": "created", "queue_arn": self._args.events_to, "events": ["s3:ObjectCreated:*"]}],
                region=self._ctx.region,
                opts=self.under(),
            )

    def _locked(self, bucket: s3.Bucket, after: Sequence[Resource]) -> list[Resource]:
        """By this alone, on a bucket that exists as on a new one: said of the bucket itself, a lock would replace it.

        It comes after its copies have theirs: what is locked is copied to where it can be.
        """
        if not self._args.lock_days:
            return []
        lock = s3.BucketObjectLockConfiguration(
            self._child("lock"),
            bucket=bucket.bucket,
            # To bypass governance is a right of its own, which nobody here has. Compliance could not be undone by anybody.
            rule={"default_retention": {"mode": "GOVERNANCE", "days": self._args.lock_days}},
            region=self._ctx.region,
            opts=self.under(guards=True, after=after),
        )
        return [lock]

    def _replicated(self, bucket: s3.Bucket, after: Sequence[Resource]) -> None:
        args, ctx = self._args, self._ctx
        if not args.copies:
            return
        there = {place: (bucket_arn(ctx, args.purpose, place), copy) for place, copy in args.copies.items()}
        source = bucket_arn(ctx, args.purpose)
        role = ServiceRole(
            self._child("replicator"),
            replicator(ctx, args.purpose, source, there, locked=bool(args.lock_days)),
            ctx,
            self.under(),
        )
        s3.BucketReplicationConfig(
            self._child("replication"),
            bucket=bucket.bucket,
            role=role.role_arn,
            rules=rules(there),
            region=ctx.region,
            opts=self.under(after=[role, *after]),  # S3 asks that both sides have versions, and a lock if one has
        )

    def _copy(self, place: str, copy: Copy) -> "Bucket":
        own = replace(
            self._args,
            place=place,
            key_arn=copy.key_arn,
            logs_bucket=copy.logs_bucket,
            copies={},
            grants=(),
            cors_origins=(),
            events_to=None,
        )
        return Bucket(self._child(place), own, self._ctx.in_region(copy.region), self.under())


def _in_plain(arn: str) -> Refusal:
    return Refusal(actions=("s3:*",), resources=(arn, f"{arn}/*"), conditions={"Bool": {"aws:SecureTransport": "false"}})


def _ageing(lifecycle: Lifecycle) -> Iterator[s3.BucketLifecycleConfigurationRuleArgsDict]:
    everything: s3.BucketLifecycleConfigurationRuleFilterArgsDict = {"prefix": ""}
    yield {
        "id": "uploads",
        "status": "Enabled",
        "filter": everything,
        "abort_incomplete_multipart_upload": {"days_after_initiation": INCOMPLETE_DAYS},
    }
    if lifecycle.old_version_days:
        old: s3.BucketLifecycleConfigurationRuleArgsDict = {
            "id": "old-versions",
            "status": "Enabled",
            "filter": everything,
            "noncurrent_version_expiration": {"noncurrent_days": lifecycle.old_version_days},
        }
        if not lifecycle.expire_days:  # a deleted object whose versions are gone leaves its marker behind
            old["expiration"] = {"expired_object_delete_marker": True}
        yield old
    if lifecycle.transitions or lifecycle.expire_days:
        ageing: s3.BucketLifecycleConfigurationRuleArgsDict = {
            "id": "ageing",
            "status": "Enabled",
            "filter": everything,
            "transitions": [{"storage_class": step.to, "days": step.after_days} for step in lifecycle.transitions],
        }
        if lifecycle.expire_days:
            ageing["expiration"] = {"days": lifecycle.expire_days}
        yield ageing
