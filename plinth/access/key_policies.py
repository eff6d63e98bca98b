"""What a key's own policy leaves of the rights that others have on it: KMS wants the consent of both."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from plinth.access.arns import arns_of
from plinth.access.rights import EVERYBODY, Right
from plinth.engine.graph import Graph

KEYS = ("aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey")
"""Types whose policy must let in whoever has a right on them (KMS developer guide, "Key policies").

A key without a policy of ours has AWS's, which lets in whom the account lets.
"""


def consented(rights: Iterable[Right], own: Sequence[Right], graph: Graph) -> Iterator[Right]:
    """Of `rights` of others on a key those actions that its `own` policy consents to, service for service."""
    for right in rights:
        actions = tuple(action for action in right.actions if any(_lets(one, right, action, graph) for one in own))
        if actions:
            yield replace(right, actions=actions)


def _lets(one: Right, right: Right, action: str, graph: Graph) -> bool:
    """Whether a statement of the key's policy is about whom the account lets, about the action, and about the same service."""
    services = not one.via or not right.via or bool(set(one.via) & set(right.via))
    return services and _is_about(one, right, graph) and any(_matches(pattern, action) for pattern in one.actions)


def _is_about(one: Right, right: Right, graph: Graph) -> bool:
    holder = graph.resources.get(right.principal)
    arns = arns_of(graph, holder) if holder else (right.principal,)
    if one.by:
        return bool(set(one.by) & set(arns))
    return one.principal == EVERYBODY or one.principal.endswith(":root") or one.principal in arns


def _matches(pattern: str, action: str) -> bool:
    """Whether two action patterns can mean the same action: one of them names it, or both begin alike."""
    first, second = pattern.lower(), action.lower()
    return _covers(first, second) or _covers(second, first)


def _covers(pattern: str, action: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), action) is not None
