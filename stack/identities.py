"""Keys, secrets, and who may use them: what the program builds of components of security."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pulumi import Output

from components.core.access import Thing
from components.core.context import Context
from components.core.contracts import CopiedKey, EncryptionKey
from components.core.documents import Grant, Principals
from components.core.needs import sid_for
from components.core.offers import Statement
from components.core.trust import WebIdentityTrust
from components.security.keys import (
    Key,
    KeyArgs,
    KeyUser,
    account_directly,
    account_through,
    alias,
    auto_scaling,
    bucket_events,
    log_service,
    roles_directly,
    service_directly,
)
from components.security.outside import OutsideRole, OutsideRoleArgs, identity_provider_arn, outside_role_arn
from components.security.purposes import SERVICES, Purpose
from components.security.service_user import ServiceUser, ServiceUserArgs, service_user_arn
from components.security.workload import Workload, WorkloadArgs, workload_role_arn
from components.storage.names import bucket_arn
from stack import dns
from stack.config.database_rules import databases
from stack.config.engine import credential
from stack.config.identity_rules import GITHUB_AUDIENCE, GITHUB_ISSUER
from stack.config.loader import Stack
from stack.config.told import STORES, logins, read_at_start
from stack.services import for_service
from stack.things import Rights, rights


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who has an `access` list: a service, a system outside or a user, by its ARN, with what the list comes to."""

    kind: Literal["service", "outside", "user"]
    name: str
    arn: str
    rights: Rights


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSecrets:
    """The secrets of the stack: their ARNs by name, where they exist.

    `value` gives what one holds, for a thing that has to be given it; `password` the same without the user whose it is.
    """

    arns: Mapping[str, Output[str]]
    value: Callable[[str], Output[str]]
    password: Callable[[str], Output[str]]


_LOGIN_LENGTH = 32
"""Characters of the password of a service: what MySQL takes, the narrowest of those who take one."""
_STACK_FILE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt")
"""What Pulumi does with the key of the secrets in a stack file (Pulumi documentation, "AWS Key Management Service")."""

_PUBLISHING = ("kms:Decrypt", "kms:GenerateDataKey")
"""What a service does with the key of a topic that it publishes to (SNS developer guide, "Key management")."""


def account(stack: Stack, ctx: Context) -> None:
    """What the account has once, where this stack is the one to make it."""
    singletons = stack.config.account.singletons
    if not singletons.enabled:
        return
    from components.security.account import AccountBaseline, AccountBaselineArgs, IdentityProvider

    passwords = singletons.passwords
    args = AccountBaselineArgs(
        min_length=passwords.min_length,
        remembered=passwords.remembered,
        max_age_days=passwords.max_age_days,
        identity_providers={
            name: IdentityProvider(issuer=provider.issuer, audience=provider.audience)
            for name, provider in singletons.identity_providers.items()
        },
    )
    AccountBaseline("account", args, ctx.asked_by("plinth:account.singletons"))


def logs_key(stack: Stack, ctx: Context) -> EncryptionKey:
    """Always there: every log group is encrypted with it."""
    args = KeyArgs(purpose="logs", deletion_window_days=stack.config.keys.deletion_days, users=(log_service,))
    return Key("logs-encryption", args, ctx.asked_by("plinth:keys"))


def holders(stack: Stack, ctx: Context, there: Mapping[str, Thing]) -> tuple[Holder, ...]:
    """Everyone who has an `access` list, with what it comes to, where `there` is what the stack has."""
    return tuple(_holders(stack, ctx, there))


def _holders(stack: Stack, ctx: Context, there: Mapping[str, Thing]) -> Iterator[Holder]:
    identity = stack.config.identity
    for name, service in stack.config.services.items():
        arn = workload_role_arn(ctx, name, service.runs_on)
        # A task is told its secrets by the agent that starts it, under a role of its own; anything else fetches them itself.
        read = () if service.runs_on == "ecs" else read_at_start(stack.config, name)
        fetched = tuple(entry for entry in read if entry not in service.access)
        yield Holder(kind="service", name=name, arn=arn, rights=rights((*service.access, *fetched), there, ctx))
    for name, role in identity.outside.items():
        yield Holder(kind="outside", name=name, arn=outside_role_arn(ctx, name), rights=rights(role.access, there, ctx))
    for name, user in identity.users.names.items() if identity.users.enabled else ():
        yield Holder(kind="user", name=name, arn=service_user_arn(ctx, name), rights=rights(user.access, there, ctx))


