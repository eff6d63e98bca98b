"""What a stack only reads belongs to someone else."""

import pytest

from plinth.changes.model import Kind
from plinth.engine.graph import Graph
from tests.plinth.changes_graphs import DATABASE, change_of, compared, graph, kinds, thing


def database(identity: str, *, read: bool) -> Graph:
    return graph(thing("a", DATABASE, storage={"encrypted": identity == "x"}, outputs={"id": identity}, external=read))


def test_what_is_read_no_longer_is_neither_deleted_nor_lost() -> None:
    found = compared(database("x", read=True), graph())
    assert (kinds(found), change_of(found, "a").loses, found.failed) == ({"a": Kind.UNREAD}, "", False)


def test_what_is_read_is_not_created_and_has_no_changes_of_its_own() -> None:
    assert kinds(compared(graph(), database("x", read=True))) == {"a": Kind.READ}
    assert kinds(compared(database("x", read=True), database("y", read=True))) == {}


def test_what_was_read_may_become_the_stack_s_own() -> None:
    assert kinds(compared(database("x", read=True), database("x", read=False))) == {"a": Kind.CREATE}


@pytest.mark.parametrize(("identity", "kind", "loses"), [("x", Kind.READ, ""), ("y", Kind.REPLACE, "a database")])
def test_what_is_read_in_place_of_an_own_resource_deletes_that_unless_it_is_the_same(
    identity: str, kind: Kind, loses: str
) -> None:
    found = compared(database("x", read=False), database(identity, read=True))
    assert (kinds(found), change_of(found, "a").loses) == ({"a": kind}, loses)
