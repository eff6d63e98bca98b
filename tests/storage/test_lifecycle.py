"""How objects age: what S3 would refuse is refused here, and what is accepted only ever gets cheaper."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.storage.lifecycle import TIER_DAYS, ArchiveTier, Lifecycle, Transition, lifecycle_problems

ORDER = ("STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE")
TRANSITIONS = st.builds(Transition, to=st.sampled_from(ORDER), after_days=st.integers(0, 400))
TIERS = st.builds(ArchiveTier, to=st.sampled_from(sorted(TIER_DAYS)), after_days=st.integers(0, 800))
LIFECYCLES = st.builds(
    Lifecycle,
    expire_days=st.integers(-1, 800),
    old_version_days=st.integers(-1, 800),
    transitions=st.lists(TRANSITIONS, max_size=3).map(tuple),
    archive_tiers=st.lists(TIERS, max_size=2).map(tuple),
)


def life(*transitions: tuple[str, int], expire: int = 0, old: int = 0, tiers: tuple[tuple[str, int], ...] = ()) -> Lifecycle:
    return Lifecycle(
        expire_days=expire,
        old_version_days=old,
        transitions=tuple(Transition(to=to, after_days=days) for to, days in transitions),  # type: ignore[arg-type]
        archive_tiers=tuple(ArchiveTier(to=to, after_days=days) for to, days in tiers),  # type: ignore[arg-type]
    )


@given(LIFECYCLES)
def test_what_is_accepted_moves_on_to_cheaper_classes_ever_later_and_ends_last(lifecycle: Lifecycle) -> None:
    if list(lifecycle_problems(lifecycle)):
        return
    steps = lifecycle.transitions
    assert all(ORDER.index(one.to) < ORDER.index(other.to) for one, other in pairwise(steps))
    assert all(one.after_days <= other.after_days for one, other in pairwise(steps))
    assert all(step.after_days >= 30 for step in steps if step.to == "STANDARD_IA")
    assert not lifecycle.expire_days or all(step.after_days < lifecycle.expire_days for step in steps)
    assert not lifecycle.archive_tiers or "INTELLIGENT_TIERING" in [step.to for step in steps]
    assert all(tier.after_days in TIER_DAYS[tier.to] for tier in lifecycle.archive_tiers)
    assert min(lifecycle.expire_days, lifecycle.old_version_days) >= 0


@pytest.mark.parametrize(
    ("lifecycle", "problem"),
    [
        (life(expire=-1), ("expire_days", "-1 days are no time", "0 for never, or a number of days")),
        (life(old=-2), ("old_version_days", "-2 days are no time", "0 for never, or a number of days")),
        (life(("STANDARD_IA", 29)), ("transitions[0]", "29 days are too few for STANDARD_IA", "30 or more")),
        (
            life(("GLACIER", 90), ("STANDARD_IA", 200)),
            ("transitions[1]", "STANDARD_IA cannot follow GLACIER", f"the order {', '.join(ORDER)}"),
        ),
        (
            life(("STANDARD_IA", 30), ("GLACIER", 59)),
            ("transitions[1]", "59 days leave STANDARD_IA too early", "60 or more"),
        ),
        (
            life(("GLACIER", 30), ("DEEP_ARCHIVE", 119)),
            ("transitions[1]", "119 days leave GLACIER too early", "120 or more"),
        ),
        (
            life(("STANDARD_IA", 30), expire=30),
            ("expire_days", "30 is not after 30, when objects move to STANDARD_IA", "0 for never, or more than 30"),
        ),
        (
            life(tiers=(("ARCHIVE_ACCESS", 90),)),
            ("archive_tiers", "nothing ever moves to INTELLIGENT_TIERING, whose tiers they are", "a transition there, or none"),
        ),
        (
            life(("INTELLIGENT_TIERING", 0), tiers=(("ARCHIVE_ACCESS", 89),)),
            ("archive_tiers[0]", "89 days to ARCHIVE_ACCESS", "90 to 730"),
        ),
        (
            life(("INTELLIGENT_TIERING", 0), tiers=(("DEEP_ARCHIVE_ACCESS", 200), ("DEEP_ARCHIVE_ACCESS", 300))),
            (
                "archive_tiers[1]",
                "DEEP_ARCHIVE_ACCESS cannot follow DEEP_ARCHIVE_ACCESS",
                "ARCHIVE_ACCESS, later DEEP_ARCHIVE_ACCESS",
            ),
        ),
    ],
)
def test_what_s3_would_refuse_is_named_with_its_place_and_what_is_allowed(
    lifecycle: Lifecycle, problem: tuple[str, str, str]
) -> None:
    assert list(lifecycle_problems(lifecycle)) == [problem]


def test_what_our_own_stacks_do_is_accepted() -> None:
    sensible = (
        life(("STANDARD_IA", 30), ("GLACIER_IR", 90)),
        life(("STANDARD_IA", 30), ("GLACIER", 90), expire=365, old=365),
        life(("GLACIER", 30), ("DEEP_ARCHIVE", 120), old=35),
        life(("INTELLIGENT_TIERING", 0), tiers=(("ARCHIVE_ACCESS", 90), ("DEEP_ARCHIVE_ACCESS", 180))),
    )
    for lifecycle in sensible:
        assert list(lifecycle_problems(lifecycle)) == []
