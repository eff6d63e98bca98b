"""Security-group rules in each of the three ways they are written, as one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from plinth.diagram.references import References
from plinth.engine.graph import Resource

GROUP = "aws:ec2/securityGroup:SecurityGroup"
GROUPS = (GROUP, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
_INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
_EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
_ANYWHERE = {"0.0.0.0/0", "::/0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Members of `source` may connect to members of `target`, both URNs; no source stands for the whole internet.

    `port` is None where it is not one port; `label` is how it is written.
    """

    source: str
    target: str
    port: int | None
    label: str


def rules(references: References) -> tuple[Rule, ...]:
    """Who may connect to whom. What may go out to addresses is left out: routes say where it gets to."""
    return tuple(rule for resource in references.graph.resources.values() for rule in _rules(references, resource))


def _rules(references: References, resource: Resource) -> Iterator[Rule]:
    inputs = {name: references.known(resource, name) for name in resource.inputs}
    if resource.type in GROUPS:
        yield from _inline(references, resource)
    elif resource.type in (_INGRESS, _EGRESS, _RULE):
        inbound = resource.type == _INGRESS or inputs.get("type") == "ingress"
        peers = references.of(resource, "referencedSecurityGroupId", "sourceSecurityGroupId")
        for group in references.of(resource, "securityGroupId"):
            yield from _of(group, peers, inputs, inbound=inbound)


def _inline(references: References, group: Resource) -> Iterator[Rule]:
    """The engine notes what a property refers to as a whole, so several entries that name groups share their peers."""
    for name in ("ingress", "egress"):
        peers = references.of(group, name)
        entries = group.inputs.get(name)
        for entry in cast("list[Any]", entries) if isinstance(entries, list) else ():
            if isinstance(entry, dict):
                written = cast("dict[str, Any]", entry)
                named = peers if written.get("securityGroups") else ()
                inputs = {key: references.read(value) for key, value in written.items()}
                yield from _of(group, named, inputs, inbound=name == "ingress")


def _of(group: Resource, peers: tuple[Resource, ...], inputs: Mapping[str, Any], *, inbound: bool) -> Iterator[Rule]:
    port, label = _ports(inputs)
    for peer in peers:
        if peer.type in GROUPS:
            source, target = (peer, group) if inbound else (group, peer)
            yield Rule(source=source.urn, target=target.urn, port=port, label=label)
    if inbound and _ANYWHERE & set(_addresses(inputs)):
        yield Rule(source="", target=group.urn, port=port, label=label)


def _addresses(inputs: Mapping[str, Any]) -> Iterator[str]:
    for name in ("cidrIpv4", "cidrIpv6", "cidrBlocks", "ipv6CidrBlocks"):
        value = inputs.get(name)
        yield from map(str, cast("list[Any]", value) if isinstance(value, list) else [value])


def _ports(inputs: Mapping[str, Any]) -> tuple[int | None, str]:
    """The one port there is, and the text: `443`, `8000-8010`, `53/udp`, `all`; nothing where it is not known."""
    protocol = str(inputs.get("ipProtocol") or inputs.get("protocol") or "")
    first, last = inputs.get("fromPort"), inputs.get("toPort")
    if protocol in ("-1", "all"):
        return None, "all"
    if not isinstance(first, int) or not isinstance(last, int):
        return None, protocol
    suffix = "" if protocol in ("tcp", "6", "") else f"/{protocol}"
    return (first, f"{first}{suffix}") if first == last else (None, f"{first}-{last}{suffix}")
