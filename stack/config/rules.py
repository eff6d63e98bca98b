"""Rules that no single value can break: what must hold between the values of one stack, and between the stacks."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import combinations

from stack.config.document import KeyPath
from stack.config.model import NAMESPACE, StackConfig

_PLATFORM, _NETWORKING = f"{NAMESPACE}:platform", f"{NAMESPACE}:networking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A rule that does not hold: at which key, what is wrong, what would be right."""

    path: KeyPath
    problem: str
    allowed: str


def breaches(config: StackConfig) -> Iterator[Breach]:
    """Every rule of one stack that `config` breaks."""
    for rule in _RULES:
        yield from rule(config)


def overlaps_between(configs: Mapping[str, StackConfig]) -> Iterator[tuple[str, Breach]]:
    """The later of two stacks, with its breach, for each two whose networks overlap. `configs` is keyed by stack name."""
    for (one, first), (other, second) in combinations(configs.items(), 2):
        if first.networking.cidr.overlaps(second.networking.cidr):
            yield (
                other,
                Breach(
                    path=(_NETWORKING, "cidr"),
                    problem=f"{second.networking.cidr} overlaps {first.networking.cidr}, the network of stack {one}",
                    allowed="a range of its own for every stack",
                ),
            )


def _zones_in_home_region(config: StackConfig) -> Iterator[Breach]:
    home = config.platform.regions.home
    for index, zone in enumerate(config.platform.zones):
        if zone[:-1] != home:
            yield Breach(
                path=(_PLATFORM, "zones", index),
                problem=f"{zone} is not a zone of {home}",
                allowed=f"a zone of regions.home, such as {home}a",
            )


def _zones_differ(config: StackConfig) -> Iterator[Breach]:
    zones = config.platform.zones
    for index, zone in enumerate(zones):
        if zone in zones[:index]:
            yield Breach(path=(_PLATFORM, "zones", index), problem=f"{zone} is given twice", allowed="each zone once")


def _regions_differ(config: StackConfig) -> Iterator[Breach]:
    parts = {name: getattr(config.platform.regions, name) for name in type(config.platform.regions).model_fields}
    for (one, first), (other, second) in combinations(parts.items(), 2):
        if first == second:
            yield Breach(
                path=(_PLATFORM, "regions", other),
                problem=f"{second} is the region of {one} as well",
                allowed="another region: a copy in the same region is lost with it",
            )


def _workload_zones_exist(config: StackConfig) -> Iterator[Breach]:
    wanted, there = config.networking.workload_zones, len(config.platform.zones)
    if wanted > there:
        yield Breach(
            path=(_NETWORKING, "workloadZones"),
            problem=f"{wanted} zones are wanted, {there} are in platform.zones",
            allowed=f"1 to {there}",
        )


def _ranges_apart(config: StackConfig) -> Iterator[Breach]:
    ranges: dict[KeyPath, IPv4Network] = {(_NETWORKING, "cidr"): config.networking.cidr}
    ranges |= {(_NETWORKING, "reserved", name): block for name, block in config.networking.reserved.items()}
    for (one, first), (other, second) in combinations(ranges.items(), 2):
        if first.overlaps(second):
            yield Breach(
                path=other,
                problem=f"{second} overlaps {first} ({'.'.join(map(str, one[1:]))})",
                allowed="ranges that share no address",
            )


def _way_out_where_needed(config: StackConfig) -> Iterator[Breach]:
    if config.networking.nat != "none":
        return
    for name in type(config).model_fields:
        section = getattr(config, name)
        for key in section.needs_internet():
            yield Breach(
                path=(_NETWORKING, "nat"),
                problem=f"none, but {NAMESPACE}:{name}.{key} reaches out to the internet",
                allowed="single or per-zone, or that switched off",
            )


_RULES: tuple[Callable[[StackConfig], Iterator[Breach]], ...] = (
    _zones_in_home_region,
    _zones_differ,
    _regions_differ,
    _workload_zones_exist,
    _ranges_apart,
    _way_out_where_needed,
)
