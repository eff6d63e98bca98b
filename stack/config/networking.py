"""`plinth:networking`: the private address space of the stack and its ways out."""

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from components.networking.layout import MAX_PREFIX, MIN_PREFIX
from stack.config.section import Name, Section, text

_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))
"""The ranges that nobody routes on the internet: RFC 1918, and RFC 6598 for what carriers share."""


def _is_private(block: IPv4Network) -> IPv4Network:
    if not any(block.subnet_of(space) for space in _PRIVATE):
        raise ValueError(f"{block} is not private address space")
    return block


def _can_be_laid_out(block: IPv4Network) -> IPv4Network:
    if not MIN_PREFIX <= block.prefixlen <= MAX_PREFIX:
        raise ValueError(f"{block} has a prefix of /{block.prefixlen}")
    return block


def _block(allowed: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": r"^(\d{1,3}\.){3}\d{1,3}/\d{1,2}$", "allowed": allowed})


PrivateBlock = Annotated[
    IPv4Network,
    AfterValidator(_is_private),
    _block("a private IPv4 range without host bits, such as 10.12.0.0/16"),
]
VpcBlock = Annotated[
    IPv4Network,
    AfterValidator(_is_private),
    AfterValidator(_can_be_laid_out),
    _block(f"a private IPv4 range of /{MIN_PREFIX} to /{MAX_PREFIX} without host bits, such as 10.2.0.0/16"),
]
DomainName = Annotated[
    str,
    text(
        "a domain name in lower case, such as dev.plinth.internal",
        pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$",
        max_length=253,
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
