"""Deleted and created resources that look like one and the same, called otherwise."""

from collections.abc import Sequence
from typing import NamedTuple

from plinth.changes.difference import differences
from plinth.changes.effective import TAGS, effective
from plinth.changes.model import Change, Changes, Kind

_ALIKE = 0.5
"""The part of the known properties that must be equal. Guessed: a rename usually leaves all as they are but `tags.Name`."""


class Renamed(NamedTuple):
    """A resource that seems to go on under another name, if only an alias said so."""

    deleted: Change
    created: Change


def renamed(found: Changes) -> tuple[Renamed, ...]:
    """The pairs that look alike, the likeliest first; each resource in one pair at most."""
    likely = [
        (likeness, Renamed(gone, new))
        for gone in found.of(Kind.DELETE)
        for new in found.of(Kind.CREATE)
        if gone.resource.type == new.resource.type and (likeness := _likeness(found, gone, new)) >= _ALIKE
    ]
    chosen: list[Renamed] = []
    for _, pair in sorted(likely, key=lambda one: one[0], reverse=True):
        if not _taken(pair, chosen):
            chosen.append(pair)
    return tuple(chosen)


def _likeness(found: Changes, gone: Change, new: Change) -> float:
    """The part of the properties known on both sides that are equal; tags left out. 1 where none is known."""
    old, now = effective(found.before, gone.resource), effective(found.after, new.resource)
    known = [
        key
        for key in dict.fromkeys([*old, *now])
        if key != TAGS and found.before.is_known(old.get(key)) and found.after.is_known(now.get(key))
    ]
    equal = sum(not any(differences(old.get(key), now.get(key), ())) for key in known)
    return equal / len(known) if known else 1.0


def _taken(pair: Renamed, chosen: Sequence[Renamed]) -> bool:
    return any(pair.deleted is other.deleted or pair.created is other.created for other in chosen)
