"""Who may take a role: services on behalf of our own resources, workloads with a token, people with a second factor."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from pulumi import Input

from components.core.context import Context
from components.core.documents import document, principal
from components.core.outputs import both

TRUST_LIMIT: Final = 2_048
"""Characters of a role's trust policy, by default (IAM user guide, "IAM and AWS STS quotas")."""
WITHOUT_SOURCE: Final = frozenset({"ec2.amazonaws.com"})
"""Services that do not say on whose behalf they take a role: an instance gets only what its own launch names, and who may
launch with a role is held by `iam:PassRole` (IAM user guide, "The confused deputy problem")."""
_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com")
_PERSON = re.compile(r"arn:aws:iam::[0-9]{12}:user/[A-Za-z0-9+=,.@_/-]+")
_FRESH_SECONDS: Final = 3600
"""How long after showing a second factor people may take a role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTrust:
    """The service `vpc-flow-logs.amazonaws.com`, on behalf of the resources that `source_arn`, a pattern, names.

    Without that any customer could have the service act here. Services of `WITHOUT_SOURCE` have none.
    """

    service: str
    source_arn: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebIdentityTrust:
    """Who shows a token of an OpenID Connect provider that is meant for `audience` and speaks of exactly `subject`.

    `issuer` is the provider's address without `https://`: `token.actions.githubusercontent.com`, or that of an EKS cluster, whose
    service accounts are `system:serviceaccount:<namespace>:<name>`.
    """

    provider_arn: Input[str]
    issuer: Input[str]
    audience: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleTrust:
    """The users with these ARNs, within an hour of showing a second factor.

    A session of a role says nothing of a second factor, so that no role could ever take it (IAM user guide, "AWS global condition
    context keys", `aws:MultiFactorAuthPresent`).
    """

    arns: tuple[str, ...]


Trust: TypeAlias = ServiceTrust | WebIdentityTrust | PeopleTrust


def task_trust(ctx: Context) -> ServiceTrust:
    """ECS, on behalf of any task, whose ARN is not known before it runs (ECS developer guide, "Amazon ECS task IAM role")."""
    return ServiceTrust(service="ecs-tasks.amazonaws.com", source_arn=f"arn:aws:ecs:{ctx.region}:{ctx.account_id}:*")


def trust_policy(trust: Trust, account_id: str) -> Input[str]:
    """The document of `trust` for a role of the account: plain text unless the token's provider is not known yet."""
    match trust:
        case ServiceTrust():
            return _text("sts:AssumeRole", {"Service": (trust.service,)}, _on_behalf(trust, account_id))
        case WebIdentityTrust():
            return _of_token(trust)
        case PeopleTrust():
            shown = {"NumericLessThan": {"aws:MultiFactorAuthAge": str(_FRESH_SECONDS)}}
            return _text("sts:AssumeRole", {"AWS": trust.arns}, {"Bool": {"aws:MultiFactorAuthPresent": "true"}, **shown})


def trust_problems(trust: Trust) -> Iterator[str]:
    """What is wrong with a trust that a component was given."""
    match trust:
        case ServiceTrust():
            yield from _service_problems(trust.service, trust.source_arn)
        case WebIdentityTrust():
            for name, value in (("audience", trust.audience), ("subject", trust.subject)):
                if not value or "*" in value or "?" in value:
                    yield f"trust: {name} {value!r} does not name exactly one; text without wildcards"
        case PeopleTrust():
            if not trust.arns:
                yield "trust: nobody is named; ARNs of users"
            for arn in trust.arns:
                if not _PERSON.fullmatch(arn):
                    yield f"trust: {arn!r} names no user in particular; the ARN of a user"


def _service_problems(service: str, source: str) -> Iterator[str]:
    if not _SERVICE.fullmatch(service):
        yield f"trust: {service!r} is no service; a name that ends in .amazonaws.com"
    elif service in WITHOUT_SOURCE and source:
        yield f"trust: {service} does not say on whose behalf it acts; no source_arn"
    elif service not in WITHOUT_SOURCE and not source.startswith("arn:"):
        yield f"trust: {source!r} is no ARN; a pattern of the resources that the service acts for"


def _on_behalf(trust: ServiceTrust, account_id: str) -> Mapping[str, Mapping[str, str]]:
    if not trust.source_arn:
        return {}
    return {"ArnLike": {"aws:SourceArn": trust.source_arn}, "StringEquals": {"aws:SourceAccount": account_id}}


def _of_token(trust: WebIdentityTrust) -> Input[str]:
    def render(provider_arn: str, issuer: str) -> str:
        equal = {f"{issuer}:aud": trust.audience, f"{issuer}:sub": trust.subject}
        return _text("sts:AssumeRoleWithWebIdentity", {"Federated": (provider_arn,)}, {"StringEquals": equal})

    provider_arn, issuer = trust.provider_arn, trust.issuer
    if isinstance(provider_arn, str) and isinstance(issuer, str):
        return render(provider_arn, issuer)
    return both(provider_arn, issuer, render)


def _text(action: str, whom: Any, conditions: Mapping[str, Mapping[str, str]]) -> str:
    body = {"Effect": "Allow", "Principal": principal(whom), "Action": [action]}
    return document([{**body, "Condition": conditions} if conditions else body], TRUST_LIMIT)
