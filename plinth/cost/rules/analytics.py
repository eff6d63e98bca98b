"""Data in motion and at work: Kafka, EMR, Glue, Athena, migration; and the pipelines that build and deliver.

Sources of the rules: https://aws.amazon.com/msk/pricing/, /emr/pricing/, /glue/pricing/, /athena/pricing/, /dms/pricing/,
/codebuild/pricing/, /codepipeline/pricing/.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from plinth.cost.item import Item, UndeterminedError
from plinth.cost.line import Metered, Row, Rule, Running, Said, several
from plinth.cost.quantity import Range
from plinth.cost.rules.compute import instance_hours
from plinth.cost.sheet import Sku

_MIGRATION_STORAGE_FREE_GB = 50
_BUILDERS = {
    "BUILD_GENERAL1_SMALL": "linux general1.small",
    "BUILD_GENERAL1_MEDIUM": "linux general1.medium",
    "BUILD_GENERAL1_LARGE": "linux general1.large",
}


def _kafka(item: Item) -> Iterator[Said]:
    nodes, brokers = item.block("brokerNodeGroupInfo"), item.whole("numberOfBrokerNodes")
    if nodes is None:
        raise UndeterminedError("brokerNodeGroupInfo is not given")
    kind = nodes.text("instanceType")
    yield Running(Range.of(brokers)).line(f"{kind} broker hours", Sku("msk", f"broker:{kind}"))
    info = nodes.block("storageInfo")
    storage = info.block("ebsStorageInfo") if info else None
    if storage is None:
        raise UndeterminedError("brokerNodeGroupInfo.storageInfo is not given")
    yield several("storage", Sku("msk", "storage"), storage.number("volumeSize") * brokers, "GB")


def _emr(item: Item) -> Iterator[Said]:
    groups = [item.block("masterInstanceGroup"), item.block("coreInstanceGroup")]
    for group in groups:
        if group is None:
            continue
        kind, running = group.text("instanceType"), Running(Range.of(group.whole("instanceCount", 1)))
        yield instance_hours(running, kind, spot=group.has("bidPrice"))
        yield running.line(f"EMR on {kind} hours", Sku("emr", f"surcharge-on-ec2:{kind}"))
    if groups[0] is None:
        raise UndeterminedError("masterInstanceGroup is not given")


def _glue_job(item: Item) -> Iterator[Said]:
    sku = Sku("glue", "etl-flex-dpu" if item.text("executionClass", "STANDARD") == "FLEX" else "etl-dpu")
    yield Metered(what="DPU-hours", sku=sku, usage="glueDpuHours")


def _migration(item: Item) -> Iterator[Said]:
    kind, zones = item.text("replicationInstanceClass"), "multi-az" if item.flag("multiAz") else "single-az"
    yield Running().line(f"{kind} hours", Sku("dms", f"instance:{kind}:{zones}"))
    beyond = item.number("allocatedStorage", _MIGRATION_STORAGE_FREE_GB) - _MIGRATION_STORAGE_FREE_GB
    if beyond > 0:
        sku = Sku("dms", f"storage-gp2:{zones} (beyond 50 GB free on small classes)")
        yield several("storage", sku, beyond, "GB above 50")


def _build(item: Item) -> Iterator[Said]:
    environment = item.block("environment")
    kind = environment.text("computeType") if environment else ""
    if kind not in _BUILDERS or environment is None or environment.text("type") != "LINUX_CONTAINER":
        raise UndeterminedError(f"no price for builds on {kind or 'what is not given'}")
    yield Metered(what="build minutes", sku=Sku("codebuild", _BUILDERS[kind]), usage="buildMinutes")


def _pipeline(item: Item) -> Iterator[Said]:
    if item.text("pipelineType", "V1") == "V1":
        yield several("active pipeline", Sku("codepipeline", "v1-active-pipeline"), Decimal(1), "pipeline")
    else:
        yield Metered(what="action minutes", sku=Sku("codepipeline", "v2-action-execution"), usage="pipelineMinutes")


RULES: Mapping[str, Rule] = {
    "aws:msk/cluster:Cluster": _kafka,
    "aws:emr/cluster:Cluster": _emr,
    "aws:glue/job:Job": _glue_job,
    "aws:glue/crawler:Crawler": Row(metered=(Metered(what="DPU-hours", sku=Sku("glue", "crawler-dpu"), usage="glueDpuHours"),)),
    "aws:athena/workgroup:Workgroup": Row(
        metered=(Metered(what="data scanned", sku=Sku("athena", "data-scanned"), usage="athenaTb"),)
    ),
    "aws:dms/replicationInstance:ReplicationInstance": _migration,
    "aws:codebuild/project:Project": _build,
    "aws:codepipeline/pipeline:Pipeline": _pipeline,
}
