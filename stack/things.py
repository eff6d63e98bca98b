"""What the names in an `access` list stand for in a stack: the ARNs, built from names, and the ports."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from components.core.access import Endpoint, Thing, endpoint_for, statements_for
from components.core.context import Context
from components.core.offers import Ingress, Statement
from components.core.parameters import parameter_arn
from components.data.engines import ENGINES
from components.networking.flow_logs import flow_log_group_arn
from components.security.keys import alias
from components.security.secrets import secret_arn
from components.storage.names import bucket_arn
from stack.config.loader import Stack
from stack.config.services import Access
from stack.config.targets import secrets, stores
from stack.config.told import STORES, proxied
from stack.told import PROXY_HOST, fact_path

_STORES: Mapping[str, Thing] = {
    # Services show passwords, each its own: on PostgreSQL a user who may log in by IAM can no longer by password.
    **{
        engine.name: Thing(
            kind="database", endpoint=Endpoint(group=engine.name, ingress=Ingress(port=engine.port, purpose=engine.title))
        )
        for engine in ENGINES.values()
    },
    "redis": Thing(kind="cache", endpoint=Endpoint(group="redis", ingress=Ingress(port=6379, purpose="Redis"))),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What an `access` list comes to.

    `statements` are for whoever has it, `endpoints` what it connects to; `keys` are used without a service in between: their
    purpose, and the actions. `buckets` are those that it names, each with a statement for the bucket's own policy.
    """

    statements: tuple[Statement, ...]
    endpoints: tuple[Endpoint, ...]
    keys: tuple[tuple[str, tuple[str, ...]], ...]
    buckets: tuple[tuple[str, Statement], ...]


def things(stack: Stack, ctx: Context) -> Mapping[str, Thing]:
    """Everything that `stack.config.targets` lists, by the same names."""
    return dict(_things(stack, ctx))


def rights(access: Sequence[Access], there: Mapping[str, Thing], ctx: Context) -> Rights:
    """What `access` comes to, where `there` is what the stack has."""
    needs = [(entry.need, there[entry.to]) for entry in access]
    found = [(need, thing, statements_for(need, thing, region=ctx.region, account_id=ctx.account_id)) for need, thing in needs]
    return Rights(
        statements=tuple(one for _, _, statements in found for one in statements),
        endpoints=tuple(endpoint for need, thing in needs if (endpoint := endpoint_for(need, thing))),
        keys=tuple(
            (need.to.removeprefix("key."), one.actions)
            for need, thing, statements in found
            if thing.kind == "key"
            for one in statements
        ),
        buckets=tuple(
            (need.to.removeprefix("bucket."), one)
            for need, thing, statements in found
            if thing.kind == "bucket"
            for one in statements
            if not one.actions[0].startswith("kms:")
        ),
    )


def _things(stack: Stack, ctx: Context) -> Iterator[tuple[str, Thing]]:
    there = stores(stack.config)
    yield from ((name, thing) for name, thing in _STORES.items() if name in there)
    for name, kept_in in secrets(stack.config).items():
        kind = "secret" if kept_in == "secrets-manager" else "parameter"
        yield f"secret.{name}", Thing(kind=kind, arns=(secret_arn(ctx, name, kept_in),), encrypted=True)
    for name, store in STORES.items():
        if name not in there:
            continue
        facts = (*store.facts, *((PROXY_HOST,) if proxied(stack.config, name) else ()))
        arns = tuple(parameter_arn(ctx, fact_path(name, fact)) for fact in facts)
        yield f"facts.{name}", Thing(kind="parameter", arns=arns)
    for purpose in stack.config.keys.purposes:
        yield f"key.{purpose}", _key(ctx, purpose)
    for name in stack.config.storage.buckets:
        yield f"bucket.{name}", Thing(kind="bucket", arns=(bucket_arn(ctx, name),), encrypted=True)
    if stack.config.networking.flow_logs.enabled:
        yield "log-group.flow-logs", Thing(kind="log-group", arns=(flow_log_group_arn(ctx),))


def _key(ctx: Context, purpose: str) -> Thing:
    return Thing(
        kind="key",
        arns=(f"arn:aws:kms:{ctx.region}:{ctx.account_id}:key/*",),
        conditions={"ForAnyValue:StringEquals": {"kms:ResourceAliases": alias(ctx, purpose)}},
        because="a key's ARN is not known before it exists; its alias is",
    )
