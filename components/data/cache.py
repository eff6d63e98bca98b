"""Redis in memory: one node, a node with copies that take over, or keys divided among shards."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import elasticache

from components.core.checks import name_problems, refuse
from components.core.component import Component
from components.core.context import Context
from components.core.logs import log_group
from components.core.offers import Signal
from components.core.retention import RetentionDays, retention_problems
from components.data.names import REDIS_PORT
from components.data.windows import CACHE_MINUTES, window_problems

FAMILIES: Final[Mapping[str, str]] = {"7.0": "redis7", "7.1": "redis7"}
"""The family of parameters of each version of Redis (ElastiCache user guide, "Redis OSS engine versions")."""
EVICTIONS: Final = (
    "allkeys-lfu",
    "allkeys-lru",
    "allkeys-random",
    "noeviction",
    "volatile-lfu",
    "volatile-lru",
    "volatile-random",
    "volatile-ttl",
)
"""What `maxmemory-policy` can be (ElastiCache user guide, "Redis OSS 7.x parameter changes")."""
MOST_REPLICAS: Final = 5
MOST_NODES: Final = 90
"""Replicas of a shard, and nodes of a cache in cluster mode, by default (ElastiCache user guide, "Quotas for ElastiCache")."""
_LONGEST_BACKUPS = 35
"""Days (ElastiCache user guide, "Scheduling automatic backups")."""
_NODE = re.compile(r"cache\.[a-z][a-z0-9]*\.[a-z0-9]+")
_BUSY_PERCENT = 90
_FULL_PERCENT = 85
_EVICTED = 1_000
_MOST_CONNECTIONS = 50_000
"""Of 65,000 that a node takes (ElastiCache user guide, "Redis OSS specific parameters", `maxclients`)."""
_LAGGING_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheArgs:
    """A cache for one `purpose` (`redis`), which names it.

    `shards` is among how many nodes keys are divided, each with `replicas` copies in other zones; more than one is cluster mode.
    `eviction` is what is forgotten when the memory is full. Backups are kept for `backup_days`, 0 for none; `backup_window` and
    `maintenance_window` are in UTC (`03:00-04:00`, `sun:05:00-sun:06:00`). `token` is what whoever connects has to show, a Pulumi
    secret of 16 to 128 characters. `key_arn` encrypts what is kept, `logs_key_arn` what is logged, for `log_days`. Raises
    ValueError that names every fault.
    """

    purpose: str
    engine_version: str
    node_type: str
    shards: int
    replicas: int
    eviction: str
    backup_days: int
    backup_window: str
    maintenance_window: str
    log_days: RetentionDays
    token: Output[str]
    key_arn: Input[str]
    logs_key_arn: Input[str]
    subnet_ids: Mapping[str, Input[str]]
    group_id: Input[str]

    def __post_init__(self) -> None:
        refuse(self, [*self._bad_shape(), *self._bad_care()])

    @property
    def sharded(self) -> bool:
        """Whether it is in cluster mode."""
        return self.shards > 1

    def _bad_shape(self) -> Iterator[str]:
        yield from name_problems("purpose", self.purpose)
        if self.engine_version not in FAMILIES:
            yield f"engine_version: {self.engine_version} is not known; one of {', '.join(FAMILIES)}"
        if not _NODE.fullmatch(self.node_type):
            yield f"node_type: {self.node_type!r} is no node type; such as cache.t3.micro"
        if self.shards < 1:
            yield f"shards: {self.shards} is not possible; at least 1"
        if not 0 <= self.replicas <= MOST_REPLICAS:
            yield f"replicas: {self.replicas} is not possible; 0 to {MOST_REPLICAS}"
        elif self.sharded and not self.replicas:
            yield "replicas: 0, and a shard that is lost takes its keys from all; at least 1"
        if (nodes := self.shards * (1 + self.replicas)) > MOST_NODES:
            yield f"shards: they come to {nodes} nodes; at most {MOST_NODES}"
        if self.replicas and len(self.subnet_ids) < 2:
            yield "subnet_ids: copies live in another zone; at least 2"

    def _bad_care(self) -> Iterator[str]:
        if self.eviction not in EVICTIONS:
            yield f"eviction: {self.eviction} is not known; one of {', '.join(EVICTIONS)}"
        if not 0 <= self.backup_days <= _LONGEST_BACKUPS:
            yield f"backup_days: {self.backup_days} is not possible; 0 to {_LONGEST_BACKUPS}"
        yield from retention_problems(self.log_days)
        for which, problem, allowed in window_problems(self.backup_window, self.maintenance_window, CACHE_MINUTES):
            yield f"{which}: {problem}; {allowed}"


class Cache(Component):
    """Redis that only those of one security group reach, by TLS, with a token; encrypted where it is kept.

    Creates: a replication group in the database subnets, with its parameters, and a log group for slow commands and what the
    engine says. With replicas one of them takes over, in another zone, when a node fails.
    Costs: by the hour for each node; by the gigabyte for backups beyond the first, and for logs.
    When not: for what must not be lost. A write is acknowledged before its copy is made.

    To deliver logs AWS writes a policy of its own for the account (`AWSLogDeliveryWrite20150319`) with the rights of whoever asks
    for the first delivery (CloudWatch Logs user guide, "Logs sent to CloudWatch Logs").
    """

    TYPE: ClassVar[str] = "plinth:data:Cache"

    host: Output[str]
    reader_host: Output[str]
    port: int

    def __init__(self, name: str, args: CacheArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        self._args = args
        logs = log_group(
            self,
            ctx,
            service=args.purpose,
            resource="cache",
            retention_days=args.log_days,
            key_arn=args.logs_key_arn,
        )
        group = self._group(logs.name)
        sharded = args.sharded
        self.host = group.configuration_endpoint_address if sharded else group.primary_endpoint_address
        self.reader_host = group.reader_endpoint_address if args.replicas and not sharded else self.host
        self.port = REDIS_PORT
        self.publish()

    @property
    def sharded(self) -> bool:
        """Whether clients have to know shards."""
        return self._args.sharded

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What to watch of each node. Source: ElastiCache user guide, "Which metrics should I monitor?"."""
        return tuple(signal for node in self._nodes() for signal in self._watched(node))

    def _group(self, log_group_name: Input[str]) -> elasticache.ReplicationGroup:
        args, ctx, name = self._args, self._ctx, f"{self.pulumi_resource_name}-group"
        logged: list[elasticache.ReplicationGroupLogDeliveryConfigurationArgsDict] = [
            {
                "destination": log_group_name,
                "destination_type": "cloudwatch-logs",
                "log_format": "json",
                "log_type": log_type,
            }
            for log_type in ("engine-log", "slow-log")
        ]
        return elasticache.ReplicationGroup(
            name,
            replication_group_id=self._id(),
            description=f"Cache {args.purpose} of {ctx.project} {ctx.environment}",
            engine="redis",
            engine_version=args.engine_version,
            node_type=args.node_type,
            port=REDIS_PORT,
            parameter_group_name=self._parameters().name,
            subnet_group_name=self._subnets().name,
            security_group_ids=[args.group_id],
            cluster_mode="enabled" if args.sharded else "disabled",
            num_cache_clusters=None if args.sharded else 1 + args.replicas,
            num_node_groups=args.shards if args.sharded else None,
            replicas_per_node_group=args.replicas if args.sharded else None,
            automatic_failover_enabled=bool(args.replicas),
            multi_az_enabled=bool(args.replicas),
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            at_rest_encryption_enabled=True,
            kms_key_id=args.key_arn,
            auth_token=args.token,
            auth_token_update_strategy="ROTATE",  # noqa: S106 (the old one is good until the next: nobody is locked out)
            snapshot_retention_limit=args.backup_days,
            snapshot_window=args.backup_window,
            final_snapshot_identifier=ctx.physical(args.purpose, "final", kind="snapshot") if ctx.retain else None,
            maintenance_window=args.maintenance_window,
            auto_minor_version_upgrade=True,
            apply_immediately=True,  # a new token and new logs are refused otherwise
            log_delivery_configurations=logged,
            region=ctx.region,
            tags=ctx.tagged(name, backup="daily" if args.backup_days else "none"),
            # From one node to shards there is no way but through a third mode: a new cache, and nobody is taken by surprise.
            opts=ResourceOptions.merge(self.under(stateful=True), ResourceOptions(replace_on_changes=["clusterMode"])),
        )

    def _parameters(self) -> elasticache.ParameterGroup:
        """A group of its own for each mode: one that is in use cannot change it."""
        args = self._args
        name = f"{self.pulumi_resource_name}-{'sharded-' if args.sharded else ''}parameters"
        return elasticache.ParameterGroup(
            name,
            family=FAMILIES[args.engine_version],
            description=f"Parameters of the cache {args.purpose}",
            parameters=[
                {"name": "cluster-enabled", "value": "yes" if args.sharded else "no"},
                {"name": "maxmemory-policy", "value": args.eviction},
            ],
            region=self._ctx.region,
            tags=self._ctx.tagged(name),
            opts=self.under(),
        )

    def _subnets(self) -> elasticache.SubnetGroup:
        name = f"{self.pulumi_resource_name}-subnets"
        return elasticache.SubnetGroup(
            name,
            description=f"Where the cache {self._args.purpose} lives",
            subnet_ids=list(self._args.subnet_ids.values()),
            region=self._ctx.region,
            tags=self._ctx.tagged(name),
            opts=self.under(),
        )

    def _id(self) -> str:
        return self._ctx.physical(self._args.purpose, "cache", kind="cache")

    def _nodes(self) -> Iterator[str]:
        """What ElastiCache calls the nodes: `<id>-001`, in cluster mode `<id>-0001-001`."""
        for shard in range(1, self._args.shards + 1):
            of = f"{self._id()}-{shard:04}" if self._args.sharded else self._id()
            for node in range(1, self._args.replicas + 2):
                yield f"{of}-{node:03}"

    def _watched(self, node: str) -> Iterator[Signal]:
        forgets = self._args.eviction != "noeviction"
        yield self._signal(
            node, "EngineCPUUtilization", _BUSY_PERCENT, "the one thread that answers is busy: larger nodes, or more"
        )
        if forgets:
            yield self._signal(node, "Evictions", _EVICTED, "what is still wanted is forgotten: larger nodes, or more", "Sum")
        else:
            yield self._signal(node, "DatabaseMemoryUsagePercentage", _FULL_PERCENT, "it forgets nothing, and soon takes nothing")
        yield self._signal(
            node, "CurrConnections", _MOST_CONNECTIONS, "clients open connections and do not close them", "Maximum"
        )
        if self._args.replicas:
            yield self._signal(
                node, "ReplicationLag", _LAGGING_SECONDS, "a copy is behind, and would take over without it", "Maximum"
            )

    def _signal(self, node: str, metric: str, threshold: float, meaning: str, statistic: str = "Average") -> Signal:
        """A metric of a node, three times in a row. Source: ElastiCache user guide, "Metrics for Valkey and Redis OSS"."""
        return Signal(
            key=f"{self.pulumi_resource_name}-{node.removeprefix(f'{self._id()}-')}-{metric.lower()}",
            namespace="AWS/ElastiCache",
            metric=metric,
            dimensions={"CacheClusterId": node},
            statistic=statistic,  # type: ignore[arg-type]
            threshold=threshold,
            meaning=meaning,
            periods=3,
        )
