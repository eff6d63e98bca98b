"""Whose rights grow and whose shrink between two graphs of a stack."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from plinth.access.report import called, targets_in
from plinth.access.rights import Access, Right, access
from plinth.changes.model import Changes
from plinth.changes.terms import Terms, common
from plinth.engine.values import UNKNOWN

Holds = Literal["right", "trust"]


class _Atom(NamedTuple):
    """One action of one principal on one target, under its conditions, in the terms of the graph before."""

    holds: Holds
    principal: str
    action: str
    target: str
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """What a principal may do now and could not before, or the other way round.

    `holds` says what it is: a right on the targets, or the trust of a role that it may take. `principal` and `targets` are named
    as readers know them.
    """

    holds: Holds
    principal: str
    actions: tuple[str, ...]
    targets: tuple[str, ...]
    conditions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RightsDelta:
    """The rights that are gained and lost. `unread` are the URNs of documents that cannot be seen on either side."""

    gained: tuple[Delta, ...]
    lost: tuple[Delta, ...]
    unread: tuple[str, ...]


def rights_delta(found: Changes) -> RightsDelta:
    """What the documents of the graph after allow and those before did not, and the other way round."""
    was, will_be = access(found.before), access(found.after)
    old_terms, new_terms = common(found.before, found.after, found.origin)
    before, after = _atoms(was, old_terms), _atoms(will_be, new_terms)
    return RightsDelta(
        gained=tuple(_grouped({atom: after[atom] for atom in after if atom not in before})),
        lost=tuple(_grouped({atom: before[atom] for atom in before if atom not in after})),
        unread=tuple(dict.fromkeys([*was.unread, *will_be.unread])),
    )


class _Shown(NamedTuple):
    """How a reader knows the principal and the target of an atom."""

    principal: str
    target: str


def _atoms(found: Access, terms: Terms) -> dict[_Atom, _Shown]:
    """Each right and each trust taken apart."""
    atoms: dict[_Atom, _Shown] = {}
    targets_of = targets_in(terms.graph)
    held: list[tuple[Holds, Right]] = [
        *(("right", right) for right in found.rights),
        *(("trust", taker) for taker in found.takers),
    ]
    for (holds, right), target in ((one, target) for one in held for target in one[1].targets):
        principal = terms.partner.get(right.principal, right.principal)
        said = terms.say(target)
        meant = target if said == UNKNOWN else str(said)
        for action in right.actions:
            atoms[_Atom(holds, principal, action, meant, right.conditions)] = _Shown(
                called(right.principal), targets_of([target])
            )
    return atoms


def _grouped(atoms: Mapping[_Atom, _Shown]) -> Iterator[Delta]:
    """Atoms put together again: the actions on one target, then the targets of the same actions."""
    actions: dict[tuple[Holds, str, tuple[str, ...], str], dict[str, None]] = {}
    for atom, shown in atoms.items():
        actions.setdefault((atom.holds, shown.principal, atom.conditions, shown.target), {})[atom.action] = None
    targets: dict[tuple[Holds, str, tuple[str, ...], Sequence[str]], list[str]] = {}
    for (holds, principal, conditions, target), found in actions.items():
        targets.setdefault((holds, principal, conditions, tuple(found)), []).append(target)
    for (holds, principal, conditions, found), names in targets.items():
        yield Delta(holds=holds, principal=principal, actions=tuple(found), targets=tuple(names), conditions=conditions)
