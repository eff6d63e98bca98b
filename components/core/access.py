"""From intent to rights: what one entry of an `access` list comes to, exact to the ARN.

Each entry makes statements of its own, by a name that follows from the entry alone: taking an entry away takes away its
statements and changes no other.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pulumi import Input

from components.core.needs import Need
from components.core.offers import Conditions, Ingress, Statement
from components.core.outputs import both
from components.core.verbs import CAPABILITIES, PREFIX, Actions, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a thing listens: the security group that it wears, and the port."""

    group: str
    ingress: Ingress


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """Something that can be used: what IAM calls it, and where it listens, if it does.

    `arns` are built from names, so that they are known before the thing exists; where an engine knows no login through IAM there
    are none. `encrypted` says that it is encrypted with a key of this stack. `conditions` hold for every use, and `because` says
    why its ARN is a pattern, where it is.
    """

    kind: Kind
    arns: tuple[Input[str], ...] = ()
    encrypted: bool = False
    endpoint: Endpoint | None = None
    conditions: Conditions = field(default_factory=dict[str, dict[str, str]])
    because: str = ""


def statements_for(need: Need, thing: Thing, *, region: str, account_id: str) -> tuple[Statement, ...]:
    """What `need` comes to on `thing`, in the region and account of both. Raises KeyError for a verb that its kind has not."""
    return tuple(_statements(need, thing, region, account_id))


def endpoint_for(need: Need, thing: Thing) -> Endpoint | None:
    """Where whoever has `need` connects to; None where it takes no connection."""
    return thing.endpoint if CAPABILITIES[thing.kind].verbs[need.verb].connects else None


def _statements(need: Need, thing: Thing, region: str, account_id: str) -> Iterator[Statement]:
    if not thing.arns:
        return
    capabilities = CAPABILITIES[thing.kind]
    verb = capabilities.verbs[need.verb]
    narrowed = {"StringLike": {verb.listed: (f"{need.prefix}*",)}} if verb.listed and need.prefix else {}
    *names, of_key = need.sids(len(verb.rights))
    for sid, actions in zip(names, verb.rights, strict=True):
        yield Statement(
            sid=sid,
            actions=actions.names,
            resources=_resources(actions, thing, need.prefix),
            conditions={**thing.conditions, **narrowed},
            because=thing.because,
        )
    if thing.encrypted and verb.of_key:
        yield Statement(
            sid=of_key,
            actions=verb.of_key,
            resources=(f"arn:aws:kms:{region}:{account_id}:key/*",),
            conditions={
                "StringEquals": {"kms:ViaService": f"{capabilities.service}.{region}.amazonaws.com"},
                "StringLike": {f"kms:EncryptionContext:{capabilities.context}": _encrypted(verb.rights, thing, need.prefix)},
            },
            because="only what belongs to this one thing has it in its encryption context, whichever key it is under",
        )


def _resources(actions: Actions, thing: Thing, prefix: str) -> tuple[Input[str], ...]:
    return tuple(_within(arn, actions.at.replace(PREFIX, prefix)) for arn in thing.arns)


def _within(arn: Input[str], form: str) -> Input[str]:
    if isinstance(arn, str):
        return form.replace("{arn}", arn)
    return both(arn, form, lambda known, at: at.replace("{arn}", known))


def _encrypted(rights: tuple[Actions, ...], thing: Thing, prefix: str) -> tuple[Input[str], ...]:
    """What the encryption context may say: the thing, and what in it the right is on (a bucket's key, and each object's)."""
    inside = [_within(arn, actions.at.replace(PREFIX, prefix)) for actions in rights for arn in thing.arns]
    return tuple(dict.fromkeys([*thing.arns, *inside]))
