"""What exists already and is only used, a network or a zone: nothing of it is created, changed or taken away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pulumi import Output


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedNetwork:
    """A VPC that somebody else looks after, by the ids of its parts. What it offers is what `PrivateNetwork` describes."""

    vpc_id: Output[str]
    cidr: str
    public_subnet_ids: Mapping[str, Output[str]]
    private_subnet_ids: Mapping[str, Output[str]]
    database_subnet_ids: Mapping[str, Output[str]]
    private_route_table_ids: Mapping[str, Output[str]]
    database_route_table_ids: Mapping[str, Output[str]]
    workload_zones: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedZone:
    """A hosted zone that somebody else looks after. What it offers is what `PublicZone` describes."""

    zone_id: Output[str]
    name_servers: Output[Sequence[str]]


def known(ids: Mapping[str, str]) -> Mapping[str, Output[str]]:
    """Ids that stand in a stack file, as outputs that are known from the start."""
    return {key: Output.from_input(value) for key, value in ids.items()}
