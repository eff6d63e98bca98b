"""Physical names: the convention, the limits, no collisions."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.core.naming import LIMITS, physical, shorten

WORD = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+){0,3}", fullmatch=True)
KIND = st.sampled_from(sorted(LIMITS))


@pytest.mark.requirement("BST-06", part="the helper; each explicitly named resource is checked where it is made")
def test_a_name_is_project_environment_service_resource() -> None:
    assert physical("personal-timeline", "prod", "api", "cluster", kind="cluster") == "personal-timeline-prod-api-cluster"


@given(WORD, WORD, WORD, WORD, KIND)
def test_every_name_fits_its_limit_and_stays_lower_case_words(a: str, b: str, c: str, d: str, kind: str) -> None:
    name = physical(a, b, c, d, kind=kind)
    assert len(name) <= LIMITS[kind]
    assert re.fullmatch(r"[a-z0-9]+(-+[a-z0-9]+)*", name)


@given(st.text("abc-", min_size=1, max_size=80), st.text("abc-", min_size=1, max_size=80), st.integers(8, 70))
def test_two_long_names_never_become_one(first: str, second: str, limit: int) -> None:
    if first != second:
        assert shorten(first, limit) != shorten(second, limit)


@given(st.text(max_size=60), st.integers(60, 80))
def test_a_name_that_fits_is_left_alone(text: str, limit: int) -> None:
    assert shorten(text, limit) == text


def test_a_name_of_exactly_the_limit_is_left_alone_and_one_longer_is_cut() -> None:
    assert shorten("a" * 63, 63) == "a" * 63
    assert len(shorten("a" * 64, 63)) == 63
    assert shorten("a" * 64, 63) != "a" * 63


def test_a_limit_without_room_for_the_hash_is_refused() -> None:
    with pytest.raises(ValueError, match="no room"):
        shorten("abcdefghij", 7)


@pytest.mark.parametrize("part", ["", "Upper", "under_score", "-edge", "edge-", "two--hyphens", "ä"])
def test_a_part_that_is_no_lower_case_word_is_refused(part: str) -> None:
    with pytest.raises(ValueError, match="cannot be part of a name"):
        physical("plinth", "dev", part, "task", kind="role")


def test_a_kind_without_a_known_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="no name limit is known for 'boat'"):
        physical("plinth", "dev", "api", "task", kind="boat")
