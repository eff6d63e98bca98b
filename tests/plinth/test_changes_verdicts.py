"""Replacements that the engine's preview or the options of a resource say, whatever is known of its type."""

from dataclasses import replace

import pytest

from plinth.changes.difference import Gap
from plinth.changes.model import Kind
from plinth.changes.paths import written
from plinth.engine.graph import Graph, Options, Verdict
from plinth.engine.values import SECRET, UNKNOWN, Value
from tests.plinth.changes_graphs import DATABASE, ROLE, SUBNET, VPC, change_of, compared, graph, invented, kinds, thing, urn


def previewed(after: Graph, verdict: Verdict, token: str = VPC) -> Graph:
    return replace(after, verdicts={urn("a", token): verdict})


def replaced(*reasons: str) -> Verdict:
    return Verdict(replaced=True, stays=False, reasons=reasons, former=None)


def test_what_the_preview_replaces_is_replaced_though_nothing_is_known_of_its_type() -> None:
    before, after = graph(thing("a", ROLE, x={"y": 1}, z=1)), graph(thing("a", ROLE, x={"y": 2}, z=2))
    assert kinds(compared(before, after)) == {"a": Kind.UPDATE}
    found = compared(before, previewed(after, replaced("x.y"), ROLE))
    assert kinds(found) == {"a": Kind.REPLACE}
    assert [(written(one.path), one.forced_by) for one in change_of(found, "a").forcing] == [("x.y", "the engine's preview")]


@pytest.mark.parametrize(
    ("reasons", "path", "before", "after"),
    [
        ((), "id", "db-1", UNKNOWN),
        (("id",), "id", "db-1", UNKNOWN),
        (("content",), "content", Gap.ABSENT, UNKNOWN),
        (("name",), "name", "n", "n"),
    ],
)
def test_what_the_preview_replaces_for_what_is_not_seen_is_replaced_too(
    reasons: tuple[str, ...], path: str, before: Value, after: Value
) -> None:
    same = graph(thing("a", DATABASE, name="n", outputs={"id": "db-1"}))
    found = compared(same, previewed(same, replaced(*reasons), DATABASE))
    (one,) = change_of(found, "a").properties
    assert (written(one.path), one.before, one.after) == (path, before, after)
    assert (found.failed, change_of(found, "a").loses) == (True, "a database")


def test_what_hangs_on_what_the_preview_replaces_is_replaced_with_it() -> None:
    subnet = thing("subnet", SUBNET, needs={"vpcId": [urn("a")]}, vpcId=UNKNOWN)
    same = graph(thing("a"), subnet)
    assert kinds(compared(same, previewed(same, replaced("id")))) == {"a": Kind.REPLACE, "subnet": Kind.REPLACE}


@pytest.mark.parametrize(
    ("stays", "former", "kind"),
    [(False, "1", Kind.UPDATE), (True, "1", None), (False, "3", Kind.REPLACE), (True, "3", Kind.REPLACE)],
)
def test_what_the_preview_does_not_replace_is_not_where_it_compared_with_the_same(
    stays: bool, former: str, kind: Kind | None
) -> None:
    before, after = graph(thing("a", cidrBlock="1")), graph(thing("a", cidrBlock="2"))
    verdict = Verdict(replaced=False, stays=stays, reasons=(), former={"cidrBlock": former})
    assert kinds(compared(before, previewed(after, verdict))) == ({"a": kind} if kind else {})


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("1", "2", Kind.REPLACE),
        ({"v": [1]}, {"v": [2]}, Kind.REPLACE),
        ("1", UNKNOWN, Kind.REPLACE),
        ("1", "1", None),
        (None, "1", None),
        ("1", None, None),
        (SECRET, SECRET, None),
    ],
)
def test_another_trigger_replaces(before: Value, after: Value, kind: Kind | None) -> None:
    old, new = (graph(thing("a", options=Options(replacement_trigger=one))) for one in (before, after))
    assert kinds(compared(old, new)) == ({"a": kind} if kind else {})


def test_a_trigger_that_is_made_of_something_replaced_replaces() -> None:
    def plan(cidr: str) -> Graph:
        made, tokens = invented("vpc")
        vpc = thing("vpc", cidrBlock=cidr, outputs={"id": made})
        return graph(vpc, thing("a", DATABASE, options=Options(replacement_trigger=f"{made}!")), invented=tokens)

    assert kinds(compared(plan("x"), plan("x"))) == {}
    needing = plan("y")
    assert kinds(compared(plan("x"), needing)) == {"vpc": Kind.REPLACE, "a": Kind.REPLACE}


@pytest.mark.parametrize(
    ("option", "options"),
    [("replaceWith", Options(replace_with=(urn("vpc"),))), ("deletedWith", Options(deleted_with=urn("vpc")))],
)
def test_what_goes_with_a_replaced_resource_is_replaced_with_it(option: str, options: Options) -> None:
    def plan(cidr: str) -> Graph:
        tied = thing("a", DATABASE, options=options)
        return graph(tied, thing("vpc", cidrBlock=cidr), thing("b", ROLE, options=Options(replace_with=(tied.urn,))))

    assert kinds(compared(plan("x"), plan("x"))) == {}
    found = compared(plan("x"), plan("y"))
    assert kinds(found) == {"vpc": Kind.REPLACE, "a": Kind.REPLACE, "b": Kind.REPLACE}
    (one,) = change_of(found, "a").properties
    assert (written(one.path), one.because, change_of(found, "a").because) == (option, (urn("vpc"),), (urn("vpc"),))
    assert change_of(found, "a").loses == "a database"
