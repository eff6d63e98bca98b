"""Real servers for tests: PostgreSQL, MariaDB and Redis as the machine has them, each private, on a free port, with TLS.

Where a server is not installed, what needs it is skipped and says which package is missing (`.ci/run` installs them).
"""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymysql
import pytest

HOST = "localhost"
PATIENCE = 60.0
"""How long anything may take to be ready, in seconds: the machine may be busy with other tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate for `localhost`, signed by itself: `file` is what a client has to trust."""

    file: Path
    key: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """A running database, and a user who owns it without being a superuser, as on RDS."""

    port: int
    authority: Path
    database: str = "plinth"
    owner: str = "plinth"
    password: str = field(default_factory=lambda: secrets.token_hex(16))

    def as_user(self, user: str, password: str) -> dict[str, Any]:
        """What a client of PostgreSQL says to get in."""
        where = {"host": HOST, "port": self.port, "dbname": self.database, "user": user, "password": password}
        return {**where, "sslmode": "verify-full", "sslrootcert": str(self.authority), "autocommit": True}

    def as_mysql_user(self, user: str, password: str, database: str | None = None) -> dict[str, Any]:
        """What a client of MySQL says to get in."""
        where = {"host": HOST, "port": self.port, "user": user, "password": password, "database": database}
        return {**where, "ssl_ca": str(self.authority), "ssl_verify_cert": True, "ssl_verify_identity": True, "autocommit": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A running PostgreSQL and its superuser."""

    port: int
    password: str
    authority: Path
    programs: Path
    host: str = HOST
    user: str = "postgres"

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run a statement as the superuser; what it gives, unaligned and without headings."""
        target = f"host={self.host} port={self.port} user={self.user} dbname={database} sslmode=verify-full"
        environment = {"PGPASSWORD": self.password, "PGSSLROOTCERT": str(self.authority), "PATH": os.environ["PATH"]}
        command = [self.programs / "psql", "--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1", target, "-c", statement]
        done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
        if done.returncode:
            pytest.fail(f"{statement}: {done.stderr}")
        return done.stdout.strip()

    def add_database(self, name: str, user: str, password: str) -> None:
        """A database and the login that owns it."""
        quoted = password.replace("'", "''")
        self.sql(f"CREATE ROLE {_name(user)} LOGIN PASSWORD '{quoted}'")
        self.sql(f"CREATE DATABASE {_name(name)} OWNER {_name(user)}")

    def owned(self) -> Owned:
        """A database whose owner may make users and databases."""
        made = Owned(port=self.port, authority=self.authority)
        self.add_database(made.database, made.owner, made.password)
        self.sql(f"ALTER ROLE {_name(made.owner)} CREATEROLE CREATEDB")
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Redis:
    """A running Redis and the token that lets clients in. Nodes of a cluster talk to each other on the port `bus`."""

    port: int
    bus: int
    token: str
    authority: Path
    host: str = HOST

    def ask(self, *words: str) -> str:
        """What it answers to a command."""
        where = ["-h", self.host, "-p", str(self.port), "--tls", "--cacert", str(self.authority)]
        environment = {"REDISCLI_AUTH": self.token, "PATH": os.environ["PATH"]}
        command = [installed("redis-cli", "redis-tools"), *where, *words]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A running program. What it prints goes into a file."""

    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def printed(self) -> str:
        """All that it has printed up to now."""
        return self.log.read_text(errors="replace")

    def stop(self, seconds: float = 30) -> int:
        """Send SIGTERM and wait; the exit code."""
        self.process.terminate()
        return self.process.wait(seconds)


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(ready: Callable[[], bool], what: str, program: Program | None = None) -> None:
    """Wait until `ready()`. A program that has ended meanwhile fails the test, with what it printed."""
    end = time.monotonic() + PATIENCE
    while not ready():
        ended = program is not None and program.process.poll() is not None
        if ended or time.monotonic() > end:
            pytest.fail(f"{what}: not ready{'' if program is None else f', printed: {program.printed}'}")
        time.sleep(0.05)


def listens(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def healthy(url: str) -> bool:
    """Whether a GET of this address is answered with 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310  (an address of this machine)
            return response.status == 200
    except urllib.error.HTTPError as error:
        error.close()
        return False
    except OSError:
        return False


@contextmanager
def started(
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    *,
    log: Path,
    folder: Path | None = None,
    plain_user: bool = False,
) -> Generator[Program]:
    """A program with this environment and nothing else but a PATH; stopped at the end, if need be by force.

    `plain_user`: not as root, which some servers refuse.
    """
    other = plain_user and os.geteuid() == 0
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"} | dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            user="nobody" if other else None,
            group="nogroup" if other else None,
            extra_groups=() if other else None,
        ) as process,
    ):
        program = Program(process=process, log=log)
        try:
            yield program
        finally:
            _end(program)


