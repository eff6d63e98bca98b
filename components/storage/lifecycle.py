"""What becomes of objects as they age, as pure data in S3's own terms: cheaper classes, the end of old versions, the end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

StorageClass: TypeAlias = Literal["STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"]
"""Where objects can move to, in the order in which they can: never back (S3 user guide, "Transitioning objects").

ONEZONE_IA is left out: what lies in one zone is lost with it.
"""
_ORDER: Final[tuple[StorageClass, ...]] = ("STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE")
_MINIMUM_DAYS: Mapping[StorageClass, int] = MappingProxyType(
    {"STANDARD_IA": 30, "INTELLIGENT_TIERING": 0, "GLACIER_IR": 90, "GLACIER": 90, "DEEP_ARCHIVE": 180}
)
"""For how many days each class is charged at least: who leaves it earlier pays for them all the same (S3 pricing, "Storage")."""
IA_AFTER_DAYS: Final = 30
"""How old an object must be for STANDARD_IA (S3 API reference, PutBucketLifecycleConfiguration)."""
INCOMPLETE_DAYS: Final = 7
"""After how many days the parts of an upload that was never finished go: nothing lists them, and they are charged."""

Tier: TypeAlias = Literal["ARCHIVE_ACCESS", "DEEP_ARCHIVE_ACCESS"]
TIER_DAYS: Mapping[Tier, range] = MappingProxyType({"ARCHIVE_ACCESS": range(90, 731), "DEEP_ARCHIVE_ACCESS": range(180, 731)})
"""After how many days without a reader an object in INTELLIGENT_TIERING may move to each (S3 API reference, Tiering)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """Objects move to the class `to` when they are `after_days` old."""

    to: StorageClass
    after_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveTier:
    """Objects in INTELLIGENT_TIERING that nobody read for `after_days` move to `to`. Having one back takes hours."""

    to: Tier
    after_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """How objects of a bucket age.

    `expire_days` is when an object is deleted, `old_version_days` when a version that was replaced or deleted is; 0 is never.
    """

    expire_days: int
    old_version_days: int
    transitions: tuple[Transition, ...] = ()
    archive_tiers: tuple[ArchiveTier, ...] = ()


def lifecycle_problems(lifecycle: Lifecycle) -> Iterator[tuple[str, str, str]]:
    """Every fault: where (`transitions[0]`), what is wrong, what is allowed."""
    for name, days in (("expire_days", lifecycle.expire_days), ("old_version_days", lifecycle.old_version_days)):
        if days < 0:
            yield name, f"{days} days are no time", "0 for never, or a number of days"
    yield from _transition_problems(lifecycle.transitions)
    if lifecycle.transitions and 0 < lifecycle.expire_days <= lifecycle.transitions[-1].after_days:
        last = lifecycle.transitions[-1]
        yield (
            "expire_days",
            f"{lifecycle.expire_days} is not after {last.after_days}, when objects move to {last.to}",
            f"0 for never, or more than {last.after_days}",
        )
    yield from _tier_problems(lifecycle)


def _transition_problems(transitions: tuple[Transition, ...]) -> Iterator[tuple[str, str, str]]:
    for index, step in enumerate(transitions):
        earliest = IA_AFTER_DAYS if step.to == "STANDARD_IA" else 0
        if step.after_days < earliest:
            yield f"transitions[{index}]", f"{step.after_days} days are too few for {step.to}", f"{earliest} or more"
    for index, (one, other) in enumerate(pairwise(transitions), start=1):
        if _ORDER.index(other.to) <= _ORDER.index(one.to):
            yield f"transitions[{index}]", f"{other.to} cannot follow {one.to}", f"the order {', '.join(_ORDER)}"
        elif other.after_days < one.after_days + _MINIMUM_DAYS[one.to]:
            least = one.after_days + _MINIMUM_DAYS[one.to]
            yield f"transitions[{index}]", f"{other.after_days} days leave {one.to} too early", f"{least} or more"


def _tier_problems(lifecycle: Lifecycle) -> Iterator[tuple[str, str, str]]:
    tiers = lifecycle.archive_tiers
    if tiers and not any(step.to == "INTELLIGENT_TIERING" for step in lifecycle.transitions):
        yield "archive_tiers", "nothing ever moves to INTELLIGENT_TIERING, whose tiers they are", "a transition there, or none"
    for index, tier in enumerate(tiers):
        allowed = TIER_DAYS[tier.to]
        if tier.after_days not in allowed:
            yield f"archive_tiers[{index}]", f"{tier.after_days} days to {tier.to}", f"{allowed[0]} to {allowed[-1]}"
    for index, (one, other) in enumerate(pairwise(tiers), start=1):
        if other.to == one.to or other.after_days <= one.after_days:
            yield f"archive_tiers[{index}]", f"{other.to} cannot follow {one.to}", "ARCHIVE_ACCESS, later DEEP_ARCHIVE_ACCESS"
