"""Whole graphs as diagrams: nothing is lost, nothing is drawn twice, and at any size it stays readable."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plinth.diagram.drawn import LIMIT, drawn
from plinth.diagram.model import Diagram
from plinth.diagram.places import PLACES, Layer
from plinth.diagram.svg import svg
from plinth.engine.graph import Graph, Resource
from plinth.engine.recording import record
from tests.harness import graphs
from tests.plinth.test_diagram import BUCKET, GROUP, INGRESS, KEY, ROLE, VPC, made, part, stack
from tools.synthetic import STACK, write_program


def assert_each_resource_is_in_one_box(graph: Graph, limit: int) -> None:
    diagram = drawn(graph, limit)
    standing = [urn for node in diagram.nodes for urn in node.resources]
    assert sorted(standing) == sorted(graph.resources)
    assert diagram.resources == len(graph.resources)
    assert len(diagram.nodes) <= max(limit, len(Layer) + 1)
    assert len({node.id for node in diagram.nodes}) == len(diagram.nodes)
    ends = {end for edge in diagram.edges for end in (edge.source, edge.target)}
    assert ends <= {node.id for node in diagram.nodes}
    assert diagram.collapsed <= len(graph.resources)


@pytest.mark.parametrize("limit", [1, 8, LIMIT])
def test_the_boxes_of_each_stack_stand_for_all_its_resources(limit: int) -> None:
    for graph in graphs().values():
        assert_each_resource_is_in_one_box(graph, limit)


TOKENS = [*PLACES, BUCKET, "kubernetes:core/v1:Service", "pulumi:providers:aws", "plinth:shop:Part", "strange"]
PROPERTIES = sorted({name for place in PLACES.values() for name in (*place.of, *(link.property for link in place.links))})


@st.composite
def any_graphs(draw: st.DrawFn) -> Graph:
    """Graphs whose resources refer to any others, forwards, backwards and to themselves, below any parent before them."""
    count = draw(st.integers(0, 20))
    tokens = [draw(st.sampled_from(TOKENS)) for _ in range(count)]
    found: list[Resource] = []
    for number, token in enumerate(tokens):
        parents = [None, *(resource for resource in found if not resource.custom)]
        found.append(made(token, f"r{number}", parent=draw(st.sampled_from(parents)), tags={"tier": draw(st.text(max_size=8))}))
    urns = [resource.urn for resource in found]
    noted = st.dictionaries(
        st.sampled_from(PROPERTIES), st.lists(st.sampled_from(urns or [""]), max_size=3).map(tuple), max_size=4
    )
    return stack(*(replace(resource, property_dependencies=draw(noted)) for resource in found))


@settings(max_examples=150, deadline=None)
@given(graph=any_graphs(), limit=st.integers(1, 70))
def test_no_resource_of_any_graph_is_lost_or_drawn_twice(graph: Graph, limit: int) -> None:
    assert_each_resource_is_in_one_box(graph, limit)


@settings(max_examples=50, deadline=None)
@given(graph=any_graphs(), data=st.data())
def test_the_order_of_registration_changes_nothing_but_what_is_listed_in_it(graph: Graph, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(list(graph.resources.values())))
    assert shape(drawn(graph)) == shape(drawn(stack(*shuffled)))


def test_a_component_stands_in_the_same_box_in_whatever_order_its_parts_were_registered() -> None:
    owner = part("owner")
    vpc, role = made(VPC, "a", parent=owner), made(ROLE, "b", parent=owner)
    user = made(BUCKET, "user", refers={"x": owner})
    assert shape(drawn(stack(owner, vpc, role, user))) == shape(drawn(stack(owner, role, vpc, user)))


def shape(diagram: Diagram) -> object:
    return [(node.id, node.title) for node in diagram.nodes], [(edge.source, edge.target) for edge in diagram.edges]


def test_the_fullest_layer_collapses_first_and_says_so() -> None:
    groups = [made(GROUP, f"group-{n}") for n in range(30)]
    keys = [made(KEY, f"key-{n}") for n in range(3)]
    diagram = drawn(stack(*groups, *keys))
    assert [node.title for node in diagram.nodes] == ["Security group \N{MULTIPLICATION SIGN}30", "key-0", "key-1", "key-2"]
    assert (diagram.collapsed, diagram.summary) == (30, "33 resources in 4 boxes, 30 resources collapsed to keep it readable")


def test_too_many_arrows_collapse_boxes_as_too_many_boxes_do() -> None:
    groups = [made(GROUP, f"group-{n}") for n in range(13)]
    pairs = [(one, other) for one in groups for other in groups if one is not other]
    rules = [
        made(INGRESS, f"rule-{n}", refers={"securityGroupId": one, "referencedSecurityGroupId": other})
        for n, (one, other) in enumerate(pairs)
    ]
    assert len(rules) > 2 * LIMIT
    diagram = drawn(stack(*groups, *rules))
    assert (len(diagram.nodes), len(diagram.edges)) == (1, 0)


def test_components_share_a_box_before_types_do() -> None:
    parts = [part(f"part{n}") for n in range(30)]
    roles = [made(ROLE, f"role-{n}", parent=owner) for n, owner in enumerate(parts)]
    (found,) = drawn(stack(*parts, *roles)).nodes
    assert (found.title, found.component, found.facts) == ("IAM role \N{MULTIPLICATION SIGN}30", "", ("in 30 components",))


def test_many_types_share_the_box_of_their_service() -> None:
    odd = [made(f"aws:{service}/thing{n}:Thing{n}", f"{service}-{n}") for service in ("glue", "emr") for n in range(20)]
    diagram = drawn(stack(*odd))
    assert [node.title for node in diagram.nodes] == [f"{name} resource \N{MULTIPLICATION SIGN}20" for name in ("Emr", "Glue")]
    assert diagram.nodes[0].facts[0].endswith("and 11 more")


@pytest.mark.slow
def test_a_thousand_resources_stay_readable_and_are_drawn_at_once(tmp_path: Path) -> None:
    graph = record(write_program(tmp_path, 1000), STACK)
    started = time.process_time()
    diagram = drawn(graph)
    svg(diagram)
    assert time.process_time() - started < 0.3
    assert len(diagram.nodes) <= LIMIT
    assert_each_resource_is_in_one_box(graph, LIMIT)


def test_resources_that_hang_on_each_other_are_drawn_all_the_same() -> None:
    one = made("aws:lb/listener:Listener", "one")
    two = made("aws:lb/targetGroup:TargetGroup", "two")
    around = replace(one, property_dependencies={"loadBalancerArn": (two.urn, one.urn), "x": (two.urn,)})
    assert_each_resource_is_in_one_box(stack(around, two), LIMIT)
