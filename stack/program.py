"""The platform of one stack, part by part: the only module that knows concrete components."""

from dataclasses import dataclass

import pulumi_aws as aws

from components.core.context import Context
from components.core.contracts import PrivateNetwork, ServiceRegistry
from components.core.tagging import default_tags
from components.networking.network import Network, NetworkArgs
from stack.config.loader import Stack


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """What was built, as others may know it."""

    network: PrivateNetwork
    discovery: ServiceRegistry | None


def build(stack: Stack) -> Platform:
    """Registers every resource of `stack`. Looks nothing up: the same stack file gives the same resources everywhere."""
    ctx = _context(stack)
    network = _network(stack, ctx)
    return Platform(network=network, discovery=_discovery(stack, ctx, network))


def _context(stack: Stack) -> Context:
    platform = stack.config.platform
    tags = default_tags(
        project=stack.project,
        environment=stack.environment,
        owner=platform.owner,
        cost_centre=platform.cost_centre,
    )
    provider = aws.Provider(
        "aws",
        region=platform.regions.home,
        allowed_account_ids=[platform.account_id],
        default_tags={"tags": dict(tags)},
    )
    return Context(
        project=stack.project,
        environment=stack.environment,
        account_id=platform.account_id,
        region=platform.regions.home,
        retain=platform.deletion == "retain",
        provider=provider,
    )


def _network(stack: Stack, ctx: Context) -> PrivateNetwork:
    networking = stack.config.networking
    return Network(
        "network",
        NetworkArgs(
            cidr=networking.cidr,
            zones=stack.config.platform.zones,
            workload_zones=networking.workload_zones,
            nat=networking.nat,
        ),
        ctx.asked_by("plinth:networking"),
    )


def _discovery(stack: Stack, ctx: Context, network: PrivateNetwork) -> ServiceRegistry | None:
    discovery = stack.config.networking.discovery
    if not discovery.enabled:
        return None
    from components.networking.discovery import Discovery, DiscoveryArgs

    args = DiscoveryArgs(domain=discovery.domain, vpc_id=network.vpc_id)
    return Discovery("discovery", args, ctx.asked_by("plinth:networking.discovery"))
