"""images/pgbouncer, run as its image runs it."""

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests import servers
from tests.images.installed import IMAGES

ENTRYPOINT = IMAGES / "pgbouncer" / "entrypoint.sh"


@contextmanager
def pgbouncer(variables: Mapping[str, str]) -> Generator[servers.Program]:
    """PgBouncer, listening on the port `PGBOUNCER_PORT`; not as root, which it refuses."""
    program = servers.installed("pgbouncer", "pgbouncer")
    with servers.own_folder() as folder:
        own = {"PGBOUNCER_DIR": str(folder), "PATH": f"{program.parent}:{os.environ['PATH']}"}
        command: list[str | Path] = ["sh", "-c", ENTRYPOINT.read_text()]  # the file itself is where only root may look
        with servers.started(command, {**variables, **own}, log=folder / "log", folder=folder, plain_user=True) as running:
            servers.until(lambda: servers.listens(int(variables["PGBOUNCER_PORT"])), "PgBouncer", running)
            yield running
