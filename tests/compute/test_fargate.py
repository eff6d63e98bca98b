"""The pairs of CPU and memory that Fargate has."""

import pytest

from components.compute.fargate import MEMORY_MB, size_problem, strategy


@pytest.mark.parametrize(
    ("cpu", "least", "most", "count"),
    [
        (256, 512, 2048, 3),
        (512, 1024, 4096, 4),
        (1024, 2048, 8192, 7),
        (2048, 4096, 16384, 13),
        (4096, 8192, 30720, 23),
        (8192, 16384, 61440, 12),
        (16384, 32768, 122880, 12),
    ],
)
def test_each_number_of_units_has_the_memory_that_the_guide_lists(cpu: int, least: int, most: int, count: int) -> None:
    memory = MEMORY_MB[cpu]
    assert (memory[0], memory[-1], len(memory)) == (least, most, count)
    assert all(size_problem(cpu, one) is None for one in memory)


@pytest.mark.parametrize(
    ("cpu", "memory", "which", "allowed"),
    [
        (300, 512, "cpu", "one of 256, 512, 1024, 2048, 4096, 8192, 16384"),
        (256, 4096, "memory_mb", "one of 512, 1024, 2048"),
        (8192, 18432, "memory_mb", "one of 16384, 20480"),
    ],
)
def test_any_other_pair_is_a_problem_of_the_one_that_can_be_mended(cpu: int, memory: int, which: str, allowed: str) -> None:
    problem = size_problem(cpu, memory)
    assert problem is not None
    assert problem[0] == which
    assert problem[2].startswith(allowed)


def test_the_two_markets_share_what_there_is() -> None:
    assert strategy(80) == {"FARGATE": 20, "FARGATE_SPOT": 80}
    assert strategy(0) == {"FARGATE": 100, "FARGATE_SPOT": 0}
