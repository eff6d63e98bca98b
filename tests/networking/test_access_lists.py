"""Network ACLs: what passes each tier."""

from typing import Any

import pytest

from components.networking.access_lists import AccessLists, AccessListsArgs
from components.networking.layout import Tier
from plinth.engine.graph import Graph
from tests.harness import named, of_kind, recorded

ZONES = ("us-east-1a", "us-east-1b")
SUBNETS = {tier: {zone: f"subnet-{tier.name.lower()}-{zone[-1]}" for zone in ZONES} for tier in Tier}
NETWORK, ANYWHERE = "10.2.0.0/16", "0.0.0.0/0"


def args(**changed: Any) -> AccessListsArgs:
    given: dict[str, Any] = {"vpc_id": "vpc-1", "cidr": NETWORK, "subnet_ids": SUBNETS}
    return AccessListsArgs(**given | changed)


def access_lists() -> Graph:
    return recorded(lambda ctx: AccessLists("access-lists", args(), ctx))


def passing(graph: Graph, tier: str, *, egress: bool) -> set[tuple[Any, ...]]:
    """What a tier lets through: protocol, addresses, ports."""
    acl = named(graph, f"access-lists-{tier}").outputs["id"]
    rules = [r.inputs for r in of_kind(graph, "NetworkAclRule") if r.inputs["networkAclId"] == acl]
    assert all(rule["ruleAction"] == "allow" for rule in rules)
    return {(r["protocol"], r["cidrBlock"], r["fromPort"], r["toPort"]) for r in rules if r["egress"] is egress}


ANSWERS = {("tcp", ANYWHERE, 1024, 65535), ("udp", ANYWHERE, 1024, 65535), ("icmp", ANYWHERE, 0, 0)}
INSIDE, EVERYTHING = {("-1", NETWORK, 0, 0)}, {("-1", ANYWHERE, 0, 0)}
WEB = {("tcp", ANYWHERE, 80, 80), ("tcp", ANYWHERE, 443, 443)}


@pytest.mark.parametrize(
    ("tier", "inbound", "outbound"),
    [
        ("public", WEB | ANSWERS | INSIDE, EVERYTHING),
        ("private", ANSWERS | INSIDE, EVERYTHING),
        ("database", INSIDE, INSIDE),
    ],
)
def test_each_tier_lets_through_what_it_needs(tier: str, inbound: set[tuple[Any, ...]], outbound: set[tuple[Any, ...]]) -> None:
    graph = access_lists()
    assert passing(graph, tier, egress=False) == inbound
    assert passing(graph, tier, egress=True) == outbound


def test_of_icmp_only_packet_too_big_comes_in() -> None:
    icmp = [rule.inputs for rule in of_kind(access_lists(), "NetworkAclRule") if rule.inputs["protocol"] == "icmp"]
    assert {(rule["icmpType"], rule["icmpCode"]) for rule in icmp} == {(3, 4)}


def test_every_subnet_gets_the_list_of_its_tier_once_its_rules_are_there() -> None:
    graph = access_lists()
    lists = {acl.outputs["id"]: acl.name for acl in of_kind(graph, "NetworkAcl")}
    links = of_kind(graph, "NetworkAclAssociation")
    assert {link.inputs["subnetId"]: lists[link.inputs["networkAclId"]] for link in links} == {
        subnet: f"access-lists-{tier.name.lower()}" for tier, subnets in SUBNETS.items() for subnet in subnets.values()
    }
    assert len(links) == 6
    for link in links:
        rules = [r.urn for r in of_kind(graph, "NetworkAclRule") if r.inputs["networkAclId"] == link.inputs["networkAclId"]]
        assert set(rules) <= set(link.dependencies)


def test_no_two_rules_of_a_list_share_a_number() -> None:
    rules = [
        (r.inputs["networkAclId"], r.inputs["egress"], r.inputs["ruleNumber"]) for r in of_kind(access_lists(), "NetworkAclRule")
    ]
    assert len(rules) == len(set(rules))


def test_the_lists_are_published_by_tier() -> None:
    graph = access_lists()
    assert graph.of_type(AccessLists.TYPE)[0].outputs["access_list_ids"] == {
        tier: named(graph, f"access-lists-{tier}").outputs["id"] for tier in ("public", "private", "database")
    }


def test_bad_arguments_are_refused_all_at_once() -> None:
    with pytest.raises(ValueError, match=r"AccessListsArgs: ") as caught:
        args(cidr="10.2.0.1/16", subnet_ids={Tier.PUBLIC: {"us-east-1a": "x"}, Tier.PRIVATE: {}})
    for expected in ("cidr: 10.2.0.1/16 has host bits set", "no private subnets", "no database subnets"):
        assert expected in str(caught.value)
