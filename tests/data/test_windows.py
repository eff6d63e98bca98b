"""Windows of work: long enough, and never two at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.core.hours import DAYS
from components.data.windows import window_problems


def at(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


@given(st.integers(0, 1439), st.integers(60, 300), st.integers(0, 7 * 1440 - 1), st.integers(60, 300))
def test_two_windows_overlap_exactly_if_they_share_a_minute_of_the_week(begin: int, length: int, start: int, span: int) -> None:
    backup = f"{at(begin)}-{at(begin + length)}"
    weekly = [f"{DAYS[minute // 1440 % 7]}:{at(minute)}" for minute in (start, start + span)]
    taken = {(start + minute) % (7 * 1440) % 1440 for minute in range(span)}
    shared = taken & {(begin + minute) % 1440 for minute in range(length)}
    assert [which for which, _ in window_problems(backup, "-".join(weekly))] == (["maintenance"] if shared else [])


@pytest.mark.parametrize(
    ("backup", "maintenance", "found"),
    [
        ("03:00-03:59", "sun:05:00-sun:06:00", ["backup"]),
        ("03:00-04:00", "sun:05:00-sun:05:30", ["maintenance"]),
        ("23:30-00:30", "sat:23:00-sun:01:00", ["maintenance"]),
        ("03:00-04:00", "sun:04:00-sun:05:00", []),
        ("23:00-00:00", "sat:00:00-sat:01:00", []),
    ],
)
def test_a_window_is_an_hour_at_least_and_apart_from_the_other(backup: str, maintenance: str, found: list[str]) -> None:
    assert [which for which, _ in window_problems(backup, maintenance)] == found
