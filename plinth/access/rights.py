"""Who may do what to what: the statements of all policy documents of a graph, each with whom it is about."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from plinth.access.arns import arns_of
from plinth.engine.graph import Graph, Resource
from plinth.policy.verdicts import seen
from policy.rules.documents import Document, Statement, documents
from policy.rules.view import Mark, is_map, listed
from policy.rules.view import Resource as Seen

ROLE = "aws:iam/role:Role"
EVERYBODY = "everybody"
_ALL_RIGHTS = "policy/AdministratorAccess"
_ATTACHMENTS = frozenset(
    {
        "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    }
)
_BEARER = ("role", "user", "group")
"""The properties that name on whom a policy hangs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """What one statement allows.

    `principal` is the URN of a role or user, or what the document itself says (`logs.us-east-1.amazonaws.com`, an account's ARN).
    `targets` are resources as IAM writes them, with its wildcards. `conditions` are the keys that are tested; `via` are the
    services that a use of a key must come through, the empty text for none; `by` narrows the principal to these ARNs. `held_by`
    is the URN of the resource with the document, `sid` the statement's name there.
    """

    principal: str
    actions: tuple[str, ...]
    targets: tuple[str, ...]
    conditions: tuple[str, ...]
    held_by: str
    via: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    sid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """All rights of a graph. `takers` are those who may take each role.

    `unread` are documents that cannot be seen, by URN: of a policy that AWS keeps, that of what attaches it.
    """

    rights: tuple[Right, ...]
    takers: tuple[Right, ...]
    unread: tuple[str, ...]

    def of(self, principal: str) -> tuple[Right, ...]:
        """The rights of a principal."""
        return tuple(right for right in self.rights if right.principal == principal)


def access(graph: Graph) -> Access:
    """The rights in the documents of `graph`. What passes a VPC endpoint is no right, so those are left out."""
    rights: list[Right] = []
    takers: list[Right] = []
    unread: list[str] = []
    for resource in seen(graph).resources:
        for document in documents(resource):
            if document.kind == "endpoint":
                continue
            if document.statements is None or isinstance(document.statements, Mark):
                unread.append(resource.urn)
                continue
            into = takers if document.kind == "trust" else rights
            into += _rights(graph, resource, document, document.statements)
    for attachment in graph.resources.values():
        if attachment.type in _ATTACHMENTS and not attachment.property_dependencies.get("policyArn"):
            if (everything := _everything(attachment)) is None:
                unread.append(attachment.urn)
            else:
                rights += everything
    return Access(rights=tuple(rights), takers=tuple(takers), unread=tuple(unread))


def names(target: str, arns: Sequence[str]) -> bool:
    """Whether a target is a thing that goes by `arns`, or something in it: `<log group>:*`, `<bucket>/uploads/*`."""
    return any(_names(target, arn) for arn in arns)


def _everything(attachment: Resource) -> tuple[Right, ...] | None:
    """The right to everything, where a policy that stands outside of the graph gives that; what others give is not known here."""
    if not str(attachment.inputs.get("policyArn")).endswith(_ALL_RIGHTS):
        return None
    bearers = (urn for key in _BEARER for urn in attachment.property_dependencies.get(key, ()))
    held = attachment.urn
    return tuple(Right(principal=one, actions=("*",), targets=("*",), conditions=(), held_by=held, via=("",)) for one in bearers)


def _rights(graph: Graph, holder: Seen, document: Document, statements: Sequence[Statement]) -> Iterator[Right]:
    for statement in statements:
        if statement.allows is not True:
            continue
        for principal in _principals(graph, holder, document, statement):
            yield Right(
                principal=principal,
                actions=_texts(statement.actions),
                targets=_targets(graph, holder, document, statement),
                conditions=_conditions(statement),
                held_by=holder.urn,
                via=(*_tested(statement, "StringEquals", "kms:ViaService"), *_without_a_service(statement)),
                by=_tested(statement, "ArnEquals", "aws:PrincipalArn"),
                sid=statement.sid,
            )


def _principals(graph: Graph, holder: Seen, document: Document, statement: Statement) -> tuple[str, ...]:
    if document.kind == "identity":
        return _bearers(graph, holder)
    named = (name for names in statement.principals.values() for name in _texts(names))
    return tuple(EVERYBODY if name == "*" else name for name in named)


def _bearers(graph: Graph, holder: Seen) -> tuple[str, ...]:
    """Whom an identity document hangs on: a role with its own, what the document names, what attaches the policy."""
    if holder.type == ROLE:
        return (holder.urn,)
    direct = [urn for key in _BEARER for urn in holder.references.get(key, ())]
    attached = [
        urn
        for other in graph.resources.values()
        if holder.urn in other.property_dependencies.get("policyArn", ())
        for key in (*_BEARER, "roles", "users", "groups")
        for urn in other.property_dependencies.get(key, ())
    ]
    return tuple(dict.fromkeys(direct or attached))


def _targets(graph: Graph, holder: Seen, document: Document, statement: Statement) -> tuple[str, ...]:
    """In the policy of a thing `*` is the thing itself; a trust policy has no resource but its role."""
    written = _texts(statement.resources)
    itself = document.kind == "trust" or (document.kind == "resource" and "*" in written)
    return arns_of(graph, graph.resources[holder.urn]) if itself else written


def _conditions(statement: Statement) -> tuple[str, ...]:
    """The keys that its conditions test, as written."""
    if isinstance(statement.conditions, Mark):
        return ()
    return tuple(sorted({str(key) for block in statement.conditions.values() if is_map(block) for key in block}))


def _tested(statement: Statement, operator: str, key: str) -> tuple[str, ...]:
    """The values of which a statement wants one for a key."""
    block = None if isinstance(statement.conditions, Mark) else statement.conditions.get(operator)
    return _texts(listed(block.get(key))) if is_map(block) else ()


def _without_a_service(statement: Statement) -> tuple[str, ...]:
    return ("",) if _tested(statement, "Null", "kms:ViaService") == ("true",) else ()


def _texts(values: Sequence[object]) -> tuple[str, ...]:
    return tuple(str(value) for value in values if not isinstance(value, Mark))


def _names(target: str, arn: str) -> bool:
    if target == arn or (target.startswith(arn) and target[len(arn) :].startswith(_WITHIN)):
        return True
    return ("*" in target or "?" in target) and _pattern(target).fullmatch(arn) is not None


_WITHIN = (":", "/", "-??????")
"""How the name of something in a thing goes on after that of the thing; the last is a secret, whose ARN ends in six letters."""


@cache
def _pattern(target: str) -> re.Pattern[str]:
    return re.compile(re.escape(target).replace(r"\*", ".*").replace(r"\?", "."))
