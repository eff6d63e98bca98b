"""What refers to what, and what that says about a resource: its tier, its zones, its component."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from plinth.diagram.places import TIERS, Layer
from plinth.engine.graph import Graph, Resource
from plinth.engine.values import SECRET, Value, leaves

SUBNET = "aws:ec2/subnet:Subnet"
_GATEWAY = "aws:ec2/internetGateway:InternetGateway"
_TABLE = "aws:ec2/routeTable:RouteTable"
_ROUTE = "aws:ec2/route:Route"
_ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"


@dataclass(frozen=True)
class References:
    """The references of a graph, as the engine noted them for each property. Ids are never compared: they may be unknown."""

    graph: Graph

    def of(self, resource: Resource, *properties: str) -> tuple[Resource, ...]:
        """What the first of `properties` that refers to anything refers to."""
        noted = resource.property_dependencies
        return self._resources(next(filter(None, (noted.get(name, ()) for name in properties)), ()))

    def subnets(self, resource: Resource) -> tuple[Resource, ...]:
        """The subnets that any property refers to."""
        urns = tuple(urn for found in resource.property_dependencies.values() for urn in found)
        return tuple(found for found in self._resources(urns) if found.type == SUBNET)

    @cached_property
    def users(self) -> Mapping[str, tuple[Resource, ...]]:
        """The resources that refer to each URN, by their own: the order of registration must not show in the picture."""
        found: dict[str, dict[str, Resource]] = {}
        for _, resource in sorted(self.graph.resources.items()):
            for urns in resource.property_dependencies.values():
                for urn in urns:
                    found.setdefault(urn, {})[resource.urn] = resource
        return {urn: tuple(resources.values()) for urn, resources in found.items()}

    def component(self, resource: Resource) -> str:
        """The URN of the outermost component around `resource`; empty where there is none."""
        found = self.graph.outermost(resource)
        return "" if found is resource else found.urn

    def known(self, resource: Resource, name: str) -> Value:
        """An input; None where it is absent or not to be read."""
        return self.read(resource.inputs.get(name))

    def read(self, value: Value) -> Value:
        """`value`; None where anything in it is secret or for the cloud to say."""
        return None if SECRET in leaves(value) or not self.graph.is_known(value) else value

    def tier(self, subnet: Resource) -> Layer:
        """The tier of a subnet: what its tag says, else public where its routes lead to an internet gateway, else private."""
        tags = self.known(subnet, "tags")
        if isinstance(tags, dict):
            named = {name.lower(): str(said).lower() for name, said in cast("dict[str, Value]", tags).items()}
            if tier := TIERS.get(named.get("tier", "")):
                return tier
        return Layer.PUBLIC if self._leads_to_internet(subnet) else Layer.PRIVATE

    def _leads_to_internet(self, subnet: Resource) -> bool:
        ties = [user for user in self.users.get(subnet.urn, ()) if user.type == _ASSOCIATION]
        tables = [table for tie in ties for table in self.of(tie, "routeTableId") if table.type == _TABLE]
        routes = [user for table in tables for user in self.users.get(table.urn, ()) if user.type == _ROUTE]
        ways = [way for route in routes for way in self.of(route, "gatewayId")]
        ways += [way for table in tables for way in self.of(table, "routes")]
        return any(way.type == _GATEWAY for way in ways)

    def _resources(self, urns: tuple[str, ...]) -> tuple[Resource, ...]:
        return tuple(self.graph.resources[urn] for urn in dict.fromkeys(urns) if urn in self.graph.resources)
