"""The firewall: exactly the rules that were asked for, for all groups and connections."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.core.offers import Ingress
from components.networking.firewall import Connection, Firewall, FirewallArgs, Group
from plinth.engine.graph import Graph, Resource
from tests.harness import named, of_kind, recorded

NAME: st.SearchStrategy[str] = st.sampled_from(["load-balancer", "ecs", "postgres", "redis", "ecs-postgres", "a", "b-c"])
PORT = st.integers(1, 65535)
GROUPS = st.dictionaries(
    NAME,
    st.builds(Group, purpose=st.just("-"), edge=st.sampled_from([(), (80, 443), (443,)]), reaches_internet=st.booleans()),
    min_size=1,
)


def connection(client: str, server: str, port: int = 5432, purpose: str = "to the data") -> Connection:
    return Connection(client=client, server=server, ingress=Ingress(port=port, purpose=purpose))


def connections_between(groups: dict[str, Group]) -> st.SearchStrategy[list[Connection]]:
    name = st.sampled_from(sorted(groups))
    ingress = st.builds(Ingress, port=PORT, purpose=st.just("x"), protocol=st.sampled_from(["tcp", "udp"]))
    made = st.builds(Connection, client=name, server=name, ingress=ingress)
    return st.lists(made, max_size=8, unique_by=lambda one: one.label)


def firewall(groups: dict[str, Group], *connections: Connection) -> Graph:
    args = FirewallArgs(vpc_id="vpc-1", groups=groups, connections=connections)
    return recorded(lambda ctx: Firewall("firewall", args, ctx))


def group_names(graph: Graph) -> dict[str, str]:
    """The name of each group by its id."""
    return {group.outputs["id"]: group.name.removeprefix("firewall-") for group in of_kind(graph, "SecurityGroup")}


def rule(resource: Resource, names: dict[str, str]) -> tuple[str, str, str, int]:
    """Whom a rule between groups belongs to, its other end, its protocol and its one port."""
    inputs = resource.inputs
    assert inputs["fromPort"] == inputs["toPort"]
    assert "cidrIpv4" not in inputs
    return names[inputs["securityGroupId"]], names[inputs["referencedSecurityGroupId"]], inputs["ipProtocol"], inputs["fromPort"]


def to_world(resource: Resource, names: dict[str, str]) -> tuple[str, str, str, int, int]:
    """Whom a rule with addresses belongs to, the addresses, its protocol and its ports."""
    inputs = resource.inputs
    return names[inputs["securityGroupId"]], inputs["cidrIpv4"], inputs["ipProtocol"], inputs["fromPort"], inputs["toPort"]


@settings(max_examples=40)
@given(GROUPS.flatmap(lambda groups: st.tuples(st.just(groups), connections_between(groups))))
def test_the_rules_are_the_pairs_asked_for_and_only_an_edge_admits_addresses(
    asked: tuple[dict[str, Group], list[Connection]],
) -> None:
    groups, connections = asked
    graph = firewall(groups, *connections)
    names = group_names(graph)
    wanted = sorted((c.client, c.server, c.ingress.protocol, c.ingress.port) for c in connections)

    assert sorted(names.values()) == sorted(groups)
    outbound = of_kind(graph, "SecurityGroupEgressRule")
    out = [rule(resource, names) for resource in outbound if "cidrIpv4" not in resource.inputs]
    assert sorted(out) == wanted
    assert sorted(to_world(resource, names) for resource in outbound if "cidrIpv4" in resource.inputs) == sorted(
        (name, "0.0.0.0/0", "tcp", 443, 443) for name, group in groups.items() if group.reaches_internet
    )
    inbound = of_kind(graph, "SecurityGroupIngressRule")
    between = [rule(resource, names) for resource in inbound if "cidrIpv4" not in resource.inputs]
    assert sorted((client, server, *rest) for server, client, *rest in between) == wanted
    open_to_world = [to_world(resource, names) for resource in inbound if "cidrIpv4" in resource.inputs]
    assert sorted(open_to_world) == sorted(
        (name, "0.0.0.0/0", "tcp", port, port) for name, group in groups.items() for port in group.edge
    )


def test_a_group_holds_no_rule_itself_and_lets_pulumi_name_it() -> None:
    group = named(firewall({"ecs": Group(purpose="Containers on ECS")}), "firewall-ecs")
    assert group.inputs.keys() == {"description", "region", "tags", "vpcId"}
    assert (group.inputs["description"], group.inputs["vpcId"]) == ("Containers on ECS", "vpc-1")


def test_a_pair_of_rules_says_what_it_is_for_and_is_named_by_its_meaning() -> None:
    graph = firewall({"ecs": Group(purpose="c"), "postgres": Group(purpose="d")}, connection("ecs", "postgres"))
    for end in ("in", "out"):
        made = named(graph, f"firewall-ecs-to-postgres-tcp-5432-{end}")
        assert made.inputs["description"] == "to the data"
    assert graph.of_type(Firewall.TYPE)[0].outputs["group_ids"] == {
        name: named(graph, f"firewall-{name}").outputs["id"] for name in ("ecs", "postgres")
    }


def test_members_of_a_group_can_be_connected_with_each_other() -> None:
    graph = firewall({"redis": Group(purpose="r")}, connection("redis", "redis", 6379), connection("redis", "redis", 16379))
    names = group_names(graph)
    expected = {("redis", "redis", "tcp", 6379), ("redis", "redis", "tcp", 16379)}
    assert {rule(resource, names) for resource in of_kind(graph, "SecurityGroupIngressRule")} == expected
    assert {rule(resource, names) for resource in of_kind(graph, "SecurityGroupEgressRule")} == expected


def test_groups_can_be_connected_both_ways() -> None:
    both = (connection("ecs", "eks", 80), connection("eks", "ecs", 80))
    graph = firewall({"ecs": Group(purpose="a"), "eks": Group(purpose="b")}, *both)
    assert len(of_kind(graph, "SecurityGroupIngressRule")) == len(of_kind(graph, "SecurityGroupEgressRule")) == 2


def test_bad_arguments_are_refused_all_at_once() -> None:
    twice = connection("ecs", "ghost")
    with pytest.raises(ValueError, match=r"FirewallArgs: ") as caught:
        FirewallArgs(
            vpc_id="vpc-1",
            groups={"ecs": Group(purpose="", edge=(443, 22)), "Web": Group(purpose="x"), "out-to-db": Group(purpose="ä")},
            connections=(twice, twice, connection("ecs", "ecs", 0), connection("ecs", "ecs", 65536, purpose="")),
        )
    for expected in (
        "groups.ecs.purpose: ''",
        "groups.ecs.edge: 22 cannot be open to the internet; 80 and 443 alone",
        "groups: 'Web' is no name",
        "groups: 'out-to-db' is no name",
        "groups.out-to-db.purpose: 'ä'",
        "ecs-to-ghost-tcp-5432 is given 2 times",
        "ecs-to-ghost-tcp-5432 names 'ghost'; one of ecs, Web, out-to-db",
        "ecs-to-ecs-tcp-0 has a port that does not exist",
        "ecs-to-ecs-tcp-65536 has a port that does not exist",
        "ecs-to-ecs-tcp-65536 has a purpose that cannot describe it",
    ):
        assert expected in str(caught.value)


@pytest.mark.parametrize(("edge", "most"), [((), 60), ((80, 443), 58)])
def test_more_inbound_rules_than_aws_allows_are_refused(edge: tuple[int, ...], most: int) -> None:
    groups = {"ecs": Group(purpose="x", edge=edge)}
    enough = tuple(connection("ecs", "ecs", port) for port in range(1, most + 1))
    FirewallArgs(vpc_id="vpc-1", groups=groups, connections=enough)
    with pytest.raises(ValueError, match="61 rules admit something to ecs; at most 60"):
        FirewallArgs(vpc_id="vpc-1", groups=groups, connections=(*enough, connection("ecs", "ecs", 9999)))
