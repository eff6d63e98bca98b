"""A relational database: private, encrypted, backed up and watched, on whichever engine."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pulumi import Input, Output, Resource, ResourceOptions
from pulumi_aws import rds

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.logs import delivered_group
from components.core.offers import Signal
from components.core.outputs import gather_map
from components.core.parameters import parameter
from components.core.retention import RetentionDays, retention_problems
from components.core.service_role import MONITORING, ServiceRole, ServiceRoleArgs
from components.core.tagging import BACKUP
from components.core.trust import ServiceTrust
from components.data import watch
from components.data.engines import (
    ENGINES,
    LEAST_STORAGE_GB,
    MONITORING_SECONDS,
    MOST_BACKUP_DAYS,
    MOST_REPLICAS,
    EngineName,
    least_growth,
)
from components.data.windows import DATABASE_MINUTES, window_problems

_CERTIFICATES = "rds-ca-rsa2048-g1"
"""Who signs the server's certificate: valid until 2061, and renewed by RDS itself (RDS user guide, "Certificate authorities")."""

_INSIGHTS_DAYS = 7
"""What is free (RDS user guide, "Pricing and data retention for Performance Insights")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Master:
    """The user who owns everything: its name, its password, and the secret, by its ARN, that holds both."""

    username: str
    password: Input[str]
    secret_arn: Input[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseArgs:
    """A database on `engine`, in as many `shards`, each with as many `replicas`.

    `version` is a major one: RDS keeps it up to date within that. `subnet_ids` are by zone, the database's own; `group_id` is
    the security group that it wears. `storage_gb` grows by itself up to `max_storage_gb`. `backup_days` are how far back it can
    be had; the windows are in UTC. `monitoring_seconds` is 0 for no Enhanced Monitoring. `restore_from` is a snapshot to begin
    with, empty for an empty database. `apply_now` says whether a change that needs a restart waits for the window.
    `facts_key_arn` encrypts the reference to the secret. Raises ValueError that names every fault.
    """

    engine: EngineName
    version: str
    instance_class: str
    storage_gb: int
    max_storage_gb: int
    multi_zone: bool
    replicas: int
    shards: int
    backup_days: int
    backup_window: str
    maintenance_window: str
    monitoring_seconds: int
    insights: bool
    log_retention_days: RetentionDays
    apply_now: bool
    database: str
    subnet_ids: Mapping[str, Input[str]]
    group_id: Input[str]
    key_arn: Input[str]
    logs_key_arn: Input[str]
    facts_key_arn: Input[str]
    master: Master
    restore_from: str = ""

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        engine = ENGINES[self.engine]
        if self.version not in engine.versions:
            yield f"version: {self.version} of {engine.title} is not known; one of {', '.join(engine.versions)}"
        yield from self._numbers()
        if not 1 <= self.backup_days <= MOST_BACKUP_DAYS:
            yield f"backup_days: {self.backup_days} are not possible; 1 to {MOST_BACKUP_DAYS}"
        if self.monitoring_seconds not in MONITORING_SECONDS:
            allowed = ", ".join(map(str, MONITORING_SECONDS))
            yield f"monitoring_seconds: {self.monitoring_seconds} is not possible; one of {allowed}"
        if self.insights and self.instance_class in engine.insights_without:
            yield f"insights: {self.instance_class} has none on {engine.title}; another class, or none"
        if len(self.subnet_ids) < 2:
            yield f"subnet_ids: {len(self.subnet_ids)} given; in at least two zones"
        for which, problem, allowed in window_problems(self.backup_window, self.maintenance_window, DATABASE_MINUTES):
            yield f"{which}: {problem}; {allowed}"
        yield from retention_problems(self.log_retention_days)

    def _numbers(self) -> Iterator[str]:
        if self.storage_gb < LEAST_STORAGE_GB:
            yield f"storage_gb: {self.storage_gb} is not possible; at least {LEAST_STORAGE_GB}"
        if self.max_storage_gb < (least := least_growth(self.storage_gb)):
            yield f"max_storage_gb: {self.max_storage_gb} is not possible; at least {least}, a tenth above storage_gb"
        if not 0 <= self.replicas <= MOST_REPLICAS:
            yield f"replicas: {self.replicas} are not possible; 0 to {MOST_REPLICAS}"
        if self.shards < 1:
            yield f"shards: {self.shards} are not possible; at least 1"
        if self.shards > 1 and self.restore_from:
            yield f"restore_from: {self.restore_from} is what one shard held; none, or one shard"


class Database(Component):
    """A relational database, or several shards of one, with read replicas, and all that it takes to run it.

    Creates: subnet, parameter and option group; the role of Enhanced Monitoring; log groups; a primary for each shard, and its
    replicas; what services have to know of it, in the Parameter Store.
    Costs: by the hour of each instance, twice in two zones; by the gigabyte of storage, and of backups beyond that size.
    When not: for keys and values, or where nobody asks by SQL.

    Where the stack retains data its primaries cannot be deleted, and leave a last snapshot when they are after all; replicas hold
    nothing of their own, and come and go. An application user for each service is made by the task of `LoginTask`.
    """

    TYPE: ClassVar[str] = "plinth:data:Database"

    host: Output[str]
    port: int
    database: str
    username: str
    secret_arn: Output[str]
    fact_arns: Mapping[str, Output[str]]
    shard_hosts: Mapping[str, Output[str]]
    replica_hosts: Mapping[str, Output[str]]
    instance_ids: Mapping[str, Output[str]]
    """Of each primary by its shard: `1`."""
    replica_ids: Mapping[str, Output[str]]
    """Of each replica by that and its number: `1-1`."""

    def __init__(self, name: str, args: DatabaseArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        self._args, self._engine = args, ENGINES[args.engine]
        self._subnets = self._subnet_group()
        self._parameters = self._parameter_group()
        self._options = self._option_group()
        self._monitor = self._monitoring_role()
        self._watched: dict[str, rds.Instance] = {}
        primaries = {str(shard): self._primary(shard) for shard in range(1, args.shards + 1)}
        replicas = {
            f"{shard}-{number}": self._replica(int(shard), number, primary)
            for shard, primary in primaries.items()
            for number in range(1, args.replicas + 1)
        }
        self.host = primaries["1"].address
        self.port, self.database, self.username = self._engine.port, args.database, args.master.username
        self.secret_arn = Output.from_input(args.master.secret_arn)
        self.shard_hosts = {shard: primary.address for shard, primary in primaries.items()}
        self.replica_hosts = {key: replica.address for key, replica in replicas.items()}
        self.instance_ids = {shard: primary.identifier for shard, primary in primaries.items()}
        self.replica_ids = {key: replica.identifier for key, replica in replicas.items()}
        self._facts()
        self.publish()

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What to watch of each instance."""
        return tuple(
            signal
            for key, instance in self._watched.items()
            for signal in watch.of_instance(
                f"{self.pulumi_resource_name}-{key}",
                instance.identifier,
                storage_gb=self._args.storage_gb,
                burstable=self._args.instance_class.startswith("db.t"),
                replica="replica" in key,
            )
        )

    def _child(self, role: str) -> str:
        return f"{self.pulumi_resource_name}-{role}"

    def _subnet_group(self) -> rds.SubnetGroup:
        name = self._child("subnets")
        return rds.SubnetGroup(
            name,
            description=f"Where {self._engine.title} stands",
            subnet_ids=list(self._args.subnet_ids.values()),
            region=self._ctx.region,
            tags=self._ctx.tagged(name),
            opts=self.under(),
        )

    def _parameter_group(self) -> rds.ParameterGroup:
        name = self._child("parameters")
        return rds.ParameterGroup(
            name,
            family=self._engine.family.format(version=self._args.version),
            description=f"How {self._engine.title} runs",
            parameters=[
                {"name": key, "value": value, "apply_method": "immediate"} for key, value in self._engine.parameters.items()
            ],
            region=self._ctx.region,
            tags=self._ctx.tagged(name),
            opts=self.under(),
        )

    def _option_group(self) -> rds.OptionGroup | None:
        if not self._engine.options:
            return None
        name = self._child("options")
        return rds.OptionGroup(
            name,
            engine_name=self._engine.name,
            major_engine_version=self._args.version,
            option_group_description=f"What {self._engine.title} has besides",
            skip_destroy=self._ctx.retain,  # RDS deletes none that a snapshot refers to, and snapshots stay
            options=[
                {
                    "option_name": option,
                    "option_settings": [{"name": key, "value": value} for key, value in settings.items()],
                }
                for option, settings in self._engine.options.items()
            ],
            region=self._ctx.region,
            tags=self._ctx.tagged(name),
            opts=self.under(),
        )

    def _monitoring_role(self) -> ServiceRole | None:
        if not self._args.monitoring_seconds:
            return None
        ctx = self._ctx
        source = f"arn:aws:rds:{ctx.region}:{ctx.account_id}:db:{ctx.project}-{ctx.environment}-*"
        args = ServiceRoleArgs(
            trust=ServiceTrust(service="monitoring.rds.amazonaws.com", source_arn=source),
            statements=(),
            purpose=f"Writes what the machines of {self._engine.title} are doing",
            area=self._engine.name,
            job="monitoring",
            attached=(MONITORING,),
        )
        return ServiceRole(self._child("monitoring"), args, ctx, self.under())

    def _primary(self, shard: int) -> rds.Instance:
        """The primary of a shard. The first is called as if there were no others: more can come later."""
        args, ctx = self._args, self._ctx
        key = _key("primary", shard)
        identifier = database_identifier(ctx, args.engine, shard)
        name, made_here = self._child(key), not args.restore_from
        instance = rds.Instance(
            name,
            identifier=identifier,
            engine=self._engine.name,
            engine_version=args.version,
            instance_class=args.instance_class,
            allocated_storage=args.storage_gb,
            max_allocated_storage=args.max_storage_gb,
            storage_type="gp3",
            storage_encrypted=True,
            kms_key_id=args.key_arn,
            snapshot_identifier=args.restore_from or None,
            db_name=args.database if made_here else None,  # a snapshot has its own, and RDS refuses another
            username=args.master.username if made_here else None,
            password=Output.secret(args.master.password),
            port=self._engine.port,
            multi_az=args.multi_zone,
            # In two zones RDS chooses both. In one it is the first, where workloads of a small stack are.
            availability_zone=None if args.multi_zone else next(iter(args.subnet_ids)),
            db_subnet_group_name=self._subnets.name,
            option_group_name=self._options.name if self._options else None,
            backup_retention_period=args.backup_days,
            backup_window=args.backup_window,
            copy_tags_to_snapshot=True,
            deletion_protection=ctx.retain,
            delete_automated_backups=not ctx.retain,
            skip_final_snapshot=not ctx.retain,
            final_snapshot_identifier=f"{identifier}-last" if ctx.retain else None,
            tags=ctx.tagged(name, **{BACKUP: "daily"}),
            **self._common(),
            opts=ResourceOptions.merge(
                self.under(stateful=True, after=self._prepared(key, identifier)),
                # From two zones to one it stays in the zone where it happens to be: another would make it anew.
                ResourceOptions(ignore_changes=["availabilityZone"]),
            ),
        )
        self._watched[key] = instance
        return instance

    def _replica(self, shard: int, number: int, source: rds.Instance) -> rds.Instance:
        """A replica, in another zone than its source when it is made. There it stays: another zone would make it anew."""
        args, ctx = self._args, self._ctx
        key = _key(f"replica-{number}", shard)
        name = self._child(key)
        identifier = ctx.physical(args.engine, key, kind="database")
        zones = tuple(args.subnet_ids)
        instance = rds.Instance(
            name,
            identifier=identifier,
            replicate_source_db=source.identifier,
            instance_class=args.instance_class,
            max_allocated_storage=args.max_storage_gb,
            storage_type="gp3",
            storage_encrypted=True,
            multi_az=False,
            availability_zone=source.availability_zone.apply(lambda taken: zone_beside(taken, zones, number)),
            deletion_protection=False,
            skip_final_snapshot=True,  # a replica can have none: what it holds, its source does
            tags=ctx.tagged(name),
            **self._common(),
            opts=self.under(after=self._prepared(key, identifier, lasting=False), ignore=["availabilityZone"]),
        )
        self._watched[key] = instance
        return instance

    def _common(self) -> dict[str, Any]:
        """What a primary and a replica have alike."""
        args, ctx = self._args, self._ctx
        return {
            "vpc_security_group_ids": [args.group_id],
            "publicly_accessible": False,
            "parameter_group_name": self._parameters.name,
            "ca_cert_identifier": _CERTIFICATES,
            "iam_database_authentication_enabled": True,
            "maintenance_window": args.maintenance_window,
            "auto_minor_version_upgrade": True,
            "apply_immediately": args.apply_now,
            "enabled_cloudwatch_logs_exports": list(self._engine.logs),
            "monitoring_interval": args.monitoring_seconds,
            "monitoring_role_arn": self._monitor.ready_arn if self._monitor else None,
            "performance_insights_enabled": args.insights,
            "performance_insights_kms_key_id": args.key_arn if args.insights else None,
            "performance_insights_retention_period": _INSIGHTS_DAYS if args.insights else None,
            "region": ctx.region,
        }

    def _prepared(self, key: str, identifier: str, *, lasting: bool = True) -> list[Resource]:
        """The log groups of an instance, which RDS would make itself, to be kept for ever. Those of a replica go with it."""
        args = self._args
        return [
            delivered_group(
                self,
                self._ctx,
                f"{key}-{log}",
                f"/aws/rds/instance/{identifier}/{log}",
                retention_days=args.log_retention_days,
                key_arn=args.logs_key_arn,
                lasting=lasting,
            )
            for log in self._engine.logs
        ]

    def _facts(self) -> None:
        """What whoever connects has to know, each as a parameter; of the secret only where it is."""
        engine, ctx = self._engine.name, self._ctx
        facts: dict[str, Input[str]] = {
            "host": self.host,
            "port": str(self.port),
            "name": self.database,
            "user": self.username,
            "shards": gather_map(self.shard_hosts).apply(lambda hosts: shard_map(hosts, self.port)),
        }
        self.fact_arns = {
            fact: parameter(self, ctx, f"fact-{fact}", f"database/{engine}/{fact}", value).arn for fact, value in facts.items()
        }
        path = f"database/{engine}/secret"
        parameter(self, ctx, "fact-secret", path, Output.secret(self.secret_arn), secret_under=self._args.facts_key_arn)


def shard_map(hosts: Mapping[str, str], port: int) -> str:
    """Where each shard is, as text: `{"1": {"host": ..., "port": 5432}}`."""
    return json.dumps({shard: {"host": host, "port": port} for shard, host in hosts.items()}, sort_keys=True)


def zone_beside(taken: str, zones: Sequence[str], number: int) -> str:
    """The zone of the replica with this number, of a source in the zone `taken`: from the last one on, never that."""
    others = [zone for zone in reversed(zones) if zone != taken]
    return others[(number - 1) % len(others)]


def database_identifier(ctx: Context, engine: EngineName, shard: int = 1) -> str:
    """What the primary of a shard is called, known before it exists."""
    return ctx.physical(engine, _key("database", shard), kind="database")


def _key(role: str, shard: int) -> str:
    return role if shard == 1 else f"{role}-shard-{shard}"
