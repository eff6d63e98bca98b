"""Each image that runs on ECS, told what the platform tells it there, where its file system is read-only: it writes in memory."""

import re
import subprocess
from pathlib import Path

import pytest

from tests import servers
from tests.images.installed import application
from tests.images.memory import writing_in_memory_alone
from tests.images.pooler import ENTRYPOINT
from tests.images.test_keep_alive import NOWHERE, SERVING

pytestmark = pytest.mark.slow


@pytest.mark.requirement("CMP-09", part="the sidecar starts where its file system is read-only, and lends connections")
def test_the_pooler_lends_connections_with_nothing_but_memory_to_write_to(postgres: servers.Postgres, tmp_path: Path) -> None:
    postgres.add_database("in_memory", "in_memory", "made-for-this")
    port = servers.free_port()
    told = {"POSTGRES_HOST": postgres.host, "POSTGRES_PORT": str(postgres.port), "POSTGRES_NAME": "in_memory"}
    told |= {"POSTGRES_USER": "in_memory", "POSTGRES_PASSWORD": "made-for-this", "POSTGRES_CA_FILE": str(postgres.authority)}
    told |= {"PGBOUNCER_PORT": str(port), "PGBOUNCER_DIR": "/dev/shm", "PATH": f"{_pgbouncer().parent}:/usr/bin:/bin"}  # noqa: S108
    command = writing_in_memory_alone(["sh", "-c", ENTRYPOINT.read_text()], plain_user=True)
    with servers.started(command, told, log=tmp_path / "log", folder=Path("/")) as pooler:
        servers.until(lambda: servers.listens(port), "PgBouncer", pooler)
        target = f"host=127.0.0.1 port={port} user=in_memory dbname=in_memory sslmode=disable"
        psql: list[str | Path] = [postgres.programs / "psql", "-qAt", target, "-c", "SELECT 1"]
        asked = subprocess.run(psql, env={"PGPASSWORD": "made-for-this"}, capture_output=True, text=True, check=False)
        assert asked.stdout == "1\n", asked.stderr + pooler.printed


def _pgbouncer() -> Path:
    return servers.installed("pgbouncer", "pgbouncer")


@pytest.mark.parametrize("image", SERVING)
def test_a_service_answers_with_nothing_but_memory_to_write_to(image: str, tmp_path: Path) -> None:
    command, health = SERVING[image]
    program, folder = application(image, command, tmp_path)
    port = servers.free_port()
    told = {**NOWHERE, "TMPDIR": "/dev/shm", "PORT": str(port), "PYTHONDONTWRITEBYTECODE": "1"}  # noqa: S108
    with servers.started(writing_in_memory_alone(program), told, log=tmp_path / "log", folder=folder) as running:
        servers.until(lambda: servers.healthy(f"http://127.0.0.1:{port}{health}"), image, running)
        assert not re.search(r"(?i)read-only|erofs|permission denied", running.printed), running.printed


def test_the_worker_works_with_nothing_but_memory_to_write_to(broker_variables: dict[str, str], tmp_path: Path) -> None:
    program, folder = application("django", "dramatiq server.worker --processes 1 --threads 1", tmp_path)
    told = {**NOWHERE, **broker_variables, "REDIS_TLS": "1", "TMPDIR": "/dev/shm", "AWS_REGION": "eu-west-1"}  # noqa: S108
    told |= {"AWS_DEFAULT_REGION": "eu-west-1", "PYTHONDONTWRITEBYTECODE": "1"}
    with servers.started(writing_in_memory_alone(program), told, log=tmp_path / "log", folder=folder) as running:
        servers.until(lambda: "ready for action" in running.printed, "the worker", running)
        assert not re.search(r"(?i)read-only|erofs|permission denied", running.printed), running.printed