def grants(ctx: Context, kind: Literal["bucket", "queue"], name: str, known: Sequence[Holder]) -> tuple[Grant, ...]:
    """What the policy of the bucket or queue called `name` grants to those who are `known`, by their `access` lists.

    Not to their roles as principals: S3 and SQS refuse one that does not exist yet, and S3 forgets one that was made anew.
    """
    whom: Principals = {"AWS": (f"arn:aws:iam::{ctx.account_id}:root",)}
    return tuple(
        Grant(
            principals=whom,
            statement=replace(
                one,
                sid=sid_for(f"{holder.kind}-{holder.name}", one.sid),
                conditions={**one.conditions, "ArnEquals": {"aws:PrincipalArn": holder.arn}},
            ),
        )
        for holder in known
        for named, one in (holder.rights.buckets if kind == "bucket" else holder.rights.queues)
        if named == name
    )


def _copies(stack: Stack) -> Mapping[str, tuple[str, Sequence[Purpose]]]:
    """Where keys have copies: the region of each place, and whose."""
    copies, regions = stack.config.keys.copies, stack.config.platform.regions
    return {"standby": (regions.standby, copies.standby), "vault": (regions.vault, copies.vault)}


def _other_regions(stack: Stack) -> tuple[str, ...]:
    """Where the stack has keys or certificates besides its home region."""
    return (*(region for region, copied in _copies(stack).values() if copied), *dns.copies(stack).values())


def keys(stack: Stack, ctx: Context, known: Sequence[Holder]) -> Mapping[Purpose, CopiedKey]:
    """A key for each purpose. Some of those who are `known` use one without a service in between."""
    config, places = stack.config.keys, _copies(stack)
    return {
        purpose: Key(
            f"{purpose}-encryption",
            KeyArgs(
                purpose=purpose,
                deletion_window_days=config.deletion_days,
                users=(*_users(stack, purpose), *_direct(purpose, known)),
                copies={place: region for place, (region, copied) in places.items() if purpose in copied},
            ),
            ctx.asked_by("plinth:keys"),
        )
        for purpose in config.purposes
    }


def _users(stack: Stack, purpose: Purpose) -> tuple[KeyUser, ...]:
    services = SERVICES[purpose]
    if not services:
        return (account_directly(*_STACK_FILE),)
    users = [*account_through(*services)]
    if "ec2" in services and any(service.runs_on == "ec2" for service in stack.config.services.values()):
        users += auto_scaling()  # docs/decisions/0015
    if purpose == "data":
        users += _by_themselves(stack)
    return tuple(users)


def _by_themselves(stack: Stack) -> Iterator[KeyUser]:
    """Services that send to a queue or a topic, which are encrypted with the key for data: S3 of new objects, RDS of events."""
    if sending := tuple(name for name, bucket in stack.config.storage.buckets.items() if bucket.events_to):
        yield bucket_events(lambda ctx: tuple(bucket_arn(ctx, name) for name in sending))
    if databases(stack.config):
        yield service_directly("events.rds.amazonaws.com", *_PUBLISHING)


def _direct(purpose: Purpose, known: Sequence[Holder]) -> tuple[KeyUser, ...]:
    """One entry of a key's policy for each entry of an access list that names the key."""
    return tuple(
        roles_directly(actions, (holder.arn,)) for holder in known for named, actions in holder.rights.keys if named == purpose
    )


