"""Windows of work: long enough, and never two at once, whatever they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.core.hours import DAYS
from components.data.windows import backup_minutes, maintenance_minutes, window_problems, windows_overlap

DAY, WEEK = 24 * 60, 7 * 24 * 60
times = st.integers(min_value=0, max_value=DAY - 1)
moments = st.integers(min_value=0, max_value=WEEK - 1)
lengths = st.integers(min_value=30, max_value=DAY - 1)


def daily(begins: int, length: int) -> str:
    return f"{clock(begins)}-{clock(begins + length)}"


def weekly(begins: int, length: int) -> str:
    first, last = begins % WEEK, (begins + length) % WEEK
    return f"{DAYS[first // DAY]}:{clock(first)}-{DAYS[last // DAY]}:{clock(last)}"


def clock(minutes: int) -> str:
    return f"{minutes % DAY // 60:02}:{minutes % 60:02}"


@given(begins=times, length=lengths, weekly_begins=moments, weekly_length=lengths)
@pytest.mark.requirement("DAT-09", part="windows never overlap, whatever is configured")
def test_windows_overlap_exactly_where_a_minute_of_the_week_is_in_both(
    begins: int, length: int, weekly_begins: int, weekly_length: int
) -> None:
    backups = {(day * DAY + begins + minute) % WEEK for day in range(7) for minute in range(length)}
    maintenance = {(weekly_begins + minute) % WEEK for minute in range(weekly_length)}
    together = windows_overlap(daily(begins, length), weekly(weekly_begins, weekly_length))
    assert together is bool(backups & maintenance)


@given(begins=times, length=lengths)
def test_a_window_of_the_day_is_read_as_it_is_written(begins: int, length: int) -> None:
    assert backup_minutes(daily(begins, length)) == (begins, length)


@given(begins=moments, length=lengths)
def test_a_window_of_the_week_is_read_as_it_is_written(begins: int, length: int) -> None:
    assert maintenance_minutes(weekly(begins, length)) == (begins, length)


@pytest.mark.parametrize(
    ("backup", "maintenance", "problem"),
    [
        ("03:00", "sun:05:00-sun:06:00", ("backup_window", "'03:00' is no daily window")),
        ("03:00-04:00", "05:00-06:00", ("maintenance_window", "'05:00-06:00' is no weekly window")),
        ("03:00-04:00", "sun:25:00-sun:06:00", ("maintenance_window", "'sun:25:00-sun:06:00' is no weekly window")),
        ("03:00-03:20", "sun:05:00-sun:06:00", ("backup_window", "03:00-03:20 is 20 minutes long")),
        ("03:00-04:00", "sun:05:00-tue:05:00", ("maintenance_window", "sun:05:00-tue:05:00 is a day or longer")),
        (
            "23:30-00:30",
            "mon:00:00-mon:01:00",
            ("maintenance_window", "mon:00:00-mon:01:00 overlaps the backup window 23:30-00:30"),
        ),
    ],
)
def test_what_is_wrong_with_windows_is_said(backup: str, maintenance: str, problem: tuple[str, str]) -> None:
    assert (problem[0], problem[1]) in {(which, what) for which, what, _ in window_problems(backup, maintenance, 30)}


@pytest.mark.parametrize(("least", "found"), [(30, []), (60, ["backup_window"])])
def test_how_long_a_window_is_at_least_depends_on_the_store(least: int, found: list[str]) -> None:
    assert [which for which, _, _ in window_problems("03:00-03:30", "sun:05:00-sun:06:00", least)] == found
