"""Rules of the caches in `data`: windows, shards and machines that there are, and a token for each."""

from collections.abc import Callable, Iterator

from pydantic.alias_generators import to_camel

from components.data.windows import CACHE_MINUTES, window_problems
from stack.config.breach import Breach
from stack.config.caches import Nodes
from stack.config.document import KeyPath
from stack.config.model import NAMESPACE, StackConfig
from stack.config.told import STORES

_DATA, _SERVICES, _SECRETS = f"{NAMESPACE}:data", f"{NAMESPACE}:services", f"{NAMESPACE}:secrets"
_MOST_NODES = 90
"""Nodes of a cache in cluster mode, by default (ElastiCache user guide, "Quotas for ElastiCache")."""
_NOT_MADE_ANY_MORE = ("m1", "m2", "m3", "c1", "r3", "t1", "t2")
"""Families of machines of which there are no new ones (ElastiCache user guide, "Supported node types")."""
_TIERED = "r6gd"


def _caches(config: StackConfig) -> Iterator[tuple[str, Nodes]]:
    """The caches that are on, by the key of each."""
    for name, nodes in (("redis", config.data.redis), ("broker", config.data.broker)):
        if nodes.enabled:
            yield name, nodes


def _windows_are_apart(config: StackConfig) -> Iterator[Breach]:
    for name, nodes in _caches(config):
        for which, problem, allowed in window_problems(nodes.backup_window, nodes.maintenance_window, CACHE_MINUTES):
            yield Breach(path=(_DATA, name, to_camel(which)), problem=problem, allowed=allowed)


def _machines_exist(config: StackConfig) -> Iterator[Breach]:
    for name, nodes in _caches(config):
        family = nodes.node_type.split(".")[1]
        at: KeyPath = (_DATA, name, "nodeType")
        if family in _NOT_MADE_ANY_MORE:
            yield Breach(
                path=at, problem=f"{nodes.node_type} is of a generation that AWS makes no more of", allowed="t3 or later"
            )
        elif family == _TIERED:
            problem = f"{nodes.node_type} keeps a part on disk, for which there is no key here"
            yield Breach(path=at, problem=problem, allowed="another family, such as r6g")


def _shards_survive(config: StackConfig) -> Iterator[Breach]:
    redis = config.data.redis
    if not redis.enabled or redis.shards == 1:
        return
    if not redis.replicas:
        yield Breach(
            path=(_DATA, "redis", "replicas"),
            problem=f"0, but there are {redis.shards} shards: with one lost, keys are missing for everybody",
            allowed="at least 1, or shards: 1",
        )
    if (nodes := redis.shards * (1 + redis.replicas)) > _MOST_NODES:
        yield Breach(
            path=(_DATA, "redis", "shards"),
            problem=f"{redis.shards} with {redis.replicas} replicas each are {nodes} nodes",
            allowed=f"at most {_MOST_NODES} nodes",
        )


def _broker_is_whole(config: StackConfig) -> Iterator[Breach]:
    """Clients of the broker build several keys of one name, which shards refuse to touch together."""
    data = config.data
    if data.broker.enabled or not data.redis.enabled or data.redis.shards == 1:
        return
    for name, service in config.services.items():
        for index, entry in enumerate(service.access):
            if entry.to == "broker":
                yield Breach(
                    path=(_SERVICES, name, "access", index, "to"),
                    problem="broker is off, and the cache in its place is divided into shards, which its clients cannot address",
                    allowed=f"{NAMESPACE}:data.broker.enabled: true, or {NAMESPACE}:data.redis.shards: 1",
                )


def _tokens_are_there(config: StackConfig) -> Iterator[Breach]:
    for name, _ in _caches(config):
        token = STORES[name].token
        secret = config.secrets.generated.get(token)
        at: KeyPath = (_SECRETS, "generated", token) if secret else (_SECRETS, "generated")
        if secret is None:
            yield Breach(path=at, problem=f"{token} is not there, and it is the token of {name}", allowed=f"an entry {token}")
        elif secret.kept_in != "secrets-manager" or secret.username:
            yield Breach(
                path=at,
                problem=f"is the token of {name}",
                allowed='keptIn: secrets-manager and username: "", since it rotates alone',
            )


def _data_has_a_key(config: StackConfig) -> Iterator[Breach]:
    if "data" in config.keys.purposes:
        return
    kept = [*(name for name, _ in _caches(config)), *(f"queues.{name}" for name in config.data.queues)]
    if kept:
        yield Breach(
            path=(f"{NAMESPACE}:keys", "purposes"),
            problem=f"data is not there, and it encrypts {', '.join(kept)}",
            allowed="data as well",
        )


CACHE_RULES: tuple[Callable[[StackConfig], Iterator[Breach]], ...] = (
    _windows_are_apart,
    _machines_exist,
    _shards_survive,
    _broker_is_whole,
    _tokens_are_there,
    _data_has_a_key,
)
"""The rules of caches."""
