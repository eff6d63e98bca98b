"""What the names in an `access` list stand for in a stack: the ARNs, built from names, and the ports."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from components.core.access import Endpoint, Thing, endpoint_for, statements_for
from components.core.context import Context
from components.core.offers import Ingress, Statement
from components.core.parameters import parameter_arn
from components.networking.flow_logs import flow_log_group_arn
from components.security.keys import alias
from components.security.secrets import secret_arn
from components.storage.names import bucket_arn
from stack.config.loader import Stack
from stack.config.services import Access
from stack.config.targets import listening, secrets
from stack.config.told import STORES
from stack.connections import group_of
from stack.told import fact_path

_STORES: Mapping[str, Thing] = {
    # Their engines' logins through IAM come with them: until then a connection is all there is.
    "postgres": Thing(kind="database", endpoint=Endpoint(group="postgres", ingress=Ingress(port=5432, purpose="PostgreSQL"))),
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
    yield from _STORES.items()
    for name, kept_in in secrets(stack.config).items():
        kind = "secret" if kept_in == "secrets-manager" else "parameter"
        yield f"secret.{name}", Thing(kind=kind, arns=(secret_arn(ctx, name, kept_in),), encrypted=True)
    for name, store in STORES.items():
        arns = tuple(parameter_arn(ctx, fact_path(name, fact)) for fact in store.facts)
        yield f"facts.{name}", Thing(kind="parameter", arns=arns)
    for purpose in stack.config.keys.purposes:
        yield f"key.{purpose}", _key(ctx, purpose)
    for name in stack.config.storage.buckets:
        yield f"bucket.{name}", Thing(kind="bucket", arns=(bucket_arn(ctx, name),), encrypted=True)
    for name, port in listening(stack.config).items():
        endpoint = Endpoint(group=group_of(name), ingress=Ingress(port=port, purpose=name))
        yield f"service.{name}", Thing(kind="service", endpoint=endpoint)
    if stack.config.networking.flow_logs.enabled:
        yield "log-group.flow-logs", Thing(kind="log-group", arns=(flow_log_group_arn(ctx),))


def _key(ctx: Context, purpose: str) -> Thing:
    return Thing(
        kind="key",
        arns=(f"arn:aws:kms:{ctx.region}:{ctx.account_id}:key/*",),
        conditions={"ForAnyValue:StringEquals": {"kms:ResourceAliases": alias(ctx, purpose)}},
        because="a key's ARN is not known before it exists; its alias is",
    )
