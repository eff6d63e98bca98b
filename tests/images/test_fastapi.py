"""images/fastapi on a real PostgreSQL and a real Redis."""

import shlex
import signal
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests import servers
from tests.images.collector import CALLER, PARENT, TRACE, attributes, collector, told_of
from tests.images.installed import run
from tests.images.web import call

pytestmark = pytest.mark.slow

KEY = {"x-api-key": "second"}
ITEM = {"title": "Chess", "year": 1475, "notes": ""}


@pytest.fixture(scope="module")
def variables(postgres: servers.Postgres, redis_variables: dict[str, str]) -> dict[str, str]:
    """What the platform tells the service."""
    password = 'it\'s a \\ "password"'  # noqa: S105
    postgres.add_database("collection", "collection", password)
    return redis_variables | {
        "POSTGRES_HOST": postgres.host,
        "POSTGRES_PORT": str(postgres.port),
        "POSTGRES_NAME": "collection",
        "POSTGRES_USER": "collection",
        "POSTGRES_PASSWORD": password,
        "POSTGRES_CA_FILE": str(postgres.authority),
        "API_KEYS": "first, second",
        "PORT": str(servers.free_port()),
    }


@pytest.fixture(scope="module")
def url(variables: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The running application."""
    logs = tmp_path_factory.mktemp("fastapi")
    for _ in range(2):
        with run("fastapi", "python -m collection.migrate", variables, logs / "migrate.log") as migration:
            assert migration.process.wait(servers.PATIENCE) == 0, migration.printed
    with run("fastapi", "python -m collection", variables, logs / "web.log") as program:
        at = f"http://127.0.0.1:{variables['PORT']}"
        servers.until(lambda: servers.healthy(f"{at}/health"), "the collection", program)
        yield at
        assert variables["POSTGRES_PASSWORD"] not in program.printed
        program.stop()  # the server passes the signal on to itself once all is closed
        assert "Application shutdown complete" in program.printed


@pytest.mark.requirement("APP-14", part="the collection: started, healthy, in use")
def test_items_are_added_read_changed_and_removed(url: str) -> None:
    status, added = call("POST", f"{url}/collection/items", ITEM, KEY)
    assert (status, added) == (201, ITEM | {"id": added["id"]})
    one = f"{url}/collection/items/{added['id']}"

    assert call("GET", one) == (200, added)
    assert added in call("GET", f"{url}/collection/items")[1]
    assert call("PUT", one, ITEM | {"year": 1500}, KEY)[0] == 200
    assert call("GET", one)[1]["year"] == 1500
    assert call("DELETE", one, headers=KEY) == (204, None)
    assert call("GET", one)[0] == 404
    assert call("DELETE", one, headers=KEY)[0] == 404


def test_an_item_that_was_read_comes_from_the_cache(url: str, postgres: servers.Postgres) -> None:
    added = call("POST", f"{url}/collection/items", ITEM, KEY)[1]
    one = f"{url}/collection/items/{added['id']}"
    call("GET", one)

    postgres.sql(f"UPDATE collection_item SET title = 'Go' WHERE id = {added['id']}", "collection")  # noqa: S608

    assert call("GET", one)[1]["title"] == "Chess"
    assert call("GET", f"{url}/collection/items")[1][-1]["title"] == "Go"


@pytest.mark.parametrize("headers", [{}, {"x-api-key": "third"}, {"x-api-key": "first, second"}])
def test_nothing_is_changed_without_a_key(url: str, headers: dict[str, str]) -> None:
    assert call("POST", f"{url}/collection/items", ITEM, headers)[0] == 401


@pytest.mark.parametrize("wrong", [{"title": ""}, {"year": 0}, {"year": "soon"}])
def test_an_item_that_is_not_one_is_refused(url: str, wrong: dict[str, object]) -> None:
    assert call("POST", f"{url}/collection/items", ITEM | wrong, KEY)[0] == 422


def test_it_is_well_while_all_it_depends_on_is_away_and_says_what_is_missing(
    url: str, variables: dict[str, str], tmp_path: Path
) -> None:
    at = f"http://127.0.0.1:{(port := servers.free_port())}"
    without = variables | {"PORT": str(port), "REDIS_PORT": str(servers.free_port())}
    item = call("POST", f"{url}/collection/items", ITEM, KEY)[1]
    assert call("GET", f"{url}/health/ready") == (200, {"status": "ok"})
    with run("fastapi", "python -m collection", without, tmp_path / "log") as program:
        servers.until(lambda: servers.healthy(f"{at}/health"), "the collection", program)
        assert call("GET", f"{at}/collection/items/{item['id']}") == (200, item)
        assert call("GET", f"{at}/health/ready") == (503, {"status": "not ready", "missing": ["cache"]})

    lost = without | {"POSTGRES_PORT": str(servers.free_port())}
    with run("fastapi", "python -m collection", lost, tmp_path / "log") as program:
        servers.until(lambda: servers.healthy(f"{at}/health"), "the collection", program)
        assert call("GET", f"{at}/health/ready") == (503, {"status": "not ready", "missing": ["cache", "database"]})


@pytest.mark.usefixtures("url")
def test_every_shard_of_a_cache_keeps_items_and_forgets_those_that_change(variables: dict[str, str], tmp_path: Path) -> None:
    port = servers.free_port()
    at = f"http://127.0.0.1:{port}"
    with servers.redis_cluster() as nodes:
        told = {"REDIS_PORT": str(nodes[0].port), "REDIS_CLUSTER": "true", "SSL_CERT_FILE": str(nodes[0].authority)}
        with run("fastapi", "python -m collection", {**variables, **told, "PORT": str(port)}, tmp_path / "log") as program:
            servers.until(lambda: servers.healthy(f"{at}/health"), "the collection", program)
            added = [call("POST", f"{at}/collection/items", ITEM, KEY)[1]["id"] for _ in range(12)]
            for number in added:
                call("GET", f"{at}/collection/items/{number}")
            kept = [node.ask("KEYS", "*").split() for node in nodes]
            assert all(kept), "each has some"
            assert sorted(kept[0] + kept[1]) == sorted(f"collection:item:{number}" for number in added)

            for number in added:
                call("PUT", f"{at}/collection/items/{number}", ITEM | {"year": 1500}, KEY)
            assert [call("GET", f"{at}/collection/items/{number}")[1]["year"] for number in added] == 12 * [1500]
            assert "does not answer" not in program.printed


@pytest.mark.usefixtures("url")
def test_a_cache_with_shards_that_is_away_delays_no_answer_for_long(variables: dict[str, str], tmp_path: Path) -> None:
    port = servers.free_port()
    at = f"http://127.0.0.1:{port}"
    told = {"REDIS_PORT": str(servers.free_port()), "REDIS_CLUSTER": "true", "PORT": str(port)}
    with run("fastapi", "python -m collection", variables | told, tmp_path / "log") as program:
        servers.until(lambda: servers.healthy(f"{at}/health"), "the collection", program)
        number = call("POST", f"{at}/collection/items", ITEM, KEY)[1]["id"]
        began = time.monotonic()
        assert call("GET", f"{at}/collection/items/{number}")[0] == 200
        assert time.monotonic() - began < 5
        assert "the cache does not answer" in program.printed


@contextmanager
def traced(variables: Mapping[str, str], url: str, percent: int, log: Path) -> Generator[tuple[str, servers.Program]]:
    """An application that is told of a collector, and its address; it has to end as it does without one."""
    port = servers.free_port()
    with run(
        "fastapi", "python -m collection", {**variables, **told_of(url, "collection", percent), "PORT": str(port)}, log
    ) as program:
        at = f"http://127.0.0.1:{port}"
        servers.until(lambda: servers.healthy(f"{at}/health"), "the collection", program)
        yield at, program
        assert program.stop() == -signal.SIGTERM
        assert "Application shutdown complete" in program.printed


@pytest.mark.usefixtures("url")
def test_a_request_is_traced_from_its_caller_to_the_database_and_the_cache(variables: dict[str, str], tmp_path: Path) -> None:
    with collector() as sink:
        with traced(variables, sink.url, 100, tmp_path / "log") as (at, _):
            assert call("GET", f"{at}/collection/items/0", headers=CALLER)[0] == 404

        (server,) = sink.spans(Span.SPAN_KIND_SERVER)
        route = "/collection/items/{number}"
        assert (server.trace_id.hex(), server.parent_span_id.hex(), server.name) == (TRACE, PARENT, f"GET {route}")
        said = {"http.request.method": "GET", "http.route": route, "http.response.status_code": 404}
        assert said.items() <= attributes(server.attributes).items()
        asked = sink.spans(Span.SPAN_KIND_CLIENT)
        assert {span.parent_span_id for span in asked} == {server.span_id}
        queries = {attributes(span.attributes)["db.query.text"] for span in asked}
        assert {"GET ?", "SELECT * FROM collection_item WHERE id = %(id)s"} <= queries
        assert {"service.name": "collection", "deployment.environment.name": "test"}.items() <= sink.resources[0].items()


@pytest.mark.usefixtures("url")
def test_no_span_holds_a_secret_a_value_or_what_an_error_says(
    variables: dict[str, str], postgres: servers.Postgres, tmp_path: Path
) -> None:
    postgres.sql("ALTER TABLE collection_item ADD CHECK (title <> 'unwanted')", "collection")
    with collector() as sink:
        with traced(variables, sink.url, 100, tmp_path / "log") as (at, _):
            assert call("POST", f"{at}/collection/items", ITEM | {"title": "unwanted"}, KEY | CALLER)[0] == 500

        (server,) = sink.spans(Span.SPAN_KIND_SERVER)
        assert server.status.code == Status.STATUS_CODE_ERROR
        private = (
            variables["POSTGRES_PASSWORD"],
            variables["REDIS_TOKEN"],
            KEY["x-api-key"],
            CALLER["authorization"],
            "unwanted",
        )
        assert [text for text in private if sink.holds(text)] == []


@pytest.mark.usefixtures("url")
def test_what_is_not_sampled_is_not_sent(variables: dict[str, str], tmp_path: Path) -> None:
    with collector() as sink:
        with traced(variables, sink.url, 0, tmp_path / "log") as (at, _):
            assert call("GET", f"{at}/collection/items")[0] == 200

        assert sink.asked == []


@pytest.mark.usefixtures("url")
def test_a_collector_that_is_away_costs_nothing_but_lines_of_the_log(variables: dict[str, str], tmp_path: Path) -> None:
    away = f"http://127.0.0.1:{servers.free_port()}"
    with traced(variables, away, 100, tmp_path / "log") as (at, program):
        for _ in range(100):
            assert call("GET", f"{at}/collection/items")[0] == 200
        began = time.monotonic()
        program.stop()
        assert time.monotonic() - began < 6
        assert program.printed.count("opentelemetry") < 10


def test_nothing_is_imported_for_traces_without_a_collector(variables: dict[str, str], tmp_path: Path) -> None:
    code = "import collection.app, sys; sys.exit('opentelemetry.instrumentation' in sys.modules)"
    with run("fastapi", f"python -c {shlex.quote(code)}", variables, tmp_path / "log") as program:
        assert program.process.wait(servers.PATIENCE) == 0, program.printed
