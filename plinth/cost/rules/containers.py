"""Containers: services on Fargate, image repositories.

Sources of the rules: https://aws.amazon.com/fargate/pricing/ (vCPU and memory by the second; storage above 20 GB), /ecr/pricing/,
/xray/pricing/, /vpc/pricing/ (public addresses). Amazon ECS Developer Guide: a service that says neither where its tasks run nor
by which strategy follows the default strategy of its cluster.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from plinth.cost.item import Block, Item, UndeterminedError
from plinth.cost.line import Free, Metered, Row, Rule, Running, Said, plain
from plinth.cost.quantity import Range
from plinth.cost.rules.network import PUBLIC_IPV4
from plinth.cost.rules.scaling import hours_of_target, numbers
from plinth.cost.sheet import Sku

_TASK = "aws:ecs/taskDefinition:TaskDefinition"
_TARGET = "aws:appautoscaling/target:Target"
_CLUSTER = "aws:ecs/cluster:Cluster"
_STRATEGY_OF = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
_INCLUDED_GB = 20
_PROVIDERS = ("FARGATE", "FARGATE_SPOT")


def _service(item: Item) -> Iterator[Said]:
    markets = _markets(item)
    if not markets:
        yield Free("its tasks run on instances, which are charged themselves")
        return
    task = item.linked("taskDefinition", _TASK)
    if task is None:
        raise UndeterminedError("its task definition is not in the plan")
    running = _running(item)
    if not running.count.high:
        yield Free("no task runs: desiredCount is 0, which is its default")
        return
    for spot, share in markets.items():
        yield from _tasks(task, replace(running, count=running.count * share), spot=spot)
    network = item.block("networkConfiguration")
    if network and network.flag("assignPublicIp"):
        yield running.line("public address hours", PUBLIC_IPV4)
    if _hands_on_traces(task):
        yield Metered(what="traces recorded", sku=Sku("xray", "traces-recorded"), usage="tracesMillion")


def _running(item: Item) -> Running:
    """How many tasks: what scales the service says from where to where; else as many as desired."""
    desired = item.number("desiredCount", 0)
    targets = item.linking("resourceId", _TARGET)
    if not targets:
        return Running(Range.of(desired))
    return Running(numbers(targets[0], "minCapacity", "maxCapacity", desired), *hours_of_target(targets[0]))


def _markets(item: Item) -> Mapping[bool, Decimal]:
    """The share of the tasks on Fargate Spot (true) and on Fargate, by the weights of the strategy; none on instances."""
    strategy = _strategy(item)
    if not strategy:
        return {False: Decimal(1)} if item.text("launchType", "EC2") == "FARGATE" else {}
    weights = {block.text("capacityProvider"): block.number("weight", 0) for block in strategy}
    whole = sum(weights.values())
    if any(name not in _PROVIDERS for name in weights):
        return {}
    if not whole:
        raise UndeterminedError("the weights of capacityProviderStrategies are all zero")
    spot = (weights.get("FARGATE_SPOT", Decimal(0)) / whole).quantize(Decimal("0.000001"))
    return {market: share for market, share in ((False, 1 - spot), (True, spot)) if share}


def _strategy(item: Item) -> Sequence[Block]:
    """The strategy of the service, else the default one of its cluster; none where a launch type says where its tasks run."""
    own = item.blocks("capacityProviderStrategies")
    if own or item.has("launchType") or item.text("schedulingStrategy", "REPLICA") == "DAEMON":
        return own
    cluster = item.linked("cluster", _CLUSTER)
    if cluster is None:
        raise UndeterminedError(
            "neither launchType is given nor its cluster in the plan, whose strategy says where its tasks run"
        )
    said = cluster.linking("clusterName", _STRATEGY_OF)
    return (said[0] if said else cluster).blocks("defaultCapacityProviderStrategies")


def _tasks(task: Item, running: Running, *, spot: bool) -> Iterator[Said]:
    platform = task.block("runtimePlatform")
    system = platform.text("operatingSystemFamily", "LINUX") if platform else "LINUX"
    arm = platform is not None and platform.text("cpuArchitecture", "X86_64") == "ARM64"
    if system != "LINUX":
        raise UndeterminedError(f"no price for tasks on {system}")
    if spot and arm:
        raise UndeterminedError("no price for Fargate Spot on ARM")
    for what, unit in (("vcpu", "vCPU"), ("memory", "GB")):
        each = task.number("cpu" if what == "vcpu" else what) / 1024
        regular = Sku("fargate", f"linux-{'arm' if arm else 'x86'}-{what}")
        sku = Sku("fargate", f"{regular.sku}-spot") if spot else regular
        yield running.line(f"task {unit}-hours", sku, each, of=f"{plain(each)} {unit}", on_demand=regular if spot else None)
    storage = task.block("ephemeralStorage")
    beyond = _beyond(storage)
    if beyond:
        sku = Sku("fargate", "ephemeral-storage-above-20GB")
        yield running.line("task storage GB-hours", sku, beyond, of=f"{plain(beyond)} GB above 20")


def _hands_on_traces(task: Item) -> bool:
    """Whether a container is told to, as AWS's distribution of the OpenTelemetry collector is told what to do.

    A plan of the engine does not know the text while an image in it is new; then nobody knows of traces.
    """
    text = task.values.get("containerDefinitions")
    return isinstance(text, str) and "AOT_CONFIG_CONTENT" in text and "awsxray" in text


def _beyond(storage: Block | None) -> Decimal:
    return max(storage.number("sizeInGib") - _INCLUDED_GB, Decimal(0)) if storage else Decimal(0)


def _cluster(item: Item) -> Iterator[Said]:
    settings = {block.text("name"): block.text("value") for block in item.blocks("settings")}
    if settings.get("containerInsights", "disabled") == "disabled":
        yield Free("a cluster on its own is not charged (https://aws.amazon.com/ecs/pricing/)")
        return
    yield Metered(what="metrics of Container Insights", sku=Sku("cloudwatch", "custom-metric (first 10k)"), usage="customMetrics")


RULES: Mapping[str, Rule] = {
    "aws:ecs/service:Service": _service,
    _CLUSTER: _cluster,
    "aws:ecr/repository:Repository": Row(metered=(Metered(what="image storage", sku=Sku("ecr", "storage"), usage="imagesGb"),)),
}
