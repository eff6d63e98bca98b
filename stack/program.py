"""The platform of one stack, part by part: the only module that builds concrete components."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi_aws as aws
from pulumi import Output

from components.core.context import Context
from components.core.contracts import (
    Balancer,
    Certificates,
    EncryptionKey,
    KeyValueStore,
    LogTarget,
    Machines,
    MessageQueue,
    ObjectStore,
    PrivateNetwork,
    PublicZone,
    SecurityGroups,
    ServiceRegistry,
    SharedFiles,
)
from components.networking.firewall import Firewall, FirewallArgs
from components.networking.network import Network, NetworkArgs
from stack import caches, connections, containers, databases, dns, identities, images, machines, queues, storage, traffic
from stack.config.loader import Stack
from stack.identities import Holder
from stack.surroundings import Surroundings
from stack.tags import stack_tags
from stack.things import things


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """What was built, as others may know it."""

    network: PrivateNetwork
    firewall: SecurityGroups
    discovery: ServiceRegistry | None
    buckets: Mapping[str, ObjectStore]
    files: SharedFiles | None
    zone: PublicZone | None
    certificates: Certificates | None
    names: dns.Names
    databases: Mapping[str, databases.Store]
    caches: Mapping[str, KeyValueStore]
    queues: Mapping[str, MessageQueue]
    load_balancers: Mapping[str, Balancer]
    images: images.Images
    containers: containers.Containers | None
    fleets: Mapping[str, Machines]


def build(stack: Stack) -> Platform:
    """Registers every resource of `stack`. Looks nothing up: the same stack file gives the same resources everywhere."""
    ctx = _context(stack)
    identities.account(stack, ctx)
    there = things(stack, ctx)
    holders = identities.holders(stack, ctx, there)
    logs_key = identities.logs_key(stack, ctx)
    keys = identities.keys(stack, ctx, holders)
    secrets = identities.secrets(stack, ctx, keys)
    archives = storage.log_archives(stack, ctx)
    queues_made = queues.queues(stack, ctx, keys, holders)
    queue_arns = {name: queue.queue_arn for name, queue in queues_made.items()}
    buckets = storage.buckets(stack, ctx, keys, holders, archives, queue_arns)
    storage.account(stack, ctx, keys)
    identities.pipelines(stack, ctx)
    identities.break_glass(stack, ctx)
    zone = dns.zone(stack, ctx)
    certificates = dns.certificates(stack, ctx, zone)
    certificate_arn = certificates.certificate_arn if certificates else None
    network = _network(stack, ctx)
    firewall = _firewall(stack, ctx, network, holders, public=certificate_arn is not None)
    _access_lists(stack, ctx, network)
    _flow_logs(stack, ctx, network, logs_key, archives.get(storage.HOME))
    _endpoints(stack, ctx, network, firewall)
    _vpn(stack, ctx, network, firewall, logs_key)
    discovery = _discovery(stack, ctx, network)
    shared = storage.files(stack, ctx, keys, holders, _workload_subnets(network), firewall)
    acting = identities.holders(stack, ctx, things(stack, ctx, shared))
    workloads = identities.identities(stack, ctx, acting, own_rights=containers.own_rights)
    kept = images.images(stack, ctx, keys)
    beneath = databases.Around(
        network=network, firewall=firewall, keys=keys, logs_key=logs_key, secrets=secrets, images=kept, things=there
    )
    databases_made = databases.databases(stack, ctx, beneath)
    caches_made = caches.caches(stack, ctx, network, firewall, keys, logs_key, secrets)
    outside = traffic.Around(network=network, firewall=firewall, certificate_arn=certificate_arn, archives=archives)
    entrances, streams = traffic.entrances(stack, ctx, outside), traffic.streams(stack, ctx, outside)
    around = Surroundings(
        subnet_ids=_workload_subnets(network),
        firewall=firewall,
        discovery=discovery,
        keys=keys,
        logs_key=logs_key,
        workloads=workloads,
        secret_arns=secrets.arns,
        fact_arns={
            **{name: store.fact_arns for name, store in databases_made.items()},
            **caches.tell(stack, ctx, caches_made),
        },
        images=kept,
        files=shared,
        things=there,
        routed=traffic.routed(stack, ctx, outside, entrances, streams),
    )
    machines.scaling_events(stack, ctx, logs_key)
    balancers: Mapping[str, Balancer] = {**entrances, **streams}
    names = dns.names(stack, ctx, zone, balancers)
    dns.alarms(ctx, certificates, names)
    return Platform(
        network=network,
        firewall=firewall,
        discovery=discovery,
        buckets=buckets,
        files=shared,
        zone=zone,
        certificates=certificates,
        names=names,
        databases=databases_made,
        caches=caches_made,
        queues=queues_made,
        load_balancers=balancers,
        images=around.images,
        containers=containers.containers(stack, ctx, around),
        fleets=machines.fleets(stack, ctx, around),
    )


def _context(stack: Stack) -> Context:
    platform = stack.config.platform
    provider = aws.Provider(
        "aws",
        region=platform.regions.home,
        allowed_account_ids=[platform.account_id],
        default_tags={"tags": dict(stack_tags(stack))},
    )
    return Context(
        project=stack.project,
        environment=stack.environment,
        account_id=platform.account_id,
        region=platform.regions.home,
        retain=platform.deletion == "retain",
        provider=provider,
        role_path=stack.config.identity.role_path,
        boundary_arn=stack.config.identity.boundary_arn,
    )


def _network(stack: Stack, ctx: Context) -> PrivateNetwork:
    networking = stack.config.networking
    if networking.adopted.enabled:
        return _adopted(stack)
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


def _adopted(stack: Stack) -> PrivateNetwork:
    from components.networking.adopted import AdoptedNetwork, known

    networking, adopted = stack.config.networking, stack.config.networking.adopted
    return AdoptedNetwork(
        vpc_id=Output.from_input(adopted.vpc_id),
        cidr=str(networking.cidr),
        public_subnet_ids=known(adopted.public_subnets),
        private_subnet_ids=known(adopted.private_subnets),
        database_subnet_ids=known(adopted.database_subnets),
        private_route_table_ids=known(adopted.private_route_tables),
        database_route_table_ids=known(adopted.database_route_tables),
        workload_zones=stack.config.platform.zones[: networking.workload_zones],
    )


def _firewall(stack: Stack, ctx: Context, network: PrivateNetwork, holders: Sequence[Holder], *, public: bool) -> SecurityGroups:
    needed = {holder.name: holder.rights.endpoints for holder in holders if holder.kind == "service"}
    return Firewall(
        "firewall",
        FirewallArgs(
            vpc_id=network.vpc_id,
            groups=connections.groups(stack.config, public=public),
            connections=connections.connections(stack.config, needed, public=public),
        ),
        ctx.asked_by("plinth:networking"),
    )


def _access_lists(stack: Stack, ctx: Context, network: PrivateNetwork) -> None:
    networking = stack.config.networking
    if not networking.access_lists.enabled or networking.adopted.enabled:
        return
    from components.networking.access_lists import AccessLists, AccessListsArgs
    from components.networking.layout import Tier

    AccessLists(
        "access-lists",
        AccessListsArgs(
            vpc_id=network.vpc_id,
            cidr=network.cidr,
            subnet_ids={
                Tier.PUBLIC: network.public_subnet_ids,
                Tier.PRIVATE: network.private_subnet_ids,
                Tier.DATABASE: network.database_subnet_ids,
            },
        ),
        ctx.asked_by("plinth:networking.accessLists"),
    )


def _flow_logs(stack: Stack, ctx: Context, network: PrivateNetwork, logs_key: EncryptionKey, archive: LogTarget | None) -> None:
    flow_logs = stack.config.networking.flow_logs
    if not flow_logs.enabled:
        return
    from components.networking.flow_logs import FlowLogs, FlowLogsArgs

    args = FlowLogsArgs(
        vpc_id=network.vpc_id,
        retention_days=flow_logs.retention_days,
        key_arn=logs_key.key_arn,
        archive=archive.bucket_name if archive and stack.config.storage.logs.flow_logs else None,
    )
    FlowLogs("flow-logs", args, ctx.asked_by("plinth:networking.flowLogs"))


def _endpoints(stack: Stack, ctx: Context, network: PrivateNetwork, firewall: SecurityGroups) -> None:
    services = stack.config.networking.endpoints
    if not services:
        return
    from components.networking.endpoints import Endpoints, EndpointsArgs

    tables = {f"private-{name}": table for name, table in network.private_route_table_ids.items()}
    tables |= {f"database-{name}": table for name, table in network.database_route_table_ids.items()}
    Endpoints(
        "endpoints",
        EndpointsArgs(
            vpc_id=network.vpc_id,
            services=services,
            subnet_ids=_workload_subnets(network),
            group_id=firewall.group_ids.get("endpoints"),
            route_table_ids=tables,
            clients={name: firewall.group_ids[name] for name in connections.callers(stack.config)},
        ),
        ctx.asked_by("plinth:networking.endpoints"),
    )


def _vpn(stack: Stack, ctx: Context, network: PrivateNetwork, firewall: SecurityGroups, logs_key: EncryptionKey) -> None:
    networking, vpn = stack.config.networking, stack.config.networking.vpn
    if not vpn.enabled:
        return
    from components.networking.vpn import ClientVpn, ClientVpnArgs

    ClientVpn(
        "vpn",
        ClientVpnArgs(
            vpc_id=network.vpc_id,
            cidr=networking.cidr,
            subnet_ids=_workload_subnets(network),
            group_id=firewall.group_ids["vpn"],
            client_cidr=vpn.client_cidr,
            server_certificate_arn=vpn.server_certificate_arn,
            client_certificate_arn=vpn.client_certificate_arn,
            retention_days=networking.flow_logs.retention_days,
            key_arn=logs_key.key_arn,
        ),
        ctx.asked_by("plinth:networking.vpn"),
    )


def _workload_subnets(network: PrivateNetwork) -> Mapping[str, Output[str]]:
    return {zone: network.private_subnet_ids[zone] for zone in network.workload_zones}


def _discovery(stack: Stack, ctx: Context, network: PrivateNetwork) -> ServiceRegistry | None:
    discovery = stack.config.networking.discovery
    if not discovery.enabled:
        return None
    from components.networking.discovery import Discovery, DiscoveryArgs

    args = DiscoveryArgs(domain=discovery.domain, vpc_id=network.vpc_id)
    return Discovery("discovery", args, ctx.asked_by("plinth:networking.discovery"))
