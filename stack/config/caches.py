"""`plinth:data.redis` and `plinth:data.broker`: Redis in memory, for what can be made anew and for what waits to be done."""

from typing import Annotated, Literal

from pydantic import Field

from components.data.windows import BACKUP_PATTERN, MAINTENANCE_PATTERN
from stack.config.section import Retention, Section, text

NodeType = Annotated[
    str, text("a node type such as cache.t3.micro", pattern=r"^cache\.[a-z][a-z0-9]*\.[a-z0-9]+$", max_length=40)
]
BackupWindow = Annotated[str, text('two times of day in UTC, quoted, such as "03:00-04:00"', pattern=BACKUP_PATTERN)]
MaintenanceWindow = Annotated[str, text("two times of the week in UTC, such as sun:05:00-sun:06:00", pattern=MAINTENANCE_PATTERN)]


class Nodes(Section):
    """The machines that a cache is made of."""

    enabled: bool = Field(description="Whether it is there.")
    engine_version: Literal["7.0", "7.1"] = Field(description="The version of Redis.")
    node_type: NodeType = Field(description="What machines it runs on. Another type is taken on while it runs.")
    replicas: Annotated[int, Field(ge=0, le=5)] = Field(
        description="Copies of each node, in other zones, that take over when it fails. 0: what it holds is lost with it."
    )
    backup_days: Annotated[int, Field(ge=0, le=35)] = Field(
        description="For how many days a daily backup is kept. 0: none is made."
    )
    backup_window: BackupWindow = Field(description="When the daily backup begins, at least an hour.")
    maintenance_window: MaintenanceWindow = Field(
        description="When AWS may work on it, at least an hour of the week, outside the hours of backups."
    )
    log_days: Retention = Field(description="For how many days slow commands and what the engine says are kept.")


class Redis(Nodes):
    """The cache, which sessions are kept in as well."""

    shards: Annotated[int, Field(ge=1, le=90)] = Field(
        description=(
            "Among how many nodes the keys are divided. More than one is cluster mode, which clients have to know; from one to "
            "more is a new cache."
        )
    )
    eviction: Literal[
        "allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu", "volatile-ttl", "volatile-random"
    ] = Field(description="What is forgotten when the memory is full.")


class Broker(Nodes):
    """What waits to be done by workers. It forgets nothing, and is never divided: its clients cannot address shards."""
