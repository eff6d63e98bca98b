"""Each image that runs on ECS, told what the platform tells it there, where its file system is read-only: it writes in memory."""

import subprocess
from pathlib import Path

import pytest

from tests import servers
from tests.images.memory import writing_in_memory_alone
from tests.images.pooler import ENTRYPOINT

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
