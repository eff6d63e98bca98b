"""The address layout, for all networks and zones."""

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.networking.layout import Tier, layout, zone_letter

ZONE = st.sampled_from([f"eu-west-1{letter}" for letter in "abcdefghi"])
ZONES = st.lists(ZONE, min_size=1, max_size=9, unique=True)


def network_at(address: int, prefix: int) -> IPv4Network:
    return IPv4Network((address >> (32 - prefix) << (32 - prefix), prefix))


BLOCK = st.builds(
    network_at,
    st.integers(int(IPv4Network("10.0.0.0/8")[0]), int(IPv4Network("10.0.0.0/8")[-1])),
    st.integers(16, 20),
)


@pytest.mark.requirement("NET-02", part="the addresses")
@pytest.mark.requirement("NET-03", part="the addresses")
@pytest.mark.requirement("NET-04", part="the addresses")
def test_three_zones_of_a_16_get_the_documented_addresses() -> None:
    subnets = layout(IPv4Network("10.2.0.0/16"), ["us-east-1a", "us-east-1b", "us-east-1c"])
    assert [str(block) for block in subnets.values()] == [
        *("10.2.1.0/24", "10.2.2.0/24", "10.2.3.0/24"),
        *("10.2.11.0/24", "10.2.12.0/24", "10.2.13.0/24"),
        *("10.2.21.0/24", "10.2.22.0/24", "10.2.23.0/24"),
    ]


@given(BLOCK, ZONES)
def test_subnets_lie_inside_the_block_and_share_no_address(block: IPv4Network, zones: list[str]) -> None:
    subnets = list(layout(block, zones).values())
    assert len(subnets) == len(zones) * len(Tier)
    assert all(subnet.subnet_of(block) for subnet in subnets)
    assert not any(one.overlaps(other) for one, other in combinations(subnets, 2))


@given(BLOCK, ZONES, ZONE)
def test_adding_a_zone_renumbers_nothing(block: IPv4Network, zones: list[str], extra: str) -> None:
    before, after = layout(block, zones), layout(block, list(dict.fromkeys([extra, *zones])))
    assert all(after[place] == subnet for place, subnet in before.items())


@given(BLOCK, ZONES)
def test_the_order_of_the_zones_does_not_matter(block: IPv4Network, zones: list[str]) -> None:
    assert dict(layout(block, zones)) == dict(layout(block, zones[::-1]))


@given(BLOCK, ZONES)
def test_no_subnet_is_smaller_than_aws_allows(block: IPv4Network, zones: list[str]) -> None:
    assert all(subnet.prefixlen <= 28 for subnet in layout(block, zones).values())


@pytest.mark.parametrize("cidr", ["10.0.0.0/15", "10.0.0.0/21"])
def test_a_block_of_another_size_is_refused(cidr: str) -> None:
    with pytest.raises(ValueError, match="/16 to /20"):
        layout(IPv4Network(cidr), ["us-east-1a"])


@pytest.mark.parametrize("zone", ["us-east-1", "us-east-1j", "us-east-1-bos-1a", "A", ""])
def test_what_is_no_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="not an availability zone"):
        zone_letter(zone)


def test_a_zone_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="must differ"):
        layout(IPv4Network("10.0.0.0/16"), ["us-east-1a", "us-east-1a"])
