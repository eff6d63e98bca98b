"""The diagram of a graph: boxes, layers, arrows, how it collapses."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from plinth.diagram.drawn import INTERNET, drawn
from plinth.diagram.model import Diagram, Edge, Node
from plinth.diagram.places import Layer, missing, place_of
from plinth.engine.graph import Graph, Resource, child_urn
from plinth.engine.values import SECRET, UNKNOWN
from tests.harness import graphs

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
NAT = "aws:ec2/natGateway:NatGateway"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
TABLE = "aws:ec2/routeTable:RouteTable"
ROUTE = "aws:ec2/route:Route"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"
ROLE = "aws:iam/role:Role"
BUCKET = "aws:s3/bucket:Bucket"
ANYWHERE = "0.0.0.0/0"


def made(
    token: str,
    name: str,
    *,
    parent: Resource | None = None,
    refers: Mapping[str, Resource | Sequence[Resource]] | None = None,
    **inputs: Any,
) -> Resource:
    """A resource. What it `refers` to is unknown in its inputs, as in a plan of the real engine."""
    found = {key: (value,) if isinstance(value, Resource) else tuple(value) for key, value in (refers or {}).items()}
    above = parent.urn if parent else ""
    return Resource(
        urn=child_urn(stack="test", project="shop", parent=above, token=token, name=name),
        custom=token.startswith(("aws:", "pulumi:providers:")),
        inputs=dict.fromkeys(found, UNKNOWN) | inputs,
        outputs={},
        parent=above,
        property_dependencies={key: tuple(resource.urn for resource in resources) for key, resources in found.items()},
    )


def stack(*resources: Resource) -> Graph:
    return Graph(project="shop", stack="test", resources={resource.urn: resource for resource in resources}, outputs={})


def part(name: str, key: str = "") -> Resource:
    found = made(f"plinth:shop:{name.title()}", name)
    return replace(found, inputs={"configKey": key} if key else {})


def box(diagram: Diagram, *resources: Resource) -> Node:
    """The one box that all of `resources` stand in."""
    (found,) = (node for node in diagram.nodes if set(node.resources) & {resource.urn for resource in resources})
    assert {resource.urn for resource in resources} <= set(found.resources)
    return found


def arrow(diagram: Diagram, source: Resource, target: Resource) -> Edge:
    ends = box(diagram, source).id, box(diagram, target).id
    (found,) = (edge for edge in diagram.edges if (edge.source, edge.target) == ends)
    return found


def subnets(tier: str, **more: Any) -> tuple[Resource, ...]:
    return tuple(
        made(
            SUBNET,
            f"{tier}-{zone}",
            availabilityZone=f"us-east-1{zone}",
            cidrBlock=f"10.0.{row}.0/24",
            tags={"tier": tier},
            **more,
        )
        for row, zone in enumerate("abc")
    )


def test_the_subnets_of_a_tier_are_one_box_with_its_zones_and_blocks() -> None:
    public, private = subnets("public"), subnets("private")
    diagram = drawn(stack(*public, *private))
    assert [node.layer for node in diagram.nodes] == [Layer.PUBLIC, Layer.PRIVATE]
    assert box(diagram, *public).title == "Subnet \N{MULTIPLICATION SIGN}3"
    assert box(diagram, *public).facts == ("3 zones: a b c", "10.0.0.0/24, 10.0.1.0/24, 10.0.2.0/24")


def test_nat_gateways_are_one_box_with_their_zones_and_addresses() -> None:
    public = subnets("public")
    addresses = [made("aws:ec2/eip:Eip", f"ip-{n}") for n in range(3)]
    nats = [made(NAT, f"nat-{n}", refers={"subnetId": public[n], "allocationId": addresses[n]}) for n in range(3)]
    found = box(drawn(stack(*public, *addresses, *nats)), *nats, *addresses)
    assert (found.layer, found.facts, found.details) == (Layer.PUBLIC, ("3 zones: a b c",), {"elastic IP": 3})


def test_a_default_route_is_an_arrow_from_the_tier_of_its_table() -> None:
    public, gateway, table = subnets("public"), made(GATEWAY, "gateway"), made(TABLE, "table")
    ties = [made(ASSOCIATION, f"tie-{n}", refers={"subnetId": subnet, "routeTableId": table}) for n, subnet in enumerate(public)]
    route = made(ROUTE, "out", refers={"routeTableId": table, "gatewayId": gateway}, destinationCidrBlock=ANYWHERE)
    diagram = drawn(stack(*public, gateway, table, *ties, route))
    assert box(diagram, *public, table, *ties, route).details == {"route table": 1}
    assert (arrow(diagram, public[0], gateway).kind, arrow(diagram, public[0], gateway).labels) == ("route", (ANYWHERE,))
    assert (diagram.edges[0].source, diagram.edges[0].target) == (box(diagram, gateway).id, INTERNET.id)


def test_a_subnet_without_a_tag_is_public_where_its_routes_lead_to_an_internet_gateway() -> None:
    gateway, table, private = made(GATEWAY, "gateway"), made(TABLE, "table"), made(SUBNET, "inner", tags=UNKNOWN)
    public = made(SUBNET, "outer")
    tie = made(ASSOCIATION, "tie", refers={"subnetId": public, "routeTableId": table})
    route = made(ROUTE, "out", refers={"routeTableId": table, "gatewayId": gateway})
    diagram = drawn(stack(gateway, table, public, private, tie, route))
    assert (box(diagram, public).layer, box(diagram, private).layer) == (Layer.PUBLIC, Layer.PRIVATE)


def test_a_pair_of_rules_is_one_arrow_between_groups_with_its_ports() -> None:
    web, store = made(GROUP, "web"), made(GROUP, "store")
    ports: dict[str, Any] = {"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432}
    into = made(INGRESS, "in", refers={"securityGroupId": store, "referencedSecurityGroupId": web}, **ports)
    out = made(EGRESS, "out", refers={"securityGroupId": web, "referencedSecurityGroupId": store}, **ports)
    diagram = drawn(stack(web, store, into, out))
    (edge,) = diagram.edges
    assert edge == arrow(diagram, web, store)
    assert (edge.kind, edge.labels) == ("traffic", ("5432",))
    assert (box(diagram, store, into).layer, box(diagram, web, out).layer) == (Layer.DATABASE, Layer.PRIVATE)


def test_ports_of_one_arrow_are_listed_by_number() -> None:
    group = made(GROUP, "web")
    ports = [(443, 443), (80, 80), (8080, 8080)]
    rules = [
        made(INGRESS, f"in-{a}", refers={"securityGroupId": group}, cidrIpv4=ANYWHERE, ipProtocol="tcp", fromPort=a, toPort=b)
        for a, b in ports
    ]
    (edge,) = drawn(stack(group, *rules)).edges
    assert edge.labels == ("80", "443", "8080")


def test_boxes_whose_names_differ_only_in_signs_have_different_ids() -> None:
    one, two, three = part("a-b"), part("a.b"), part("a_b")
    roles = [made(ROLE, f"role-{n}", parent=owner) for n, owner in enumerate((one, two, three))]
    diagram = drawn(stack(one, two, three, *roles))
    assert [node.id for node in diagram.nodes] == ["identity_iam_role_a_b", "identity_iam_role_a_b_2", "identity_iam_role_a_b_3"]


@pytest.mark.parametrize(
    ("inputs", "label"),
    [
        ({"ipProtocol": "tcp", "fromPort": 80, "toPort": 80}, ("80",)),
        ({"ipProtocol": "udp", "fromPort": 53, "toPort": 53}, ("53/udp",)),
        ({"ipProtocol": "tcp", "fromPort": 8000, "toPort": 8010}, ("8000-8010",)),
        ({"ipProtocol": "-1"}, ("all",)),
        ({"ipProtocol": "tcp", "fromPort": UNKNOWN, "toPort": UNKNOWN}, ("tcp",)),
        ({"ipProtocol": UNKNOWN}, ()),
        ({}, ()),
    ],
)
def test_a_rule_for_every_address_is_an_arrow_from_the_internet(inputs: dict[str, Any], label: tuple[str, ...]) -> None:
    group = made(GROUP, "web")
    rule = made(INGRESS, "in", refers={"securityGroupId": group}, cidrIpv4=ANYWHERE, **inputs)
    diagram = drawn(stack(group, rule))
    assert diagram.edges == (Edge(source=INTERNET.id, target=box(diagram, group).id, kind="traffic", labels=label),)
    assert box(diagram, group).layer is Layer.PUBLIC


def test_older_and_inline_rules_say_the_same() -> None:
    web, app = made(GROUP, "web"), made(GROUP, "app")
    older = made(
        RULE,
        "older",
        refers={"securityGroupId": app, "sourceSecurityGroupId": web},
        type="ingress",
        protocol="tcp",
        fromPort=80,
        toPort=80,
    )
    entries = [
        {"protocol": "tcp", "fromPort": 443, "toPort": 443, "securityGroups": [UNKNOWN]},
        {"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": [ANYWHERE]},
    ]
    inline = made(GROUP, "inline", refers={"ingress": web}, ingress=entries)
    diagram = drawn(stack(web, app, older, inline))
    assert arrow(diagram, web, app).labels == ("80",)
    assert arrow(diagram, web, inline).labels == ("443",)
    assert [edge.labels for edge in diagram.edges if edge.source == INTERNET.id] == [("22",)]


def test_a_group_that_guards_one_box_is_part_of_it() -> None:
    group, other = made(GROUP, "endpoints"), made(GROUP, "nobody")
    endpoints = [made(ENDPOINT, f"e{n}", refers={"securityGroupIds": group}) for n in range(2)]
    diagram = drawn(stack(group, other, *endpoints))
    assert box(diagram, *endpoints, group).details == {"security group": 1}
    assert box(diagram, other).title == "nobody"


def test_a_group_that_guards_several_boxes_has_its_own() -> None:
    group = made(GROUP, "shared")
    endpoint = made(ENDPOINT, "endpoint", refers={"securityGroupIds": group})
    balancer = made("aws:lb/loadBalancer:LoadBalancer", "balancer", refers={"securityGroups": group})
    diagram = drawn(stack(group, endpoint, balancer))
    assert box(diagram, group).resources == (group.urn,)


def test_what_may_go_out_to_any_address_is_no_arrow_from_the_internet() -> None:
    group = made(GROUP, "app")
    rule = made(EGRESS, "out", refers={"securityGroupId": group}, cidrIpv4=ANYWHERE, ipProtocol="-1")
    assert drawn(stack(group, rule)).edges == ()


def test_what_is_in_subnets_stands_in_their_tier() -> None:
    private = subnets("private")
    balancer = made("aws:lb/loadBalancer:LoadBalancer", "inner", refers={"subnets": private})
    outer = made("aws:lb/loadBalancer:LoadBalancer", "outer")
    diagram = drawn(stack(*private, balancer, outer))
    assert (box(diagram, balancer).layer, box(diagram, outer).layer) == (Layer.PRIVATE, Layer.PUBLIC)


def test_an_endpoint_leads_to_what_the_stack_has_of_its_service() -> None:
    logs, key, tables = made(LOG_GROUP, "logs"), made(KEY, "key"), made(TABLE, "table")
    name = "com.amazonaws.us-east-1.logs"
    endpoint = made(ENDPOINT, "to-logs", serviceName=name, refers={"routeTableIds": tables})
    diagram = drawn(stack(logs, key, tables, endpoint))
    assert arrow(diagram, endpoint, logs).kind == "use"
    assert arrow(diagram, tables, endpoint).kind == "route"
    assert box(diagram, endpoint).facts == ("logs",)
    assert len(diagram.edges) == 2


def test_a_box_names_its_component_and_the_key_that_asked_for_it() -> None:
    keys, deep = part("logs-key", "plinth:security"), made("plinth:shop:Inner", "deep")
    inner = made("plinth:shop:Inner", "inner", parent=keys)
    key = made(KEY, "logs-key-key", parent=inner)
    alias = made(ALIAS, "logs-key-alias", parent=keys, refers={"targetKeyId": key})
    found = box(drawn(stack(keys, inner, key, alias, deep)), keys, inner, key, alias)
    assert (found.title, found.component, found.config_key) == ("logs-key", "logs-key", "plinth:security")
    assert (found.details, found.caption) == ({"alias": 1}, "KMS key · logs-key")


def test_like_resources_of_two_components_have_two_boxes() -> None:
    one, two = part("one"), part("two")
    diagram = drawn(stack(one, two, made(ROLE, "a", parent=one), made(ROLE, "b", parent=one), made(ROLE, "c", parent=two)))
    assert [(node.title, node.component) for node in diagram.nodes] == [
        ("IAM role \N{MULTIPLICATION SIGN}2", "one"),
        ("IAM role", "two"),
    ]


def test_a_type_without_a_place_is_drawn_with_what_it_refers_to() -> None:
    bucket, key = made(BUCKET, "files"), made(KEY, "key")
    metric = made("aws:s3/bucketMetric:BucketMetric", "metric", refers={"bucket": bucket, "x": key})
    other = made("random:index/randomPet:RandomPet", "word")
    graph = stack(bucket, key, metric, other)
    diagram = drawn(graph)
    assert (box(diagram, metric).layer, box(diagram, metric).title) == (Layer.OTHER, "S3 bucket metric")
    assert arrow(diagram, metric, bucket).kind == arrow(diagram, metric, key).kind == "use"
    assert missing(graph) == (metric.type,)
    assert place_of(other.type).label == "random random pet"


def test_secret_and_unknown_values_are_not_written() -> None:
    entry = {"protocol": UNKNOWN, "fromPort": SECRET, "toPort": SECRET, "cidrBlocks": [ANYWHERE]}
    diagram = drawn(
        stack(
            made(VPC, "one", cidrBlock=SECRET),
            made(SUBNET, "two", cidrBlock=UNKNOWN, availabilityZone=UNKNOWN),
            made("aws:lb/loadBalancer:LoadBalancer", "three", loadBalancerType=["network", SECRET]),
            made(GROUP, "four", ingress=[entry]),
        )
    )
    assert [node.facts for node in diagram.nodes] == [()] * 5
    assert [edge.labels for edge in diagram.edges] == [()]


def test_every_type_of_every_stack_has_a_place() -> None:
    assert {name: missing(graph) for name, graph in graphs().items()} == dict.fromkeys(graphs(), ())


def test_the_json_holds_every_box_and_arrow() -> None:
    diagram = drawn(graphs()["prod"])
    text = diagram.to_json()
    assert all(f'"{node.id}"' in text for node in diagram.nodes)
    assert text.count('"kind"') == len(diagram.edges)
