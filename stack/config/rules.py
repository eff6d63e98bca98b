"""Rules that no single value can break: what must hold between the values of one stack, and between the stacks."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import combinations, product

from stack.config.document import KeyPath
from stack.config.model import NAMESPACE, StackConfig

_PLATFORM, _NETWORKING = f"{NAMESPACE}:platform", f"{NAMESPACE}:networking"
_CIDR: KeyPath = (_NETWORKING, "cidr")


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
    """The later of two stacks, with its breach, wherever the network of one overlaps a range of the other.

    `configs` is keyed by stack name. Two stacks may reserve the same range: the office is the same for both.
    """
    for (one, first), (other, second) in combinations(configs.items(), 2):
        for (path, block), (taken_path, taken) in product(_ranges(second).items(), _ranges(first).items()):
            if _CIDR in (path, taken_path) and block.overlaps(taken):
                yield (
                    other,
                    Breach(
                        path=path,
                        problem=f"{block} overlaps {taken} ({_within(taken_path)} of stack {one})",
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
    for (one, first), (other, second) in combinations(_ranges(config).items(), 2):
        if first.overlaps(second):
            yield Breach(
                path=other,
                problem=f"{second} overlaps {first} ({_within(one)})",
                allowed="ranges that share no address",
            )


def _ranges(config: StackConfig) -> dict[KeyPath, IPv4Network]:
    """The stack's network, first, and what it reserves for others."""
    reserved = {(_NETWORKING, "reserved", name): block for name, block in config.networking.reserved.items()}
    return {_CIDR: config.networking.cidr, **reserved}


def _within(path: KeyPath) -> str:
    """A path as it is called inside its section."""
    return ".".join(map(str, path[1:]))


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
