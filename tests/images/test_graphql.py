"""images/graphql in front of a collection that is a stand-in."""

from collections.abc import Iterator

import pytest

from tests import servers
from tests.images.installed import node_application
from tests.images.stubs import Answer, Asked, Stub, stub
from tests.images.web import call

pytestmark = pytest.mark.slow

ITEMS = [{"id": 1, "title": "Chess", "year": 1475, "notes": ""}, {"id": 2, "title": "Go", "year": 1987, "notes": "a reprint"}]


def collection_answer(asked: Asked) -> Answer:
    """What the collection answers."""
    match asked.path:
        case "/collection/items?after=0&limit=50":
            return Answer.of_json(ITEMS)
        case "/collection/items/2":
            return Answer.of_json(ITEMS[1])
        case "/collection/items/3":
            return Answer.of_json({"detail": "Not Found"}, status=404)
        case _:
            return Answer.of_json({"detail": "broken"}, status=500)


@pytest.fixture(scope="module")
def collection() -> Iterator[Stub]:
    """The collection."""
    with stub(collection_answer) as server:
        yield server


@pytest.fixture(scope="module")
def url(collection: Stub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The running gateway."""
    folder = tmp_path_factory.mktemp("graphql")
    application = node_application("graphql", folder)
    variables = {"PORT": str(servers.free_port()), "COLLECTION_URL": collection.url}
    with servers.started(["node", "server.js"], variables, log=folder / "log", folder=application) as program:
        at = f"http://127.0.0.1:{variables['PORT']}"
        servers.until(lambda: servers.healthy(f"{at}/health"), "the gateway", program)
        yield at
        program.stop()
        assert "Error" not in program.printed


def query(url: str, text: str) -> dict[str, object]:
    """What a query gives."""
    return call("POST", f"{url}/graphql", {"query": text})[1]


@pytest.mark.requirement("APP-14", part="the GraphQL gateway: started, healthy, a query over two subgraphs")
def test_one_query_is_answered_by_two_subgraphs(url: str) -> None:
    found = query(url, "{ items { title decade } item(id: 2) { id notes decade } decade(year: 2001) }")

    assert found == {
        "data": {
            "items": [{"title": "Chess", "decade": "1470s"}, {"title": "Go", "decade": "1980s"}],
            "item": {"id": "2", "notes": "a reprint", "decade": "1980s"},
            "decade": "2000s",
        }
    }


def test_what_is_not_there_is_null_and_what_is_broken_costs_its_own_field_only(url: str) -> None:
    assert query(url, "{ item(id: 3) { title } }") == {"data": {"item": None}}

    broken = query(url, "{ item(id: 4) { title } decade(year: 1) }")
    assert broken["data"] == {"item": None, "decade": "0s"}
    assert "500" in str(broken["errors"])


def test_what_is_no_query_is_refused(url: str) -> None:
    assert call("GET", f"{url}/elsewhere")[0] == 404
    assert call("GET", f"{url}//")[0] == 404
    assert call("POST", f"{url}/graphql", {"query": "{ unknown }"})[0] == 400
    assert call("POST", f"{url}/graphql", {"query": "x" * 200_000})[0] == 413
    assert "errors" in query(url, "{ __schema { types { name } } }")
