"""Makes each service a user of its own in each database that it connects to.

Run as often as one likes: the end is the same. A service whose secret has another password by then gets that; one that has gone
can no longer log in, and what it kept stays. On PostgreSQL services of one workload share a schema, on MySQL a database: its
tables belong to all of them, and nobody else's are seen. Those made here bear a mark: others are left
alone.

The environment says what to do. LOGINS is JSON, for each engine the database and the logins, each with what it keeps and the
variable that holds its secret; SHARDS_<ENGINE> says where the engine's machines are, MASTER_<ENGINE> holds the secret of its
owner, TLS_CA is the file of the authorities that signed their certificates.
"""

import json
import logging
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
import pymysql
from psycopg import sql

_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_OWNER = "$owner"
"""Ends the name of the role that owns what a workload keeps: no service can be called so."""
_MARK = "made by the task logins"
"""What a user that was made here bears on PostgreSQL, as the comment on it."""
_MARKS = "logins$"
"""What it may read on MySQL: a database that is not there, and that no workload can call its own. MariaDB knows no other mark."""
_TAKEN = re.compile(r"(pg_|rds).*|information_schema|mysql|none|performance_schema|postgres|public|root|sys")
"""What the engines and RDS call their own: no name of a user, nor of what it keeps."""
_TABLES = (
    "ALTER, CREATE, CREATE TEMPORARY TABLES, CREATE VIEW, DELETE, DROP, INDEX, INSERT, LOCK TABLES, REFERENCES, SELECT, "
    "SHOW VIEW, TRIGGER, UPDATE"
)
"""What a service may do in its database on MySQL: everything that a migration of its tables needs, and not to hand it on."""
_SECONDS = 20
_LOG = logging.getLogger("logins")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a database listens, what it is called, and who owns it."""

    host: str
    port: int
    database: str
    user: str
    password: str
    authorities: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A user to be made, and what it keeps is called."""

    user: str
    password: str
    keeps: str


