"""What each service is told at its start, as references to the parameters and secrets that hold it."""

from collections.abc import Iterator, Mapping

from pulumi import Input, Output

from components.core.context import Context
from components.core.parameters import parameter_arn
from components.core.told import Told
from stack.config.loader import Stack
from stack.config.told import STORES, connected, login, through_proxy

PROXY_HOST = "proxy-host"
"""The fact that takes the place of `host` for who connects through a proxy."""


def told(stack: Stack, ctx: Context, service: str, secret_arns: Mapping[str, Output[str]]) -> tuple[Told, ...]:
    """Everything that `service` is told. `secret_arns` are those of secrets that exist, by name."""
    return tuple(_told(stack, ctx, service, secret_arns))


def fact_path(store: str, fact: str) -> str:
    """Where a fact about a store stands, below the parameters of the stack: `database/postgres/host`."""
    return f"database/{store}/{fact}"


def _told(stack: Stack, ctx: Context, service: str, secret_arns: Mapping[str, Output[str]]) -> Iterator[Told]:
    for name in connected(stack.config, service):
        store = STORES[name]
        proxied = {"host": PROXY_HOST} if through_proxy(stack.config, name, service) else {}
        for fact in store.facts:
            arn = parameter_arn(ctx, fact_path(name, proxied.get(fact, fact)))
            yield Told(variable=f"{store.variables}_{fact.upper()}", arn=arn)
        if store.logins:
            arn = secret_arns[login(stack.config, name, service).secret]
            yield Told(variable=f"{store.variables}_USER", arn=arn, field="username")
            yield Told(variable=f"{store.variables}_PASSWORD", arn=arn, field="password")
            if store.own_database:
                yield Told(variable=f"{store.variables}_NAME", arn=arn, field="dbname")
        elif store.token:
            yield Told(variable=f"{store.variables}_TOKEN", arn=_secret(ctx, store.token, secret_arns))
    for variable, part in stack.config.services[service].secrets.items():
        secret, _, field = part.partition("#")
        yield Told(variable=variable, arn=_secret(ctx, secret, secret_arns), field=field)


def _secret(ctx: Context, name: str, secret_arns: Mapping[str, Output[str]]) -> Input[str]:
    """A parameter that nobody has set yet does not exist; whoever starts the service then says so."""
    return secret_arns.get(name, parameter_arn(ctx, name))
