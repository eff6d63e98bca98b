"""Objects, file systems, backups.

Sources of the rules: https://aws.amazon.com/s3/pricing/, /efs/pricing/, /backup/pricing/. Objects are in S3 Standard, unless a
lifecycle rule moves them.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from plinth.cost.item import Item, UndeterminedError
from plinth.cost.line import Free, Metered, Row, Rule, Said
from plinth.cost.sheet import Sku

_CLASSES: Mapping[str, tuple[str, str]] = {
    "STANDARD_IA": ("standard-ia-storage", "s3InfrequentGb"),
    "GLACIER_IR": ("glacier-instant-storage", "s3InstantGb"),
    "GLACIER": ("glacier-flexible-storage", "s3GlacierGb"),
    "DEEP_ARCHIVE": ("glacier-deep-archive-storage", "s3ArchiveGb"),
    "INTELLIGENT_TIERING": ("intelligent-tiering-monitoring", "s3TieringObjectsThousand"),
}
_BUCKET = Row(
    metered=(
        Metered(what="storage", sku=Sku("s3", "standard-storage (first 50 TB)"), usage="s3Gb"),
        Metered(what="writes", sku=Sku("s3", "put-copy-post-list"), usage="s3WritesThousand"),
        Metered(what="reads", sku=Sku("s3", "get-select"), usage="s3ReadsThousand"),
    )
)


def _lifecycle(item: Item) -> Iterator[Said]:
    moves = [
        move.text("storageClass")
        for rule in item.blocks("rules")
        for key in ("transitions", "noncurrentVersionTransitions")
        for move in rule.blocks(key)
    ]
    for name in dict.fromkeys(moves):
        if name not in _CLASSES:
            raise UndeterminedError(f"no price for the storage class {name}")
        sku, usage = _CLASSES[name]
        yield Metered(what=f"storage in {name}", sku=Sku("s3", sku), usage=usage)
    if not moves:
        yield Free("it only deletes (https://aws.amazon.com/s3/pricing/)")


def _vault(sku: str) -> Row:
    return Row(metered=(Metered(what="backups", sku=Sku("backup", sku), usage="backupGb", assumed="all backups are of volumes"),))


def _file_system(item: Item) -> Iterator[Said]:
    if item.has("availabilityZoneName"):
        raise UndeterminedError("availabilityZoneName: storage in one zone has no price")
    yield Metered(what="storage", sku=Sku("efs", "standard-storage"), usage="fileSystemGb", scale=Decimal(1))
    throughput = item.text("throughputMode", "bursting")
    moves = item.blocks("lifecyclePolicies")
    if any(move.has("transitionToIa") for move in moves):
        elastic = " (elastic throughput)" if throughput == "elastic" else ""
        yield Metered(
            what="storage in Infrequent Access",
            sku=Sku("efs", f"infrequent-access-storage{elastic}"),
            usage="fileSystemColdGb",
            assumed="reading from Infrequent Access and moving to it, by the GB, are not counted",
        )
    if throughput == "elastic":
        yield Metered(what="data read", sku=Sku("efs", "elastic-throughput-read"), usage="fileSystemReadGb")
        yield Metered(what="data written", sku=Sku("efs", "elastic-throughput-write"), usage="fileSystemWriteGb")
    elif throughput != "bursting":
        raise UndeterminedError(f"throughputMode: {throughput} throughput has no price")
    if any(move.has("transitionToArchive") for move in moves):
        raise UndeterminedError("lifecyclePolicies.transitionToArchive: archived storage has no price")


def _file_system_backup(item: Item) -> Iterator[Said]:
    policy = item.block("backupPolicy")
    if policy is None:
        raise UndeterminedError("backupPolicy is not given")
    if policy.text("status") != "ENABLED":
        yield Free("nothing is backed up (https://docs.aws.amazon.com/efs/latest/ug/awsbackup.html)")
        return
    yield Metered(what="backups", sku=Sku("backup", "efs-warm"), usage="fileSystemBackupGb")


RULES: Mapping[str, Rule] = {
    **dict.fromkeys(("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"), _BUCKET),
    **dict.fromkeys(
        (
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
        ),
        _lifecycle,
    ),
    "aws:efs/fileSystem:FileSystem": _file_system,
    "aws:efs/backupPolicy:BackupPolicy": _file_system_backup,
    "aws:backup/vault:Vault": _vault("ebs-warm"),
    "aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault": _vault("logically-air-gapped-vault:ebs|efs"),
}
