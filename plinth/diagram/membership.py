"""Which resources have a box, in which layer, and whose box the others stand in."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from plinth.diagram.places import TIERS, Layer, place_of
from plinth.diagram.references import SUBNET, References
from plinth.diagram.traffic import GROUP, GROUPS, Rule, rules
from plinth.engine.graph import Resource

_STORES = {1433, 2049, 3306, 5432, 6379, 8123, 8443, 9092, 9094, 9098, 9200, 9440, 11211, 27017}
"""Ports of databases, caches, brokers and file systems."""


@dataclass(frozen=True)
class Membership:
    """Every resource of a graph with the one that has the box it stands in."""

    references: References

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Who may connect to whom."""
        return rules(self.references)

    @cached_property
    def owners(self) -> Mapping[str, Resource]:
        """The resource with the box, by the URN of every resource. A component stands where the first thing in it does."""
        resources = self.references.graph.resources
        owners = {resource.urn: self._owner(resource) for resource in resources.values() if resource.custom}
        for urn in sorted(owners):
            parent = resources.get(resources[urn].parent)
            while parent:
                owners.setdefault(parent.urn, owners[urn])
                parent = resources.get(parent.parent)
        return {urn: owners.get(urn, resource) for urn, resource in resources.items()}

    @cached_property
    def layers(self) -> Mapping[str, Layer]:
        """The layer of each resource that has a box, by URN."""
        return {owner.urn: self._layer(owner) for owner in self.owners.values()}

    def _layer(self, resource: Resource) -> Layer:
        if resource.type == SUBNET:
            return self.references.tier(resource)
        if resource.type == GROUP:
            return self._layer_of_group(resource)
        place = place_of(resource.type)
        subnets = self.references.subnets(resource) if place.layer in TIERS.values() else ()
        return self.references.tier(subnets[0]) if subnets else place.layer

    def _owner(self, resource: Resource, asked: Set[str] = frozenset()) -> Resource:
        """What `resource` hangs on, at the end of the chain; itself where it has a box, or nothing to hang on is there."""
        asked = asked | {resource.urn}
        found = next((other for other in self._hangs_on(resource, asked) if other.urn not in asked), None)
        return self._owner(found, asked) if found else resource

    def _hangs_on(self, resource: Resource, asked: Set[str]) -> Sequence[Resource]:
        if resource.type == GROUP:
            return self._guarded(resource, asked)
        place = place_of(resource.type)
        if place.role == "node":
            return ()
        through = [user for user in self.references.users.get(resource.urn, ()) if user.type in place.through]
        return (*through, *self.references.of(resource, *place.of))

    def _guarded(self, group: Resource, asked: Set[str]) -> Sequence[Resource]:
        """What is behind a security group, where that is all in one box: then the group is part of it."""
        users = [user for user in self.references.users.get(group.urn, ()) if user.type not in GROUPS and user.urn not in asked]
        behind = [self._owner(user, asked) for user in users if place_of(user.type).role != "edge"]
        boxes = {(user.type, self.references.component(user), user.urn if place_of(user.type).each else "") for user in behind}
        return behind[:1] if len(boxes) == 1 else ()

    def _layer_of_group(self, group: Resource) -> Layer:
        """The tier that a group which guards nothing yet is meant for, by who may connect to it and on which ports."""
        inbound = [rule for rule in self.rules if rule.target == group.urn]
        if any(not rule.source for rule in inbound):
            return Layer.PUBLIC
        stores = bool(inbound) and all(rule.port in _STORES for rule in inbound)
        return Layer.DATABASE if stores else Layer.PRIVATE
