"""The task that makes users, on a real PostgreSQL and a real MariaDB: twice the same, each service for itself, TLS alone."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import psycopg
import pymysql
import pytest

from tests import servers
from tests.harness import ROOT
from tests.servers import Owned

pytestmark = pytest.mark.slow
RESERVED = ("rdsadmin", "rds_superuser", "postgres", "public", "pg_monitor", "mysql", "sys", "information_schema", "root", "none")
KEEPS = {"booking": "booking", "booking_worker": "booking", "collection": "gaming"}


def password(user: str, turn: int = 1) -> str:
    return f"{user}-secret-{turn}"


def run(server: Owned, engine: str, logins: Mapping[str, str], turn: int = 1) -> subprocess.CompletedProcess[str]:
    """The task, as ECS starts it."""
    plan = {user: {"keeps": keeps, "secret": f"LOGIN_{engine}_{user}".upper()} for user, keeps in logins.items()}
    environment = {
        "PATH": os.environ["PATH"],
        "LOGINS": json.dumps({engine: {"database": server.database, "logins": plan}}),
        f"MASTER_{engine.upper()}": json.dumps({"username": server.owner, "password": server.password}),
        f"SHARDS_{engine.upper()}": json.dumps({"1": {"host": servers.HOST, "port": server.port}}),
        "TLS_CA": str(server.authority),
    }
    for user, entry in plan.items():
        environment[entry["secret"]] = json.dumps({"username": user, "password": password(user, turn)})
    command = [sys.executable, ROOT / "images" / "logins" / "logins.py"]
    return subprocess.run(command, env=environment, check=False, capture_output=True, text=True)


def made(server: Owned, engine: str, logins: Mapping[str, str] = KEEPS, turn: int = 1) -> str:
    done = run(server, engine, logins, turn)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def postgres() -> Iterator[Owned]:
    with servers.postgres() as server:
        yield server.owned()


@pytest.fixture(scope="module")
def mariadb() -> Iterator[Owned]:
    with servers.mariadb() as server:
        yield server


def postgres_says(server: Owned, user: str, statement: str, turn: int = 1) -> list[Any]:
    with closing(psycopg.connect(**server.as_user(user, password(user, turn)))) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def mysql_says(server: Owned, user: str, statement: str, turn: int = 1) -> Any:
    with pymysql.connect(**server.as_mysql_user(user, password(user, turn))) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def as_owner(server: Owned, statement: str) -> None:
    """The owner of a PostgreSQL says something."""
    with closing(psycopg.connect(**server.as_user(server.owner, server.password))) as connection:
        connection.execute(statement.encode())


def refused(server: Owned, user: str) -> bool:
    """Whether a user of MariaDB that has its right password is not let in."""
    with pytest.raises(pymysql.err.OperationalError, match="locked"):
        mysql_says(server, user, "SELECT 1")
    return True


def documented(block: str) -> list[str]:
    """The statements of a block of docs/DATABASES.md."""
    text = (ROOT / "docs" / "DATABASES.md").read_text().split(f"```{block}\n")[1].split("```")[0]
    return [statement.strip() for statement in text.split(";") if statement.strip()]


# PostgreSQL


@pytest.mark.requirement("DAT-33", part="secret-based login, for each service its own, on a real PostgreSQL")
def test_postgres_twice_is_as_once_and_each_service_sees_what_its_workload_keeps(postgres: Owned) -> None:
    made(postgres, "postgres")
    postgres_says(postgres, "booking", "CREATE TABLE bookings (id int)")
    postgres_says(postgres, "booking_worker", "INSERT INTO bookings VALUES (1)")
    assert "collection" in made(postgres, "postgres")
    assert postgres_says(postgres, "booking", "SELECT id FROM bookings") == [(1,)]
    assert postgres_says(postgres, "booking", "SELECT tableowner, schemaname FROM pg_tables WHERE tablename = 'bookings'") == [
        ("booking$owner", "booking")
    ]
    postgres_says(postgres, "booking_worker", "ALTER TABLE bookings ADD name text")
    for statement in ("SELECT * FROM booking.bookings", "CREATE TABLE booking.x (id int)", "CREATE TABLE public.x (id int)"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            postgres_says(postgres, "collection", statement)


def test_postgres_users_have_no_rights_on_the_server(postgres: Owned) -> None:
    made(postgres, "postgres")
    columns = "rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
    assert postgres_says(postgres, "booking", f"SELECT {columns} FROM pg_roles WHERE rolname = session_user") == [(False,)]  # noqa: S608
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        postgres_says(postgres, "collection", 'SET ROLE "booking$owner"')
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        postgres_says(postgres, "collection", f"SET ROLE {postgres.owner}")


def test_postgres_keeps_a_hash_and_a_new_password_replaces_the_old_one(postgres: Owned) -> None:
    made(postgres, "postgres")
    printed = made(postgres, "postgres", turn=2)
    assert "secret" not in printed
    assert postgres_says(postgres, "booking", "SELECT 1", turn=2) == [(1,)]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        postgres_says(postgres, "booking", "SELECT 1", turn=1)
    made(postgres, "postgres")


def test_postgres_a_service_that_moves_loses_what_it_had_and_one_that_goes_cannot_log_in(postgres: Owned) -> None:
    made(postgres, "postgres")
    made(postgres, "postgres", {"booking": "booking", "booking_worker": "gaming"})
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        postgres_says(postgres, "booking_worker", "CREATE TABLE booking.y (id int)")
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        postgres_says(postgres, "collection", "SELECT 1")
    made(postgres, "postgres")
    assert postgres_says(postgres, "collection", "SELECT current_schema()") == [("gaming",)]


def test_postgres_whoever_was_made_and_is_wanted_no_more_cannot_log_in_though_nobody_is_left(postgres: Owned) -> None:
    made(postgres, "postgres")
    assert "shard 1: nobody" in made(postgres, "postgres", {})
    for user in KEEPS:
        with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
            postgres_says(postgres, user, "SELECT 1")
    made(postgres, "postgres")


def test_postgres_a_person_made_as_the_documentation_says_reads_and_stays(postgres: Owned) -> None:
    made(postgres, "postgres")
    postgres_says(postgres, "booking", "CREATE TABLE before (id int)")
    as_owner(postgres, "CREATE ROLE rds_iam")  # which is there on RDS, and lets in without a password
    for statement in documented("sql postgres"):
        as_owner(postgres, statement)
    as_owner(postgres, f"ALTER ROLE ann PASSWORD '{password('ann')}'")
    postgres_says(postgres, "booking", "CREATE TABLE after (id int)")
    made(postgres, "postgres")
    made(postgres, "postgres", {})
    for table in ("before", "after"):
        assert postgres_says(postgres, "ann", f"SELECT * FROM booking.{table}") == []  # noqa: S608
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        postgres_says(postgres, "ann", "INSERT INTO booking.after VALUES (1)")
    made(postgres, "postgres")


def test_postgres_a_person_who_acts_for_a_workload_is_not_locked_out(postgres: Owned) -> None:
    made(postgres, "postgres")
    as_owner(postgres, f"CREATE USER ben PASSWORD '{password('ben')}'")
    as_owner(postgres, 'GRANT "booking$owner" TO ben')
    made(postgres, "postgres")
    assert postgres_says(postgres, "ben", "SELECT 1") == [(1,)]


def test_postgres_is_not_entered_without_tls(postgres: Owned) -> None:
    made(postgres, "postgres")
    plain: dict[str, Any] = {**postgres.as_user("booking", password("booking")), "sslmode": "disable"}
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        psycopg.connect(**plain)


# MySQL


@pytest.mark.requirement("DAT-33", part="secret-based login, for each service its own, on a real MariaDB")
def test_mysql_twice_is_as_once_and_each_service_sees_what_its_workload_keeps(mariadb: Owned) -> None:
    made(mariadb, "mysql")
    mysql_says(mariadb, "booking", "CREATE TABLE booking.bookings (id int)")
    mysql_says(mariadb, "booking_worker", "INSERT INTO booking.bookings VALUES (1)")
    assert "collection" in made(mariadb, "mysql")
    assert mysql_says(mariadb, "booking", "SELECT id FROM booking.bookings") == ((1,),)
    for statement in ("SELECT * FROM booking.bookings", "CREATE TABLE plinth.x (id int)", "CREATE DATABASE x"):
        with pytest.raises(pymysql.err.OperationalError, match="denied"):
            mysql_says(mariadb, "collection", statement)


def test_mysql_a_new_password_replaces_the_old_one_and_no_password_is_printed(mariadb: Owned) -> None:
    made(mariadb, "mysql")
    assert "secret" not in made(mariadb, "mysql", turn=2)
    assert mysql_says(mariadb, "booking", "SELECT 1", turn=2) == ((1,),)
    with pytest.raises(pymysql.err.OperationalError, match="Access denied"):
        mysql_says(mariadb, "booking", "SELECT 1", turn=1)
    made(mariadb, "mysql")


def test_mysql_a_service_that_moves_loses_what_it_had_and_one_that_goes_cannot_log_in(mariadb: Owned) -> None:
    made(mariadb, "mysql")
    made(mariadb, "mysql", {"booking": "booking", "booking_worker": "game_room"})
    with pytest.raises(pymysql.err.OperationalError, match="denied"):
        mysql_says(mariadb, "booking_worker", "CREATE TABLE booking.y (id int)")
    made(mariadb, "mysql", {"booking": "booking", "booking_worker": "gaming", "other": "gaming"})
    made(mariadb, "mysql", {"booking": "booking", "booking_worker": "gaming"})
    with pytest.raises(pymysql.err.OperationalError, match="locked"):
        mysql_says(mariadb, "other", "SELECT 1")
    made(mariadb, "mysql")


def test_mysql_whoever_was_made_and_is_wanted_no_more_cannot_log_in_though_its_workload_is_gone(mariadb: Owned) -> None:
    made(mariadb, "mysql")
    made(mariadb, "mysql", {"booking": "booking"})  # gaming is gone, and with it all who kept something there
    assert refused(mariadb, "collection")
    made(mariadb, "mysql", {})
    assert refused(mariadb, "booking")
    made(mariadb, "mysql")
    assert mysql_says(mariadb, "collection", "SELECT 1") == ((1,),)


def test_mysql_a_person_made_as_the_documentation_says_reads_and_stays(mariadb: Owned) -> None:
    made(mariadb, "mysql")
    mysql_says(mariadb, "booking", "CREATE TABLE IF NOT EXISTS booking.read_by_ann (id int)")
    with pymysql.connect(**mariadb.as_mysql_user(mariadb.owner, mariadb.password)) as connection, connection.cursor() as cursor:
        for statement in documented("sql mysql"):
            by_password = statement.replace("WITH AWSAuthenticationPlugin AS 'RDS'", f"BY '{password('ann')}'")
            cursor.execute(by_password)  # the plugin is there on RDS alone
    made(mariadb, "mysql")
    made(mariadb, "mysql", {})
    assert mysql_says(mariadb, "ann", "SELECT * FROM booking.read_by_ann") == ()
    made(mariadb, "mysql")


def test_mysql_is_not_entered_without_tls(mariadb: Owned) -> None:
    made(mariadb, "mysql")
    with pytest.raises(pymysql.err.OperationalError):
        pymysql.connect(host=servers.HOST, port=mariadb.port, user="booking", password=password("booking"), ssl_disabled=True)


@pytest.mark.parametrize("name", ["Booking", "a b", "a;drop", "a`b", ""])
def test_a_name_that_is_none_is_refused_before_anything_is_said_to_a_server(mariadb: Owned, name: str) -> None:
    done = run(mariadb, "mysql", {name: "booking"})
    assert done.returncode == 1
    assert "is no name of a user" in done.stderr


@pytest.mark.parametrize("name", [*RESERVED, "plinth"])
def test_a_name_of_the_owner_or_the_engine_is_refused_for_users_and_for_what_they_keep(mariadb: Owned, name: str) -> None:
    for logins in ({name: "booking"}, {"booking": name}):
        done = run(mariadb, "mysql", logins)
        assert done.returncode == 1
        assert "is what the owner or the engine itself is called" in done.stderr