def on_postgres(server: Server, logins: Sequence[Login]) -> None:
    """Makes the users in one transaction: all of it, or nothing."""
    with psycopg.connect(
        host=server.host,
        port=server.port,
        dbname=server.database,
        user=server.user,
        password=server.password,
        sslmode="verify-full",
        sslrootcert=server.authorities,
        connect_timeout=_SECONDS,
    ) as connection:
        done = _Postgres(connection, server.database)
        done.run("SELECT pg_advisory_xact_lock(hashtext('logins'))")  # two of these at once would meet
        done.run("REVOKE ALL ON DATABASE {database} FROM PUBLIC")
        done.run("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        for keeps in sorted({login.keeps for login in logins}):
            done.kept(keeps)
        for login in logins:
            done.user(login)
        done.retired([login.user for login in logins])


class _Postgres:
    """Statements on one database. Names are quoted, passwords never sent: only what the server keeps of them."""

    def __init__(self, connection: "psycopg.Connection[tuple[Any, ...]]", database: str) -> None:
        self._connection, self._database = connection, sql.Identifier(database)

    def run(self, statement: LiteralString, **parts: sql.Composable) -> list[tuple[Any, ...]]:
        """What one statement gives."""
        cursor = self._connection.execute(sql.SQL(statement).format(database=self._database, **parts))
        return cursor.fetchall() if cursor.description else []

    def kept(self, keeps: str) -> None:
        """A schema, and the role that owns it and all that is in it, whoever made that."""
        owner = keeps + _OWNER
        self._role(owner)
        self.run("GRANT {owner} TO CURRENT_USER", owner=sql.Identifier(owner))  # to make a schema for it
        self.run("GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {owner}", owner=sql.Identifier(owner))
        self.run(
            "CREATE SCHEMA IF NOT EXISTS {keeps} AUTHORIZATION {owner}",
            keeps=sql.Identifier(keeps),
            owner=sql.Identifier(owner),
        )

    def user(self, login: Login) -> None:
        """A user that acts as the owner of its schema, and as nobody else."""
        owner, user = login.keeps + _OWNER, sql.Identifier(login.user)
        self._role(login.user)
        self.run("COMMENT ON ROLE {user} IS {mark}", user=user, mark=_text(_MARK))
        hashed = self._connection.pgconn.encrypt_password(login.password.encode(), login.user.encode(), b"scram-sha-256")
        self.run(
            "ALTER ROLE {user} WITH LOGIN NOCREATEDB NOCREATEROLE PASSWORD {hashed}", user=user, hashed=_text(hashed.decode())
        )
        for (other,) in self.run(
            "SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles u ON u.oid = m.member"
            " WHERE u.rolname = {user} AND r.rolname <> {owner}",
            user=_text(login.user),
            owner=_text(owner),
        ):
            self.run("REVOKE {other} FROM {user}", other=sql.Identifier(other), user=user)
        self.run("GRANT {owner} TO {user}", owner=sql.Identifier(owner), user=user)
        self.run("ALTER ROLE {user} IN DATABASE {database} SET role = {owner}", user=user, owner=_text(owner))
        self.run("ALTER ROLE {user} IN DATABASE {database} SET search_path = {keeps}", user=user, keeps=_text(login.keeps))

    def retired(self, wanted: Sequence[str]) -> None:
        """Whoever was made here and is wanted no more. Who reads or owns with them and was not, such as a person, stays."""
        found = self.run(
            "SELECT rolname FROM pg_roles WHERE rolcanlogin AND shobj_description(oid, 'pg_authid') = {mark}", mark=_text(_MARK)
        )
        for (user,) in found:
            if user not in wanted:
                self.run("ALTER ROLE {user} WITH NOLOGIN", user=sql.Identifier(user))
                _LOG.info("postgres: %s can no longer log in", user)

    def _role(self, name: str) -> None:
        if not self.run("SELECT 1 FROM pg_roles WHERE rolname = {name}", name=_text(name)):
            self.run("CREATE ROLE {name} NOLOGIN", name=sql.Identifier(name))


def _text(value: str) -> sql.Literal:
    return sql.Literal(value)


def on_mysql(server: Server, logins: Sequence[Login]) -> None:
    """Makes the users. MySQL commits each statement, so that what failed half-way is mended by the next run."""
    connection = pymysql.connect(
        host=server.host,
        port=server.port,
        user=server.user,
        password=server.password,
        ssl_ca=server.authorities,
        ssl_verify_cert=True,
        ssl_verify_identity=True,
        connect_timeout=_SECONDS,
        autocommit=True,
    )
    with connection, connection.cursor() as cursor:
        for login in logins:
            cursor.execute(f"CREATE DATABASE IF NOT EXISTS `{login.keeps}` CHARACTER SET utf8mb4")
            cursor.execute("CREATE USER IF NOT EXISTS %s@'%%' IDENTIFIED BY %s REQUIRE SSL", (login.user, login.password))
            cursor.execute("ALTER USER %s@'%%' IDENTIFIED BY %s REQUIRE SSL ACCOUNT UNLOCK", (login.user, login.password))
            cursor.execute(f"GRANT SELECT ON `{_MARKS}`.* TO %s@'%%'", (login.user,))
            cursor.execute(f"GRANT {_TABLES} ON `{_exactly(login.keeps)}`.* TO %s@'%%'", (login.user,))
            for other in _databases_of(cursor, login.user):
                if other not in (_exactly(login.keeps), _MARKS):
                    cursor.execute(f"REVOKE ALL PRIVILEGES ON `{other}`.* FROM %s@'%%'", (login.user,))
        _retire(cursor, {login.user for login in logins})


def _exactly(database: str) -> str:
    """The name of a database where MySQL takes a pattern, in which `_` is any character."""
    return database.replace("_", r"\_")


def _databases_of(cursor: Any, user: str) -> list[str]:
    cursor.execute(
        "SELECT DISTINCT table_schema FROM information_schema.schema_privileges WHERE grantee = %s", (f"'{user}'@'%'",)
    )
    return [database for (database,) in cursor.fetchall()]


def _retire(cursor: Any, wanted: set[str]) -> None:
    """Whoever was made here and is wanted no more, whatever else is or is not kept by then."""
    cursor.execute("SELECT DISTINCT grantee FROM information_schema.schema_privileges WHERE table_schema = %s", (_MARKS,))
    users = {str(grantee).split("'")[1] for (grantee,) in cursor.fetchall()}
    for user in sorted(users - wanted):
        cursor.execute("ALTER USER %s@'%%' ACCOUNT LOCK", (user,))
        _LOG.info("mysql: %s can no longer log in", user)


ENGINES: Mapping[str, Callable[[Server, Sequence[Login]], None]] = {"postgres": on_postgres, "mysql": on_mysql}


def main(environment: Mapping[str, str]) -> None:
    """Makes the users on every shard of every engine. Raises KeyError and ValueError for what is missing or wrong."""
    for engine, plan in json.loads(environment["LOGINS"]).items():
        owner = json.loads(environment[f"MASTER_{engine.upper()}"])
        logins = [_login(user, entry, environment, owner["username"]) for user, entry in plan["logins"].items()]
        for shard, place in json.loads(environment[f"SHARDS_{engine.upper()}"]).items():
            server = Server(
                host=place["host"],
                port=place["port"],
                database=plan["database"],
                user=owner["username"],
                password=owner["password"],
                authorities=environment["TLS_CA"],
            )
            ENGINES[engine](server, logins)
            _LOG.info("%s, shard %s: %s", engine, shard, ", ".join(login.user for login in logins) or "nobody")


def _login(user: str, entry: Mapping[str, str], environment: Mapping[str, str], owner: str) -> Login:
    for name in (user, entry["keeps"]):
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a user or of what it keeps; lower-case letters, digits and underscores")
        if name == owner or _TAKEN.fullmatch(name):
            raise ValueError(f"{name!r} is what the owner or the engine itself is called; another name")
    return Login(user=user, password=json.loads(environment[entry["secret"]])["password"], keeps=entry["keeps"])


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    main(os.environ)