def secrets(stack: Stack, ctx: Context, encrypted_with: Mapping[Purpose, EncryptionKey]) -> KnownSecrets:
    """Every secret of the stack file, and one for each login."""
    config = stack.config.secrets
    used = logins(stack.config)
    if not config.generated and not config.given and not used:
        return KnownSecrets(arns={}, value=_nothing_known, password=_nothing_known)
    from components.security.secrets import Generated, Given, Secrets, SecretsArgs

    generated = {
        name: Generated(kept_in=secret.kept_in, length=secret.length, username=secret.username)
        for name, secret in config.generated.items()
    }
    given = {
        name: Given(kept_in=secret.kept_in, value=credential(name) if name in stack.credentials else None)
        for name, secret in config.given.items()
    }
    own = {
        login.secret: Generated(
            kept_in="secrets-manager",
            length=_LOGIN_LENGTH,
            username=login.user,
            database=login.keeps if STORES[login.store].own_database else "",
        )
        for login in used
    }
    args = SecretsArgs(
        key_arn=encrypted_with["secrets"].key_arn, recovery_days=config.recovery_days, secrets={**generated, **given, **own}
    )
    made = Secrets("secrets", args, ctx.asked_by("plinth:secrets"))
    return KnownSecrets(arns=made.arns, value=made.value, password=made.password)


def _nothing_known(name: str) -> Output[str]:
    raise KeyError(name)


def identities(
    stack: Stack, ctx: Context, known: Sequence[Holder], own_rights: Callable[[Stack, Context, str], tuple[Statement, ...]]
) -> Mapping[str, Workload]:
    """The role or user of everyone who is `known`; those of services, by service.

    `own_rights` says what a service may do because of what it runs on, beside what its list comes to.
    """
    workloads: dict[str, Workload] = {}
    for holder in known:
        statements = holder.rights.statements
        match holder.kind:
            case "service":
                runs_on = stack.config.services[holder.name].runs_on
                own = own_rights(stack, ctx, holder.name)
                args = WorkloadArgs(service=holder.name, runs_on=runs_on, statements=(*own, *statements))
                workloads[holder.name] = Workload(f"service-{holder.name}", args, for_service(stack, ctx, holder.name))
            case "outside":
                _outside_role(stack, ctx.asked_by(f"plinth:identity.outside.{holder.name}"), holder)
            case "user":
                user = ServiceUserArgs(user=holder.name, statements=statements)
                ServiceUser(f"user-{holder.name}", user, ctx.asked_by(f"plinth:identity.users.names.{holder.name}"))
    return workloads


def _outside_role(stack: Stack, ctx: Context, holder: Holder) -> None:
    role = stack.config.identity.outside[holder.name]
    trust = WebIdentityTrust(
        provider_arn=identity_provider_arn(ctx, role.issuer), issuer=role.issuer, audience=role.audience, subject=role.subject
    )
    args = OutsideRoleArgs(system=holder.name, trust=trust, statements=holder.rights.statements)
    OutsideRole(f"outside-{holder.name}", args, ctx)


def break_glass(stack: Stack, ctx: Context) -> None:
    """The role for emergencies."""
    switch = stack.config.identity.break_glass
    if not switch.enabled:
        return
    from components.security.outside import BreakGlass, BreakGlassArgs

    BreakGlass("break-glass", BreakGlassArgs(taken_by=switch.taken_by), ctx.asked_by("plinth:identity.breakGlass"))


def pipelines(stack: Stack, ctx: Context) -> None:
    """The roles of the pipelines on GitHub."""
    github = stack.config.identity.github
    if not github.enabled:
        return
    from components.security.pipeline_rights import PipelineScope, StateBackend, deploy_statements, preview_statements
    from components.security.pipelines import Pipelines, PipelinesArgs

    bucket, key_arn = github.state_bucket, github.state_key_arn
    scope = PipelineScope(
        state=StateBackend(bucket=bucket, key_arn=key_arn) if bucket else None,
        regions=_other_regions(stack),
        boundary_arn=ctx.boundary_arn,
        account_wide=stack.config.account.singletons.enabled,
        domain=stack.config.dns.domain,
        builds=stack.config.containers.builds,
        config_key=alias(ctx, "config") if "config" in stack.config.keys.purposes else "",
    )
    args = PipelinesArgs(
        repository=github.repository,
        environment=stack.environment,
        issuer=GITHUB_ISSUER,
        audience=GITHUB_AUDIENCE,
        preview=preview_statements(ctx, scope),
        deploy=deploy_statements(ctx, scope),
    )
    Pipelines("pipelines", args, ctx.asked_by("plinth:identity.github"))
