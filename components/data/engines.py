"""The engines that databases run on, as data: what the stack file, the components and the services refer to."""

import re
from collections.abc import Mapping
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
_TAKEN = re.compile(r"(pg_|rds).*|information_schema|mysql|none|performance_schema|postgres|public|root|sys")
"""The same as in images/logins."""
MOST_REPLICAS: Final = 15
"""Of one source, for both engines (RDS user guide, "Working with DB instance read replicas")."""
MOST_BACKUP_DAYS: Final = 35
"""RDS API reference, CreateDBInstance, BackupRetentionPeriod."""
MONITORING_SECONDS: Final = (0, 1, 5, 10, 15, 30, 60)
"""Granularities of Enhanced Monitoring (same page, MonitoringInterval); 0 is none."""


def least_growth(storage_gb: int) -> int:
    """The least that storage of this size may be let grow to: a tenth more.

    Source: RDS user guide, "Managing capacity automatically with Amazon RDS storage autoscaling".
    """
    return -(-storage_gb * 11 // 10)


def is_taken(name: str) -> bool:
    """Whether an engine or RDS has a user, a schema or a database of this name for itself."""
    return _TAKEN.fullmatch(name) is not None
