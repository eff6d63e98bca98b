"""Real database servers for tests: PostgreSQL and MariaDB as the machine has them, private, on a free port, with TLS alone.

Where one is not installed, what needs it is skipped and says which package is missing (`.ci/run` installs them).
"""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pymysql
import pytest

HOST = "localhost"
_SECONDS = 60.0
_PLAIN: Mapping[str, Any] = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
"""The servers refuse to run as root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A server, the file that says whom to trust, and a user who owns its database without being a superuser, as on RDS."""

    port: int
    authority: Path
    database: str
    owner: str
    password: str

    def as_user(self, user: str, password: str) -> dict[str, Any]:
        """What a client of PostgreSQL says to get in."""
        where = {"host": HOST, "port": self.port, "dbname": self.database, "user": user, "password": password}
        return {**where, "sslmode": "verify-full", "sslrootcert": str(self.authority), "autocommit": True}

    def as_mysql_user(self, user: str, password: str, database: str | None = None) -> dict[str, Any]:
        """What a client of MySQL says to get in."""
        where = {"host": HOST, "port": self.port, "user": user, "password": password, "database": database}
        return {**where, "ssl_ca": str(self.authority), "ssl_verify_cert": True, "ssl_verify_identity": True, "autocommit": True}


@contextmanager
def postgres() -> Generator[Running]:
    """A PostgreSQL."""
    initdb = _program("initdb", "/usr/lib/postgresql/*/bin", "postgresql")
    with _folder() as folder:
        certificate, key = _certificate(folder)
        data, root = folder / "data", secrets.token_hex(8)
        (folder / "root").write_text(root)
        _done([initdb, "-D", data, "-U", "root", "--auth=scram-sha-256", f"--pwfile={folder / 'root'}", "-E", "UTF8"])
        (data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\nhostssl all all ::1/128 scram-sha-256\n")
        port = _free_port()
        settings = {
            "ssl": "on",
            "ssl_cert_file": certificate,
            "ssl_key_file": key,
            "listen_addresses": HOST,
            "unix_socket_directories": "",
            "password_encryption": "scram-sha-256",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        running = _running(port, certificate)
        with _started([initdb.with_name("postgres"), "-D", data, "-p", str(port), *options], folder):
            connect: dict[str, Any] = {**running.as_user("root", root), "dbname": "postgres"}
            _until(lambda: psycopg.connect(**connect).close(), folder)
            with closing(psycopg.connect(**connect)) as connection:
                connection.execute(
                    f"CREATE ROLE {running.owner} LOGIN CREATEROLE CREATEDB PASSWORD '{running.password}'".encode()
                )
                connection.execute(f"CREATE DATABASE {running.database} OWNER {running.owner}".encode())
            yield running


@contextmanager
def mariadb() -> Generator[Running]:
    """A MariaDB, which speaks as MySQL does."""
    install = _program("mariadb-install-db", "/usr/bin", "mariadb-server")
    server = _program("mariadbd", "/usr/sbin", "mariadb-server")
    with _folder() as folder:
        certificate, key = _certificate(folder)
        data = folder / "data"
        _done([install, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal"])
        port, running_socket = _free_port(), folder / "socket"
        running = _running(port, certificate)
        command = [
            server,
            "--no-defaults",
            f"--datadir={data}",
            f"--socket={running_socket}",
            f"--port={port}",
            f"--pid-file={folder / 'pid'}",
            f"--bind-address={HOST}",
            f"--ssl-cert={certificate}",
            f"--ssl-key={key}",
            "--require-secure-transport=1",
        ]
        with _started(command, folder):
            root: dict[str, Any] = {"unix_socket": str(running_socket), "user": "root", "autocommit": True}
            _until(lambda: pymysql.connect(**root).close(), folder)
            with pymysql.connect(**root) as connection, connection.cursor() as cursor:
                cursor.execute("DELETE FROM mysql.global_priv WHERE user = ''")  # nobody without a name, who would come first
                cursor.execute("FLUSH PRIVILEGES")
                cursor.execute("CREATE USER %s@'%%' IDENTIFIED BY %s", (running.owner, running.password))
                cursor.execute("GRANT ALL PRIVILEGES ON *.* TO %s@'%%' WITH GRANT OPTION", (running.owner,))
                cursor.execute(f"CREATE DATABASE {running.database}")
            yield running


def _running(port: int, authority: Path) -> Running:
    return Running(port=port, authority=authority, database="plinth", owner="plinth", password=secrets.token_hex(16))


def _program(name: str, pattern: str, package: str) -> Path:
    if found := shutil.which(name):
        return Path(found).resolve()
    for folder in sorted(Path("/").glob(pattern.lstrip("/")), reverse=True):
        if (folder / name).exists():
            return folder / name
    pytest.skip(f"{name} is not installed: apt-get install {package}")


@contextmanager
def _folder() -> Generator[Path]:
    """A folder that is the plain user's. Not below that of pytest, which only its owner may enter."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        if _PLAIN:
            shutil.chown(name, _PLAIN["user"], _PLAIN["group"])
        yield Path(name)


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for this machine, signed by itself."""
    certificate, key = folder / "server.pem", folder / "server.key"
    names = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    _done(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names, "-keyout", key, "-out", certificate])
    return certificate, key


def _done(command: Sequence[str | Path]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd="/", **_PLAIN)
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def _started(command: Sequence[str | Path], folder: Path) -> Generator[None]:
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log, cwd="/", **_PLAIN) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


def _until(ready: Callable[[], None], folder: Path) -> None:
    end = time.monotonic() + _SECONDS
    while True:
        try:
            return ready()
        except (psycopg.OperationalError, pymysql.err.OperationalError):
            if time.monotonic() > end:
                raise AssertionError((folder / "log").read_text()) from None
            time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
