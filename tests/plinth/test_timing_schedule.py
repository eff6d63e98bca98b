"""The longest chain of tasks, and what happens when only so many run at once."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plinth.timing.schedule import CycleError, Run, Seconds, Waits, longest_chain, simulated

DIAMOND: Waits = {"top": (), "left": ("top",), "right": ("top",), "bottom": ("left", "right"), "alone": ()}
SECONDS: Seconds = {"top": 1, "left": 2, "right": 5, "bottom": 1, "alone": 4}


@st.composite
def tasks(draw: st.DrawFn) -> tuple[Seconds, Waits]:
    """Up to twelve tasks that wait for earlier ones; whole seconds, so that sums are exact."""
    count = draw(st.integers(1, 12))
    names = [f"task{index}" for index in range(count)]
    seconds = {name: float(draw(st.integers(0, 50))) for name in names}
    waits = {name: draw(st.lists(st.sampled_from(names[:at]), unique=True)) if at else [] for at, name in enumerate(names)}
    return seconds, waits


def length(seconds: Seconds, waits: Waits) -> float:
    return sum(seconds[task] for task in longest_chain(seconds, waits))


def end(seconds: Seconds, waits: Waits, slots: int) -> float:
    return max(run.end for run in simulated(seconds, waits, slots).values())


def test_the_longest_chain_goes_the_slower_way() -> None:
    assert longest_chain(SECONDS, DIAMOND) == ("top", "right", "bottom")


def test_with_two_slots_the_third_task_waits_for_a_free_one() -> None:
    assert simulated(SECONDS, DIAMOND, 2) == {
        "alone": Run(0, 4),
        "top": Run(0, 1),
        "left": Run(1, 3),
        "right": Run(3, 8),
        "bottom": Run(8, 9),
    }


def test_tasks_that_become_ready_in_the_same_moment_go_by_name() -> None:
    waits: Waits = {"first": (), "second": (), "z": ("first",), "a": ("second",), "b": ("second",)}
    runs = simulated({"first": 2, "second": 2, "z": 5, "a": 1, "b": 1}, waits, 2)
    assert {task: runs[task].start for task in "abz"} == {"a": 2, "b": 2, "z": 3}


def test_nothing_takes_no_time() -> None:
    assert longest_chain({}, {}) == ()
    assert simulated({}, {}, 4) == {}


@given(tasks())
def test_the_chain_is_a_chain_no_shorter_than_a_task_and_no_longer_than_all(case: tuple[Seconds, Waits]) -> None:
    seconds, waits = case
    chain = longest_chain(seconds, waits)
    assert all(before in waits[after] for before, after in pairwise(chain))
    assert max(seconds.values()) <= length(seconds, waits) <= sum(seconds.values())


@given(tasks(), st.integers(1, 6))
def test_a_schedule_lies_between_the_chain_and_everything_in_turn(case: tuple[Seconds, Waits], slots: int) -> None:
    seconds, waits = case
    finished = end(seconds, waits, slots)
    bound = length(seconds, waits) + sum(seconds.values()) / slots  # no list schedule is longer (Graham 1966)
    assert max(length(seconds, waits), sum(seconds.values()) / slots) <= finished <= min(sum(seconds.values()), bound) + 1e-9


@given(tasks())
def test_one_slot_does_everything_in_turn_and_a_slot_a_task_is_the_chain(case: tuple[Seconds, Waits]) -> None:
    seconds, waits = case
    assert end(seconds, waits, 1) == sum(seconds.values())
    assert end(seconds, waits, len(waits)) == length(seconds, waits)


@given(tasks(), st.integers(1, 4))
def test_a_task_starts_after_what_it_waits_for_and_no_more_run_than_there_are_slots(
    case: tuple[Seconds, Waits], slots: int
) -> None:
    seconds, waits = case
    runs = simulated(seconds, waits, slots)
    assert all(runs[task].start >= runs[other].end for task, needed in waits.items() for other in needed)
    assert all(run.end == run.start + seconds[task] for task, run in runs.items())
    for run in runs.values():
        assert sum(other.start <= run.start < other.end for other in runs.values()) <= slots


@given(tasks(), st.integers(1, 4), st.randoms(use_true_random=False))
def test_the_order_in_which_tasks_are_told_changes_nothing(
    case: tuple[Seconds, Waits], slots: int, shuffler: random.Random
) -> None:
    seconds, waits = case
    names = list(waits)
    shuffler.shuffle(names)
    other = {name: tuple(reversed(waits[name])) for name in names}
    assert longest_chain(seconds, other) == longest_chain(seconds, waits)
    assert simulated(seconds, other, slots) == simulated(seconds, waits, slots)


@pytest.mark.parametrize(
    ("waits", "circle"),
    [
        ({"a": ("a",)}, ("a", "a")),
        ({"a": ("b",), "b": ("a",)}, ("a", "b", "a")),
        ({"start": (), "a": ("c", "start"), "b": ("a",), "c": ("b",), "late": ("a",)}, ("a", "c", "b", "a")),
    ],
)
def test_a_circle_is_told_instead_of_waited_for(waits: Waits, circle: tuple[str, ...]) -> None:
    seconds = dict.fromkeys(waits, 1.0)
    for ask in (lambda: longest_chain(seconds, waits), lambda: simulated(seconds, waits, 2)):
        with pytest.raises(CycleError, match=r"wait for each other in a circle: a -> ") as error:
            ask()
        assert error.value.tasks == circle
