"""Machines: instances, volumes, groups of instances, nodes of clusters.

Sources of the rules: https://aws.amazon.com/ec2/pricing/on-demand/, /ebs/pricing/, /cloudwatch/pricing/ (detailed monitoring:
seven metrics an instance). Linux is assumed: an image does not say its system in a plan.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from plinth.cost.item import Block, Item, UndeterminedError
from plinth.cost.line import Free, Line, Metered, Row, Rule, Running, Said, several
from plinth.cost.quantity import Range
from plinth.cost.rules.network import PUBLIC_IPV4
from plinth.cost.rules.scaling import hours_of_group, numbers
from plinth.cost.sheet import Sku

_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
_METRICS = Sku("ec2", "detailed-monitoring (7 metrics per instance)")
_BASELINE_IOPS, _BASELINE_MBPS = 3000, 125
"""What gp3 includes. Amazon EBS User Guide, "General Purpose SSD volumes"."""
_ROOT_GB, _NODE_GB = 8, 20
"""The root volume of Amazon Linux images; that of a managed node without a template (EKS API Reference, `diskSize`)."""


def instance_hours(running: Running, size: str, *, spot: bool = False) -> Line:
    """The line of instances of one type."""
    return running.line(f"{size} hours", Sku("ec2", f"instance:{size}:linux:on-demand"), spot=spot)


def volume(block: Block, count: Range, *, type_key: str, size_key: str, what: str = "volume") -> Iterator[Line]:
    """The lines of `count` volumes of one kind: storage, and what is provisioned beyond what the kind includes."""
    kind, size = block.text(type_key, "gp2"), block.number(size_key)
    yield several(f"{what} storage", Sku("ebs", f"{kind}-storage"), count * size, f"GB {kind}")
    iops = block.number("iops", 0)
    if kind == "gp3":
        throughput = block.number("throughput", 0)
        if iops > _BASELINE_IOPS:
            yield several(f"{what} IOPS", Sku("ebs", "gp3-iops-above-3000"), count * (iops - _BASELINE_IOPS), "IOPS above 3,000")
        if throughput > _BASELINE_MBPS:
            sku = Sku("ebs", "gp3-throughput-above-125")
            yield several(f"{what} throughput", sku, count * (throughput - _BASELINE_MBPS), "MB/s above 125")
    elif kind in ("io1", "io2"):
        raise UndeterminedError(f"the IOPS of {kind} volumes have no price")


def _instance(item: Item) -> Iterator[Said]:
    template = item.linked("launchTemplate", _TEMPLATE)
    size = item.text("instanceType", template.text("instanceType") if template else None)
    if item.text("tenancy", "default") != "default":
        raise UndeterminedError("tenancy: only shared machines have prices")
    yield instance_hours(Running(), size, spot=_is_spot(item) or bool(template and _is_spot(template)))
    if item.flag("monitoring"):
        yield several("detailed monitoring", _METRICS, 7, "metrics")
    yield from _addresses(Running(), 1 if item.flag("associatePublicIpAddress") else _public_interfaces(template))
    root = item.block("rootBlockDevice")
    if root and root.has("volumeSize"):
        yield from volume(root, Range.of(1), type_key="volumeType", size_key="volumeSize", what="root volume")
    else:
        yield _root(Range.of(1), _ROOT_GB)
    for device in item.blocks("ebsBlockDevices"):
        yield from volume(device, Range.of(1), type_key="volumeType", size_key="volumeSize")


def _public_interfaces(template: Item | None) -> int:
    """How many public addresses each instance has that is launched from `template`."""
    return sum(one.flag("associatePublicIpAddress") for one in template.blocks("networkInterfaces")) if template else 0


def _addresses(running: Running, each: int) -> Iterator[Line]:
    if each:
        of = f"{each} addresses" if each > 1 else ""
        yield running.line("public address hours", PUBLIC_IPV4, Decimal(each), of=of)


def _root(count: Range, size: int) -> Line:
    assumed = f"a root volume of {size} GB gp3: the image decides"
    return several("root volume storage", Sku("ebs", "gp3-storage"), count * size, "GB gp3", assumed=assumed)


def _is_spot(item: Item) -> bool:
    if item.type == "aws:ec2/spotInstanceRequest:SpotInstanceRequest":
        return True
    market = item.block("instanceMarketOptions")
    return bool(market and market.text("marketType", "") == "spot")


def _group(item: Item) -> Iterator[Said]:
    """An Auto Scaling group: between its least and its most instances, as many as desired, while its schedule lets it run."""
    wanted = item.number("desiredCapacity") if item.has("desiredCapacity") else None
    running = Running(numbers(item, "minSize", "maxSize", wanted), *hours_of_group(item))
    mixed = item.block("mixedInstancesPolicy")
    specification = mixed.block("launchTemplate") if mixed else None
    template = item.linked("launchTemplate", _TEMPLATE) or item.linked("mixedInstancesPolicy", _TEMPLATE)
    sizes = (
        [one.text("instanceType") for one in specification.blocks("overrides") if one.has("instanceType")]
        if specification
        else []
    )
    if not sizes and template is None:
        raise UndeterminedError("its launch template is not in the plan")
    size = sizes[0] if sizes else template.text("instanceType") if template else ""
    for share, spot in _markets(mixed, running.count, spot=bool(template and _is_spot(template))):
        line = instance_hours(replace(running, count=share), size, spot=spot)
        yield replace(line, assumed=f"all instances are {size}, the first of {len(sizes)} types") if len(sizes) > 1 else line
    yield from _addresses(running, _public_interfaces(template))
    devices = template.blocks("blockDeviceMappings") if template else []
    volumes = [ebs for device in devices if (ebs := device.block("ebs")) and ebs.has("volumeSize")]
    for ebs in volumes:
        yield from volume(ebs, running.count, type_key="volumeType", size_key="volumeSize")
    if not volumes:
        yield _root(running.count, _ROOT_GB)
    monitoring = template.block("monitoring") if template else None
    if monitoring and monitoring.flag("enabled"):
        yield several("detailed monitoring", _METRICS, running.count * 7, "metrics")


def _markets(mixed: Block | None, count: Range, *, spot: bool) -> Iterator[tuple[Range, bool]]:
    """How many instances are on demand and how many are Spot. Amazon EC2 Auto Scaling API Reference, InstancesDistribution."""
    distribution = mixed.block("instancesDistribution") if mixed else None
    if distribution is None:
        yield count, spot
        return
    base = distribution.number("onDemandBaseCapacity", 0)
    percent = distribution.number("onDemandPercentageAboveBaseCapacity", 100)
    on_demand = count.each(lambda figure: min(figure, base) + max(figure - base, Decimal(0)) * percent / 100)
    if on_demand.high:
        yield on_demand, False
    if (rest := count - on_demand).high:
        yield rest, True


def _node_group(item: Item) -> Iterator[Said]:
    scaling = item.block("scalingConfig")
    if scaling is None:
        raise UndeterminedError("scalingConfig is not given")
    count = numbers(scaling, "minSize", "maxSize", scaling.number("desiredSize"))
    template = item.linked("launchTemplate", _TEMPLATE)
    sizes = (
        Block({"first": item.items("instanceTypes")[0]}, item.graph, "instanceTypes.") if item.items("instanceTypes") else None
    )
    size = sizes.text("first") if sizes else template.text("instanceType") if template else "t3.medium"
    yield instance_hours(Running(count), size, spot=item.text("capacityType", "ON_DEMAND") == "SPOT")
    yield from _addresses(Running(count), _public_interfaces(template))
    if template is None or not template.has("blockDeviceMappings"):
        disk = item.number("diskSize", _NODE_GB)
        yield several("node volume storage", Sku("ebs", "gp2-storage"), count * disk, "GB gp2", assumed="node volumes are gp2")
        return
    for device in template.blocks("blockDeviceMappings"):
        if ebs := device.block("ebs"):
            yield from volume(ebs, count, type_key="volumeType", size_key="volumeSize")


def _volume(item: Item) -> Iterator[Said]:
    yield from volume(item, Range.of(1), type_key="type", size_key="size")


def _cluster(item: Item) -> Iterator[Said]:
    line = Running().line("cluster hours", Sku("eks", "cluster-standard-support"))
    yield replace(line, assumed="the version of Kubernetes is under standard support")
    automatic = item.block("computeConfig")
    if automatic and automatic.flag("enabled"):
        raise UndeterminedError("computeConfig: nodes of Auto Mode have no price, and a plan does not say how many there are")


def _pods(item: Item) -> Iterator[Said]:
    del item
    yield Metered(what="vCPU of pods", sku=Sku("fargate", "linux-x86-vcpu"), usage="podVcpuHours")
    yield Metered(what="memory of pods", sku=Sku("fargate", "linux-x86-memory"), usage="podGbHours")


def _template(item: Item) -> Iterator[Said]:
    del item
    yield Free("a description; what is launched from it is charged")


_SNAPSHOT = Row(metered=(Metered(what="snapshot storage", sku=Sku("ebs", "snapshot-standard"), usage="snapshotGb"),))

RULES: Mapping[str, Rule] = {
    "aws:ec2/instance:Instance": _instance,
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest": _instance,
    "aws:ec2/launchTemplate:LaunchTemplate": _template,
    "aws:autoscaling/group:Group": _group,
    "aws:ebs/volume:Volume": _volume,
    "aws:ebs/snapshot:Snapshot": _SNAPSHOT,
    "aws:ebs/snapshotCopy:SnapshotCopy": _SNAPSHOT,
    "aws:eks/cluster:Cluster": _cluster,
    "aws:eks/nodeGroup:NodeGroup": _node_group,
    "aws:eks/fargateProfile:FargateProfile": _pods,
}
