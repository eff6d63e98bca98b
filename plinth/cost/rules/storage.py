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
    yield Metered(what="storage", sku=Sku("efs", "standard-storage"), usage="fileSystemGb", scale=Decimal(1))
    if item.text("throughputMode", "bursting") == "provisioned":
        raise UndeterminedError("throughputMode: provisioned throughput has no price")


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
    "aws:backup/vault:Vault": _vault("ebs-warm"),
    "aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault": _vault("logically-air-gapped-vault:ebs|efs"),
}
