"""The arrows of a graph, between resources: rules of security groups, routes, and what makes use of what."""

from collections.abc import Iterator
from dataclasses import dataclass

from plinth.diagram.membership import Membership
from plinth.diagram.places import PLACES, PROVIDER, Kind, Layer, place_of, service_of
from plinth.engine.graph import Resource

_ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
_CALLED_OTHERWISE = {"cloudwatch": "logs"}
"""What a service is called in the name of its endpoint, where Pulumi calls it something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """An arrow between two resources, by URN; an end that is empty is the internet."""

    source: str
    target: str
    kind: Kind
    label: str = ""


def arrows(members: Membership) -> Iterator[Arrow]:
    """Every arrow there could be, also those that start and end in one box."""
    for rule in members.rules:
        yield Arrow(source=rule.source, target=rule.target, kind="traffic", label=rule.label)
    for resource in members.references.graph.resources.values():
        yield from _links(members, resource)
        if place_of(resource.type).faces_internet:
            yield Arrow(source=resource.urn, target="", kind="route")
    yield from _endpoints(members)


def _links(members: Membership, resource: Resource) -> Iterator[Arrow]:
    for link in place_of(resource.type).links:
        label = str((link.label and members.references.known(resource, link.label)) or "")
        for other in members.references.of(resource, link.property):
            source, target = (other, resource) if link.reverse else (resource, other)
            yield Arrow(source=source.urn, target=target.urn, kind=link.kind, label=label)
    if resource.custom and resource.type not in PLACES and not resource.type.startswith(PROVIDER):
        # Nothing is known of the type, so whatever it refers to may matter.
        for name in resource.property_dependencies:
            for other in members.references.of(resource, name):
                yield Arrow(source=resource.urn, target=other.urn, kind="use")


def _endpoints(members: Membership) -> Iterator[Arrow]:
    """From each VPC endpoint to what the stack holds of the service that it reaches."""
    drawn = {owner.urn: owner for owner in members.owners.values() if members.layers[owner.urn] is Layer.SERVICES}
    for endpoint in members.references.graph.of_type(_ENDPOINT):
        name = str(members.references.known(endpoint, "serviceName") or "").split(".", 3)[-1]
        for resource in drawn.values():
            service = service_of(resource.type)
            if name.split(".")[0] == _CALLED_OTHERWISE.get(service, service):
                yield Arrow(source=endpoint.urn, target=resource.urn, kind="use")
