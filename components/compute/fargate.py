"""What Fargate can run: the pairs of CPU and memory that there are, and the markets, as pure data."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

MEMORY_MB: Mapping[int, tuple[int, ...]] = MappingProxyType(
    {
        256: (512, 1024, 2048),
        512: tuple(range(1024, 4096 + 1, 1024)),
        1024: tuple(range(2048, 8192 + 1, 1024)),
        2048: tuple(range(4096, 16384 + 1, 1024)),
        4096: tuple(range(8192, 30720 + 1, 1024)),
        8192: tuple(range(16384, 61440 + 1, 4096)),
        16384: tuple(range(32768, 122880 + 1, 8192)),
    }
)
"""How much memory, in MiB, a task on Linux can have, by its CPU units.

Source: ECS developer guide, "Amazon ECS task definition parameters for Fargate", "Task size".
"""

ON_DEMAND: Final = "FARGATE"
SPOT: Final = "FARGATE_SPOT"


def size_problem(cpu: int, memory_mb: int) -> tuple[str, str, str] | None:
    """What is wrong with a pair: which of the two (`cpu`, `memory_mb`), what, and what is allowed; None where nothing is."""
    if cpu not in MEMORY_MB:
        return "cpu", f"Fargate has no tasks of {cpu} units", f"one of {', '.join(map(str, MEMORY_MB))}"
    if memory_mb not in MEMORY_MB[cpu]:
        return (
            "memory_mb",
            f"Fargate has no {memory_mb} MiB with {cpu} CPU units",
            f"one of {', '.join(map(str, MEMORY_MB[cpu]))}",
        )
    return None


def strategy(spot_percent: int) -> Mapping[str, int]:
    """The weights of the two markets for tasks of which `spot_percent` (0 to 100) may be Spot."""
    return {ON_DEMAND: 100 - spot_percent, SPOT: spot_percent}
