"""Policy documents as text, from statements: exact, without repetition, in one order whatever the order they came in.

What AWS changes on the way in (white space, the order of keys) is the provider's to ignore; what we write never changes by
itself, so a diff of two plans shows changes of rights and nothing else.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, TypeGuard

from pulumi import Input

from components.core.offers import Conditions, Statement
from components.core.outputs import gather

Principals: TypeAlias = Mapping[Literal["AWS", "Federated", "Service"], tuple[str, ...]] | Literal["*"]
"""Whom a statement is about: names by their kind, or `*`, which a condition must narrow."""

ROLE_LIMIT: Final = 10_240
"""Characters of all inline policies of a role together, white space left out (IAM user guide, "IAM and AWS STS quotas")."""
MANAGED_LIMIT: Final = 6_144
"""Characters of a managed policy (same page)."""
USER_LIMIT: Final = 2_048
"""Characters of all inline policies of a user together (same page)."""
ENDPOINT_LIMIT: Final = 20_480
"""Characters of a VPC endpoint's policy (AWS General Reference, "Amazon VPC endpoints and quotas")."""
KEY_LIMIT: Final = 32_768
"""Bytes of a key policy (AWS KMS developer guide, "Resource quotas")."""
SECRET_LIMIT: Final = 20_480
"""Characters of a secret's policy (Secrets Manager user guide, "Quotas")."""
BUCKET_LIMIT: Final = 20_480
"""Bytes of a bucket's policy (S3 user guide, "Policies and permissions in Amazon S3")."""
QUEUE_LIMIT: Final = 8_192
"""Bytes of a queue's policy (SQS developer guide, "Custom policy limitations")."""
TOPIC_LIMIT: Final = 30_720
"""Bytes of a topic's policy (AWS General Reference, "Amazon SNS endpoints and quotas": 30 KB)."""

