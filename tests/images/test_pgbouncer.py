"""What images/pgbouncer makes of its environment. That it works: test_django.py."""

import configparser
import os
import subprocess
from pathlib import Path

import pytest

from tests import servers
from tests.images.installed import IMAGES
from tests.images.pooler import ENTRYPOINT, pgbouncer

pytestmark = pytest.mark.slow

VARIABLES = {
    "POSTGRES_HOST": "db.example",
    "POSTGRES_PORT": "5432",
    "POSTGRES_NAME": "main",
    "POSTGRES_USER": "booking",
    "POSTGRES_PASSWORD": "a\"b'c\\d $(id) `id` &",
}


def rendered(folder: Path, **changed: str) -> tuple["subprocess.CompletedProcess[str]", configparser.ConfigParser]:
    """The run of the entrypoint with a PgBouncer that prints its arguments and environment, and the configuration it wrote."""
    (folder / "pgbouncer").write_text('#!/bin/sh\necho "$@"\nenv\n')
    (folder / "pgbouncer").chmod(0o755)
    variables = VARIABLES | {"PGBOUNCER_DIR": str(folder), "PATH": f"{folder}:{os.environ['PATH']}"} | changed
    done = subprocess.run([ENTRYPOINT], env=variables, capture_output=True, text=True, check=False)
    found = configparser.ConfigParser(interpolation=None)
    found.read(folder / "pgbouncer.ini")
    return done, found


def test_the_pooler_pools_transactions_for_its_own_task_and_trusts_certified_servers_only(tmp_path: Path) -> None:
    done, found = rendered(tmp_path)
    settings = found["pgbouncer"]

    assert done.returncode == 0
    assert found["databases"]["*"] == "host='db.example' port=5432 dbname='main'"
    assert settings["listen_addr"] == "127.0.0.1"
    assert settings["listen_port"] == "6432"
    assert settings["pool_mode"] == "transaction"
    assert settings["auth_type"] == "scram-sha-256"
    assert settings["server_tls_sslmode"] == "verify-full"
    assert settings["server_tls_ca_file"] == "/etc/ssl/database.pem"


def test_sizes_and_trust_come_from_the_environment(tmp_path: Path) -> None:
    changed = {
        "PGBOUNCER_POOL_SIZE": "4",
        "PGBOUNCER_MAX_CLIENTS": "50",
        "POSTGRES_SSLMODE": "require",
        "POSTGRES_CA_FILE": "/ca.pem",
    }
    settings = rendered(tmp_path, **changed)[1]["pgbouncer"]

    assert settings["default_pool_size"] == "4"
    assert settings["max_client_conn"] == "50"
    assert settings["server_tls_sslmode"] == "require"
    assert settings["server_tls_ca_file"] == "/ca.pem"


def test_the_password_is_in_a_file_that_only_the_pooler_reads_and_nowhere_else(tmp_path: Path) -> None:
    done, _ = rendered(tmp_path)
    users = tmp_path / "userlist.txt"

    assert users.read_text() == '"booking" "a""b\'c\\d $(id) `id` &"\n'
    assert users.stat().st_mode & 0o777 == 0o600
    printed = done.stdout + done.stderr + (tmp_path / "pgbouncer.ini").read_text()
    assert "c\\d" not in printed
    assert "POSTGRES_PASSWORD" not in printed


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"POSTGRES_PASSWORD": ""}, "POSTGRES_PASSWORD is not set"),
        ({"POSTGRES_PASSWORD": "one\ntwo"}, "POSTGRES_PASSWORD has more than one line"),
        ({"POSTGRES_HOST": "db\npool_mode = session"}, "POSTGRES_HOST has more than one line"),
        ({"POSTGRES_PORT": "5432 user=root"}, "POSTGRES_PORT is not a whole number"),
        ({"PGBOUNCER_POOL_SIZE": "many"}, "PGBOUNCER_POOL_SIZE is not a whole number"),
        ({"POSTGRES_SSLMODE": "prefer"}, "POSTGRES_SSLMODE is neither disable, require, verify-ca nor verify-full"),
    ],
)
def test_what_would_not_be_a_setting_stops_it_without_a_word_of_the_value(
    changed: dict[str, str], complaint: str, tmp_path: Path
) -> None:
    done, _ = rendered(tmp_path, **changed)

    assert done.returncode == 2
    assert done.stderr == f"pgbouncer: {complaint}\n"
    assert not (tmp_path / "pgbouncer.ini").exists()


@pytest.mark.parametrize("client_password", ["right", "wrong"])
def test_only_who_knows_the_password_gets_through_to_the_server(postgres: servers.Postgres, client_password: str) -> None:
    user = f"pooled_{client_password}"
    postgres.add_database(user, user, 'it\'s "right"')
    port = servers.free_port()
    told = {"POSTGRES_NAME": user, "POSTGRES_USER": user, "POSTGRES_PASSWORD": 'it\'s "right"', "POSTGRES_HOST": postgres.host}
    told |= {"POSTGRES_PORT": str(postgres.port), "POSTGRES_CA_FILE": str(postgres.authority), "PGBOUNCER_PORT": str(port)}
    with pgbouncer(told) as running:
        target = f"host=127.0.0.1 port={port} user={user} dbname={user} sslmode=disable"
        asked = subprocess.run(
            [postgres.programs / "psql", "-qAt", target, "-c", "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"],
            env={"PGPASSWORD": f'it\'s "{client_password}"'},
            capture_output=True,
            text=True,
            check=False,
        )

        assert (asked.stdout == "t\n") is (client_password == "right")  # noqa: S105
        assert "right" not in running.printed.replace("pooled_right", "")


def test_it_is_stopped_by_the_signal_that_lets_transactions_finish() -> None:
    assert "\nSTOPSIGNAL SIGINT\n" in (IMAGES / "pgbouncer" / "Dockerfile").read_text()
