"""Deleted and created resources that look like one and the same, called otherwise."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from plinth.changes.difference import differences
from plinth.changes.effective import TAGS, effective
from plinth.changes.model import Change, Changes, Kind
from plinth.engine.graph import Graph
from plinth.engine.values import UNKNOWN, Value

_ALIKE = 0.5
"""The part of the known properties that must be equal. Guessed: a rename usually leaves all as they are but `tags.Name`."""
_COMPARED = 10
"""With so many created ones is each deleted one compared: with all of some hundreds on both sides it would take minutes."""


class Renamed(NamedTuple):
    """A resource that seems to go on under another name, if only an alias said so."""

    deleted: Change
    created: Change


class _Side(NamedTuple):
    """A deleted or a created resource, with its properties but for its tags: `UNKNOWN` where they wait for the cloud."""

    change: Change
    inputs: Mapping[str, Value]

    @property
    def marks(self) -> Sequence[tuple[str, str, str]]:
        """What it is found by: its type with each of its properties."""
        return [(self.change.resource.type, key, json.dumps(value, sort_keys=True)) for key, value in self.inputs.items()]


def renamed(found: Changes) -> tuple[Renamed, ...]:
    """The pairs that look alike, the likeliest first; each resource in one pair at most."""
    gone = [_side(found.before, one) for one in found.of(Kind.DELETE)]
    new = [_side(found.after, one) for one in found.of(Kind.CREATE)]
    likely = [
        (likeness, Renamed(old.change, now.change))
        for old, candidates in _candidates(gone, new)
        for now in candidates
        if (likeness := _likeness(old, now)) >= _ALIKE
    ]
    chosen: list[Renamed] = []
    taken: set[tuple[Kind, str]] = set()
    for _, pair in sorted(likely, key=lambda one: one[0], reverse=True):
        both = {(change.kind, change.resource.urn) for change in pair}
        if taken.isdisjoint(both):
            taken |= both
            chosen.append(pair)
    return tuple(chosen)


def _side(graph: Graph, change: Change) -> _Side:
    inputs = {key: value for key, value in effective(graph, change.resource).items() if key != TAGS}
    return _Side(change, {key: value if graph.is_known(value) else UNKNOWN for key, value in inputs.items()})


def _candidates(gone: Sequence[_Side], new: Sequence[_Side]) -> Iterator[tuple[_Side, Sequence[_Side]]]:
    """For each deleted resource the created ones of its type; of very many those that share with it what few have.

    Where none shares anything of its own with it, all of them are as alike, and it meets those that stand where it stood.
    """
    of_type: dict[str, list[_Side]] = {}
    sharing: dict[tuple[str, str, str], list[int]] = {}
    for index, side in enumerate(new):
        of_type.setdefault(side.change.resource.type, []).append(side)
        for mark in side.marks:
            sharing.setdefault(mark, []).append(index)
    seen = Counter[str]()
    for old in gone:
        token = old.change.resource.type
        same, place = of_type.get(token, []), seen[token]
        seen[token] += 1
        if len(same) > _COMPARED:
            telling = (indices for mark in old.marks if len(indices := sharing.get(mark, [])) <= _COMPARED)
            votes = Counter(index for indices in telling for index in indices).most_common(_COMPARED)
            same = [new[index] for index, _ in votes] or same[place : place + _COMPARED]
        yield old, same


def _likeness(gone: _Side, new: _Side) -> float:
    """The part of the properties known on both sides that are equal. 1 where none is known."""
    old, now = gone.inputs, new.inputs
    known = [key for key in dict.fromkeys([*old, *now]) if UNKNOWN not in (old.get(key), now.get(key))]
    equal = sum(not any(differences(old.get(key), now.get(key), ())) for key in known)
    return equal / len(known) if known else 1.0
