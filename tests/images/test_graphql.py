"""images/graphql in front of a collection that is a stand-in."""

import signal
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests import servers
from tests.images.collector import CALLER, PARENT, TRACE, attributes, collector, told_of
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


def query(url: str, text: str, headers: dict[str, str] | None = None) -> dict[str, object]:
    """What a query gives."""
    return call("POST", f"{url}/graphql", {"query": text}, headers)[1]


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


@contextmanager
def traced(collection: Stub, url: str, percent: int, folder: Path) -> Generator[tuple[str, servers.Program]]:
    """A gateway that is told of a collector, and its address; it has to end as it does without one."""
    variables = {"PORT": str(servers.free_port()), "COLLECTION_URL": collection.url, **told_of(url, "graphql", percent)}
    application = node_application("graphql", folder)
    with servers.started(["node", "server.js"], variables, log=folder / "log", folder=application) as program:
        at = f"http://127.0.0.1:{variables['PORT']}"
        servers.until(lambda: servers.healthy(f"{at}/health"), "the gateway", program)
        yield at, program
        assert program.stop() == -signal.SIGTERM
        assert "Error" not in program.printed


def test_a_query_is_traced_from_its_caller_to_the_collection(tmp_path: Path) -> None:
    with collector() as sink, stub(collection_answer) as collection:
        with traced(collection, sink.url, 100, tmp_path) as (at, _):
            assert query(at, "{ item(id: 2) { title } }", CALLER) == {"data": {"item": {"title": "Go"}}}

        (server,) = sink.spans(Span.SPAN_KIND_SERVER)
        assert (server.trace_id.hex(), server.parent_span_id.hex(), server.name) == (TRACE, PARENT, "POST /graphql")
        said = {"http.request.method": "POST", "http.route": "/graphql", "http.response.status_code": 200}
        assert said.items() <= attributes(server.attributes).items()
        (client,) = sink.spans(Span.SPAN_KIND_CLIENT)
        assert (client.trace_id.hex(), attributes(client.attributes)["url.path"]) == (TRACE, "/collection/items/2")
        assert [asked.headers["traceparent"] for asked in collection.asked] == [f"00-{TRACE}-{client.span_id.hex()}-01"]
        assert {"service.name": "graphql", "deployment.environment.name": "test"}.items() <= sink.resources[0].items()
        assert not sink.holds(CALLER["authorization"])


def test_a_path_that_is_not_there_is_traced_without_a_route(collection: Stub, tmp_path: Path) -> None:
    with collector() as sink:
        with traced(collection, sink.url, 100, tmp_path) as (at, _):
            assert call("GET", f"{at}/elsewhere?key=of-nothing", headers=CALLER)[0] == 404

        (server,) = sink.spans(Span.SPAN_KIND_SERVER)
        assert (server.name, attributes(server.attributes)["http.response.status_code"]) == ("GET", 404)
        assert not sink.holds("of-nothing")


def test_what_is_not_sampled_is_not_sent(collection: Stub, tmp_path: Path) -> None:
    with collector() as sink:
        with traced(collection, sink.url, 0, tmp_path) as (at, _):
            assert "errors" not in query(at, "{ items { title } }")

        assert sink.asked == []


def test_a_collector_that_is_away_costs_nothing(collection: Stub, tmp_path: Path) -> None:
    away = f"http://127.0.0.1:{servers.free_port()}"
    with traced(collection, away, 100, tmp_path) as (at, program):
        for _ in range(100):
            assert "errors" not in query(at, "{ items { title } }")
        began = time.monotonic()
        program.stop()
        assert time.monotonic() - began < 6
        assert len(program.printed.splitlines()) < 10


def test_nothing_is_imported_for_traces_without_a_collector(collection: Stub, tmp_path: Path) -> None:
    application = node_application("graphql", tmp_path)
    (application / "tracing.js").unlink()
    variables = {"PORT": str(servers.free_port()), "COLLECTION_URL": collection.url}
    with servers.started(["node", "server.js"], variables, log=tmp_path / "log", folder=application) as program:
        servers.until(lambda: servers.healthy(f"http://127.0.0.1:{variables['PORT']}/health"), "the gateway", program)
