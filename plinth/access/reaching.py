"""Who reaches a thing: the rights that name it, as far as the thing itself consents."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from plinth.access.arns import arns_of
from plinth.access.key_policies import KEYS, consented
from plinth.access.rights import Access, Right, names
from plinth.engine.graph import Graph, Resource

_NOUNS: Mapping[str, str] = {"aws:ssm/parameter:Parameter": "parameter"}
"""What the actions on a type have in their names, where its service has many other things (Service Authorization Reference)."""


def reaching(found: Access, graph: Graph, resource: Resource) -> tuple[Right, ...]:
    """The rights that `resource` is a target of, each with those of its actions that are of its service, and about such things.

    On a key only what its own policy consents to counts, as far as that can be seen.
    """
    arns = arns_of(graph, resource)
    services = {arn.split(":")[2] for arn in arns[:1]}  # that of the first: a recorded plan makes the other one up from the type
    noun = _NOUNS.get(resource.type, "")
    targeting = (right for right in found.rights if any(names(target, arns) for target in right.targets))
    narrowed = (replace(right, actions=_about(right.actions, services, noun)) for right in targeting)
    rights = tuple(right for right in narrowed if right.actions)
    own = tuple(right for right in rights if right.held_by == resource.urn)
    if resource.type not in KEYS or not own:
        return rights
    return (*own, *consented((right for right in rights if right.held_by != resource.urn), own, graph))


def _about(actions: Sequence[str], services: Set[str], noun: str) -> tuple[str, ...]:
    return tuple(action for action in actions if action == "*" or _is_about(action, services, noun))


def _is_about(action: str, services: Set[str], noun: str) -> bool:
    service, _, name = action.lower().partition(":")
    return service in services and ("*" in name or noun in name)
