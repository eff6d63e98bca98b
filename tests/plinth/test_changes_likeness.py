"""Renames without an alias, of very many resources at once."""

import time

import pytest

from plinth.changes.likeness import renamed
from plinth.engine.graph import Graph
from plinth.engine.values import Value
from tests.plinth.changes_graphs import ROUTE, compared, graph, thing

MANY = 1_000


def routes(prefix: str, own: str) -> Graph:
    """Many resources of one type, each with a property of its own and with those that all have."""

    def inputs(index: int) -> dict[str, Value]:
        telling: dict[str, Value] = {"zone": f"z{index}"} if own else {}
        return {"table": "one", "settings": {"a": 1}, "size": 3, "name": f"{prefix}-{index}", **telling}

    return graph(*(thing(f"{prefix}-{index:04}", ROUTE, **inputs(index)) for index in range(MANY)))


@pytest.mark.parametrize("own", ["with a property of its own", ""])
def test_a_thousand_renamed_resources_are_recognised_within_seconds(own: str) -> None:
    found = compared(routes("old", own), routes("new", own))
    start = time.process_time()
    pairs = renamed(found)
    assert time.process_time() - start < 5
    assert len(pairs) == MANY
    assert all(gone.resource.name.replace("old", "new") == new.resource.name for gone, new in pairs)


def test_a_rename_without_an_alias_is_noticed_by_the_likeness() -> None:
    before = graph(thing("a", cidrBlock="1", x=1), thing("b", cidrBlock="2", x=1), thing("gone", ROUTE, y=1))
    likely = thing("c", cidrBlock="2", x=1, tags={"Name": "c"})
    after = graph(thing("a", cidrBlock="1", x=1), thing("less", cidrBlock="3", x=1), likely, thing("new", ROUTE, y=2))
    assert [(gone.resource.name, new.resource.name) for gone, new in renamed(compared(before, after))] == [("b", "c")]
