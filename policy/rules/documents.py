"""Policy documents inside resources: where they are, and their statements in one form."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from policy.rules.rule import Check, Finding, of_type, undecided, violated
from policy.rules.view import Mark, Resource, Stack, Value, has_mark, is_list, is_map, listed, parsed

Kind = Literal["identity", "trust", "resource", "endpoint"]
"""What a document does: gives rights to whom it hangs on; says who may take a role; gives rights on the thing it hangs on; or
only narrows what may pass (a VPC endpoint's)."""

_PLACES: Mapping[Kind, Mapping[str, str]] = {
    "identity": {
        "aws:iam/groupPolicy:GroupPolicy": "policy",
        "aws:iam/policy:Policy": "policy",
        "aws:iam/rolePolicy:RolePolicy": "policy",
        "aws:iam/userPolicy:UserPolicy": "policy",
        "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": "inlinePolicy",
    },
    "trust": {"aws:iam/role:Role": "assumeRolePolicy"},
    "resource": {
        "aws:apigateway/restApiPolicy:RestApiPolicy": "policy",
        "aws:backup/vaultPolicy:VaultPolicy": "policy",
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
        "aws:dynamodb/resourcePolicy:ResourcePolicy": "policy",
        "aws:ecr/registryPolicy:RegistryPolicy": "policy",
        "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
        "aws:efs/fileSystemPolicy:FileSystemPolicy": "policy",
        "aws:glue/resourcePolicy:ResourcePolicy": "policy",
        "aws:kinesis/resourcePolicy:ResourcePolicy": "policy",
        "aws:kms/externalKey:ExternalKey": "policy",
        "aws:kms/key:Key": "policy",
        "aws:kms/keyPolicy:KeyPolicy": "policy",
        "aws:kms/replicaKey:ReplicaKey": "policy",
        "aws:msk/clusterPolicy:ClusterPolicy": "policy",
        "aws:opensearch/domain:Domain": "accessPolicies",
        "aws:opensearch/domainPolicy:DomainPolicy": "accessPolicies",
        "aws:s3/accessPoint:AccessPoint": "policy",
        "aws:s3/bucket:Bucket": "policy",
        "aws:s3/bucketPolicy:BucketPolicy": "policy",
        "aws:secretsmanager/secret:Secret": "policy",
        "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
        "aws:sns/topic:Topic": "policy",
        "aws:sns/topicPolicy:TopicPolicy": "policy",
        "aws:sqs/queue:Queue": "policy",
        "aws:sqs/queuePolicy:QueuePolicy": "policy",
    },
    "endpoint": {
        "aws:ec2/vpcEndpoint:VpcEndpoint": "policy",
        "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy": "policy",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement. `at` is its place: `policy.Statement[0]`. Lists are lists even where AWS lets one item stand alone.

    `principals` holds type -> names; a bare `*` is `{"AWS": ["*"]}`, which is what it means. `sid` is its name, if it has one.
    """

    at: str
    sid: str
    allows: bool | Mark
    actions: Sequence[Value]
    resources: Sequence[Value]
    principals: Mapping[str, Sequence[Value]]
    conditions: Mapping[str, Value] | Mark
    negated: tuple[str, ...]

    def condition_keys(self) -> frozenset[str]:
        """The keys that its conditions test, in lower case: IAM does not tell them apart by case."""
        if isinstance(self.conditions, Mark):
            return frozenset()
        return frozenset(str(key).lower() for block in self.conditions.values() if is_map(block) for key in block)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A policy document. `statements` is a `Mark` where it cannot be seen, and None where it is no document at all."""

    kind: Kind
    at: str
    statements: tuple[Statement, ...] | Mark | None


def holding(*kinds: Kind) -> Callable[[str], bool]:
    """Whether resources of a type hold a document of one of these kinds."""
    return of_type(*(token for kind in kinds for token in _PLACES[kind]))


@lru_cache(maxsize=4)
def documents(resource: Resource) -> tuple[Document, ...]:
    """The documents inside `resource`. The last ones stay in memory: all rules look at one resource before the next."""
    return tuple(
        _document(kind, at, value)
        for kind, places in _PLACES.items()
        for at, value in _values(resource, kind, places)
        if value not in (None, "")
    )


def each_statement(*kinds: Kind, wrong: Callable[[Statement], Iterable[Finding]]) -> Check:
    """A check that asks `wrong` about every statement of the documents of these kinds that allows something."""

    def check(resource: Resource, _: Stack) -> Iterator[Finding]:
        for document in documents(resource):
            if document.kind not in kinds:
                continue
            if document.statements is None:
                yield violated(document.at, "is no policy document")
            elif isinstance(document.statements, Mark):
                yield undecided(document.at)
            else:
                for statement in document.statements:
                    if isinstance(statement.allows, Mark):
                        yield undecided(f"{statement.at}.Effect")
                    elif statement.allows:
                        yield from wrong(statement)

    return check


def _values(resource: Resource, kind: Kind, places: Mapping[str, str]) -> Iterator[tuple[str, Value]]:
    if key := places.get(resource.type):
        yield key, resource.props.get(key)
    if kind == "identity" and resource.type == "aws:iam/role:Role":
        for index, inline in enumerate(listed(resource.props.get("inlinePolicies"))):
            yield f"inlinePolicies[{index}].policy", inline.get("policy") if is_map(inline) else inline


def _document(kind: Kind, at: str, value: Value) -> Document:
    try:
        body = parsed(value)
    except ValueError:
        return Document(kind=kind, at=at, statements=None)
    if isinstance(body, Mark):
        return Document(kind=kind, at=at, statements=body)
    found = listed(body.get("Statement")) if is_map(body) else ()
    if has_mark(found):
        return Document(kind=kind, at=at, statements=Mark.UNKNOWN)
    if not found or not all(is_map(statement) for statement in found):
        return Document(kind=kind, at=at, statements=None)
    return Document(
        kind=kind,
        at=at,
        statements=tuple(_statement(f"{at}.Statement[{index}]", statement) for index, statement in enumerate(found)),
    )


def _statement(at: str, body: Mapping[str, Value]) -> Statement:
    effect, conditions = body.get("Effect"), body.get("Condition")
    return Statement(
        at=at,
        sid="" if isinstance(sid := body.get("Sid", ""), Mark) else str(sid),
        allows=effect if isinstance(effect, Mark) else effect == "Allow",
        actions=listed(body.get("Action")),
        resources=listed(body.get("Resource")),
        principals=_principals(body.get("Principal")),
        conditions=conditions if isinstance(conditions, Mark) or is_map(conditions) else {},
        negated=tuple(key for key in ("NotAction", "NotResource", "NotPrincipal") if key in body),
    )


def _principals(value: Value) -> Mapping[str, Sequence[Value]]:
    if is_map(value):
        return {kind: listed(names) for kind, names in value.items()}
    if isinstance(value, Mark) or is_list(value):
        return {"AWS": listed(value)}
    return {"AWS": ("*",)} if value == "*" else {}
