"""A pool of connections in front of a database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import rds

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.logs import delivered_group
from components.core.offers import Signal, Statement
from components.core.parameters import parameter
from components.core.retention import RetentionDays, retention_problems
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.core.trust import ServiceTrust
from components.data import watch
from components.data.engines import ENGINES, EngineName

_IDLE_SECONDS = 1800
"""After which a client that says nothing is let go: RDS Proxy's own default (RDS API reference, CreateDBProxy)."""
_POOL_PERCENT = 90
"""Of the connections that the database takes: the rest is for those who look after it."""
_MOST_SECRETS = 200
"""Of one proxy (RDS user guide, "Quotas and limitations for RDS Proxy")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseProxyArgs:
    """A proxy in front of the primary `instance_id` of `engine`.

    `secret_arns` are the secrets, by name, of the users whom it lets in and connects for; `reading` is what reading them takes,
    and its role may do nothing else. `subnet_ids` are by zone; `group_id` is the security group that it wears. Raises ValueError
    that names every fault.
    """

    engine: EngineName
    instance_id: Input[str]
    secret_arns: Mapping[str, Input[str]]
    reading: tuple[Statement, ...]
    subnet_ids: Mapping[str, Input[str]]
    group_id: Input[str]
    log_retention_days: RetentionDays
    logs_key_arn: Input[str]

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        if not 1 <= len(self.secret_arns) <= _MOST_SECRETS:
            yield f"secret_arns: {len(self.secret_arns)} given; 1 to {_MOST_SECRETS}"
        if len(self.subnet_ids) < 2:
            yield f"subnet_ids: {len(self.subnet_ids)} given; in at least two zones"
        yield from retention_problems(self.log_retention_days)


class DatabaseProxy(Component):
    """An RDS Proxy: many clients share few connections, and a failover costs them a second instead of a minute.

    Creates: the proxy, its log group and pool, the database as its target, the role that reads the secrets of its users and
    nothing else, and the parameter that says where it is.
    Costs: by the hour and virtual CPU of the database, two at least.
    When not: behind a pool of the client's own, such as a PgBouncer beside it: two pools wait for each other.
    """

    TYPE: ClassVar[str] = "plinth:data:DatabaseProxy"

    host: Output[str]
    fact_arn: Output[str]
    proxy_name: Output[str]

    def __init__(self, name: str, args: DatabaseProxyArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        engine = ENGINES[args.engine]
        role = ServiceRole(f"{name}-reader", _reader(ctx, args), ctx, self.under())
        physical = ctx.physical(args.engine, "proxy", kind="database-proxy")
        records = delivered_group(
            self,
            ctx,
            "records",
            f"/aws/rds/proxy/{physical}",
            retention_days=args.log_retention_days,
            key_arn=args.logs_key_arn,
            lasting=False,  # warnings and errors alone
        )
        proxy = rds.Proxy(
            f"{name}-pool",
            name=physical,
            engine_family=engine.proxy,
            auths=[
                {
                    "auth_scheme": "SECRETS",
                    "client_password_auth_type": engine.client,
                    "description": f"The user of {secret}",
                    "iam_auth": "DISABLED",
                    "secret_arn": arn,
                }
                for secret, arn in args.secret_arns.items()
            ],
            require_tls=True,
            debug_logging=False,  # it would write statements, and what is in them
            idle_client_timeout=_IDLE_SECONDS,
            role_arn=role.ready_arn,
            vpc_subnet_ids=list(args.subnet_ids.values()),
            vpc_security_group_ids=[args.group_id],
            region=ctx.region,
            tags=ctx.tagged(f"{name}-pool"),
            opts=self.under(after=[records]),
        )
        group = rds.ProxyDefaultTargetGroup(
            f"{name}-targets",
            db_proxy_name=proxy.name,
            connection_pool_config={"max_connections_percent": _POOL_PERCENT},
            region=ctx.region,
            opts=self.under(),
        )
        rds.ProxyTarget(
            f"{name}-target",
            db_proxy_name=proxy.name,
            target_group_name=group.name,
            db_instance_identifier=args.instance_id,
            region=ctx.region,
            opts=self.under(),
        )
        self.host, self.proxy_name = proxy.endpoint, proxy.name
        self.fact_arn = parameter(self, ctx, "fact-host", f"database/{args.engine}/proxy-host", self.host).arn
        self.publish()

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What to watch."""
        return tuple(watch.of_proxy(self.pulumi_resource_name, self.proxy_name))


def _reader(ctx: Context, args: DatabaseProxyArgs) -> ServiceRoleArgs:
    return ServiceRoleArgs(
        trust=ServiceTrust(service="rds.amazonaws.com", source_arn=f"arn:aws:rds:{ctx.region}:{ctx.account_id}:db-proxy:*"),
        statements=args.reading,
        purpose=f"Reads the secrets of the users of {ENGINES[args.engine].title}",
        area=args.engine,
        job="proxy",
    )
