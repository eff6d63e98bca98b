"""The arithmetic of costs, for all figures: sums, shares, steps, weeks."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plinth.cost.quantity import NOTHING, Range, shares, total
from plinth.cost.schedules import WEEK, ScheduleError, moments, monthly_hours, running_minutes
from plinth.cost.sheet import Sku, sheet
from plinth.cost.tiers import LADDERS, Step, between, steps_of

figures = st.decimals(min_value=0, max_value=10**9, places=4)
ranges = st.lists(figures, min_size=3, max_size=3).map(lambda three: Range(*sorted(three)))
ladders = st.lists(st.integers(1, 1000), max_size=4).map(
    lambda sizes: (*(Step(Decimal(size), None) for size in sizes), Step(None, None))
)


@given(ranges, st.integers(1, 50))
def test_shares_add_up_exactly_and_keep_their_order(whole: Range, parts: int) -> None:
    found = shares(whole, parts)
    assert total(found) == whole
    assert all(share.ordered for share in found)
    assert max(share.high for share in found) - min(share.high for share in found) <= Decimal("0.000001")


@given(ranges, ranges, ranges)
def test_sums_are_the_same_however_they_are_grouped(one: Range, two: Range, three: Range) -> None:
    assert total([one, two, three]) == total([three, total([two, one])]) == one + (two + three)
    assert total([]) == NOTHING


@given(ranges, ranges)
def test_sums_and_products_of_ordered_ranges_are_ordered(one: Range, two: Range) -> None:
    assert (one + two).ordered
    assert (one * two).ordered


@given(ladders, figures, figures)
def test_the_parts_on_each_step_add_up_to_the_quantity(steps: tuple[Step, ...], start: Decimal, length: Decimal) -> None:
    parts = between(steps, start, start + length)
    assert sum(parts) == length
    assert all(part >= 0 for part in parts)
    assert all(step.size is None or part <= step.size for step, part in zip(steps, parts, strict=True))


@given(ladders, figures, figures)
def test_filling_steps_in_two_goes_is_filling_them_in_one(steps: tuple[Step, ...], first: Decimal, second: Decimal) -> None:
    ends = (Decimal(0), first, first + second)
    goes = zip(between(steps, ends[0], ends[1]), between(steps, ends[1], ends[2]), strict=True)
    assert tuple(one + two for one, two in goes) == between(steps, ends[0], ends[2])


def test_data_to_the_internet_is_cheaper_from_ten_terabytes_on() -> None:
    steps = LADDERS[Sku("data-transfer", "internet-out")]
    assert between(steps, Decimal(0), Decimal(60_000)) == (10_240, 40_960, 8_800, 0)


@pytest.mark.parametrize("sku", LADDERS, ids=str)
def test_every_step_has_a_price_and_only_free_steps_are_followed_by_dearer_ones(sku: Sku) -> None:
    steps = steps_of(sku)
    assert [step.size for step in steps].count(None) == 1
    assert steps[-1].size is None
    paid = [sheet().prices[step.sku].usd for step in steps if step.sku]
    assert paid == sorted(paid, reverse=True)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("cron(0 20 ? * MON-FRI *)", [day * 1440 + 1200 for day in range(1, 6)]),
        ("cron(30 7 ? * 2 *)", [1440 + 450]),
        ("0 20 * * 1-5", [day * 1440 + 1200 for day in range(1, 6)]),
        ("0 0 * * 0,7", [0]),
        ("0 6 * * FRI-SUN", [360, 5 * 1440 + 360, 6 * 1440 + 360]),
        ("15 8,20 * * *", [day * 1440 + hour * 60 + 15 for day in range(7) for hour in (8, 20)]),
    ],
)
def test_an_expression_fires_at_minutes_of_the_week(expression: str, expected: list[int]) -> None:
    assert list(moments(expression)) == expected


@pytest.mark.parametrize(
    "expression",
    ["", "rate(1 day)", "cron(0 20 1 * ? *)", "cron(0 20 ? 6 * *)", "0 20 * * 8", "*/5 * * * *", "at(2026-01-01T00:00:00)"],
)
def test_an_expression_that_is_not_by_the_week_is_refused(expression: str) -> None:
    with pytest.raises(ScheduleError):
        moments(expression)


def test_working_hours_are_a_third_of_a_week() -> None:
    minutes = running_minutes(["cron(0 20 ? * MON-FRI *)"], ["cron(0 7 ? * MON-FRI *)"])
    assert minutes == 5 * 13 * 60
    assert monthly_hours(minutes) == (Decimal(730) * 65 / 168).quantize(Decimal("0.000001"))


def test_what_is_stopped_and_never_started_does_not_run_and_what_is_never_stopped_runs() -> None:
    assert running_minutes(["0 20 * * *"], []) == 0
    assert running_minutes([], ["0 20 * * *"]) == WEEK
    assert running_minutes([], []) == WEEK


@given(st.integers(0, 23), st.integers(0, 23), st.integers(0, 6))
def test_a_stop_and_a_start_a_week_leave_the_time_between(stop: int, start: int, day: int) -> None:
    found = running_minutes([f"0 {stop} * * {day}"], [f"0 {start} * * {(day + 1) % 7}"])
    assert found == WEEK - (24 * 60 + (start - stop) * 60)
