"""The base of every section of a stack file, and the kinds of value that sections share."""

from collections.abc import Iterable
from ipaddress import IPv4Network
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.alias_generators import to_camel

_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))


class Section(BaseModel):
    """A map of the stack file: frozen, its keys in camelCase, none unknown, none missing, no value converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, alias_generator=to_camel)

    def needs_internet(self) -> Iterable[str]:
        """The keys of this section whose value makes something reach out to the internet from a private subnet.

        Each is a path within the section (`replicator.enabled`). The rules refuse them where there is no way out.
        """
        return ()


def _is_private(block: IPv4Network) -> IPv4Network:
    if not any(block.subnet_of(space) for space in _PRIVATE):
        raise ValueError(f"{block} is not private address space")
    return block


def _is_vpc_size(block: IPv4Network) -> IPv4Network:
    if not 16 <= block.prefixlen <= 20:
        raise ValueError(f"{block} has a prefix of /{block.prefixlen}")
    return block


def _text(allowed: str, pattern: str | None = None) -> WithJsonSchema:
    """A JSON Schema of a text, whose `description` of the kind serves the faults and the documentation as `allowed`."""
    return WithJsonSchema({"type": "string", "allowed": allowed} | ({"pattern": pattern} if pattern else {}))


_CIDR = r"^(\d{1,3}\.){3}\d{1,3}/\d{1,2}$"

VpcBlock = Annotated[
    IPv4Network,
    AfterValidator(_is_private),
    AfterValidator(_is_vpc_size),
    _text("a private IPv4 range of /16 to /20 without host bits, such as 10.2.0.0/16", _CIDR),
]
PrivateBlock = Annotated[
    IPv4Network,
    AfterValidator(_is_private),
    _text("a private IPv4 range without host bits, such as 10.12.0.0/16", _CIDR),
]
Name = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
        max_length=30,
        json_schema_extra={"allowed": "up to 30 lower-case letters, digits and single hyphens, a letter first"},
    ),
]
Region = Annotated[
    str,
    Field(
        pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$",
        json_schema_extra={"allowed": "an AWS region such as us-east-1"},
    ),
]
Zone = Annotated[
    str,
    Field(
        pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9][a-i]$",
        json_schema_extra={"allowed": "an availability zone, a to i, such as us-east-1a"},
    ),
]
TagValue = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9 _.:/=+@-]{1,256}$",
        json_schema_extra={
            "allowed": "a quoted text of 1 to 256 letters, digits, spaces and _ . : / = + - @ (the form of an AWS tag value)"
        },
    ),
]
