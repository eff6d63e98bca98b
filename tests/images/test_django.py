"""images/django: the web service through PgBouncer on a real PostgreSQL, the worker on a real Redis."""

import json
import shlex
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests import servers
from tests.images.collector import CALLER, PARENT, TRACE, attributes, collector, told_of
from tests.images.installed import run
from tests.images.pooler import pgbouncer
from tests.images.stubs import Answer, Asked, Stub, stub
from tests.images.web import call

pytestmark = pytest.mark.slow

WORKER = "dramatiq server.worker --processes 1 --threads 2"
SECRETS = {"POSTGRES_PASSWORD": "only the app knows", "DJANGO_SECRET_KEY": "k" * 50}
STAY = {"room": "blue", "guest": "Ada", "arrival": "2030-05-01", "departure": "2030-05-03"}


@pytest.fixture(scope="module")
def direct(postgres: servers.Postgres, redis_variables: dict[str, str], broker_variables: dict[str, str]) -> dict[str, str]:
    """What the platform tells a service without a pooler beside it."""
    postgres.add_database("booking", "booking", SECRETS["POSTGRES_PASSWORD"])
    return (
        redis_variables
        | broker_variables
        | SECRETS
        | {
            "POSTGRES_HOST": postgres.host,
            "POSTGRES_PORT": str(postgres.port),
            "POSTGRES_NAME": "booking",
            "POSTGRES_USER": "booking",
            "POSTGRES_CA_FILE": str(postgres.authority),
            "WORKLOAD_QUEUE": "confirmations",
        }
    )


@pytest.fixture(scope="module")
def pooled(direct: dict[str, str]) -> Iterator[dict[str, str]]:
    """What it tells one with a pooler, which runs; two connections to the server, so that clients have to share them."""
    told = direct | {"PGBOUNCER": "1", "PGBOUNCER_PORT": str(servers.free_port()), "PGBOUNCER_POOL_SIZE": "2"}
    with pgbouncer(told):
        yield told | {"POSTGRES_HOST": "out.of.reach"}


