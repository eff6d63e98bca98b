"""Databases, caches, search.

Sources of the rules: https://aws.amazon.com/rds/postgresql/pricing/, /rds/aurora/pricing/, /elasticache/pricing/,
/opensearch-service/pricing/, /dynamodb/pricing/on-demand/. A version of an engine is assumed to be under standard support.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from plinth.cost.item import Item, UndeterminedError
from plinth.cost.line import Free, Line, Metered, Row, Rule, Running, Said, several
from plinth.cost.quantity import Range
from plinth.cost.rules.scaling import numbers
from plinth.cost.sheet import Sku

_INSTANCE, _CLUSTER = "aws:rds/instance:Instance", "aws:rds/cluster:Cluster"
_GP3_INCLUDED_IOPS = 3000
"""For less than 400 GB. Amazon RDS User Guide, "gp3 storage"."""
_GP3_STRIPED_GB = 400
_GP3_INCLUDED_MBPS = 125
_VCPUS = {"micro": 2, "small": 2, "medium": 2, "large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32}
"""Of the classes db.t3, db.t4g, db.m5 to m7g and db.r5 to r7g. Amazon RDS User Guide, "Hardware specifications"."""
_LEAST_PROXY_VCPUS = 2
_BACKUP = Metered(
    what="backups beyond the free allowance", sku=Sku("rds", "backup-beyond-free-allowance"), usage="databaseBackupGb"
)


def _instance(item: Item) -> Iterator[Said]:
    source = item.linked("replicateSourceDb", _INSTANCE)
    engine, kind = _engine(item, source), item.text("instanceClass")
    zones = "multi-az" if item.flag("multiAz") else "single-az"
    yield Running().line(f"{kind} hours", Sku("rds", f"{engine}:{kind}:{zones}"))
    size = item.number("allocatedStorage", source.number("allocatedStorage") if source else None)
    iops = item.number("iops", 0)
    storage = item.text("storageType", "io1" if iops else "gp2")
    yield several("storage", Sku("rds", f"{storage}-storage:{zones}"), size, f"GB {storage}")
    yield from _iops(storage, size, iops, zones)
    if storage == "gp3" and item.number("storageThroughput", 0) > _GP3_INCLUDED_MBPS:
        raise UndeterminedError("storageThroughput: throughput beyond what gp3 includes has no price")
    if source is None and item.number("backupRetentionPeriod", 0):
        yield _BACKUP
    if item.number("performanceInsightsRetentionPeriod", 7) > 7:
        raise UndeterminedError("performanceInsightsRetentionPeriod: more than 7 days have no price")


def _iops(storage: str, size: Decimal, iops: Decimal, zones: str) -> Iterator[Line]:
    if storage == "io1":
        yield several("IOPS", Sku("rds", f"io1-iops:{zones}"), iops, "IOPS")
    elif storage == "gp3" and iops > _GP3_INCLUDED_IOPS:
        if size >= _GP3_STRIPED_GB:
            raise UndeterminedError("iops: what gp3 of 400 GB and more includes depends on the engine")
        beyond = iops - _GP3_INCLUDED_IOPS
        yield several("IOPS", Sku("rds", f"gp3-iops-above-baseline:{zones}"), beyond, "IOPS above 3,000")


def _engine(item: Item, source: Item | None) -> str:
    return item.text("engine", source.text("engine") if source else None)


def _member(item: Item) -> Iterator[Said]:
    """An instance of an Aurora cluster."""
    kind = item.text("instanceClass")
    if kind != "db.serverless":
        yield Running().line(f"{kind} hours", Sku("rds", f"{item.text('engine')}:{kind}:single-az"))
        return
    cluster = item.linked("clusterIdentifier", _CLUSTER)
    scaling = cluster.block("serverlessv2ScalingConfiguration") if cluster else None
    if scaling is None:
        raise UndeterminedError("the capacity of its cluster is not in the plan")
    middle = (scaling.number("minCapacity") + scaling.number("maxCapacity")) / 2
    line = Running(numbers(scaling, "minCapacity", "maxCapacity", middle)).line(
        "capacity unit hours", Sku("rds", "aurora-serverless-v2")
    )
    yield replace(line, assumed="capacity half-way between least and most")


def _cluster(item: Item) -> Iterator[Said]:
    if not item.text("engine").startswith("aurora"):
        raise UndeterminedError("no price for clusters other than Aurora")
    if item.text("storageType", "aurora") not in ("", "aurora"):
        raise UndeterminedError("no price for I/O-optimised storage")
    yield Metered(what="storage", sku=Sku("rds", "aurora-storage"), usage="auroraGb", assumed="I/O requests are not counted")
    if item.text("engineMode", "provisioned") == "serverless":
        raise UndeterminedError("engineMode: the capacity of Aurora Serverless v1 has no price")


def _proxy(item: Item) -> Iterator[Said]:
    targets = [
        target.linked("dbInstanceIdentifier", _INSTANCE)
        for target in item.linking("dbProxyName", "aws:rds/proxyTarget:ProxyTarget")
    ]
    classes = [target.text("instanceClass") for target in targets if target]
    unknown = [kind for kind in classes if kind.rsplit(".", 1)[-1] not in _VCPUS]
    if unknown or not classes:
        raise UndeterminedError(f"how many vCPU {unknown[0]} has is not known" if unknown else "its targets are not in the plan")
    vcpus = max(_LEAST_PROXY_VCPUS, sum(_VCPUS[kind.rsplit(".", 1)[-1]] for kind in classes))
    sku = Sku("rds", "proxy (per vCPU of the target instances; minimum 2 vCPU)")
    yield Running().line("proxy vCPU-hours", sku, Decimal(vcpus), of=f"{vcpus} vCPU")


def _replication_group(item: Item) -> Iterator[Said]:
    if item.has("globalReplicationGroupId") and not item.has("nodeType"):
        raise UndeterminedError("nodeType is that of its global group")
    kind, engine = item.text("nodeType"), item.text("engine", "redis")
    shards = item.whole("numNodeGroups", 0)
    if not shards and not item.has("numCacheClusters"):
        raise UndeterminedError("neither numNodeGroups nor numCacheClusters is given")
    nodes = shards * (1 + item.whole("replicasPerNodeGroup", 0)) if shards else item.whole("numCacheClusters")
    yield Running(Range.of(nodes)).line(f"{kind} node hours", Sku("elasticache", f"{engine}:{kind}"))
    yield from _cache_backups(item)


def _cache(item: Item) -> Iterator[Said]:
    if item.has("replicationGroupId"):
        yield Free("its nodes are counted in its replication group")
        return
    kind, engine = item.text("nodeType"), item.text("engine")
    yield Running(Range.of(item.whole("numCacheNodes"))).line(f"{kind} node hours", Sku("elasticache", f"{engine}:{kind}"))
    yield from _cache_backups(item)


def _cache_backups(item: Item) -> Iterator[Said]:
    if item.number("snapshotRetentionLimit", 0):
        yield Metered(what="backups", sku=Sku("elasticache", "backup-storage"), usage="cacheBackupGb")


def _search(item: Item) -> Iterator[Said]:
    cluster = item.block("clusterConfig")
    if cluster is None:
        raise UndeterminedError("clusterConfig is not given")
    if cluster.flag("warmEnabled"):
        raise UndeterminedError("clusterConfig.warmEnabled: warm nodes have no price")
    kind, count = cluster.text("instanceType"), cluster.whole("instanceCount", 1)
    yield _nodes(kind, count, "data node")
    if cluster.flag("dedicatedMasterEnabled"):
        yield _nodes(cluster.text("dedicatedMasterType"), cluster.whole("dedicatedMasterCount"), "master node")
    volumes = item.block("ebsOptions")
    if volumes and volumes.flag("ebsEnabled"):
        storage, size = volumes.text("volumeType", "gp2"), volumes.number("volumeSize")
        yield several("storage", Sku("opensearch", f"{storage}-storage"), size * count, f"GB {storage}")
        for key, included in (("iops", _GP3_INCLUDED_IOPS), ("throughput", _GP3_INCLUDED_MBPS)):
            if volumes.number(key, 0) > included:
                raise UndeterminedError(f"ebsOptions.{key}: what is provisioned beyond {included:,} has no price")


def _nodes(kind: str, count: int, what: str) -> Line:
    return Running(Range.of(count)).line(f"{kind} {what} hours", Sku("opensearch", f"instance:{kind}"))


def _table(item: Item) -> Iterator[Said]:
    if item.text("tableClass", "STANDARD") != "STANDARD":
        raise UndeterminedError(f"no price for tables of the class {item.text('tableClass')}")
    yield Metered(what="storage", sku=Sku("dynamodb", "storage"), usage="tableGb")
    if item.text("billingMode", "PROVISIONED") == "PAY_PER_REQUEST":
        yield Metered(what="read units", sku=Sku("dynamodb", "on-demand-read"), usage="tableReadsMillion")
        yield Metered(what="write units", sku=Sku("dynamodb", "on-demand-write"), usage="tableWritesMillion")
    else:
        for key in ("read", "write"):
            units = item.number(f"{key}Capacity") + sum(
                index.number(f"{key}Capacity", 0) for index in item.blocks("globalSecondaryIndexes")
            )
            yield Running(Range.of(units)).line(f"{key} unit hours", Sku("dynamodb", f"provisioned-{key}-unit"))
    if item.has("replicas"):
        raise UndeterminedError("replicas: writes to other regions have no price")
    recovery = item.block("pointInTimeRecovery")
    if recovery and recovery.flag("enabled"):
        raise UndeterminedError("pointInTimeRecovery: continuous backups have no price")


RULES: Mapping[str, Rule] = {
    _INSTANCE: _instance,
    _CLUSTER: _cluster,
    "aws:rds/clusterInstance:ClusterInstance": _member,
    "aws:rds/proxy:Proxy": _proxy,
    "aws:rds/snapshot:Snapshot": Row(metered=(_BACKUP,)),
    "aws:rds/clusterSnapshot:ClusterSnapshot": Row(metered=(_BACKUP,)),
    "aws:elasticache/replicationGroup:ReplicationGroup": _replication_group,
    "aws:elasticache/cluster:Cluster": _cache,
    "aws:opensearch/domain:Domain": _search,
    "aws:elasticsearch/domain:Domain": _search,
    "aws:dynamodb/table:Table": _table,
}
