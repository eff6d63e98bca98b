"""Rules that no single value can break: what must hold between the values of one stack, and between the stacks."""

from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Network
from itertools import combinations, product

from stack.config.access_rules import ACCESS_RULES
from stack.config.breach import Breach
from stack.config.cache_rules import CACHE_RULES
from stack.config.container_rules import CONTAINER_RULES
from stack.config.database_rules import DATABASE_RULES
from stack.config.dns_rules import DNS_RULES
from stack.config.document import KeyPath
from stack.config.identity_rules import IDENTITY_RULES
from stack.config.machine_rules import MACHINE_RULES
from stack.config.model import NAMESPACE, StackConfig
from stack.config.queue_rules import QUEUE_RULES
from stack.config.section import Section
from stack.config.storage_rules import STORAGE_RULES
from stack.config.traffic_rules import TRAFFIC_RULES

_PLATFORM, _NETWORKING, _COST = f"{NAMESPACE}:platform", f"{NAMESPACE}:networking", f"{NAMESPACE}:cost"
_CIDR: KeyPath = (_NETWORKING, "cidr")


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


def singletons_between(configs: Mapping[str, StackConfig]) -> Iterator[tuple[str, Breach]]:
    """The later of two stacks that both make what their one account can have only once. `configs` is keyed by stack name."""
    for (one, first), (other, second) in combinations(configs.items(), 2):
        same = first.platform.account_id == second.platform.account_id
        if same and first.account.singletons.enabled and second.account.singletons.enabled:
            yield (
                other,
                Breach(
                    path=(f"{NAMESPACE}:account", "singletons", "enabled"),
                    problem=f"true, and stack {one} of the same account has it as well",
                    allowed="true in one stack of an account",
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
    """The stack's network, first, what it reserves for others, and what it gives to clients of its VPN."""
    networking = config.networking
    found: dict[KeyPath, IPv4Network] = {_CIDR: networking.cidr}
    found |= {(_NETWORKING, "reserved", name): block for name, block in networking.reserved.items()}
    if networking.vpn.enabled:
        found[_NETWORKING, "vpn", "clientCidr"] = networking.vpn.client_cidr
    return found


def _within(path: KeyPath) -> str:
    """A path as it is called inside its section."""
    return ".".join(map(str, path[1:]))


def _way_out_where_needed(config: StackConfig) -> Iterator[Breach]:
    if config.networking.nat != "none":
        return
    for name, section in _sections(config):
        for key in section.needs_internet():
            yield Breach(
                path=(_NETWORKING, "nat"),
                problem=f"none, but {NAMESPACE}:{name}.{key} reaches out to the internet",
                allowed="single or per-zone, or that switched off",
            )


def _sections(config: StackConfig) -> Iterator[tuple[str, Section]]:
    """Each section by its name, and each entry of those that are maps."""
    for name, field in type(config).model_fields.items():
        found = getattr(config, name)
        if isinstance(found, Section):
            yield str(field.alias), found
        else:
            yield from ((f"{field.alias}.{entry}", section) for entry, section in found.items())


def _endpoints_differ(config: StackConfig) -> Iterator[Breach]:
    endpoints = config.networking.endpoints
    for index, service in enumerate(endpoints):
        if service in endpoints[:index]:
            yield Breach(
                path=(_NETWORKING, "endpoints", index),
                problem=f"{service} is given twice",
                allowed="each service once",
            )


def _vpn_has_certificates(config: StackConfig) -> Iterator[Breach]:
    vpn, home = config.networking.vpn, config.platform.regions.home
    if not vpn.enabled:
        return
    for key, arn in (("serverCertificateArn", vpn.server_certificate_arn), ("clientCertificateArn", vpn.client_certificate_arn)):
        if not arn.startswith(f"arn:aws:acm:{home}:"):
            yield Breach(
                path=(_NETWORKING, "vpn", key),
                problem=f"{arn} is not in {home}" if arn else "is not given, but the VPN is on",
                allowed=f"the ARN of a certificate in ACM in {home}",
            )


def _adopted_is_whole(config: StackConfig) -> Iterator[Breach]:
    adopted, zones = config.networking.adopted, config.platform.zones
    if not adopted.enabled:
        return
    at: KeyPath = (_NETWORKING, "adopted")
    if not adopted.vpc_id:
        yield Breach(path=(*at, "vpcId"), problem="is not given", allowed="the id of the VPC to use")
    for key, subnets in (
        ("publicSubnets", adopted.public_subnets),
        ("privateSubnets", adopted.private_subnets),
        ("databaseSubnets", adopted.database_subnets),
    ):
        for zone in zones:
            if zone not in subnets:
                yield Breach(path=(*at, key), problem=f"has no subnet in {zone}", allowed="one for each of platform.zones")
        for zone in subnets:
            if zone not in zones:
                yield Breach(path=(*at, key, zone), problem="is not in platform.zones", allowed="one for each of platform.zones")
    if config.networking.gateway_endpoints and not adopted.private_route_tables:
        yield Breach(
            path=(*at, "privateRouteTables"),
            problem=f"is empty, but {', '.join(config.networking.gateway_endpoints)} are entered there",
            allowed="the route tables of the private subnets",
        )


def _adopted_ids_differ(config: StackConfig) -> Iterator[Breach]:
    adopted = config.networking.adopted
    taken: dict[str, KeyPath] = {}
    for key, ids in (
        ("publicSubnets", adopted.public_subnets),
        ("privateSubnets", adopted.private_subnets),
        ("databaseSubnets", adopted.database_subnets),
        ("privateRouteTables", adopted.private_route_tables),
        ("databaseRouteTables", adopted.database_route_tables),
    ):
        for name, identifier in ids.items():
            path: KeyPath = (_NETWORKING, "adopted", key, name)
            if identifier in taken:
                yield Breach(
                    path=path, problem=f"{identifier} stands at {_within(taken[identifier])} already", allowed="each once"
                )
            taken.setdefault(identifier, path)


def _usage_rises(config: StackConfig) -> Iterator[Breach]:
    for key, figures in config.cost.usage.figures():
        for lower, upper in (("low", "expected"), ("expected", "high")):
            least, value = getattr(figures, lower), getattr(figures, upper)
            if least > value:
                yield Breach(
                    path=(_COST, "usage", key, upper),
                    problem=f"{value} is less than {lower}, which is {least}",
                    allowed=f"at least {least}: low, expected and high rise",
                )


def _hours_end(config: StackConfig) -> Iterator[Breach]:
    if config.schedule.start == config.schedule.stop:
        path: KeyPath = (f"{NAMESPACE}:schedule", "stop")
        yield Breach(path=path, problem=f"{config.schedule.stop} is when services start", allowed="another time than start")


_RULES: tuple[Callable[[StackConfig], Iterator[Breach]], ...] = (
    _zones_in_home_region,
    _zones_differ,
    _regions_differ,
    _workload_zones_exist,
    _ranges_apart,
    _way_out_where_needed,
    _endpoints_differ,
    _vpn_has_certificates,
    _adopted_is_whole,
    _adopted_ids_differ,
    _usage_rises,
    _hours_end,
    *ACCESS_RULES,
    *CONTAINER_RULES,
    *IDENTITY_RULES,
    *MACHINE_RULES,
    *STORAGE_RULES,
    *DNS_RULES,
    *CACHE_RULES,
    *QUEUE_RULES,
    *TRAFFIC_RULES,
    *DATABASE_RULES,
)
