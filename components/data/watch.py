"""What to watch of databases: CloudWatch's metrics of RDS, and when they mean trouble.

Source of names and units: RDS user guide, "Amazon CloudWatch metrics for Amazon RDS" and "Monitoring RDS Proxy metrics".
"""

from collections.abc import Iterator
from typing import Final

from pulumi import Input

from components.core.offers import Signal

_RDS: Final = "AWS/RDS"
_GB: Final = 1024**3
_CPU_PERCENT: Final = 80
_STORAGE_LEFT: Final = 0.1
"""Of what it began with. RDS itself adds storage at a tenth left, for five minutes; an alarm means that it did not help."""
_READ_SECONDS: Final = 0.005
"""A look-up by an index is to take no longer."""
_LAG_SECONDS: Final = 30
_CREDITS_LEFT: Final = 20
_CONNECTIONS: Final = 400
"""Close to what a small machine takes; a larger one has room, but a leak of connections looks the same on all."""


def of_instance(key: str, identifier: Input[str], *, storage_gb: int, burstable: bool, replica: bool) -> Iterator[Signal]:
    """The signals of one instance, called `key` and what they are about."""
    dimensions = {"DBInstanceIdentifier": identifier}

    def signal(about: str, metric: str, threshold: float, meaning: str, *, over: bool = True, periods: int = 3) -> Signal:
        return Signal(
            key=f"{key}-{about}",
            namespace=_RDS,
            metric=metric,
            dimensions=dimensions,
            statistic="Average",
            threshold=threshold,
            meaning=meaning,
            over=over,
            periods=periods,
        )

    yield signal("cpu", "CPUUtilization", _CPU_PERCENT, "the machine is too small for what it is asked, or a query has run wild")
    left = storage_gb * _GB * _STORAGE_LEFT
    yield signal("storage", "FreeStorageSpace", left, "the disk fills, and it has grown as far as it may", over=False, periods=1)
    yield signal(
        "connections", "DatabaseConnections", _CONNECTIONS, "connections are opened and not closed, or a pool is missing"
    )
    yield signal("read-latency", "ReadLatency", _READ_SECONDS, "reads wait for the disk: memory is short, or an index is missing")
    if burstable:
        yield signal("credits", "CPUCreditBalance", _CREDITS_LEFT, "the machine has spent its bursts and is slow", over=False)
    if replica:
        yield signal("lag", "ReplicaLag", _LAG_SECONDS, "readers see what is long past: the replica cannot keep up")


def of_proxy(key: str, proxy: Input[str]) -> Iterator[Signal]:
    """The signals of one proxy."""
    yield Signal(
        key=f"{key}-borrow-latency",
        namespace=_RDS,
        metric="DatabaseConnectionsBorrowLatency",
        dimensions={"ProxyName": proxy},
        statistic="Average",
        threshold=100_000,  # microseconds
        meaning="clients wait for a connection: the pool is too small, or transactions are too long",
        periods=3,
    )
