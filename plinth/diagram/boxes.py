"""What is written in a box."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from plinth.diagram.facts import facts, kinds
from plinth.diagram.levels import Key, Level, Levels
from plinth.diagram.membership import Membership
from plinth.diagram.model import Node, times
from plinth.diagram.places import PLACES, Layer, place_of, service_of
from plinth.engine.graph import Resource

_LAYERS = {layer: rank for rank, layer in enumerate(Layer)}
_TYPES = {token: rank for rank, token in enumerate(PLACES)}


def nodes(members: Membership, levels: Levels) -> tuple[Node, ...]:
    """All boxes: by layer, in each by the order of the table of places."""
    shared: dict[Key, list[str]] = {}
    for urn in members.owners:
        shared.setdefault(levels.key(urn), []).append(urn)
    boxes = (_box(members, levels, urns) for urns in shared.values())
    return _told_apart([box.node() for box in sorted(boxes, key=lambda box: _rank(members, box.owners[0]))])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    """Resources that share a box: those that it is for, which is what `label` calls them, and all that stand in it."""

    members: Membership
    level: Level
    owners: Sequence[Resource]
    urns: Sequence[str]
    layer: Layer
    component: Resource | None

    def node(self) -> Node:
        """The box as the picture has it."""
        name = self.component.name if self.component else ""
        return Node(
            id=_slug(self.layer, self._label(), name, self._name()),
            layer=self.layer,
            label=self._label(),
            title=self._name() or times(_capital(self._label()), len(self.owners)),
            component=name,
            config_key=str(self.component.inputs.get("configKey", "")) if self.component else "",
            facts=self._facts(),
            details=self._details(),
            resources=tuple(self.urns),
        )

    def _name(self) -> str:
        """The name of what has a box of its own; else nothing. `logs-key` where it is called after that: `logs-key-key`."""
        place = place_of(self.owners[0].type)
        if self.level is not Level.SINGLE or not place.each:
            return ""
        component = self.component.name if self.component else ""
        rest = self.owners[0].name.removeprefix(f"{component}-")
        return component if component and rest in place.label.split() else rest

    def _label(self) -> str:
        match self.level:
            case Level.LAYER:
                return f"{self.layer.heading} resource"
            case Level.SERVICE:
                return f"{service_of(self.owners[0].type)} resource"
            case _:
                return place_of(self.owners[0].type).label

    def _facts(self) -> tuple[str, ...]:
        if self.level > Level.TYPE:
            return (kinds(place_of(owner.type).label for owner in self.owners),)
        around = {self.members.references.component(owner) for owner in self.owners}
        if len(around) > 1:
            return (f"in {len(around)} components",)
        return facts(self.members.references, self.owners)

    def _details(self) -> Mapping[str, int]:
        """What else stands in the box but what only ties others together."""
        resources = (self.members.references.graph.resources[urn] for urn in self.urns if self.members.owners[urn].urn != urn)
        places = [place_of(resource.type) for resource in resources if resource.custom]
        return dict(Counter(place.label for place in places if place.role != "edge"))


def _box(members: Membership, levels: Levels, urns: Sequence[str]) -> _Box:
    owners = sorted({members.owners[urn].urn: members.owners[urn] for urn in urns}.values(), key=lambda o: _rank(members, o))
    layer = members.layers[owners[0].urn]
    around = {members.references.component(owner) for owner in owners}
    component = members.references.graph.resources.get(next(iter(around))) if len(around) == 1 else None
    return _Box(members=members, level=levels.chosen[layer], owners=owners, urns=urns, layer=layer, component=component)


def _rank(members: Membership, owner: Resource) -> tuple[int, int, str, str]:
    """Where `owner` stands in the picture. Not by registration, which the engine does in another order every time."""
    return _LAYERS[members.layers[owner.urn]], _TYPES.get(owner.type, len(_TYPES)), owner.type, owner.urn


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _slug(*parts: str) -> str:
    """A name of letters, digits and underscores that begins with that of a layer, whatever is in `parts`."""
    return "_".join(filter(None, (re.sub(r"[^a-z0-9]+", "_", part.lower()).strip("_") for part in parts)))


def _told_apart(found: Sequence[Node]) -> tuple[Node, ...]:
    """The nodes, those whose id is taken under another one."""
    named: dict[str, Node] = {}
    for node in found:
        free, number = node.id, 1
        while free in named:
            number += 1
            free = f"{node.id}_{number}"
        named[free] = replace(node, id=free)
    return tuple(named.values())
