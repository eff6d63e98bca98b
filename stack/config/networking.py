"""`plinth:networking`: the private address space of the stack and its ways out."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from stack.config.section import Name, PrivateBlock, Section, VpcBlock

DomainName = Annotated[
    str,
    Field(
        pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$",
        max_length=253,
        json_schema_extra={"allowed": "a domain name in lower case, such as dev.plinth.internal"},
    ),
]


class Discovery(Section):
    """Names for services inside the network."""

    enabled: bool = Field(description="Whether services find each other by private DNS names.")
    domain: DomainName = Field(description="The private domain that their names end in. Resolved inside this network only.")


class Networking(Section):
    """The private address space of the stack and its ways out."""

    cidr: VpcBlock = Field(
        description=(
            "The addresses of the VPC. Each zone gets a 256th of them in each tier: 10.x.1.0/24, 10.x.11.0/24, 10.x.21.0/24."
        )
    )
    reserved: Mapping[Name, PrivateBlock] = Field(
        description=(
            "Ranges that this VPC must never overlap, by what they are for: the networks of other regions, of offices, "
            "of VPN clients. Nothing is created from them."
        )
    )
    workload_zones: Annotated[int, Field(ge=1, le=6)] = Field(
        description=(
            "In how many of `platform.zones` workloads run, counted from the first. Subnets exist in all of them either way."
        )
    )
    nat: Literal["none", "single", "per-zone"] = Field(
        description=(
            "How private subnets reach the internet: not at all, through one NAT gateway in the first zone, or through one in "
            "each zone."
        )
    )
    discovery: Discovery = Field(description="Names for services inside the network.")
