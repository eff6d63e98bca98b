"""Which subnet gets which addresses: pure arithmetic, with room to grow.

The address space is cut into 256 equal slots. A tier owns ten of them and a zone one slot of each tier, by its letter, so
adding, removing or reordering zones renumbers nothing. Slots from 30 on stay free: further tiers, or larger subnets.
In 10.2.0.0/16 that gives 10.2.1.0/24 (public, zone a), 10.2.11.0/24 (private, zone a), 10.2.23.0/24 (database, zone c).
"""

import re
from collections.abc import Mapping, Sequence
from enum import IntEnum
from ipaddress import IPv4Network
from types import MappingProxyType

SLOT_BITS = 8
MIN_PREFIX, MAX_PREFIX = 16, 20
"""AWS allows VPCs from /16 and subnets down to /28, which is eight bits below /20 (VPC user guide, subnet sizing)."""

_TIER_SLOTS = 10
_LETTERS = "abcdefghi"
ZONE_PATTERN = rf"^[a-z]{{2}}(-[a-z]+)+-[0-9][{_LETTERS}]$"
"""The name of an availability zone that can be laid out."""


class Tier(IntEnum):
    """A tier of subnets. The value is its place in the address space and never changes."""

    PUBLIC = 0
    PRIVATE = 1
    DATABASE = 2


def zone_letter(zone: str) -> str:
    """`a` for `us-east-1a`. Raises ValueError for what is not the name of an availability zone a to i."""
    if not re.fullmatch(ZONE_PATTERN, zone):
        raise ValueError(f"{zone!r} is not an availability zone: the name of a region and a letter, a to i")
    return zone[-1]


def layout(block: IPv4Network, zones: Sequence[str]) -> Mapping[tuple[Tier, str], IPv4Network]:
    """The subnets of `block`, by tier and zone.

    Raises ValueError for a block outside /16 to /20, for what is no zone, and for a zone named twice.
    """
    if not MIN_PREFIX <= block.prefixlen <= MAX_PREFIX:
        raise ValueError(f"{block} cannot be laid out: /{MIN_PREFIX} to /{MAX_PREFIX}")
    letters = {zone: zone_letter(zone) for zone in zones}
    if len(set(letters.values())) != len(zones):
        raise ValueError(f"zones must differ: {', '.join(zones)}")
    size = block.num_addresses >> SLOT_BITS
    start = int(block.network_address)
    prefix = block.prefixlen + SLOT_BITS

    def subnet(tier: Tier, letter: str) -> IPv4Network:
        slot = tier * _TIER_SLOTS + 1 + _LETTERS.index(letter)
        return IPv4Network((start + slot * size, prefix))

    return MappingProxyType({(tier, zone): subnet(tier, letter) for tier in Tier for zone, letter in letters.items()})
