"""How coarsely each layer has to be drawn for the picture to stay readable."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from plinth.diagram.arrows import Arrow
from plinth.diagram.membership import Membership
from plinth.diagram.places import Layer, place_of, service_of
from plinth.engine.graph import Resource

Key = tuple[str, ...]
"""What the resources of a box have in common, and no others; the layer comes first. The internet's is empty."""


class Level(IntEnum):
    """What the resources of a box have in common. At `SINGLE`, those of some types have boxes of their own."""

    SINGLE = 0
    COMPONENT = 1
    TYPE = 2
    SERVICE = 3
    LAYER = 4


@dataclass(frozen=True, slots=True)
class Levels:
    """The level of each layer, and the box that every resource is in at each level."""

    chosen: Mapping[Layer, Level]
    keys: Mapping[str, Sequence[Key]]

    def key(self, urn: str) -> Key:
        """The box of a resource; of the internet, where the URN is empty."""
        if not urn:
            return ()
        keys = self.keys[urn]
        return keys[self.chosen[Layer(keys[0][0])]]

    def is_collapsed(self, urns: Sequence[str]) -> bool:
        """Whether the resources of a box would be in several, drawn as finely as possible."""
        return len({self.keys[urn][Level.SINGLE] for urn in urns}) > 1


def readable(members: Membership, arrows: Sequence[Arrow], limit: int) -> Levels:
    """The finest levels with at most `limit` boxes, a third of that in one layer, and twice as many arrows.

    Where there would be more, the fullest layer is drawn one level more coarsely, and so on, down to a box a layer.
    """
    keys = _keys(members)
    levels = Levels(dict.fromkeys(Layer, Level.SINGLE), keys)
    while True:
        boxes = {levels.key(urn) for urn in keys}
        sizes = {layer: sum(key[0] == layer for key in boxes) for layer in Layer}
        ends = {(levels.key(arrow.source), levels.key(arrow.target), arrow.kind) for arrow in arrows}
        count = sum(source != target for source, target, _ in ends)
        fullest = max(Layer, key=lambda layer: sizes[layer])
        if sizes[fullest] <= 1 or (len(boxes) < limit and 3 * sizes[fullest] <= limit and count <= 2 * limit):
            return levels
        levels = Levels({**levels.chosen, fullest: Level(levels.chosen[fullest] + 1)}, keys)


def _keys(members: Membership) -> Mapping[str, Sequence[Key]]:
    """The keys of each resource: those of the resource whose box it stands in."""
    owners = {owner.urn: owner for owner in members.owners.values()}
    keys = {urn: [_key(members, owner, level) for level in Level] for urn, owner in owners.items()}
    return {urn: keys[owner.urn] for urn, owner in members.owners.items()}


def _key(members: Membership, owner: Resource, level: Level) -> Key:
    layer = members.layers[owner.urn].value
    if level is Level.LAYER:
        return (layer,)
    if level is Level.SERVICE:
        return (layer, service_of(owner.type))
    component = members.references.component(owner) if level < Level.TYPE else ""
    own = owner.urn if level is Level.SINGLE and place_of(owner.type).each else ""
    return (layer, owner.type, component, own)
