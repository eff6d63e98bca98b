"""What `plinth access` says of a stack, as plain data."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

from plinth.access.arns import BY_NAME, arns_of
from plinth.access.connections import connections
from plinth.access.entries import Asked, asked_for, entry_of
from plinth.access.key_policies import KEYS
from plinth.access.reaching import reaching
from plinth.access.rights import ROLE, Access, Right, access, names
from plinth.engine.graph import Graph, Resource, name_of
from stack.config.document import Document

_PEOPLE = (ROLE, "aws:iam/user:User", "aws:iam/group:Group")
_NAMED = frozenset({*KEYS, *BY_NAME})
_THINGS = (*KEYS, *(token for token in BY_NAME if token not in _PEOPLE))


def principals(graph: Graph, found: Access) -> Sequence[tuple[Resource, Sequence[Right], Sequence[Right]]]:
    """Each role, user and group with who may take it and with its rights."""
    people = [resource for resource in graph.resources.values() if resource.type in _PEOPLE]
    return [(one, [taker for taker in found.takers if taker.held_by == one.urn], found.of(one.urn)) for one in people]


def things(graph: Graph, found: Access) -> Sequence[tuple[Resource, Sequence[Right]]]:
    """Each thing that holds something, with the rights that reach it."""
    kept = [resource for resource in graph.resources.values() if resource.type in _THINGS]
    return [(thing, reaching(found, graph, thing)) for thing in kept]


def called(principal: str) -> str:
    """A principal as a reader knows it: by its logical name, or as the document names it."""
    if principal.startswith("urn:pulumi:"):
        return name_of(principal)
    account = re.fullmatch(r"arn:aws[a-z-]*:iam::(\d{12}):root", principal)
    return f"whom account {account[1]} lets" if account else principal


def targets_in(graph: Graph) -> Callable[[Iterable[str]], str]:
    """Says what targets are: a thing of the stack by its logical name; anything else, and what means several, as written."""
    known = [(resource.name, arns_of(graph, resource)) for resource in graph.resources.values() if resource.type in _NAMED]

    @cache
    def meant(target: str) -> str:
        found = [name for name, arns in known if names(target, arns)]
        return found[0] if len(found) == 1 and target != "*" else target

    return lambda targets: ", ".join(dict.fromkeys(map(meant, targets)))


def to_json(graph: Graph, document: Document | None = None) -> Mapping[str, Any]:
    """All of it as plain data; with the stack file also which entry of it asked for each right and each connection."""
    found = access(graph)
    return {
        "stack": graph.stack,
        "principals": [
            {
                "name": one.name,
                "urn": one.urn,
                "askedBy": graph.asked_by(one),
                "takenBy": [_plain(taker) for taker in takers],
                "rights": [_plain(right) | _entry(asked_for(document, graph.asked_by(one)), right) for right in rights],
            }
            for one, takers, rights in principals(graph, found)
        ],
        "things": [
            {
                "name": thing.name,
                "urn": thing.urn,
                "reachedBy": [{"principal": called(right.principal), **_plain(right)} for right in rights],
            }
            for thing, rights in things(graph, found)
        ],
        "connections": [asdict(one) for one in connections(graph, document)],
        "unread": list(found.unread),
    }


def _entry(asked: Asked, right: Right) -> dict[str, Any]:
    return {"entry": found} if (found := entry_of(asked, right)) else {}


def _plain(right: Right) -> dict[str, Any]:
    return {
        "principal": right.principal,
        "actions": list(right.actions),
        "targets": list(right.targets),
        "conditions": list(right.conditions),
        "heldBy": right.held_by,
        "sid": right.sid,
    }
