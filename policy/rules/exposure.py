"""POL-03, what the world can reach: load balancers, on 80 and 443, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_network

from policy.rules.rule import Finding, Rule, judged, of_type, undecided, violated
from policy.rules.view import Mark, Resource, Stack, Value, is_map, listed

_GROUP = "aws:ec2/securityGroup:SecurityGroup"
_DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
_INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
_EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
_INBOUND = frozenset({_GROUP, _DEFAULT_GROUP, _RULE, _INGRESS})
_LOAD_BALANCERS = frozenset(
    {
        "aws:alb/loadBalancer:LoadBalancer",
        "aws:elb/loadBalancer:LoadBalancer",
        "aws:lb/loadBalancer:LoadBalancer",
    }
)
_WEB = (80, 443)
_EVERY_PROTOCOL = ("-1", "all")
_WIDEST = {4: 8, 6: 16}
"""A block with a shorter prefix than this is the world: nobody owns a /7, and two /1 are a known way around a check for /0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One inbound rule, in whichever form it was written. `blocks` are its CIDR blocks with the property of each."""

    at: str
    protocol: Value
    first: Value
    last: Value
    blocks: tuple[tuple[str, Value], ...]


def _entries(resource: Resource) -> Iterator[_Entry | Finding]:
    """The inbound rules of a group or of a rule resource; a finding where they cannot be seen."""
    props = resource.props
    if resource.type in (_GROUP, _DEFAULT_GROUP):
        inline = props.get("ingress")
        if isinstance(inline, Mark):
            yield undecided("ingress")
            return
        for index, entry in enumerate(listed(inline)):
            if is_map(entry):
                yield _entry(f"ingress[{index}].", entry, "protocol", ("cidrBlocks", "ipv6CidrBlocks"))
            else:
                yield undecided(f"ingress[{index}]")
    elif resource.type == _RULE:
        if isinstance(props.get("type"), Mark):
            yield undecided("type")
        elif props.get("type") == "ingress":
            yield _entry("", props, "protocol", ("cidrBlocks", "ipv6CidrBlocks"))
    else:
        yield _entry("", props, "ipProtocol", ("cidrIpv4", "cidrIpv6"))


def _entry(prefix: str, props: Value, protocol: str, blocks: tuple[str, str]) -> _Entry:
    return _Entry(
        at=prefix,
        protocol=props.get(protocol),
        first=props.get("fromPort"),
        last=props.get("toPort"),
        blocks=tuple((f"{prefix}{key}", block) for key in blocks for block in listed(props.get(key))),
    )


def _is_world(block: str) -> bool:
    """Raises ValueError for what is no block of addresses."""
    network = ip_network(block, strict=False)
    return network.prefixlen < _WIDEST[network.version]


def _world_blocks(entry: _Entry) -> Iterator[str | Finding]:
    """Where an entry admits the world; a finding where that cannot be told."""
    for at, block in entry.blocks:
        if isinstance(block, Mark):
            yield undecided(at)
            continue
        try:
            if _is_world(str(block)):
                yield at
        except ValueError:
            yield violated(at, "is no block of addresses")


def _beyond_the_web(resource: Resource, _: Stack) -> Iterator[Finding]:
    for entry in _entries(resource):
        if isinstance(entry, Finding):
            yield entry
            continue
        for at in _world_blocks(entry):
            yield from [at] if isinstance(at, Finding) else _ports_beyond_the_web(entry, at)


def _ports_beyond_the_web(entry: _Entry, at: str) -> Iterator[Finding]:
    seen = (entry.protocol, entry.first, entry.last)
    if str(entry.protocol).lower() in _EVERY_PROTOCOL:
        yield violated(at, "admits the world on every port and protocol")
    elif any(isinstance(value, Mark) for value in seen):
        yield undecided(f"{entry.at}fromPort")
    elif str(entry.protocol).lower() not in ("tcp", "6") or entry.first != entry.last or entry.first not in _WEB:
        yield violated(at, "admits the world on more than one of the ports 80 and 443")


def _worn_by_others(group: Resource, stack: Stack) -> Iterator[Finding]:
    """A group that admits the world may be worn by load balancers only. A group that nothing wears opens nothing."""
    others = stack.referring_to(group.urn)
    writers = [group, *(other for other in others if other.type in _INBOUND - {_GROUP} and _is_of(other, group))]
    wearers = [other for other in others if other.type not in _INBOUND | {_EGRESS}]
    for writer in writers:
        for entry in _entries(writer):
            worlds = [entry] if isinstance(entry, Finding) else list(_world_blocks(entry))
            for at in worlds:
                if isinstance(at, Finding):
                    yield at
                elif any(wearer.type not in _LOAD_BALANCERS for wearer in wearers):
                    yield violated(at, "admits the world to something that is no load balancer")


def _is_of(rule: Resource, group: Resource) -> bool:
    """Whether a rule resource belongs to `group`, and does not merely name it as its other end."""
    return group.urn in rule.references.get("securityGroupId", ())


def _every_protocol(resource: Resource, _: Stack) -> Iterator[Finding]:
    for entry in _entries(resource):
        if isinstance(entry, Finding):
            yield entry
        elif entry.blocks and isinstance(entry.protocol, Mark):
            yield undecided(f"{entry.at}protocol")
        elif entry.blocks and str(entry.protocol).lower() in _EVERY_PROTOCOL:
            yield violated(entry.blocks[0][0], "admits a range of addresses on every port and protocol")


def _default_group_admits(resource: Resource, _: Stack) -> Iterator[Finding]:
    for key in ("ingress", "egress"):
        value = resource.props.get(key)
        yield from judged(key, value, "is not empty", holds=not value)


RULES = (
    Rule(
        id="group-open-to-world-on-web-only",
        severity="critical",
        statement="Nothing but 80 and 443 is open to the world",
        why="SSH, databases and brokers that the internet reaches are found within minutes and attacked from then on.",
        fix="Admit a security group instead of addresses; put what must be public behind a load balancer.",
        sources=(
            "POL-03",
            "NET-09",
            "CKV_AWS_24",
            "CKV_AWS_25",
            "CKV_AWS_260",
            "EC2.13",
            "EC2.14",
            "EC2.18",
            "EC2.19",
            "AWS-0107",
        ),
        applies=of_type(*_INBOUND),
        check=_beyond_the_web,
    ),
    Rule(
        id="group-open-to-world-on-load-balancers-only",
        severity="critical",
        statement="Only load balancers are open to the world",
        why="A workload with an open group is one public address away from the internet.",
        fix="Let the workload's group admit the load balancer's group.",
        sources=("POL-03", "NET-09", "NET-15"),
        applies=of_type(_GROUP),
        check=_worn_by_others,
        across=True,
    ),
    Rule(
        id="group-no-every-protocol",
        severity="high",
        statement="No range of addresses is admitted on every port",
        why="Whatever is started there later is open as well.",
        fix="Name the protocol and the port.",
        sources=("POL-03", "NET-10", "NET-23", "CKV_AWS_277"),
        applies=of_type(*_INBOUND),
        check=_every_protocol,
    ),
    Rule(
        id="default-group-empty",
        severity="medium",
        statement="The default security group of a VPC admits nothing",
        why="What forgets to name a group wears this one.",
        fix="Give it no ingress and no egress.",
        sources=("POL-03", "NET-01", "CKV2_AWS_12", "EC2.2", "AWS-0173"),
        applies=of_type(_DEFAULT_GROUP),
        check=_default_group_admits,
    ),
)
