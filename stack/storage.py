"""Buckets and the archive of logs: what the program builds of components of storage."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, get_args

from pulumi import Input, Output

from components.core.context import Context
from components.core.contracts import CopiedKey, LogTarget, ObjectStore, SecurityGroups, SharedFiles
from components.security.purposes import Purpose
from components.storage.names import bucket_arn
from stack.alarms import watch
from stack.config.loader import Stack
from stack.config.storage import OWN_ORIGIN, Place
from stack.config.storage import Bucket as Wanted
from stack.identities import Holder, grants

if TYPE_CHECKING:
    from components.storage.replication import Copy

HOME: Final = "home"
_QUEUE: Final = "queue."


def log_archives(stack: Stack, ctx: Context) -> Mapping[str, LogTarget]:
    """Buckets for logs: at `home`, and in each place that holds copies of buckets, since one records only what lies beside it."""
    logs = stack.config.storage.logs
    if not logs.enabled:
        return {}
    from components.storage.log_archive import LogArchive, LogArchiveArgs

    asked = ctx.asked_by("plinth:storage.logs")
    found: dict[str, LogTarget] = {HOME: LogArchive("logs", LogArchiveArgs(lifecycle=logs.lifecycle, waf=True), asked)}
    for place in _places(stack):
        args = LogArchiveArgs(lifecycle=logs.lifecycle, place=place)
        found[place] = LogArchive(f"logs-{place}", args, asked.in_region(_region(stack, place)))
    return found


def buckets(
    stack: Stack,
    ctx: Context,
    keys: Mapping[Purpose, CopiedKey],
    holders: Sequence[Holder],
    archives: Mapping[str, LogTarget],
    queue_arns: Mapping[str, Input[str]],
) -> Mapping[str, ObjectStore]:
    """Every bucket of the stack file, with alarms on its copies. Its policy names each of `holders` whose `access` list does.

    `queue_arns` are those that the stack has, by name, each known once its policy lets in the buckets of `announcing`: S3 refuses
    to tell a queue of new objects that does not.
    """
    wanted_buckets = stack.config.storage.buckets
    if not wanted_buckets:
        return {}
    from components.storage.bucket import Bucket, BucketArgs

    asked = ctx.asked_by("plinth:storage.buckets")
    made = {
        name: Bucket(
            f"bucket-{name}",
            BucketArgs(
                purpose=name,
                versioned=wanted.versioned,
                lifecycle=wanted.lifecycle,
                key_arn=keys[wanted.encrypted_with].key_arn,
                grants=grants(ctx, "bucket", name, holders),
                logs_bucket=_logs(archives, HOME),
                cors_origins=origins(stack, wanted),
                lock_days=wanted.lock_days,
                events_to=queue_arns[wanted.events_to.removeprefix(_QUEUE)] if wanted.events_to else None,
                copies={place: _copy(stack, keys[wanted.encrypted_with], place, archives) for place in wanted.copies},
            ),
            asked,
        )
        for name, wanted in wanted_buckets.items()
    }
    watch("buckets", (signal for bucket in made.values() for signal in bucket.signals), asked)
    return made


def files(
    stack: Stack,
    ctx: Context,
    keys: Mapping[Purpose, CopiedKey],
    holders: Sequence[Holder],
    subnet_ids: Mapping[str, Output[str]],
    firewall: SecurityGroups,
) -> SharedFiles | None:
    """The file system that services share, in the zones of workloads. Its doors are for those of `holders` who name them."""
    wanted = stack.config.storage.files
    if not wanted.enabled:
        return None
    from components.storage.file_system import AccessPoint, FileSystem, FileSystemArgs

    args = FileSystemArgs(
        subnet_ids=subnet_ids,
        group_id=firewall.group_ids["files"],
        key_arn=keys["storage"].key_arn,
        throughput=wanted.throughput,
        cold_days=wanted.cold_after_days,
        backup=wanted.backup,
        access_points={
            name: AccessPoint(path=point.path, uid=point.uid, gid=point.gid, opened_by=_through(stack, name, holders))
            for name, point in wanted.access_points.items()
        },
    )
    return FileSystem("files", args, ctx.asked_by("plinth:storage.files"))


def _through(stack: Stack, point: str, holders: Sequence[Holder]) -> tuple[str, ...]:
    named = {name for name, service in stack.config.services.items() if any(e.to == f"files.{point}" for e in service.access)}
    return tuple(holder.arn for holder in holders if holder.kind == "service" and holder.name in named)


def account(stack: Stack, ctx: Context, keys: Mapping[Purpose, CopiedKey]) -> None:
    """What the account has once of storage, where this stack is the one to make it."""
    if not stack.config.account.singletons.enabled:
        return
    from components.storage.account_defaults import AccountDefaults, AccountDefaultsArgs

    args = AccountDefaultsArgs(key_arn=keys["storage"].key_arn)
    AccountDefaults("storage-defaults", args, ctx.asked_by("plinth:account.singletons"))


def announcing(stack: Stack, ctx: Context, queue: str) -> tuple[str, ...]:
    """The buckets that tell the queue called `queue` (`images`) of each new object, by their ARNs.

    For the queue's policy: it lets `s3.amazonaws.com` send on behalf of these (`aws:SourceArn`) and of this account
    (`aws:SourceAccount`), and a key of the stack's own lets S3 use it likewise (S3 user guide, "Granting permissions to publish
    event notification messages to a destination").
    """
    wanted = stack.config.storage.buckets.items()
    return tuple(bucket_arn(ctx, name) for name, bucket in wanted if bucket.events_to == f"{_QUEUE}{queue}")


def origins(stack: Stack, bucket: Wanted) -> tuple[str, ...]:
    """Whose pages may use the bucket. A stack without a domain has no sites of its own."""
    domain = stack.config.dns.domain
    own = (f"https://{domain}", f"https://www.{domain}") if domain else ()
    return tuple(origin for entry in bucket.cors_origins for origin in (own if entry == OWN_ORIGIN else (entry,)))


def _places(stack: Stack) -> tuple[Place, ...]:
    used = {place for bucket in stack.config.storage.buckets.values() for place in bucket.copies}
    return tuple(place for place in get_args(Place) if place in used)


def _region(stack: Stack, place: Place) -> str:
    regions = stack.config.platform.regions
    return {"standby": regions.standby, "vault": regions.vault}[place]


def _copy(stack: Stack, key: CopiedKey, place: Place, archives: Mapping[str, LogTarget]) -> "Copy":
    from components.storage.replication import Copy

    return Copy(region=_region(stack, place), key_arn=key.copy_arns[place], logs_bucket=_logs(archives, place))


def _logs(archives: Mapping[str, LogTarget], place: str) -> Output[str] | None:
    return archives[place].bucket_name if place in archives else None
