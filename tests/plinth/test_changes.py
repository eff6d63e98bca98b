"""What happens to each resource when a stack goes from one plan to another."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plinth.changes.difference import Gap
from plinth.changes.model import Kind
from plinth.changes.paths import written
from plinth.engine.graph import Graph, Options, Resource
from plinth.engine.values import SECRET, UNKNOWN, Value
from tests.plinth.changes_graphs import (
    DATABASE,
    NONE,
    ROLE,
    ROUTE,
    SUBNET,
    VPC,
    change_of,
    compared,
    component,
    graph,
    invented,
    kinds,
    thing,
    urn,
)

# Properties of any two graphs

NAMES = st.sampled_from("abcdef")
TOKENS = st.sampled_from([VPC, SUBNET, ROUTE, DATABASE])
VALUES = st.sampled_from(["10.0.0.0/16", "10.1.0.0/16", UNKNOWN, SECRET, 1, ["x", "y"], {"k": "v"}, None])
OPTIONS = st.builds(
    Options,
    protect=st.booleans(),
    retain_on_delete=st.booleans(),
    delete_before_replace=st.booleans(),
    aliases=st.lists(st.builds(urn, NAMES, TOKENS), max_size=2).map(tuple),
    ignore_changes=st.sampled_from([(), ("tags",), ("cidrBlock",)]),
)


@st.composite
def resources(draw: st.DrawFn) -> Resource:
    needs = draw(st.dictionaries(st.sampled_from(["vpcId", "cidrBlock"]), st.lists(st.builds(urn, NAMES, TOKENS), max_size=2)))
    inputs: dict[str, Value] = draw(st.dictionaries(st.sampled_from(["cidrBlock", "vpcId", "tags", "storage", "name"]), VALUES))
    return thing(draw(NAMES), draw(TOKENS), needs=needs, options=draw(OPTIONS), outputs={"id": "x"}, **inputs)


GRAPHS = st.lists(resources(), unique_by=lambda resource: resource.urn, max_size=5).map(lambda found: graph(*found))


@settings(max_examples=50)
@given(GRAPHS)
def test_the_same_graph_twice_changes_nothing(one: Graph) -> None:
    assert kinds(compared(one, one)) == {}


@settings(max_examples=50)
@given(GRAPHS, GRAPHS)
def test_every_resource_of_both_graphs_is_accounted_for_once(before: Graph, after: Graph) -> None:
    found = compared(before, after).changes
    assert sorted(change.before.urn for change in found if change.before) == sorted(before.resources)
    assert sorted(change.after.urn for change in found if change.after) == sorted(after.resources)


@settings(max_examples=50)
@given(GRAPHS, GRAPHS)
def test_going_back_deletes_what_was_created(before: Graph, after: Graph) -> None:
    plain = [
        replace(one, resources={urn: replace(found, options=Options()) for urn, found in one.resources.items()})
        for one in (before, after)
    ]
    there, back = compared(*plain), compared(*reversed(plain))
    assert [change.resource for change in there.of(Kind.CREATE)] == [change.resource for change in back.of(Kind.DELETE)]
    assert [change.resource for change in there.of(Kind.DELETE)] == [change.resource for change in back.of(Kind.CREATE)]


# What happens to one resource


def test_a_property_that_an_update_can_change_is_an_update_with_both_values() -> None:
    found = compared(graph(thing("a", tags={"Owner": "x", "Name": "a"})), graph(thing("a", tags={"Owner": "y", "Name": "a"})))
    (one,) = change_of(found, "a").properties
    assert kinds(found) == {"a": Kind.UPDATE}
    assert (written(one.path), one.before, one.after, one.forced_by) == ("tags.Owner", "x", "y", "")


def test_a_create_only_property_replaces_and_says_who_says_so() -> None:
    found = compared(graph(thing("a", cidrBlock="10.0.0.0/16")), graph(thing("a", cidrBlock="10.1.0.0/16")))
    assert kinds(found) == {"a": Kind.REPLACE}
    assert [(written(one.path), one.forced_by) for one in change_of(found, "a").forcing] == [("cidrBlock", "the provider")]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ({"encrypted": False, "size": 1}, {"encrypted": True, "size": 1}, Kind.REPLACE),
        ({"encrypted": False, "size": 1}, {"encrypted": False, "size": 2}, Kind.UPDATE),
        ({"encrypted": True}, None, Kind.REPLACE),
        ({"size": 1}, None, Kind.UPDATE),
    ],
)
def test_a_part_of_a_property_can_be_create_only(before: Value, after: Value, kind: Kind) -> None:
    assert kinds(compared(graph(thing("a", DATABASE, storage=before)), graph(thing("a", DATABASE, storage=after)))) == {"a": kind}


@pytest.mark.parametrize(("after", "kind"), [([{"id": "y"}], Kind.REPLACE), ([{"id": "x", "n": 1}], Kind.UPDATE)])
def test_in_a_list_a_create_only_part_of_any_item_counts(after: Value, kind: Kind) -> None:
    before = graph(thing("a", DATABASE, snapshots=[{"id": "x"}]))
    assert kinds(compared(before, graph(thing("a", DATABASE, snapshots=after)))) == {"a": kind}


def test_an_ignored_change_is_none_and_one_that_shall_replace_does() -> None:
    before = graph(thing("a", cidrBlock="x", tags={"a": "1", "b": "1"}))
    after: dict[str, Value] = {"cidrBlock": "y", "tags": {"a": "2", "b": "1"}}
    ignoring = Options(ignore_changes=("cidrBlock", "tags.a"))
    assert kinds(compared(before, graph(thing("a", options=ignoring, **after)))) == {}
    forcing = Options(ignore_changes=("cidrBlock",), replace_on_changes=("tags",))
    found = compared(before, graph(thing("a", options=forcing, **after)))
    assert [(written(one.path), one.forced_by) for one in change_of(found, "a").properties] == [("tags.a", "replaceOnChanges")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (8080, "8080"),
        (True, "true"),
        ([], None),
        ({}, None),
        (0, None),
        (False, None),
        ("", None),
        ({"a": 1, "b": False}, {"a": 1}),
        ('{"a": [1], "b": 2}', '{"b":2,"a":[1]}'),
        ({"a": 1, "__defaults": []}, {"a": 1}),
        ('{"S": [{"Sid": "A", "x": 1}, {"Sid": "B"}]}', '{"S": [{"Sid": "B"}, {"Sid": "A", "x": 1}]}'),
        ({"a": 1, "filled": 2, "__defaults": ["filled"]}, {"a": 1}),
        ({"a": 1}, {"a": 1, "filled": 2, "__defaults": ["filled"]}),
    ],
)
def test_values_that_mean_the_same_are_the_same(before: Value, after: Value) -> None:
    assert kinds(compared(graph(thing("a", settings=before)), graph(thing("a", settings=after)))) == {}


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ('{"a": [1, 2]}', '{"a": [1, 3]}', "settings.a[1]"),
        ("{not json", "{nor this", "settings"),
        (["x"], ["x", "y"], "settings[1]"),
        ({"a.b": 1}, {"a.b": 2}, 'settings["a.b"]'),
        ([0], [], "settings[0]"),
        ([1, 0], [1], "settings[1]"),
        ({"a": ""}, {}, "settings.a"),
        ({"a": "", "b": 1}, {"b": 1}, "settings.a"),
        ('{"a": false, "b": 1}', '{"b": 1}', "settings.a"),
        ('{"S": [{"Sid": "A"}, {"Sid": "B"}]}', '{"S": [{"Sid": "B"}]}', "settings.S.A"),
        ('{"S": [{"Sid": "A"}, {"Sid": "A"}]}', '{"S": [{"Sid": "A"}]}', "settings.S[1]"),
        ({"a": 1, "filled": 2, "__defaults": ["filled"]}, {"a": 1, "filled": 3}, "settings.filled"),
    ],
)
def test_a_difference_is_told_where_it_is(before: Value, after: Value, path: str) -> None:
    found = compared(graph(thing("a", settings=before)), graph(thing("a", settings=after)))
    assert [written(one.path) for one in change_of(found, "a").properties] == [path]


def test_a_list_without_an_order_differs_by_what_is_in_it() -> None:
    before = graph(thing("a", ROUTE, gateways=[{"id": 1, "n": "x"}, {"id": 2}], others=["x", "y"]))
    assert kinds(compared(before, graph(thing("a", ROUTE, gateways=[{"id": 2}, {"id": "1", "n": "x"}], others=["x", "y"])))) == {}
    assert kinds(compared(before, graph(thing("a", ROUTE, gateways=[{"id": 2}], others=["x", "y"])))) == {"a": Kind.UPDATE}
    moved = compared(before, graph(thing("a", ROUTE, gateways=[{"id": 1, "n": "x"}, {"id": 2}], others=["y", "x"])))
    assert kinds(moved) == {"a": Kind.UPDATE}


def test_what_the_program_no_longer_says_may_be_kept_by_the_cloud_as_a_whole() -> None:
    found = compared(graph(thing("a", ipv6CidrBlock="x", cidrBlock="y")), graph(thing("a", cidrBlock="y")))
    assert kinds(found) == {}
    gone = compared(graph(thing("a", cidrBlock="y")), graph(thing("a")))
    assert [(one.before, one.after) for one in change_of(gone, "a").properties] == [("y", Gap.ABSENT)]
    two, one, none = (graph(thing("a", names=names)) for names in (["x", "y"], ["y"], []))
    assert kinds(compared(two, one)) == kinds(compared(one, two)) == {"a": Kind.REPLACE}, "a part of it is not kept alone"
    assert kinds(compared(two, none)) == kinds(compared(two, graph(thing("a")))) == {}


def test_what_the_program_says_now_may_be_so_already() -> None:
    deployed = graph(thing("a", outputs={"tenancy": "default"}))
    assert kinds(compared(deployed, graph(thing("a", tenancy="default")))) == {}
    assert kinds(compared(deployed, graph(thing("a", tenancy="dedicated")))) == {"a": Kind.UPDATE}


def test_a_secret_is_never_said_to_be_the_same() -> None:
    found = compared(graph(thing("a", password=SECRET)), graph(thing("a", password=SECRET)))
    assert kinds(found) == {}
    assert [written(path) for path in change_of(found, "a").untold] == ["password"]
    assert kinds(compared(graph(thing("a")), graph(thing("a", password=SECRET)))) == {"a": Kind.UPDATE}


def test_what_nobody_knows_the_create_only_properties_of_is_said() -> None:
    found = compared(graph(thing("a", ROLE, x=1), thing("b", x=1)), graph(thing("a", ROLE, x=2), thing("b", x=2)))
    assert found.unjudged == (ROLE,)


# What a resource is part of


def test_an_alias_moves_a_resource_which_may_be_updated_too() -> None:
    before = graph(thing("old", x=1))
    alias = Options(aliases=(urn("other"), urn("old")))
    assert kinds(compared(before, graph(thing("new", options=alias, x=1)))) == {"new": Kind.MOVE}
    found = compared(before, graph(thing("new", options=alias, x=2)))
    assert kinds(found) == {"new": Kind.UPDATE}
    assert change_of(found, "new").moved_from == urn("old")
    both = (thing("new", options=alias, x=1), thing("old", x=1))
    assert kinds(compared(before, graph(*both))) == kinds(compared(before, graph(*reversed(both)))) == {"new": Kind.CREATE}


def test_the_children_of_a_renamed_component_move_with_it() -> None:
    before = graph(component("net", "test:index:Net"), thing("net-vpc", parent=urn("net", "test:index:Net")))
    parent = component("network", "test:index:Network", Options(aliases=(urn("net", "test:index:Net"),)))
    assert kinds(compared(before, graph(parent, thing("network-vpc", parent=parent.urn)))) == {"network-vpc": Kind.MOVE}


def test_components_and_the_providers_that_the_engine_makes_are_not_reported() -> None:
    default = thing("default_7_51_1", "pulumi:providers:aws", version="7.51.1")
    found = compared(graph(default, component("net")), graph(component("other")))
    assert found.changes == ()


def test_the_default_tags_of_the_provider_count_as_tags_of_each_resource() -> None:
    def with_owner(owner: str, **own: Value) -> Graph:
        provider = thing("aws", "pulumi:providers:aws", defaultTags=f'{{"tags":{{"Owner":"{owner}"}}}}', version="7")
        both = [
            thing("tagged", tags={"Name": "a", **own}, provider=provider.urn),
            thing("plain", outputs={"tagsAll": {}}, provider=provider.urn),
            thing("never", ROUTE, provider=provider.urn),
        ]
        return graph(provider, *both)

    changed = compared(with_owner("x"), with_owner("y"))
    assert kinds(changed) == {"aws": Kind.UPDATE, "tagged": Kind.UPDATE, "plain": Kind.UPDATE}
    assert [written(one.path) for one in change_of(changed, "plain").properties] == ["tags.Owner"]
    own = compared(with_owner("x", Owner="z"), with_owner("y", Owner="z"))
    assert kinds(own) == {"aws": Kind.UPDATE, "plain": Kind.UPDATE}


def test_another_region_replaces_whoever_says_it() -> None:
    def in_region(home: str, **own: Value) -> Graph:
        provider = thing("aws", "pulumi:providers:aws", region=home)
        role = thing("role", ROLE, provider=provider.urn)
        return graph(provider, thing("a", provider=provider.urn, outputs={"region": "x"}, **own), role)

    assert kinds(compared(in_region("us-east-1"), in_region("eu-west-1"))) == {"aws": Kind.UPDATE, "a": Kind.REPLACE}
    assert kinds(compared(in_region("us-east-1"), in_region("us-east-1", region="us-east-1"))) == {}
    assert kinds(compared(in_region("us-east-1"), in_region("us-east-1", region="eu-west-1"))) == {"a": Kind.REPLACE}


# What hangs on it


def chain(cidr: str, *, options: Options = NONE, known: bool = False) -> Graph:
    """A network, a subnet in it and a route in that."""
    vpc, tokens = invented("vpc")
    subnet, more = invented("subnet", SUBNET, digits="2")
    return graph(
        thing("vpc", cidrBlock=cidr, outputs={"id": vpc}, options=options),
        thing("subnet", SUBNET, needs={"vpcId": [urn("vpc")]}, vpcId="given" if known else vpc, outputs={"id": subnet}),
        thing("route", ROUTE, needs={"subnetId": [urn("subnet", SUBNET)]}, subnetId=f"{subnet}!"),
        invented={**tokens, **more},
    )


def test_what_cannot_live_without_a_replaced_resource_is_replaced_with_it() -> None:
    found = compared(chain("x"), chain("y"))
    assert kinds(found) == {"vpc": Kind.REPLACE, "subnet": Kind.REPLACE, "route": Kind.UPDATE}
    assert change_of(found, "vpc").because == ()
    assert change_of(found, "subnet").because == (urn("vpc"),)
    (one,) = change_of(found, "route").properties
    assert (one.after, one.because) == (UNKNOWN, (urn("subnet", SUBNET),))


def test_what_is_deleted_first_takes_along_what_refers_to_it() -> None:
    assert kinds(compared(chain("x", known=True), chain("y", known=True))) == {"vpc": Kind.REPLACE}
    first = Options(delete_before_replace=True)
    found = compared(chain("x", known=True), chain("y", known=True, options=first))
    assert kinds(found) == {"vpc": Kind.REPLACE, "subnet": Kind.REPLACE, "route": Kind.UPDATE}
    assert [change.resource.name for change in found.changes if change.first_deleted] == ["vpc", "subnet"]


def test_a_replacement_under_the_same_explicit_name_deletes_first() -> None:
    before = graph(thing("a", name="x", cidrBlock="1"))
    assert change_of(compared(before, graph(thing("a", name="x", cidrBlock="2"))), "a").first_deleted
    assert not change_of(compared(before, graph(thing("a", name="y", cidrBlock="2"))), "a").first_deleted


def test_replacing_ends_where_two_resources_refer_to_each_other() -> None:
    def ring(cidr: str) -> Graph:
        needs = {"a": {"vpcId": [urn("b", SUBNET)]}, "b": {"vpcId": [urn("a", SUBNET)]}}
        tokens = {name: invented(name, SUBNET, digits=digit) for name, digit in (("a", "1"), ("b", "2"))}
        both = [
            thing(one, SUBNET, needs=needs[one], vpcId=tokens[other][0], outputs={"id": tokens[one][0]}, cidrBlock=cidr)
            for one, other in (("a", "b"), ("b", "a"))
        ]
        return graph(*both, invented={**tokens["a"][1], **tokens["b"][1]})

    assert kinds(compared(ring("x"), ring("x"))) == {}
    assert kinds(compared(ring("x"), ring("y"))) == {"a": Kind.REPLACE, "b": Kind.REPLACE}


def test_what_an_engine_left_unknown_changes_only_where_it_waits_for_something_replaced() -> None:
    def previewed(cidr: str) -> Graph:
        return graph(thing("vpc", cidrBlock=cidr), thing("subnet", SUBNET, needs={"vpcId": [urn("vpc")]}, vpcId=UNKNOWN))

    assert kinds(compared(previewed("x"), previewed("x"))) == {}
    assert kinds(compared(previewed("x"), previewed("y"))) == {"vpc": Kind.REPLACE, "subnet": Kind.REPLACE}


# A deployed stack and an offline plan of it


def test_a_secret_that_is_made_of_something_replaced_changes_with_it() -> None:
    def plan(cidr: str) -> Graph:
        return graph(thing("vpc", cidrBlock=cidr), thing("fact", ROLE, needs={"value": [urn("vpc")]}, value=SECRET))

    assert kinds(compared(plan("x"), plan("x"))) == {}
    assert kinds(compared(plan("x"), plan("y"))) == {"vpc": Kind.REPLACE, "fact": Kind.UPDATE}


def test_a_made_up_value_is_the_real_one_of_the_same_resource() -> None:
    made, tokens = invented("vpc")
    deployed = graph(thing("vpc", outputs={"id": "vpc-1"}), thing("subnet", SUBNET, vpcId="vpc-1", text="on vpc-1!"))
    planned = graph(thing("vpc", outputs={"id": made}), thing("subnet", SUBNET, vpcId=made, text=f"on {made}!"), invented=tokens)
    assert kinds(compared(deployed, planned)) == {}
    assert kinds(compared(planned, deployed)) == {}
    elsewhere = graph(
        *(
            replace(one, inputs={**one.inputs, "vpcId": "vpc-2"}) if one.name == "subnet" else one
            for one in deployed.resources.values()
        )
    )
    assert kinds(compared(elsewhere, planned)) == {"subnet": Kind.REPLACE}


def test_what_the_program_makes_of_a_made_up_value_cannot_be_compared_with_the_real_one() -> None:
    made, tokens = invented("vpc")
    deployed = graph(thing("vpc", outputs={"id": "vpc-1"}), thing("a", ROUTE, text="1"))
    planned = graph(thing("vpc", outputs={"id": made}), thing("a", ROUTE, text=made.removeprefix("made-")), invented=tokens)
    found = compared(deployed, planned)
    assert kinds(found) == {}
    assert [written(path) for path in change_of(found, "a").untold] == ["text"]


def test_a_made_up_value_of_a_moved_resource_is_the_same() -> None:
    def named(name: str, digits: str, aliases: tuple[str, ...] = ()) -> Graph:
        made, tokens = invented(name, digits=digits)
        vpc = thing(name, outputs={"id": f"{name}-{made}"}, options=Options(aliases=aliases))
        return graph(vpc, thing("subnet", SUBNET, vpcId=f"{name}-{made}", text=made), invented=tokens)

    found = compared(named("old", "1"), named("new", "2", (urn("old"),)))
    assert (kinds(found), change_of(found, "subnet").untold) == ({"new": Kind.MOVE}, ())


# What is at stake


@pytest.mark.parametrize(
    ("options", "replaced", "deleted"),
    [
        (Options(), ("a database", False, False), ("a database", False, False)),
        (Options(protect=True), ("a database", True, False), ("a database", True, False)),
        (Options(retain_on_delete=True), ("a database", False, True), ("", False, True)),
    ],
)
def test_losing_data_and_what_the_engine_refuses_fail(
    options: Options, replaced: tuple[str, bool, bool], deleted: tuple[str, bool, bool]
) -> None:
    def stored(encrypted: bool) -> Graph:
        return graph(thing("a", DATABASE, options=options, storage={"encrypted": encrypted}))

    for after, said in ((stored(encrypted=True), replaced), (graph(), deleted)):
        found = compared(stored(encrypted=False), after)
        change = change_of(found, "a")
        assert (change.loses, change.is_refused, change.is_kept) == said
        assert found.failed == bool(change.loses or change.is_refused)
    assert not compared(stored(encrypted=False), stored(encrypted=False)).failed


def test_a_protection_that_is_taken_off_is_said_though_nothing_else_happens() -> None:
    before = graph(thing("a", options=Options(protect=True, retain_on_delete=True)))
    found = compared(before, graph(thing("a", options=Options(retain_on_delete=True))))
    assert (kinds(found), change_of(found, "a").lets_go) == ({}, ("protect",))