_FRAME = '{"Version":"2012-10-17","Statement":[]}'
_LATER = "_" * 200
"""Stands for a value that is not known yet where the length of a document is estimated: longer than most ARNs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A statement of a resource's own policy: `principals` get the rights of `statement`."""

    principals: Principals
    statement: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What is refused while `conditions` hold, whatever else allows it: `actions`, or everything `but` some, on `resources`.

    Raises ValueError unless exactly one of the first two is given.
    """

    conditions: Conditions
    actions: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    resources: tuple[str, ...] = ("*",)

    def __post_init__(self) -> None:
        if bool(self.actions) == bool(self.but):
            raise ValueError("a refusal names the actions that are refused, or those that are not")


def identity_policy(statements: Sequence[Statement], *, limit: int = ROLE_LIMIT, refusals: Sequence[Refusal] = ()) -> Input[str]:
    """The policy of a role, a user or a group: plain text where every resource and condition is plain, else an output.

    Raises ValueError where it is longer than `limit`.
    """
    return _document([(statement, {}) for statement in statements], [(refusal, {}) for refusal in refusals], limit)


def resource_policy(grants: Sequence[Grant], *, limit: int, refusals: Sequence[Refusal] = ()) -> Input[str]:
    """The policy of a resource, at most `limit` characters: plain text where all is plain, else an output.

    A refusal is of everybody. Raises ValueError where the policy is longer.
    """
    entries = [(grant.statement, {"Principal": principal(grant.principals)}) for grant in grants]
    return _document(entries, [(refusal, {"Principal": "*"}) for refusal in refusals], limit)


def document(bodies: Sequence[Mapping[str, Any]], limit: int) -> str:
    """A document of finished statements. Raises ValueError where it is longer than `limit`."""
    statements = sorted({_compact(body) for body in bodies})
    text = _FRAME.replace("[]", f"[{','.join(statements)}]")
    if len(text.encode()) > limit:
        raise ValueError(f"a policy of {len(text.encode()):,} characters is too long; at most {limit:,}")
    return text


def principal(principals: Principals) -> Any:
    """Principals as a document writes them."""
    return "*" if principals == "*" else {kind: sorted(set(names)) for kind, names in sorted(principals.items())}


def packed(statements: Sequence[Statement], limit: int) -> tuple[tuple[Statement, ...], ...]:
    """`statements` in as many parts as it takes for the document of each to have at most `limit` bytes.

    They grant together what the whole grants. A statement that is too long for a part is taken apart by its resources, else by
    its actions. The parts depend on the statements alone, not on their order. Raises ValueError for one that cannot be made
    short enough. A value that is not known yet is taken to have 200 characters.
    """
    pieces = sorted({_estimate(piece): piece for whole in statements for piece in _pieces(whole, limit)}.items())
    parts: list[list[Statement]] = []
    room = 0
    for text, piece in pieces:
        needed = len(text.encode()) + 1
        if needed > room:
            parts.append([])
            room = limit - len(_FRAME)
        parts[-1].append(piece)
        room -= needed
    return tuple(map(tuple, parts))


def _pieces(statement: Statement, limit: int) -> Iterator[Statement]:
    if len(_estimate(statement).encode()) + 1 + len(_FRAME) <= limit:
        yield statement
        return
    by = "resources" if len(statement.resources) > 1 else "actions"
    items: tuple[Any, ...] = getattr(statement, by)
    if len(items) == 1:
        raise ValueError(f"{', '.join(statement.actions)} on one resource is too long for a policy of {limit:,} characters")
    for half in (items[: len(items) // 2], items[len(items) // 2 :]):
        yield from _pieces(_with(statement, **{by: half}), limit)


def _with(statement: Statement, **changes: Any) -> Statement:
    """`statement` changed. It loses its name, which may stand only once in a document."""
    kept = {name: getattr(statement, name) for name in ("actions", "resources", "conditions", "because")}
    return Statement(**{**kept, **changes})


def _estimate(statement: Statement) -> str:
    texts = [text if isinstance(text, str) else _LATER for text in _inputs(statement)]
    return _compact(_body(statement, {}, iter(texts)))


def _document(
    entries: Sequence[tuple[Statement, Mapping[str, Any]]], refusals: Sequence[tuple[Refusal, Mapping[str, Any]]], limit: int
) -> Input[str]:
    inputs = [text for statement, _ in entries for text in _inputs(statement)]
    inputs += [text for refusal, _ in refusals for text in _values(refusal.conditions)]

    def render(texts: Sequence[str]) -> str:
        left = iter(texts)
        allowed = [_body(statement, whom, left) for statement, whom in entries]
        return document([*allowed, *(_refused(refusal, whom, left) for refusal, whom in refusals)], limit)

    return render(inputs) if _plain(inputs) else gather(inputs).apply(render)


def _refused(refusal: Refusal, whom: Mapping[str, Any], texts: Iterator[str]) -> dict[str, Any]:
    which = {"Action": sorted(set(refusal.actions))} if refusal.actions else {"NotAction": sorted(set(refusal.but))}
    conditions = _in_order(_conditions(refusal.conditions, texts))
    return {"Effect": "Deny", **whom, **which, "Resource": sorted(refusal.resources), "Condition": conditions}


def _plain(inputs: list[Input[str]]) -> TypeGuard[list[str]]:
    return all(isinstance(text, str) for text in inputs)


def _inputs(statement: Statement) -> Iterator[Input[str]]:
    """What may not be known yet, in the order in which `_body` asks for it."""
    yield from statement.resources
    yield from _values(statement.conditions)


def _values(conditions: Conditions) -> Iterator[Input[str]]:
    for block in conditions.values():
        for value in block.values():
            yield from value if isinstance(value, tuple) else (value,)


def _body(statement: Statement, whom: Mapping[str, Any], texts: Iterator[str]) -> dict[str, Any]:
    resources = [next(texts) for _ in statement.resources]
    conditions = _conditions(statement.conditions, texts)
    body = {
        **({"Sid": statement.sid} if statement.sid else {}),
        "Effect": "Allow",
        **whom,
        "Action": sorted(set(statement.actions)),
        "Resource": sorted(set(resources)),
    }
    if conditions:
        body["Condition"] = _in_order(conditions)
    return body


def _conditions(conditions: Conditions, texts: Iterator[str]) -> dict[str, dict[str, str | list[str]]]:
    return {
        operator: {
            key: sorted({next(texts) for _ in value}) if isinstance(value, tuple) else next(texts) for key, value in block.items()
        }
        for operator, block in conditions.items()
    }


def _in_order(conditions: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {operator: dict(sorted(block.items())) for operator, block in sorted(conditions.items())}


def _compact(body: Mapping[str, Any]) -> str:
    return json.dumps(body, separators=(",", ":"))
