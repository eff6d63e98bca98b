"""The engines that databases run on, as data: what the stack file, the components and the services refer to."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

EngineName = Literal["postgres", "mysql"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """One engine of RDS.

    `versions` are the major versions that are known here, and `family` makes the family of parameters of one. `parameters` are
    what is set apart from the engine's own defaults, and `tls` is the one of them that refuses a connection without TLS.
    `options` are of an option group: name, and its settings. `logs` are exported to CloudWatch Logs. `insights_without` are
    classes that Performance Insights does not know. `proxy` and `client` are what RDS Proxy calls the engine, and how a client
    shows its password to it.
    """

    name: EngineName
    title: str
    port: int
    versions: tuple[str, ...]
    family: str
    parameters: Mapping[str, str]
    tls: str
    options: Mapping[str, Mapping[str, str]]
    logs: tuple[str, ...]
    insights_without: tuple[str, ...]
    proxy: Literal["POSTGRESQL", "MYSQL"]
    client: Literal["POSTGRES_SCRAM_SHA_256", "MYSQL_CACHING_SHA2_PASSWORD"]


ENGINES: Mapping[EngineName, Engine] = MappingProxyType(
    {
        "postgres": Engine(
            name="postgres",
            title="PostgreSQL",
            port=5432,
            versions=("14", "15", "16", "17"),
            family="postgres{version}",
            parameters={
                "log_connections": "1",
                "log_disconnections": "1",
                "log_min_duration_statement": "1000",  # milliseconds
                "log_statement": "ddl",
                "password_encryption": "scram-sha-256",
                "rds.force_ssl": "1",
            },
            tls="rds.force_ssl",
            options={},
            logs=("postgresql", "upgrade"),
            insights_without=(),
            proxy="POSTGRESQL",
            client="POSTGRES_SCRAM_SHA_256",
        ),
        "mysql": Engine(
            name="mysql",
            title="MySQL",
            port=3306,
            versions=("8.0", "8.4"),
            family="mysql{version}",
            parameters={
                "log_output": "FILE",  # or nothing is there to export
                "long_query_time": "1",  # seconds
                "require_secure_transport": "1",
                "slow_query_log": "1",
            },
            tls="require_secure_transport",
            options={"MARIADB_AUDIT_PLUGIN": {"SERVER_AUDIT_EVENTS": "CONNECT,QUERY_DCL,QUERY_DDL"}},
            logs=("audit", "error", "slowquery"),
            insights_without=("db.t3.micro", "db.t3.small", "db.t4g.micro", "db.t4g.small"),
            proxy="MYSQL",
            client="MYSQL_CACHING_SHA2_PASSWORD",
        ),
    }
)
"""Every engine.

Sources, Amazon RDS user guide: "Working with parameters on your RDS for PostgreSQL DB instance", "Requiring SSL/TLS for all
connections" (MySQL), "MariaDB Audit Plugin support for MySQL", "Publishing database logs to Amazon CloudWatch Logs", "Amazon
RDS DB engine, Region, and instance class support for Performance Insights"; CreateDBProxy in the API reference.
"""

LEAST_STORAGE_GB: Final = 20
"""What gp3 begins with (RDS user guide, "gp3 storage")."""
MOST_STORAGE_GB: Final = 65_536
MOST_REPLICAS: Final = 15
"""Of one source, for both engines (RDS user guide, "Working with DB instance read replicas")."""
MOST_BACKUP_DAYS: Final = 35
"""RDS API reference, CreateDBInstance, BackupRetentionPeriod."""
MONITORING_SECONDS: Final = (0, 1, 5, 10, 15, 30, 60)
"""Granularities of Enhanced Monitoring (same page, MonitoringInterval); 0 is none."""
LEAST_WINDOW_MINUTES: Final = 30
"""Of each window (same page)."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MINUTES: Final = 24 * 60
_WEEK_MINUTES: Final = 7 * _DAY_MINUTES
_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_WEEKLY = re.compile(r"(mon|tue|wed|thu|fri|sat|sun):(\d\d:\d\d)-(mon|tue|wed|thu|fri|sat|sun):(\d\d:\d\d)")


def major(version: str) -> str:
    """The major version of PostgreSQL `15.4`, which is `15`, or of MySQL `8.4.3`, which is `8.4`."""
    first, *rest = version.split(".")
    return first if int(first) >= 10 or not rest else f"{first}.{rest[0]}"


def backup_minutes(window: str) -> tuple[int, int]:
    """When the daily window `03:00-04:00` begins, in minutes of the day (UTC), and how long it is. It may pass midnight.

    Raises ValueError for what is no window.
    """
    if not (found := _WINDOW.fullmatch(window)):
        raise ValueError(f"{window!r} is no daily window; such as 03:00-04:00")
    first_hour, first_minute, last_hour, last_minute = map(int, found.groups())
    first, last = first_hour * 60 + first_minute, last_hour * 60 + last_minute
    return first, (last - first) % _DAY_MINUTES


def maintenance_minutes(window: str) -> tuple[int, int]:
    """When the weekly window `sun:05:00-sun:06:00` begins, in minutes of the week (UTC), and how long it is.

    It may pass the end of the week. Raises ValueError for what is no window.
    """
    found = _WEEKLY.fullmatch(window)
    if not found:
        raise ValueError(f"{window!r} is no weekly window; such as sun:05:00-sun:06:00")
    day, first, last_day, last = found.groups()
    begins, ends = _of_week(day, first), _of_week(last_day, last)
    return begins, (ends - begins) % _WEEK_MINUTES


def windows_overlap(backup: str, maintenance: str) -> bool:
    """Whether the daily window shares a minute with the weekly one, on any day of any week."""
    begins, length = backup_minutes(backup)
    weekly, weekly_length = maintenance_minutes(maintenance)
    for day in range(7):
        apart = (begins + day * _DAY_MINUTES - weekly) % _WEEK_MINUTES
        if apart < weekly_length or apart + length > _WEEK_MINUTES:
            return True
    return False


def window_problems(backup: str, maintenance: str) -> Iterator[tuple[str, str, str]]:
    """What is wrong with two windows: which of them, what, and what is allowed."""
    lengths: list[int] = []
    for which, window, read in (
        ("backup_window", backup, backup_minutes),
        ("maintenance_window", maintenance, maintenance_minutes),
    ):
        try:
            lengths.append(read(window)[1])
        except ValueError as error:
            problem, _, allowed = str(error).partition("; ")
            yield which, problem, allowed
            continue
        if lengths[-1] < LEAST_WINDOW_MINUTES:
            yield which, f"{window} is {lengths[-1]} minutes long", f"at least {LEAST_WINDOW_MINUTES}"
        elif which == "maintenance_window" and lengths[-1] >= _DAY_MINUTES:
            yield which, f"{window} is a day or longer", "less than a day"
    if len(lengths) == 2 and windows_overlap(backup, maintenance):
        yield "maintenance_window", f"{maintenance} overlaps the backup window {backup}", "windows that share no minute"


def _of_week(day: str, time: str) -> int:
    hour, _, minute = time.partition(":")
    if int(hour) > 23 or int(minute) > 59:
        raise ValueError(f"{time!r} is no time of day; 00:00 to 23:59")
    return _DAYS.index(day) * _DAY_MINUTES + int(hour) * 60 + int(minute)
