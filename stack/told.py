"""What each service is told at its start: as references to the parameters and secrets that hold it, or in plain words."""

from collections.abc import Iterator, Mapping

from pulumi import Input, Output

from components.core.context import Context
from components.core.parameters import parameter_arn
from components.core.told import Told
from components.data.names import queue_name
from components.storage.files import mounted_at
from components.storage.names import bucket_name
from stack.config.loader import Stack
from stack.config.told import CACHES, connected, host, login, places, stores, through_proxy

PROXY_HOST = "proxy-host"
"""The fact that takes the place of `host` for who connects through a proxy."""
_LONGER_SECONDS = 15
"""What a service waits longer than the load balancer."""


def told(
    stack: Stack,
    ctx: Context,
    service: str,
    secret_arns: Mapping[str, Output[str]],
    fact_arns: Mapping[str, Mapping[str, Output[str]]],
) -> tuple[Told, ...]:
    """Everything that `service` is told.

    `secret_arns` are those of secrets that exist, by name, `fact_arns` those of parameters by store and fact: a service that is
    started before a parameter is there is started in vain.
    """
    return tuple(_told(stack, ctx, service, secret_arns, fact_arns))


def said(stack: Stack, ctx: Context, name: str) -> Mapping[str, str]:
    """The variables that anybody may see: those of its entry, and where it finds what it names there, and itself."""
    return {**dict(_said(stack, ctx, name)), **stack.config.services[name].environment}


def facts_folder(store: str) -> str:
    """Where all facts about a store stand, below the parameters of the stack: `database/postgres`."""
    return f"database/{store}"


def fact_path(store: str, fact: str) -> str:
    """Where a fact about a store stands, below the parameters of the stack: `database/postgres/host`."""
    return f"{facts_folder(store)}/{fact}"


def _told(
    stack: Stack,
    ctx: Context,
    service: str,
    secret_arns: Mapping[str, Output[str]],
    fact_arns: Mapping[str, Mapping[str, Output[str]]],
) -> Iterator[Told]:
    there = stores(stack.config)
    for name in connected(stack.config, service):
        store = there[name]
        proxied = {"host": PROXY_HOST} if through_proxy(stack.config, name, service) else {}
        for fact in store.facts:
            yield Told(variable=f"{store.variables}_{fact.upper()}", arn=fact_arns[name][proxied.get(fact, fact)])
        for word, field in store.fields.items():
            secret = login(stack.config, name, service).secret
            arn = secret_arns[secret] if store.logins else _secret(ctx, store.token, secret_arns)
            yield Told(variable=f"{store.variables}_{word}", arn=arn, field=field)
    for variable, part in stack.config.services[service].secrets.items():
        secret, _, field = part.partition("#")
        yield Told(variable=variable, arn=_secret(ctx, secret, secret_arns), field=field)


def _said(stack: Stack, ctx: Context, name: str) -> Iterator[tuple[str, str]]:
    service = stack.config.services[name]
    yield "SERVICE", name
    if service.port:
        yield "PORT", str(service.port)
    if seconds := _keep_alive_seconds(stack, name):
        yield "KEEP_ALIVE_SECONDS", str(seconds)
    if queue := _queue(stack, name):
        yield "WORKLOAD_QUEUE", queue
    if any(store in CACHES for store in connected(stack.config, name)):
        yield "REDIS_TLS", "1"
    for variable, to in places(stack.config, name).items():
        yield variable, _place(stack, ctx, name, to)


def _place(stack: Stack, ctx: Context, name: str, to: str) -> str:
    """Where the service called `name` finds what its `access` list calls `to`."""
    kind, _, thing = to.partition(".")
    match kind:
        case "bucket":
            return bucket_name(ctx, thing)
        case "files":
            return mounted_at(thing)
        case "queue":
            return f"https://sqs.{ctx.region}.amazonaws.com/{ctx.account_id}/{queue_name(ctx, thing)}"
        case _:
            return f"http://{host(stack.config, name, thing)}:{stack.config.services[thing].port}"


def _keep_alive_seconds(stack: Stack, name: str) -> int:
    """How long a service leaves silent connections open; 0 where nothing leads requests to it.

    Longer than what does: that would send the next request into one that is being closed.
    """
    route = stack.config.services[name].route
    return stack.config.load_balancers[route.load_balancer].idle_seconds + _LONGER_SECONDS if route else 0


def _queue(stack: Stack, name: str) -> str:
    """What the worker of a workload takes its messages from: it is told so, and whoever may send it some by the same broker."""
    services = stack.config.services
    own = services[name]
    if own.scaling and own.scaling.backlog:
        return own.scaling.backlog.queue
    same = [one for one in services.values() if one.workload == own.workload] if "broker" in connected(stack.config, name) else []
    queues = {one.scaling.backlog.queue for one in same if one.scaling and one.scaling.backlog}
    return queues.pop() if len(queues) == 1 else ""


def _secret(ctx: Context, name: str, secret_arns: Mapping[str, Output[str]]) -> Input[str]:
    """A parameter that nobody has set yet does not exist; whoever starts the service then says so."""
    return secret_arns.get(name, parameter_arn(ctx, name))
