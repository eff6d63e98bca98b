"""What a service is told at its start, by its configuration alone: secrets of its own, and how to reach and enter each store."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from components.core.tracing import VARIABLES
from stack.config.model import StackConfig
from stack.config.services import Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Something that services connect to.

    What they are told begins with `variables` (`POSTGRES`) and is each of `facts`, a parameter of its own; then the user and the
    password of the login that each service has for itself where the store has `logins`, else the secret `token` that all share.
    With `own_database` each login has a database of its own, whose name stands beside its password; else a schema of its own.
    """

    variables: str
    facts: tuple[str, ...]
    logins: bool = False
    own_database: bool = False
    token: str = ""

    @property
    def fields(self) -> Mapping[str, str]:
        """What is told of its secret: what each variable ends with, and which field it holds (empty: all of it)."""
        if self.logins:
            own = {"NAME": "dbname"} if self.own_database else {}
            return {"USER": "username", "PASSWORD": "password", **own}
        return {"TOKEN": ""} if self.token else {}


_OF_A_CACHE = ("host", "port", "reader", "cluster")
"""`reader` is where copies are read, `host` itself where there are none; `cluster` is `true` where clients must know shards."""
STORES: Mapping[str, Store] = MappingProxyType(
    {
        "postgres": Store(variables="POSTGRES", facts=("host", "port", "name"), logins=True),
        "mysql": Store(variables="MYSQL", facts=("host", "port"), logins=True, own_database=True),
        "redis": Store(variables="REDIS", facts=_OF_A_CACHE, token="redis"),  # noqa: S106 (a name)
        "broker": Store(variables="BROKER", facts=_OF_A_CACHE, token="broker"),  # noqa: S106 (a name)
    }
)
"""Every store by the name that an `access` list has for it."""
SHARDS: Final = "shards"
"""The fact that says where each shard of a database is, where there are several: `POSTGRES_SHARDS`."""
CACHES: Final = ("redis", "broker")
"""Those of them that are a key of `data`, with a switch."""
INSTEAD: Mapping[str, str] = MappingProxyType({"broker": "redis"})
"""The store that stands in for another where that is off."""
_ALWAYS: Final = (
    *VARIABLES,
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "KEEP_ALIVE_SECONDS",
    "PGBOUNCER",
    "PGBOUNCER_DIR",
    "PORT",
    "REDIS_TLS",
    "SERVICE",
    "TMPDIR",
    "WORKLOAD_QUEUE",
)
"""Variables that the platform sets whatever a service needs: of every service, or of some."""
_PLACES: Mapping[str, str] = MappingProxyType(
    {"bucket": "BUCKET_{}", "files": "FILES_{}", "queue": "QUEUE_{}", "service": "{}_URL"}
)
"""What the variable is called that says where something of this kind is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """The service `service` as a user of `store`. What it keeps there is called `keeps`: services of one workload share it."""

    store: str
    service: str
    keeps: str

    @property
    def secret(self) -> str:
        """What the secret with its name and password is called."""
        return login_secret(self.store, self.service)

    @property
    def user(self) -> str:
        """What the store calls it."""
        return self.service.replace("-", "_")


def stores(config: StackConfig) -> Mapping[str, Store]:
    """The stores of a stack. Whoever asks for the broker gets the cache where there is no broker, with the token of the cache."""
    return {name: _as_it_is(config, name, store) for name, store in STORES.items() if serving(config, name)}


def _as_it_is(config: StackConfig, name: str, store: Store) -> Store:
    if name in CACHES:
        return replace(store, token=STORES[serving(config, name)].token)
    return replace(store, facts=(*store.facts, SHARDS)) if getattr(config.data, name).shards > 1 else store


def serving(config: StackConfig, store: str) -> str:
    """Which store is behind a name, the name itself but for a broker that is the cache; empty where there is none."""
    if getattr(config.data, store).enabled:
        return store
    other = INSTEAD.get(store, "")
    return other if other and getattr(config.data, other).enabled else ""


def connected(config: StackConfig, service: str) -> tuple[str, ...]:
    """The stores that a service connects to, in the order of its `access` list."""
    there = stores(config)
    found = (entry.to for entry in config.services[service].access if entry.verb == "connect" and entry.to in there)
    return tuple(dict.fromkeys(found))


def places(config: StackConfig, service: str) -> Mapping[str, str]:
    """What a service is told the place of, such as `bucket.media`, by the variable that says it."""
    found: dict[str, str] = {}
    for entry in config.services[service].access:
        kind, _, thing = entry.to.partition(".")
        if kind in _PLACES:
            found[_PLACES[kind].format(thing.replace("-", "_").upper())] = entry.to
    return found


def variables(config: StackConfig, service: str) -> frozenset[str]:
    """Every variable that the platform sets of a service, or may set: none of them is left for others."""
    there = stores(config)
    of_stores = (
        f"{there[name].variables}_{word}"
        for name in connected(config, service)
        for word in (*map(str.upper, there[name].facts), *there[name].fields)
    )
    return frozenset((*_ALWAYS, *of_stores, *places(config, service)))


def host(config: StackConfig, caller: str, callee: str) -> str:
    """By what name one service finds another; empty where it finds it by none.

    Services on ECS call each other by their aliases in Service Connect. Others ask the private domain, in which whoever takes
    turns has no name: ECS keeps records for one version alone.
    """
    discovery, called = config.networking.discovery, config.services[callee]
    if not discovery.enabled or called.runs_on != "ecs":
        return ""
    if config.services[caller].runs_on == "ecs":
        return callee
    return "" if called.deployment == "blue-green" else f"{callee}.{discovery.domain}"


def called(config: StackConfig, service: str) -> tuple[str, ...]:
    """The services that a service calls."""
    kinds = (to.partition(".") for to in places(config, service).values())
    return tuple(thing for kind, _, thing in kinds if kind == "service")


def logins(config: StackConfig) -> tuple[Login, ...]:
    """Every login that services of the stack have."""
    there = stores(config)
    return tuple(
        login(config, store, service)
        for service in config.services
        for store in connected(config, service)
        if there[store].logins
    )


def login_secret(store: str, service: str) -> str:
    """What the secret is called with the name and password by which a service enters a store."""
    return f"login-{store}-{service}"


def login(config: StackConfig, store: str, service: str) -> Login:
    """The login of one service to one store."""
    keeps = config.services[service].workload or service
    return Login(store=store, service=service, keeps=keeps.replace("-", "_"))


def through_proxy(config: StackConfig, store: str, service: str) -> bool:
    """Whether a service connects to a store through the proxy of it: not where it pools by itself, or two pools would wait."""
    return proxied(config, store) and "pgbouncer" not in config.services[service].sidecars


def proxied(config: StackConfig, store: str) -> bool:
    """Whether a store has a proxy."""
    found = {"postgres": config.data.postgres, "mysql": config.data.mysql}.get(store)
    return found is not None and found.enabled and found.proxy.enabled


def read_at_start(config: StackConfig, service: str) -> tuple[Access, ...]:
    """What whoever starts a service has to read, each once."""
    return tuple(Access.model_validate({"to": to, "as": "read"}) for to in dict.fromkeys(_read(config, service)))


def _read(config: StackConfig, service: str) -> Iterator[str]:
    for part in config.services[service].secrets.values():
        yield f"secret.{part.partition('#')[0]}"
    there = stores(config)
    for name in connected(config, service):
        yield from entering(name, there[name], service)


def entering(name: str, store: Store, service: str) -> Iterator[str]:
    """What has to be read to connect a service to the store called `name`: where it is, and its login or the token of all."""
    yield f"facts.{name}"
    if store.logins:
        yield f"secret.{login_secret(name, service)}"
    elif store.token:
        yield f"secret.{store.token}"