@pytest.fixture(scope="module")
def migrated(pooled: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its schema is up to date; where the commands logged."""
    logs = tmp_path_factory.mktemp("django")
    manage(pooled, "migrate", logs)
    assert manage(pooled, "makemigrations --check", logs) == "No changes detected\n"
    return logs


@pytest.fixture(scope="module")
def url(pooled: dict[str, str], migrated: Path) -> Iterator[str]:
    """The running web service, with two rooms."""
    variables = pooled | {"PORT": str(servers.free_port())}
    with run("django", "gunicorn server.wsgi", variables, migrated / "web.log") as program:
        at = f"http://127.0.0.1:{variables['PORT']}"
        servers.until(lambda: servers.healthy(f"{at}/health/"), "booking", program)
        for name, beds in (("blue", 2), ("red", 1)):
            assert call("POST", f"{at}/booking/rooms", {"name": name, "beds": beds}) == (201, {"name": name, "beds": beds})
        yield at
        assert not any(secret in program.printed for secret in SECRETS.values())
        assert program.stop() == 0, program.printed


@pytest.fixture
def cloudwatch() -> Iterator[Stub]:
    """Somebody who takes metrics."""
    with stub(lambda _: Answer.of_json({})) as sink:
        yield sink


def manage(variables: Mapping[str, str], command: str, logs: Path) -> str:
    """What a one-shot command prints."""
    with run("django", f"python manage.py {command}", dict(variables), logs / "manage.log") as program:
        assert program.process.wait(servers.PATIENCE) == 0, program.printed
        return program.printed


def worker_of(variables: Mapping[str, str], cloudwatch: Stub) -> dict[str, str]:
    """What the worker is told besides."""
    return {
        **variables,
        "SERVICE": "booking-worker",
        "METRICS_SECONDS": "0.2",
        "AWS_ENDPOINT_URL_CLOUDWATCH": cloudwatch.url,
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
    }


def metrics(asked: Asked) -> dict[str, Any]:
    """What one PutMetricData says."""
    assert asked.headers["x-amz-target"].endswith(".PutMetricData")
    return json.loads(asked.body)


def told(cloudwatch: Stub) -> dict[str, float]:
    """The latest value of each metric."""
    entries = metrics(cloudwatch.asked[-1])["MetricData"] if cloudwatch.asked else ()
    return {entry["MetricName"]: entry["Value"] for entry in entries}


@pytest.mark.requirement("APP-14", part="booking: started, healthy, in use through PgBouncer")
def test_a_room_is_booked_once_for_a_night(url: str) -> None:
    status, booked = call("POST", f"{url}/booking/", STAY)
    assert (status, booked) == (201, STAY | {"id": booked["id"], "confirmed": False})

    assert call("POST", f"{url}/booking/", STAY | {"arrival": "2030-05-02", "departure": "2030-05-09"})[0] == 409
    assert call("POST", f"{url}/booking/", STAY | {"arrival": "2030-05-03", "departure": "2030-05-04"})[0] == 201
    assert call("POST", f"{url}/booking/", STAY | {"room": "red"})[0] == 201
    assert call("GET", f"{url}/booking/?room=red")[1]["bookings"][0]["guest"] == "Ada"
    assert len(call("GET", f"{url}/booking/")[1]["bookings"]) == 3


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"room": "green"}, "room"),
        ({"guest": ""}, "guest"),
        ({"departure": "2030-05-01"}, "departure"),
        ({"arrival": "soon"}, "arrival"),
    ],
)
def test_a_booking_that_is_not_one_is_refused_with_the_field(url: str, wrong: dict[str, str], field: str) -> None:
    status, answer = call("POST", f"{url}/booking/", STAY | wrong)

    assert (status, list(answer["errors"])) == (400, [field])


def test_a_body_that_is_no_json_object_is_refused(url: str) -> None:
    assert call("POST", f"{url}/booking/", ["blue"])[0] == 400


def test_the_chat_bot_gets_lines_for_lines_from_the_same_image(url: str) -> None:
    def ask(text: str) -> str:
        return call("POST", f"{url}/bot/ask", {"text": text})[1]["reply"]

    call("POST", f"{url}/booking/", STAY | {"arrival": "2031-01-01", "departure": "2031-01-02"})
    assert ask("rooms") == "blue, red"
    assert ask("free blue 2031-01-01 2031-01-05") == "blue is taken"
    assert ask("free blue 2031-01-02 2031-01-05") == "blue is free"
    assert ask("free green 2031-01-02 2031-01-05") == ask("what?") == call("GET", f"{url}/bot/")[1]["reply"]


@pytest.mark.usefixtures("migrated")
def test_health_is_asked_for_by_any_name_and_the_rest_by_those_allowed_only(pooled: dict[str, str], tmp_path: Path) -> None:
    variables = pooled | {"PORT": str(servers.free_port()), "ALLOWED_HOSTS": "booking.example"}
    with run("django", "gunicorn server.wsgi", variables, tmp_path / "log") as program:
        at = f"http://127.0.0.1:{variables['PORT']}"
        servers.until(lambda: servers.healthy(f"{at}/health/"), "booking", program)

        assert call("GET", f"{at}/health/ready/") == (200, {"status": "ok"})
        assert call("GET", f"{at}/booking/rooms", headers={"host": "booking.example"})[0] == 200
        assert call("GET", f"{at}/bot/", headers={"host": "other.example"})[0] == 400


def test_it_is_well_while_all_it_depends_on_is_away_and_says_what_is_missing(direct: dict[str, str], tmp_path: Path) -> None:
    away = {name: str(servers.free_port()) for name in ("PORT", "POSTGRES_PORT", "BROKER_PORT")}
    with run("django", "gunicorn server.wsgi", direct | away, tmp_path / "log") as program:
        at = f"http://127.0.0.1:{away['PORT']}/health/"
        servers.until(lambda: servers.healthy(at), "booking", program)

        assert call("GET", at) == (200, {"status": "ok"})
        assert call("GET", f"{at}ready/") == (503, {"status": "not ready", "missing": ["database", "broker"]})
        assert not any(secret in program.printed for secret in SECRETS.values())


@pytest.mark.usefixtures("migrated")
def test_without_a_pooler_it_connects_to_a_certified_server_only(direct: dict[str, str], tmp_path: Path) -> None:
    assert "No planned migration operations" in manage(direct, "migrate --plan", tmp_path)

    other = servers.certificate(tmp_path).file
    for wrong in ({"POSTGRES_CA_FILE": str(other)}, {"POSTGRES_HOST": "127.0.0.2"}):
        with run("django", "python manage.py migrate --plan", direct | wrong, tmp_path / "log") as program:
            assert program.process.wait(servers.PATIENCE) != 0


@pytest.mark.requirement("CMP-13", part="the worker of the sample application")
def test_the_worker_confirms_bookings_and_tells_how_many_wait(
    url: str, pooled: dict[str, str], cloudwatch: Stub, tmp_path: Path
) -> None:
    booked = call("POST", f"{url}/booking/", STAY | {"arrival": "2032-01-01", "departure": "2032-01-02"})[1]

    def confirmed() -> bool:
        found = call("GET", f"{url}/booking/")[1]["bookings"]
        return next(entry["confirmed"] for entry in found if entry["id"] == booked["id"])

    assert not confirmed()
    with run("django", WORKER, worker_of(pooled, cloudwatch), tmp_path / "log") as worker:
        servers.until(confirmed, "the confirmation", worker)
        servers.until(lambda: told(cloudwatch) == {"QueueDepth": 0, "DeadLetters": 0}, "the metrics", worker)
        assert not any(secret in worker.printed for secret in SECRETS.values())
        assert worker.stop() == 0, worker.printed


@pytest.mark.requirement("DAT-18", part="booking keeps its jobs in the broker, and nothing in the cache")
def test_jobs_go_to_the_broker_and_nothing_to_the_cache(
    pooled: dict[str, str], migrated: Path, broker: servers.Redis, redis: servers.Redis
) -> None:
    variables = pooled | {"WORKLOAD_QUEUE": "apart"}
    manage(variables, f"shell -c {shlex.quote('from booking.tasks import confirm; confirm.send(0)')}", migrated)

    assert broker.ask("LLEN", "dramatiq:apart") == "1"
    assert redis.ask("KEYS", "dramatiq*") == ""


@pytest.mark.parametrize("missing", ["BROKER_HOST", "BROKER_PORT"])
def test_without_a_broker_it_does_not_start(direct: dict[str, str], tmp_path: Path, missing: str) -> None:
    told = {name: value for name, value in direct.items() if name != missing}
    with run("django", "python manage.py check", told, tmp_path / "log") as program:
        assert program.process.wait(servers.PATIENCE) != 0
        assert f"KeyError: '{missing}'" in program.printed


@pytest.mark.requirement("APP-12", part="depth and dead letters are told by the worker; dead letters are put back by a command")
def test_the_metrics_count_what_waits_and_what_is_dead_under_the_agreed_names(
    pooled: dict[str, str], cloudwatch: Stub, tmp_path: Path
) -> None:
    variables = worker_of(pooled, cloudwatch) | {"WORKLOAD_QUEUE": "lonely"}
    code = "from booking.tasks import confirm\nfor _ in range(3): confirm.send_with_options(args=(0,), max_retries=0)"
    manage(variables, f"shell -c {shlex.quote(code)}", tmp_path)
    for command, depth, dead in ((f"{WORKER} --queues another", 3, 0), (WORKER, 0, 3)):
        with run("django", command, variables, tmp_path / "log") as worker:
            servers.until(lambda: told(cloudwatch) == {"QueueDepth": depth, "DeadLetters": dead}, "the metrics", worker)  # noqa: B023

    latest = metrics(cloudwatch.asked[-1])
    assert latest["Namespace"] == "Plinth/Workers"
    dimensions = [{"Name": "Service", "Value": "booking-worker"}, {"Name": "Queue", "Value": "lonely"}]
    assert [(entry["Dimensions"], entry["Unit"]) for entry in latest["MetricData"]] == 2 * [(dimensions, "Count")]

    assert manage(variables, "requeue_dead_letters", tmp_path) == "3 messages wait again\n"
    with run("django", f"{WORKER} --queues another", variables, tmp_path / "log") as worker:
        servers.until(lambda: told(cloudwatch) == {"QueueDepth": 3, "DeadLetters": 0}, "the metrics", worker)


def test_the_command_for_what_was_lost_asks_for_each_booking_that_is_not_confirmed(
    url: str, pooled: dict[str, str], tmp_path: Path
) -> None:
    found = call("GET", f"{url}/booking/")[1]["bookings"]
    waiting = sum(not entry["confirmed"] for entry in found)

    assert manage(pooled, "confirm_pending", tmp_path) == f"{waiting} bookings wait to be confirmed\n"


@contextmanager
def traced(variables: Mapping[str, str], url: str, percent: int, log: Path) -> Generator[tuple[str, servers.Program]]:
    """A web service that is told of a collector, and its address; it has to end as it does without one."""
    port = servers.free_port()
    with run(
        "django", "gunicorn server.wsgi", {**variables, **told_of(url, "booking", percent), "PORT": str(port)}, log
    ) as program:
        at = f"http://127.0.0.1:{port}"
        servers.until(lambda: servers.healthy(f"{at}/health/"), "booking", program)
        yield at, program
        assert program.stop() == 0, program.printed


@pytest.mark.usefixtures("migrated")
def test_a_request_is_traced_from_its_caller_to_the_database(pooled: dict[str, str], tmp_path: Path) -> None:
    with collector() as sink:
        with traced(pooled, sink.url, 100, tmp_path / "log") as (at, _):
            assert call("GET", f"{at}/booking/rooms", headers=CALLER)[0] == 200

        (server,) = sink.spans(Span.SPAN_KIND_SERVER)
        assert (server.trace_id.hex(), server.parent_span_id.hex(), server.name) == (TRACE, PARENT, "GET booking/rooms")
        said = {"http.request.method": "GET", "http.route": "booking/rooms", "http.response.status_code": 200}
        assert said.items() <= attributes(server.attributes).items()
        statements = sink.spans(Span.SPAN_KIND_CLIENT)
        assert {span.parent_span_id for span in statements} == {server.span_id}
        assert 'FROM "booking_room"' in str(attributes(statements[-1].attributes)["db.query.text"])
        assert {"service.name": "booking", "deployment.environment.name": "test"}.items() <= sink.resources[0].items()


@pytest.mark.usefixtures("migrated")
def test_no_span_holds_a_secret_a_value_or_what_an_error_says(
    pooled: dict[str, str], postgres: servers.Postgres, tmp_path: Path
) -> None:
    postgres.sql("ALTER TABLE booking_room ADD CHECK (name <> 'unwanted')", "booking")
    with collector() as sink:
        with traced(pooled, sink.url, 100, tmp_path / "log") as (at, _):
            assert call("POST", f"{at}/booking/rooms", {"name": "unwanted", "beds": 1}, CALLER)[0] == 500

        (server,) = sink.spans(Span.SPAN_KIND_SERVER)
        assert server.status.code == Status.STATUS_CODE_ERROR
        assert [text for text in (*SECRETS.values(), CALLER["authorization"], "unwanted") if sink.holds(text)] == []


@pytest.mark.usefixtures("migrated")
def test_what_is_not_sampled_is_not_sent(pooled: dict[str, str], tmp_path: Path) -> None:
    with collector() as sink:
        with traced(pooled, sink.url, 0, tmp_path / "log") as (at, _):
            assert call("GET", f"{at}/booking/rooms")[0] == 200

        assert sink.asked == []


@pytest.mark.usefixtures("migrated")
def test_a_collector_that_is_away_costs_nothing_but_lines_of_the_log(pooled: dict[str, str], tmp_path: Path) -> None:
    away = f"http://127.0.0.1:{servers.free_port()}"
    with traced(pooled, away, 100, tmp_path / "log") as (at, program):
        for _ in range(100):
            assert call("GET", f"{at}/booking/rooms")[0] == 200
        began = time.monotonic()
        assert program.stop() == 0
        assert time.monotonic() - began < 6
        assert program.printed.count("opentelemetry") < 10


@pytest.mark.parametrize(("module", "endpoint"), [("wsgi", ""), ("worker", "http://127.0.0.1:4318")])
def test_nothing_is_imported_for_traces_by_the_worker_or_without_a_collector(
    direct: dict[str, str], tmp_path: Path, module: str, endpoint: str
) -> None:
    code = f"import server.{module}, sys; sys.exit('opentelemetry.instrumentation' in sys.modules)"
    told = direct | {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}
    with run("django", f"python -c {shlex.quote(code)}", told, tmp_path / "log") as program:
        assert program.process.wait(servers.PATIENCE) == 0, program.printed
