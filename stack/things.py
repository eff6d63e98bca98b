"""What the names in an `access` list stand for in a stack: the ARNs, built from names, and the ports."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from components.core.access import Endpoint, Thing, endpoint_for, statements_for
from components.core.context import Context
from components.core.contracts import SharedFiles
from components.core.needs import Need
from components.core.offers import Ingress, Statement
from components.core.parameters import parameter_arn
from components.core.verbs import Kind
from components.data.engines import ENGINES
from components.data.names import REDIS_PORT, queue_arn
from components.networking.flow_logs import flow_log_group_arn
from components.security.keys import alias
from components.security.secrets import secret_arn
from components.storage.files import NFS_PORT
from components.storage.names import bucket_arn
from stack.config.loader import Stack
from stack.config.services import Access
from stack.config.targets import listening, secrets
from stack.config.told import proxied, serving, stores
from stack.connections import group_of
from stack.told import PROXY_HOST, fact_path

_STORES: Mapping[str, Thing] = {
    **{
        engine.name: Thing(
            kind="database", endpoint=Endpoint(group=engine.name, ingress=Ingress(port=engine.port, purpose=engine.title))
        )
        for engine in ENGINES.values()
    },
    "redis": Thing(kind="cache", endpoint=Endpoint(group="redis", ingress=Ingress(port=REDIS_PORT, purpose="Redis"))),
    "broker": Thing(kind="cache", endpoint=Endpoint(group="broker", ingress=Ingress(port=REDIS_PORT, purpose="the broker"))),
}
"""Where each store listens. There are no logins through IAM: who connects to a cache shows its token, to a database a password of
its own, since on PostgreSQL a user who may log in by IAM can no longer by password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What an `access` list comes to.

    `statements` are for whoever has it, `endpoints` what it connects to; `keys` are used without a service in between: their
    purpose, and the actions. `buckets` and `queues` are those that it names, each with a statement for the thing's own policy.
    """

    statements: tuple[Statement, ...]
    endpoints: tuple[Endpoint, ...]
    keys: tuple[tuple[str, tuple[str, ...]], ...]
    buckets: tuple[tuple[str, Statement], ...]
    queues: tuple[tuple[str, Statement], ...]


def things(stack: Stack, ctx: Context, shared: SharedFiles | None = None) -> Mapping[str, Thing]:
    """Everything that `stack.config.targets` lists, by the same names.

    Rights on files come with the `shared` file system: what AWS calls it and its doors is not known before they exist.
    """
    return dict(_things(stack, ctx, shared))


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
        buckets=_on("bucket", found),
        queues=_on("queue", found),
    )


def _on(kind: Kind, found: Sequence[tuple[Need, Thing, tuple[Statement, ...]]]) -> tuple[tuple[str, Statement], ...]:
    """Each thing of a kind by its own name, with a statement for its policy: all but those on its key."""
    return tuple(
        (need.to.removeprefix(f"{kind}."), one)
        for need, thing, statements in found
        if thing.kind == kind
        for one in statements
        if not one.actions[0].startswith("kms:")
    )


def _things(stack: Stack, ctx: Context, shared: SharedFiles | None) -> Iterator[tuple[str, Thing]]:
    yield from _stores(stack, ctx)
    yield from _kept(stack, ctx)
    if stack.config.storage.files.enabled:
        for point in stack.config.storage.files.access_points:
            yield f"files.{point}", _files(point, shared)
    for name in stack.config.data.queues:
        yield f"queue.{name}", Thing(kind="queue", arns=(queue_arn(ctx, name),), encrypted=True)
    for name, port in listening(stack.config).items():
        endpoint = Endpoint(group=group_of(name), ingress=Ingress(port=port, purpose=name))
        yield f"service.{name}", Thing(kind="service", endpoint=endpoint)
    if stack.config.networking.flow_logs.enabled:
        yield "log-group.flow-logs", Thing(kind="log-group", arns=(flow_log_group_arn(ctx),))


def _stores(stack: Stack, ctx: Context) -> Iterator[tuple[str, Thing]]:
    """What services connect to, and what is to be known about each."""
    there = stores(stack.config)
    for name, store in there.items():
        yield name, _STORES[serving(stack.config, name)]
        facts = (*store.facts, *((PROXY_HOST,) if proxied(stack.config, name) else ()))
        yield f"facts.{name}", Thing(kind="parameter", arns=tuple(parameter_arn(ctx, fact_path(name, fact)) for fact in facts))


def _kept(stack: Stack, ctx: Context) -> Iterator[tuple[str, Thing]]:
    """Secrets, keys and objects."""
    for name, kept_in in secrets(stack.config).items():
        kind = "secret" if kept_in == "secrets-manager" else "parameter"
        yield f"secret.{name}", Thing(kind=kind, arns=(secret_arn(ctx, name, kept_in),), encrypted=True)
    for purpose in stack.config.keys.purposes:
        yield f"key.{purpose}", _key(ctx, purpose)
    for name in stack.config.storage.buckets:
        yield f"bucket.{name}", Thing(kind="bucket", arns=(bucket_arn(ctx, name),), encrypted=True)


def _files(point: str, shared: SharedFiles | None) -> Thing:
    """Whoever names it comes through this door, and through no other."""
    endpoint = Endpoint(group="files", ingress=Ingress(port=NFS_PORT, purpose="Shared files"))
    if shared is None:
        return Thing(kind="files", endpoint=endpoint)
    through = {"ArnEquals": {"elasticfilesystem:AccessPointArn": shared.access_point_arns[point]}}
    return Thing(kind="files", arns=(shared.file_system_arn,), endpoint=endpoint, conditions=through)


def _key(ctx: Context, purpose: str) -> Thing:
    return Thing(
        kind="key",
        arns=(f"arn:aws:kms:{ctx.region}:{ctx.account_id}:key/*",),
        conditions={"ForAnyValue:StringEquals": {"kms:ResourceAliases": alias(ctx, purpose)}},
        because="a key's ARN is not known before it exists; its alias is",
    )
