"""What there is to know of a store, as parameters."""

import pytest

from components.data.facts import Facts, FactsArgs
from tests.harness import of_kind, recorded


@pytest.mark.requirement("DAT-12", part="a parameter for each fact about a cache")
def test_each_fact_is_a_parameter_of_its_own() -> None:
    graph = recorded(
        lambda ctx: Facts("facts-redis", FactsArgs(folder="database/redis", facts={"host": "h", "port": "6379"}), ctx)
    )
    found = {one.name: (one.inputs["name"], one.inputs["type"]) for one in of_kind(graph, "Parameter")}
    assert found == {
        "facts-redis-host": ("/plinth/test/database/redis/host", "String"),
        "facts-redis-port": ("/plinth/test/database/redis/port", "String"),
    }


@pytest.mark.parametrize(
    ("folder", "facts", "message"),
    [
        ("database/redis", {}, "facts: none given"),
        ("Database", {"host": "h"}, "folder: 'Database' is no name"),
        ("database", {"Host": "h"}, "facts: 'Host' is no name"),
    ],
)
def test_facts_without_a_place_are_refused(folder: str, facts: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=r"FactsArgs: ") as refused:
        FactsArgs(folder=folder, facts=facts)
    assert message in str(refused.value)
