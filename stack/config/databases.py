"""What a relational database is in the stack file, whichever its engine."""

from typing import Annotated

from pydantic import Field

from components.data.engines import LEAST_STORAGE_GB, MOST_BACKUP_DAYS, MOST_REPLICAS, MOST_STORAGE_GB
from components.data.windows import BACKUP_PATTERN, MAINTENANCE_PATTERN
from stack.config.section import Retention, Section, text

Gigabytes = Annotated[int, Field(ge=LEAST_STORAGE_GB, le=MOST_STORAGE_GB)]
InstanceClass = Annotated[str, text("a class of RDS such as db.t3.micro", pattern=r"^db\.[a-z0-9-]+\.[a-z0-9]+$", max_length=40)]
Version = Annotated[
    str, text("a major version in quotes, such as 15 of PostgreSQL or 8.4 of MySQL", pattern=r"^[0-9]+(\.[0-9]+){0,2}$")
]
Snapshot = Annotated[
    str,
    text(
        'the name or ARN of a snapshot, or "" for none',
        pattern=r"^([A-Za-z][A-Za-z0-9-]*|(rds|awsbackup):[A-Za-z0-9:-]+|arn:aws:rds:[a-z0-9-]+:[0-9]{12}:snapshot:[A-Za-z0-9:-]+)?$",
        max_length=255,
    ),
]
Daily = Annotated[
    str,
    text(
        "a window of the day in UTC, at least half an hour, such as 03:00-04:00",
        pattern=BACKUP_PATTERN,
    ),
]
Weekly = Annotated[
    str,
    text(
        "a window of the week in UTC, at least half an hour, such as sun:05:00-sun:06:00",
        pattern=MAINTENANCE_PATTERN,
    ),
]


class Proxy(Section):
    """A pool of connections in front of a database."""

    enabled: bool = Field(description="Whether services without a pool of their own connect through RDS Proxy.")


class Monitoring(Section):
    """What is measured of a database beyond the metrics that every one has."""

    interval_seconds: Annotated[int, Field(ge=0, le=60)] = Field(
        description="How often its machine is asked how it is: 1, 5, 10, 15, 30 or 60. Charged as logs. 0: never."
    )
    insights: bool = Field(
        description="Whether it records what its queries wait for, for seven days. MySQL cannot on the smallest classes."
    )


class Database(Section):
    """One database, on machines of RDS."""

    enabled: bool = Field(description="Whether there is one.")
    engine_version: Version = Field(
        description="The major version to be on: minor ones come by themselves. Another: docs/DATABASES.md."
    )
    instance_class: InstanceClass = Field(description="The class of its machines, replicas included.")
    storage_gb: Gigabytes = Field(description="What it begins with, in GB. It cannot shrink.")
    max_storage_gb: Gigabytes = Field(description="What it grows to by itself, in GB: a tenth more than that at least.")
    multi_zone: bool = Field(
        description="Whether a second machine in another zone takes over within minutes. It costs the same again."
    )
    replicas: Annotated[int, Field(ge=0, le=MOST_REPLICAS)] = Field(description="How many copies there are to read from.")
    shards: Annotated[int, Field(ge=1, le=16)] = Field(
        description="How many databases of the kind there are, for services that share data out among them. Several: no proxy."
    )
    backup_days: Annotated[int, Field(ge=1, le=MOST_BACKUP_DAYS)] = Field(
        description="For how many days back any moment can be restored."
    )
    backup_window: Daily = Field(description="When the daily backup is made.")
    maintenance_window: Weekly = Field(description="When RDS may restart it: minor versions, and changes that wait.")
    apply_immediately: bool = Field(description="Whether a change that needs a restart is made at once, not in that window.")
    log_days: Retention = Field(description="For how many days its logs are kept.")
    proxy: Proxy = Field(description="A pool of connections in front of it.")
    monitoring: Monitoring = Field(description="What is measured beyond the metrics that every database has.")
    restore_from: Snapshot = Field(
        description="The snapshot that it begins with, of one shard. Another one later makes it anew: see docs/DATABASES.md."
    )
