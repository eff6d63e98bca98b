"""False, 0 and an empty text beside nothing at all."""

import pytest

from plinth.changes.facts import table
from plinth.changes.model import Kind
from plinth.changes.paths import parsed
from plinth.engine.graph import Graph
from plinth.engine.values import Value
from tests.plinth.changes_graphs import DATABASE, ROLE, compared, graph, kinds, thing


@pytest.mark.parametrize(
    ("name", "before", "after", "kind"),
    [
        ("flag", False, None, None),
        ("flag", None, False, None),
        ("flag", True, None, Kind.REPLACE),
        ("flag", False, True, Kind.REPLACE),
        ("dns", False, None, Kind.REPLACE),
        ("dns", None, False, Kind.REPLACE),
        ("disk", {"size": 1, "kept": False}, {"size": 1}, Kind.UPDATE),
        ("private", None, False, Kind.UPDATE),
        ("private", False, None, None),
    ],
)
def test_false_is_nothing_unless_the_provider_tells_them_apart(name: str, before: Value, after: Value, kind: Kind | None) -> None:
    found = compared(graph(thing("a", **{name: before})), graph(thing("a", **{name: after})))
    assert kinds(found) == ({"a": kind} if kind else {})


def test_where_nobody_knows_what_the_provider_does_false_is_something() -> None:
    assert kinds(compared(graph(thing("a", ROLE, x=False)), graph(thing("a", ROLE)))) == {"a": Kind.UPDATE}


def test_a_new_block_that_says_false_of_what_only_a_new_resource_can_have_is_an_update() -> None:
    def stored(**storage: Value) -> Graph:
        return graph(thing("a", DATABASE, storage=storage))

    assert kinds(compared(stored(), stored(encrypted=False, size=1))) == {"a": Kind.UPDATE}
    assert kinds(compared(stored(), stored(encrypted=True, size=1))) == {"a": Kind.REPLACE}


@pytest.mark.parametrize(
    ("token", "path", "apart"),
    [
        ("aws:sqs/queue:Queue", "fifoQueue", False),
        ("aws:rds/instance:Instance", "storageEncrypted", False),
        ("aws:ec2/vpc:Vpc", "enableDnsSupport", True),
        ("aws:ec2/instance:Instance", "rootBlockDevice.deleteOnTermination", True),
        ("aws:lb/loadBalancer:LoadBalancer", "enableHttp2", True),
        ("random:index/randomPassword:RandomPassword", "*", True),
    ],
)
def test_the_table_says_of_what_the_provider_tells_false_from_nothing(token: str, path: str, apart: bool) -> None:
    assert (parsed(path) in table()[token].told_apart) is apart
