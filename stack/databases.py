"""Databases, their proxies, their events and their users: what the program builds of components of data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import Output

from components.core.access import Thing
from components.core.context import Context
from components.core.contracts import EncryptionKey, PrivateNetwork, SecurityGroups
from components.core.offers import Statement
from components.core.retention import RetentionDays
from components.data.engines import EngineName
from components.security.purposes import Purpose
from stack.config.database_rules import databases as wanted
from stack.config.databases import Database as Wanted
from stack.config.loader import Stack
from stack.config.services import Access
from stack.config.told import Login, logins, proxied, through_proxy
from stack.connections import LOGINS, proxy_of
from stack.identities import KnownSecrets
from stack.images import Images
from stack.things import rights
from stack.told import PROXY_HOST

if TYPE_CHECKING:
    from components.data.database import Database
    from components.data.database_proxy import DatabaseProxy
    from components.data.login_task import Login as User


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What databases are built on. `things` are what `access` lists may name."""

    network: PrivateNetwork
    firewall: SecurityGroups
    keys: Mapping[Purpose, EncryptionKey]
    logs_key: EncryptionKey
    secrets: KnownSecrets
    images: Images
    things: Mapping[str, Thing]


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A database, as others may know it: where it is, what it is called, who owns it and which secret holds that one's password.

    `proxy_host` is None where it has no proxy. `shard_hosts` are by the number of the shard, `replica_hosts` by that and theirs.
    `fact_arns` are parameters by the fact that each holds, known once they are there.
    """

    host: Output[str]
    port: int
    name: str
    user: str
    secret_arn: Output[str]
    proxy_host: Output[str] | None
    shard_hosts: Mapping[str, Output[str]]
    replica_hosts: Mapping[str, Output[str]]
    fact_arns: Mapping[str, Output[str]]


def databases(stack: Stack, ctx: Context, around: Around) -> Mapping[str, Store]:
    """Every database that is on, by its engine, with what stands around it."""
    config, secrets = wanted(stack.config), around.secrets
    if not config:
        return {}
    made: Mapping[EngineName, Database] = {engine: _database(stack, ctx, around, secrets, engine) for engine in config}
    _events(ctx, around, made)
    _login_task(stack, ctx, around, secrets)
    found: dict[str, Store] = {}
    for engine, database in made.items():
        proxy = _proxy(stack, ctx, around, secrets, engine, database)
        found[engine] = Store(
            host=database.host,
            port=database.port,
            name=database.database,
            user=database.username,
            secret_arn=database.secret_arn,
            proxy_host=proxy.host if proxy else None,
            fact_arns={**database.fact_arns, **({PROXY_HOST: proxy.fact_arn} if proxy else {})},
            shard_hosts=database.shard_hosts,
            replica_hosts=database.replica_hosts,
        )
    return found


def exported(stores: Mapping[str, Store]) -> Mapping[str, Mapping[str, object]]:
    """The same as an output of the stack: nothing that is secret, which the secret holds."""
    return {
        engine: {
            "host": store.host,
            "port": store.port,
            "name": store.name,
            "user": store.user,
            "secretArn": store.secret_arn,
            "proxyHost": store.proxy_host,
            "shardHosts": store.shard_hosts,
            "replicaHosts": store.replica_hosts,
        }
        for engine, store in stores.items()
    }


def _database(stack: Stack, ctx: Context, around: Around, secrets: KnownSecrets, engine: EngineName) -> "Database":
    from components.data.database import Database, DatabaseArgs, Master

    config = wanted(stack.config)[engine]
    args = DatabaseArgs(
        engine=engine,
        version=config.engine_version,
        instance_class=config.instance_class,
        storage_gb=config.storage_gb,
        max_storage_gb=config.max_storage_gb,
        multi_zone=config.multi_zone,
        replicas=config.replicas,
        shards=config.shards,
        backup_days=config.backup_days,
        backup_window=config.backup_window,
        maintenance_window=config.maintenance_window,
        monitoring_seconds=config.monitoring.interval_seconds,
        insights=config.monitoring.insights,
        log_retention_days=config.log_days,
        apply_now=config.apply_immediately,
        database=_name(stack),
        subnet_ids=around.network.database_subnet_ids,
        group_id=around.firewall.group_ids[engine],
        key_arn=around.keys["data"].key_arn,
        logs_key_arn=around.logs_key.key_arn,
        facts_key_arn=around.keys["secrets"].key_arn,
        master=Master(
            username=stack.config.secrets.generated[engine].username,
            password=secrets.password(engine),
            secret_arn=secrets.arns[engine],
        ),
        restore_from=config.restore_from,
    )
    return Database(engine, args, ctx.asked_by(f"plinth:data.{engine}"))


def _name(stack: Stack) -> str:
    """What the database itself is called on its machine."""
    return stack.project.replace("-", "_")


def _proxy(
    stack: Stack, ctx: Context, around: Around, secrets: KnownSecrets, engine: EngineName, database: "Database"
) -> "DatabaseProxy | None":
    if not proxied(stack.config, engine):
        return None
    from components.data.database_proxy import DatabaseProxy, DatabaseProxyArgs

    users = [
        login.secret
        for login in logins(stack.config)
        if login.store == engine and through_proxy(stack.config, engine, login.service)
    ]
    names = (engine, *users)
    args = DatabaseProxyArgs(
        engine=engine,
        instance_id=database.instance_ids["1"],
        secret_arns={name: secrets.arns[name] for name in names},
        log_retention_days=wanted(stack.config)[engine].log_days,
        logs_key_arn=around.logs_key.key_arn,
        reading=_reading(ctx, around, names),
        subnet_ids=around.network.database_subnet_ids,
        group_id=around.firewall.group_ids[proxy_of(engine)],
    )
    return DatabaseProxy(f"{engine}-proxy", args, ctx.asked_by(f"plinth:data.{engine}.proxy"))


def _events(ctx: Context, around: Around, made: Mapping[EngineName, "Database"]) -> None:
    from components.data.events import DatabaseEvents, DatabaseEventsArgs

    instances = {
        f"{engine}-{key}": name for engine, one in made.items() for key, name in {**one.instance_ids, **one.replica_ids}.items()
    }
    args = DatabaseEventsArgs(instance_ids=instances, key_arn=around.keys["data"].key_arn)
    DatabaseEvents("database-events", args, ctx.asked_by("plinth:data"))


def _login_task(stack: Stack, ctx: Context, around: Around, secrets: KnownSecrets) -> None:
    from components.data.login_task import LoginTask, LoginTaskArgs, Target

    # A database that no service connects to any more stays among them: only so do those who did lose their way in.
    on, users = wanted(stack.config), logins(stack.config)
    targets: Mapping[EngineName, Target] = {
        engine: Target(
            database=_name(stack),
            master_secret_arn=secrets.arns[engine],
            logins=tuple(_logins(secrets, users, engine)),
        )
        for engine in on
    }
    args = LoginTaskArgs(
        targets=targets,
        reading=_reading(ctx, around, (*on, *(login.secret for login in users))),
        image=around.images.uris[LOGINS],
        registry=LOGINS,
        retention_days=_longest(on),
        logs_key_arn=around.logs_key.key_arn,
    )
    LoginTask("logins", args, ctx.asked_by("plinth:data.logins"))


def _logins(secrets: KnownSecrets, users: tuple[Login, ...], engine: EngineName) -> Iterator["User"]:
    from components.data.login_task import Login as User

    for login in users:
        if login.store == engine:
            yield User(user=login.user, keeps=login.keeps, secret_arn=secrets.arns[login.secret])


def _longest(on: Mapping[EngineName, Wanted]) -> RetentionDays:
    return max(config.log_days for config in on.values())


def _reading(ctx: Context, around: Around, names: tuple[str, ...]) -> tuple[Statement, ...]:
    """What it takes to read some secrets, exact to their names and to the key as used for them."""
    entries = [Access.model_validate({"to": f"secret.{name}", "as": "read"}) for name in names]
    return rights(entries, around.things, ctx).statements
