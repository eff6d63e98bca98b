"""How long an application leaves a connection open that says nothing: as long as it is told."""

import socket
from contextlib import closing
from pathlib import Path

import pytest

from tests import servers
from tests.images.installed import application

pytestmark = pytest.mark.slow

NOWHERE = {
    "POSTGRES_HOST": "127.0.0.1",
    "POSTGRES_PORT": "1",
    "POSTGRES_NAME": "main",
    "POSTGRES_USER": "main",
    "POSTGRES_PASSWORD": "none",
    "REDIS_HOST": "127.0.0.1",
    "REDIS_PORT": "1",
    "DJANGO_SECRET_KEY": "none",
    "BROKER_HOST": "127.0.0.1",
    "BROKER_PORT": "1",
    "COLLECTION_URL": "http://127.0.0.1:1",
}
SERVING = {
    "django": ("gunicorn server.wsgi", "/health/"),
    "fastapi": ("python -m collection", "/health"),
    "graphql": ("node server.js", "/health"),
    "websocket": ("node server.js", "/health"),
}


@pytest.mark.parametrize("image", SERVING)
@pytest.mark.parametrize(("seconds", "closed"), [("1", True), ("3615", False)])
def test_a_silent_connection_stays_open_as_long_as_the_platform_says(
    image: str, seconds: str, tmp_path: Path, *, closed: bool
) -> None:
    command, health = SERVING[image]
    program, folder = application(image, command, tmp_path)
    port = servers.free_port()
    told = {**NOWHERE, "PORT": str(port), "KEEP_ALIVE_SECONDS": seconds, "PYTHONDONTWRITEBYTECODE": "1"}
    with servers.started(program, told, log=tmp_path / "log", folder=folder) as running:
        servers.until(lambda: servers.healthy(f"http://127.0.0.1:{port}{health}"), image, running)
        with closing(socket.create_connection(("127.0.0.1", port), timeout=15 if closed else 6)) as connection:
            connection.sendall(f"GET {health} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert connection.recv(4096).startswith(b"HTTP/1.1 200")
            assert _ends(connection) is closed, running.printed


def _ends(connection: socket.socket) -> bool:
    """Whether the other side closes it before the time is up."""
    try:
        while connection.recv(4096):
            pass
    except TimeoutError:
        return False
    return True