@contextmanager
def own_folder() -> Generator[Path]:
    """A folder for a server that does not run as root: its own, and reachable by it (those of pytest are root's alone)."""
    folder = Path(tempfile.mkdtemp(prefix="plinth-server-"))
    give_away(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def give_away(path: Path) -> None:
    """Let a server that does not run as root have a file or folder."""
    if os.geteuid() == 0:
        shutil.chown(path, "nobody", "nogroup")


def certificate(folder: Path) -> Certificate:
    """A certificate that is good for a day."""
    made = Certificate(file=folder / "server.pem", key=folder / "server.key")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={HOST}"]
    names = ["-addext", f"subjectAltName=DNS:{HOST},IP:127.0.0.1"]
    subprocess.run([*command, *names, "-keyout", made.key, "-out", made.file], check=True, capture_output=True)
    made.key.chmod(0o600)
    for path in (made.key, made.file):
        give_away(path)
    return made


def installed(program: str, package: str) -> Path:
    """Where a program is, those that Debian keeps out of the PATH included; the test is skipped where it is not there."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which(program, path=os.pathsep.join([*map(str, places), os.environ["PATH"], "/usr/sbin"]))
    if found is None:
        pytest.skip(f"{program} is not installed: apt-get install {package}")
    return Path(found)


@contextmanager
def postgres() -> Generator[Postgres]:
    """A PostgreSQL of its own, which takes connections with TLS and a password only."""
    programs = installed("initdb", "postgresql").parent
    with own_folder() as folder:
        server = Postgres(port=free_port(), password="made-for-tests", authority=folder / "server.pem", programs=programs)  # noqa: S106
        certificate(folder)
        (folder / "password").write_text(server.password)
        (folder / "hba").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")
        for path in ("password", "hba"):
            give_away(folder / path)
        init = [programs / "initdb", "-D", folder / "data", "-U", server.user, "--pwfile", folder / "password", "--no-sync"]
        _set_up([*init, "-E", "UTF8", "-A", "scram-sha-256"], folder)
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "hba_file": folder / "hba",
            "fsync": "off",
            "ssl": "on",
            "ssl_cert_file": folder / "server.pem",
            "ssl_key_file": folder / "server.key",
        }
        command = [programs / "postgres", "-D", folder / "data", "-p", str(server.port)]
        command += [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
        with started(command, {}, log=folder / "postgres.log", folder=folder, plain_user=True) as program:
            until(lambda: "ready to accept connections" in program.printed, "PostgreSQL", program)
            yield server


@contextmanager
def mariadb() -> Generator[Owned]:
    """A MariaDB of its own, which speaks as MySQL does and takes connections with TLS and a password only."""
    install, program = installed("mariadb-install-db", "mariadb-server"), installed("mariadbd", "mariadb-server")
    with own_folder() as folder:
        own, data, socket_file = certificate(folder), folder / "data", folder / "socket"
        server = Owned(port=free_port(), authority=own.file)
        _set_up([install, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal"], folder)
        options = {
            "datadir": data,
            "socket": socket_file,
            "port": server.port,
            "pid-file": folder / "pid",
            "bind-address": HOST,
            "ssl-cert": own.file,
            "ssl-key": own.key,
            "require-secure-transport": 1,
        }
        command = [program, "--no-defaults", *(f"--{key}={value}" for key, value in options.items())]
        with started(command, {}, log=folder / "mariadb.log", folder=folder, plain_user=True) as running:
            until(lambda: listens(server.port), "MariaDB", running)
            with (
                pymysql.connect(unix_socket=str(socket_file), user="root", autocommit=True) as connection,
                connection.cursor() as cursor,
            ):
                cursor.execute("DELETE FROM mysql.global_priv WHERE user = ''")  # nobody without a name, who would come first
                cursor.execute("FLUSH PRIVILEGES")
                cursor.execute("CREATE USER %s@'%%' IDENTIFIED BY %s", (server.owner, server.password))
                cursor.execute("GRANT ALL PRIVILEGES ON *.* TO %s@'%%' WITH GRANT OPTION", (server.owner,))
                cursor.execute(f"CREATE DATABASE {server.database}")
            yield server


@contextmanager
def redis() -> Generator[Redis]:
    """A Redis of its own, which takes connections with TLS and a token only."""
    with own_folder() as folder, _redis(folder, certificate(folder), "made/for+tests") as server:  # the last is a token
        yield server


@contextmanager
def redis_cluster() -> Generator[tuple[Redis, Redis]]:
    """Two nodes of one Redis, each with one half of its keys."""
    with ExitStack() as stack:
        folders = [stack.enter_context(own_folder()) for _ in range(2)]
        own = certificate(folders[0])
        own.file.parent.chmod(0o755)  # both have the same certificate
        options = ("cluster-enabled yes", "tls-cluster yes", "cluster-announce-ip 127.0.0.1", "masterauth made/for+tests")
        first, second = [stack.enter_context(_redis(folder, own, "made/for+tests", *options)) for folder in folders]
        for node, ends in ((first, (0, 8191)), (second, (8192, 16383))):
            node.ask("CLUSTER", "ADDSLOTSRANGE", *map(str, ends))
        first.ask("CLUSTER", "MEET", "127.0.0.1", str(second.port), str(second.bus))
        until(lambda: all("cluster_state:ok" in node.ask("CLUSTER", "INFO") for node in (first, second)), "the cluster")
        until(lambda: all(node.ask("CLUSTER", "NODES").count("connected") == 2 for node in (first, second)), "the cluster")
        yield first, second


@contextmanager
def _redis(folder: Path, own: Certificate, token: str, *options: str) -> Generator[Redis]:
    program = installed("redis-server", "redis-server")
    server = Redis(port=free_port(), bus=free_port(), token=token, authority=own.file)
    lines = (
        f'dir "{folder}"',
        'save ""',
        "bind 127.0.0.1",
        "port 0",
        f"tls-port {server.port}",
        f"tls-cert-file {own.file}",
        f"tls-key-file {own.key}",
        f"tls-ca-cert-file {own.file}",
        "tls-auth-clients no",
        f"requirepass {server.token}",
        f"cluster-port {server.bus}",
        *options,
    )
    (folder / "redis.conf").write_text("\n".join(lines))
    give_away(folder / "redis.conf")
    with started([program, folder / "redis.conf"], {}, log=folder / "redis.log", folder=folder, plain_user=True) as running:
        until(lambda: listens(server.port), "Redis", running)
        yield server


def _set_up(command: Sequence[str | Path], folder: Path) -> None:
    with started(command, {}, log=folder / "set-up.log", folder=folder, plain_user=True) as program:
        if program.process.wait(PATIENCE):
            pytest.fail(program.printed)


def _end(program: Program) -> None:
    if program.process.poll() is None:
        program.process.terminate()
        try:
            program.process.wait(20)
        except subprocess.TimeoutExpired:
            program.process.kill()


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
