"""images/websocket: two copies of the server and a real Redis between them."""

import json
import subprocess
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import servers
from tests.images.installed import node_application
from tests.images.web import call

pytestmark = pytest.mark.slow


class Client:
    """Somebody who is connected."""

    def __init__(self, application: Path, port: int, path: str = "/ws") -> None:
        command: list[str | Path] = ["node", Path(__file__).with_name("client.mjs"), application, f"ws://127.0.0.1:{port}{path}"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def heard(self) -> dict[str, Any]:
        """The next thing that happens."""
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def say(self, text: str) -> None:
        """Send a message."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{text}\n")
        self.process.stdin.flush()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the image runs in."""
    return node_application("websocket", tmp_path_factory.mktemp("app"))


@contextmanager
def copies(application: Path, variables: dict[str, str], folder: Path) -> Generator[list[tuple[int, servers.Program]]]:
    """Two servers, each with its port."""
    with ExitStack() as stack:
        found: list[tuple[int, servers.Program]] = []
        for copy in ("one", "two"):
            port = servers.free_port()
            told = variables | {"PORT": str(port)}
            program = stack.enter_context(servers.started(["node", "server.js"], told, log=folder / copy, folder=application))
            found.append((port, program))
        for port, program in found:
            servers.until(lambda: servers.healthy(f"http://127.0.0.1:{port}/health/ready"), "the server", program)  # noqa: B023
        yield found


@pytest.mark.requirement("APP-14", part="the WebSocket server: started, healthy, in use, drained")
def test_clients_of_different_copies_hear_each_other_and_are_asked_to_leave_before_a_copy_ends(
    application: Path, redis_variables: dict[str, str], tmp_path: Path
) -> None:
    with copies(application, redis_variables, tmp_path) as ((first, stopped), (second, _)):
        with Client(application, first) as ada, Client(application, first) as bob, Client(application, second) as cleo:
            assert [client.heard() for client in (ada, bob, cleo)] == 3 * [{"open": True}]
            ada.say("hello")
            assert [client.heard() for client in (bob, cleo)] == 2 * [{"message": "hello"}]
            cleo.say("welcome")
            assert [client.heard() for client in (ada, bob)] == 2 * [{"message": "welcome"}]

            assert stopped.stop() == 0, stopped.printed
            assert [client.heard() for client in (ada, bob)] == 2 * [{"closed": 1012, "reason": "restarting"}]
            assert "2 clients are asked to leave" in stopped.printed
            assert "drained" in stopped.printed
        with Client(application, second) as dora:
            assert dora.heard() == {"open": True}
        assert redis_variables["REDIS_TOKEN"] not in stopped.printed


def test_clients_hear_each_other_whichever_shard_of_redis_their_copy_is_connected_to(
    application: Path, redis_variables: dict[str, str], tmp_path: Path
) -> None:
    with servers.redis_cluster() as nodes, ExitStack() as stack:
        ports: list[int] = []
        for at, node in enumerate(nodes):
            port = servers.free_port()
            trust = {"NODE_EXTRA_CA_CERTS": str(node.authority)}
            told = redis_variables | trust | {"PORT": str(port), "REDIS_PORT": str(node.port), "REDIS_CLUSTER": "true"}
            log = tmp_path / str(at)
            program = stack.enter_context(servers.started(["node", "server.js"], told, log=log, folder=application))
            servers.until(lambda: servers.healthy(f"http://127.0.0.1:{port}/health/ready"), "the server", program)  # noqa: B023
            ports.append(port)
        ada, bob = (stack.enter_context(Client(application, port)) for port in ports)
        assert [client.heard() for client in (ada, bob)] == 2 * [{"open": True}]
        for speaker, listener in ((ada, bob), (bob, ada)):
            speaker.say("hello")
            assert listener.heard() == {"message": "hello"}


def test_other_paths_are_refused_and_too_large_a_message_ends_the_connection(
    application: Path, redis_variables: dict[str, str], tmp_path: Path
) -> None:
    with copies(application, redis_variables, tmp_path) as ((port, _), _):
        assert call("GET", f"http://127.0.0.1:{port}/")[0] == 404
        with Client(application, port, "/elsewhere") as client:
            assert client.heard() == {"refused": 404}
        with Client(application, port, "/ws?v=1") as client:
            assert client.heard() == {"open": True}
            client.say("x" * 20_000)
            assert client.heard()["closed"] == 1009


def test_it_is_well_without_redis_says_that_it_is_missing_and_ends_when_told_to(
    application: Path, redis_variables: dict[str, str], tmp_path: Path
) -> None:
    variables = redis_variables | {"PORT": str(servers.free_port()), "REDIS_PORT": str(servers.free_port())}
    with servers.started(["node", "server.js"], variables, log=tmp_path / "log", folder=application) as program:
        at = f"http://127.0.0.1:{variables['PORT']}/health"
        servers.until(lambda: servers.healthy(at), "the server", program)
        assert call("GET", f"{at}/ready") == (503, {"status": "not ready", "missing": ["cache"]})
        assert program.stop() == 0, program.printed
