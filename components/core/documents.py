"""Policy documents as text, from statements: exact, without repetition, in one order whatever the order they came in.

What AWS changes on the way in (white space, the order of keys) is the provider's to ignore; what we write never changes by
itself, so a diff of two plans shows changes of rights and nothing else.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, TypeGuard

from pulumi import Input

from components.core.offers import Statement
from components.core.outputs import gather

Principals: TypeAlias = Mapping[Literal["AWS", "Federated", "Service"], tuple[str, ...]] | Literal["*"]
"""Whom a statement is about: names by their kind, or `*`, which a condition must narrow."""

ROLE_LIMIT: Final = 10_240
"""Characters of all inline policies of a role together, white space left out (IAM user guide, "IAM and AWS STS quotas")."""
TRUST_LIMIT: Final = 2_048
"""Characters of a role's trust policy, by default (same page)."""
ENDPOINT_LIMIT: Final = 20_480
"""Characters of a VPC endpoint's policy (AWS General Reference, "Amazon VPC endpoints and quotas")."""
KEY_LIMIT: Final = 32_768
"""Bytes of a key policy (AWS KMS developer guide, "Resource quotas")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A statement of a resource's own policy: `principals` get the rights of `statement`."""

    principals: Principals
    statement: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Everything `but` these actions is refused while `conditions` hold, whatever else allows it."""

    but: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, str]]


def identity_policy(statements: Sequence[Statement], *, refusals: Sequence[Refusal] = ()) -> Input[str]:
    """The inline policy of a role or a group: plain text where every resource and condition is plain, else an output.

    Raises ValueError where it is longer than IAM allows.
    """
    return _document([(statement, {}) for statement in statements], ROLE_LIMIT, refusals)


def resource_policy(grants: Sequence[Grant], *, limit: int) -> Input[str]:
    """The policy of a resource, at most `limit` characters: plain text where all is plain, else an output.

    Raises ValueError where it is longer.
    """
    return _document([(grant.statement, {"Principal": _principal(grant.principals)}) for grant in grants], limit)


def service_trust(service: str, *, account_id: str, source_arn: str) -> str:
    """The trust policy by which `service` takes a role on behalf of the resources `source_arn` of `account_id` alone.

    Without the two conditions any customer could have the service act here (IAM user guide, "The confused deputy problem").
    """
    body = {
        "Effect": "Allow",
        "Principal": _principal({"Service": (service,)}),
        "Action": ["sts:AssumeRole"],
        "Condition": {"ArnLike": {"aws:SourceArn": source_arn}, "StringEquals": {"aws:SourceAccount": account_id}},
    }
    return _text([body], TRUST_LIMIT)


def _document(entries: Sequence[tuple[Statement, Mapping[str, Any]]], limit: int, refusals: Sequence[Refusal] = ()) -> Input[str]:
    inputs = [text for statement, _ in entries for text in _inputs(statement)]
    refused = [_refused(refusal) for refusal in refusals]

    def render(texts: Sequence[str]) -> str:
        left = iter(texts)
        return _text([*(_body(statement, principal, left) for statement, principal in entries), *refused], limit)

    return render(inputs) if _plain(inputs) else gather(inputs).apply(render)


def _refused(refusal: Refusal) -> dict[str, Any]:
    conditions = {operator: dict(sorted(block.items())) for operator, block in sorted(refusal.conditions.items())}
    return {"Effect": "Deny", "NotAction": sorted(set(refusal.but)), "Resource": ["*"], "Condition": conditions}


def _plain(inputs: list[Input[str]]) -> TypeGuard[list[str]]:
    return all(isinstance(text, str) for text in inputs)


def _inputs(statement: Statement) -> Iterator[Input[str]]:
    """What may not be known yet, in the order in which `_body` asks for it."""
    yield from statement.resources
    for block in statement.conditions.values():
        yield from block.values()


def _body(statement: Statement, principal: Mapping[str, Any], texts: Iterator[str]) -> dict[str, Any]:
    resources = [next(texts) for _ in statement.resources]
    conditions = {operator: {key: next(texts) for key in block} for operator, block in statement.conditions.items()}
    body = {
        "Effect": "Allow",
        **principal,
        "Action": sorted(set(statement.actions)),
        "Resource": sorted(set(resources)),
    }
    if conditions:
        body["Condition"] = {operator: dict(sorted(block.items())) for operator, block in sorted(conditions.items())}
    return body


def _principal(principals: Principals) -> Any:
    return "*" if principals == "*" else {kind: sorted(set(names)) for kind, names in sorted(principals.items())}


def _text(bodies: Sequence[Mapping[str, Any]], limit: int) -> str:
    statements = sorted({json.dumps(body, separators=(",", ":")) for body in bodies})
    text = f'{{"Version":"2012-10-17","Statement":[{",".join(statements)}]}}'
    if len(text) > limit:
        raise ValueError(f"a policy of {len(text):,} characters is too long; at most {limit:,}")
    return text
