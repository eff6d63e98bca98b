"""Caches: what the program builds of Redis, and what it tells of it."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pulumi import Output

from components.core.context import Context
from components.core.contracts import EncryptionKey, KeyValueStore, PrivateNetwork, SecurityGroups
from components.core.outputs import gather_map
from components.security.purposes import Purpose
from stack.config.caches import Broker, Redis
from stack.config.loader import Stack
from stack.config.told import CACHES, STORES, serving
from stack.identities import KnownSecrets
from stack.told import facts_folder

if TYPE_CHECKING:
    from components.data.facts import Facts

_NEVER_FORGETS = "noeviction"


def caches(
    stack: Stack,
    ctx: Context,
    network: PrivateNetwork,
    firewall: SecurityGroups,
    keys: Mapping[Purpose, EncryptionKey],
    logs_key: EncryptionKey,
    secrets: KnownSecrets,
) -> Mapping[str, KeyValueStore]:
    """The caches of the stack by what they are for."""
    wanted = dict(_wanted(stack))
    if not wanted:
        return {}
    from components.data.cache import Cache, CacheArgs

    return {
        name: Cache(
            f"cache-{name}",
            CacheArgs(
                purpose=name,
                engine_version=nodes.engine_version,
                node_type=nodes.node_type,
                shards=nodes.shards if isinstance(nodes, Redis) else 1,
                replicas=nodes.replicas,
                eviction=nodes.eviction if isinstance(nodes, Redis) else _NEVER_FORGETS,
                backup_days=nodes.backup_days,
                backup_window=nodes.backup_window,
                maintenance_window=nodes.maintenance_window,
                log_days=nodes.log_days,
                token=secrets.value(STORES[name].token),
                key_arn=keys["data"].key_arn,
                logs_key_arn=logs_key.key_arn,
                subnet_ids=network.database_subnet_ids,
                group_id=firewall.group_ids[name],
            ),
            ctx.asked_by(f"plinth:data.{name}"),
        )
        for name, nodes in wanted.items()
    }


def _wanted(stack: Stack) -> Iterator[tuple[str, Redis | Broker]]:
    data = stack.config.data
    if data.redis.enabled:
        yield "redis", data.redis
    if data.broker.enabled:
        yield "broker", data.broker


def tell(stack: Stack, ctx: Context, made: Mapping[str, KeyValueStore]) -> Mapping[str, Mapping[str, Output[str]]]:
    """What there is to know of each store, as parameters: their ARNs, by store and fact, known once they are there."""
    return {name: told.fact_arns for name, told in _told(stack, ctx, made)}


def _told(stack: Stack, ctx: Context, made: Mapping[str, KeyValueStore]) -> Iterator[tuple[str, "Facts"]]:
    from components.data.facts import Facts, FactsArgs

    for name in CACHES:
        if behind := serving(stack.config, name):
            cache = made[behind]
            facts = {
                "host": cache.host,
                "port": str(cache.port),
                "reader": cache.reader_host,
                "cluster": "true" if cache.sharded else "false",
            }
            args = FactsArgs(folder=facts_folder(name), facts=facts)
            yield name, Facts(f"facts-{name}", args, ctx.asked_by(f"plinth:data.{behind}"))


def facts(made: Mapping[str, KeyValueStore]) -> dict[str, object]:
    """What other programs may know of the caches."""
    return {
        name: gather_map({"host": cache.host, "reader": cache.reader_host, "port": str(cache.port)})
        for name, cache in made.items()
    }
