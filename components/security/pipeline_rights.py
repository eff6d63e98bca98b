"""What the two roles of a stack's pipeline may do: the one that deploys it, and the one that only previews.

Known before anything runs: from the types that the platform makes, what the provider calls for them (`handlers`), and the names
and tags by which this stack's things are told from all others. A pull request that needs more cannot give it to itself: the roles
of the pipeline, their policies and boundary stand under `GUARDED_PATH`, which neither role may write to.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final, TypeAlias

from components.core import tagging
from components.core.context import Context
from components.core.naming import GUARDED_PATH
from components.core.offers import Statement
from components.core.registries import PULL, PUSH
from components.core.service_role import KEPT_BY_AWS
from components.security import handlers
from components.security.handlers import Handler, Right

_EVERY: Final[tuple[Handler, ...]] = ("create", "read", "update", "delete")
_ACCOUNT_WIDE: Final = frozenset(
    {
        "aws:ebs/defaultKmsKey:DefaultKmsKey",
        "aws:ebs/encryptionByDefault:EncryptionByDefault",
        "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
        "aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
        "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
    }
)
"""Types of which an account has one: whoever writes it does so for everybody."""
_PUBLIC: Final = frozenset(
    {
        "aws:acm/certificate:Certificate",
        "aws:acm/certificateValidation:CertificateValidation",
        "aws:route53/healthCheck:HealthCheck",
        "aws:route53/record:Record",
        "aws:route53/zone:Zone",
    }
)
"""Types that only a stack with a domain has."""
_EMPTYING: Final = frozenset({"s3:DeleteObject", "s3:DeleteObjectVersion"})
"""What a bucket is emptied with before it goes, in a stack that does not retain its data."""
_SECRET_VALUES: Final = frozenset({"secretsmanager:GetSecretValue", "ssm:GetParameter"})
"""Reading that gives away a secret's value."""
_HOLDERS: Final[Mapping[str, frozenset[str]]] = {
    "ecr": frozenset({"kms:CreateGrant", "kms:RetireGrant"}),
    "elasticache": frozenset({"kms:CreateGrant"}),
    "elasticfilesystem": frozenset({"kms:CreateGrant", "kms:GenerateDataKeyWithoutPlaintext"}),
    "rds": frozenset({"kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKey"}),
    "secretsmanager": frozenset({"kms:Decrypt", "kms:GenerateDataKey"}),
    "ssm": frozenset({"kms:Decrypt", "kms:Encrypt"}),
}
"""Which use of a key each service needs that keeps something under it, in the name of whoever has it made."""
_GLOBAL: Final = frozenset({"iam", "route53"})
"""Services whose calls belong to no region."""
_ANY_REGION, _ITS_REGION = "*", "* in a region"
_WITH_A_PATH: Final = {
    "iam:group": ":group",
    "iam:instance-profile": ":instance-profile",
    "iam:policy": ":policy",
    "iam:role": ":role",
    "iam:user": ":user",
}
"""What has a path in IAM, and how its ARN begins: the stack's own path, or the one that is out of the pipelines' reach."""
_RECORD_NAMES: Final = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
_NO_RESOURCE: Final = "the service lets this be narrowed to no resource (Service Authorization Reference)"
_ON_EVERYTHING: Final[Mapping[str, str]] = {
    "kms:TagResource": "whoever makes a key with tags needs this on no particular key",
    "servicediscovery:GetOperation": "an operation has no ARN, and the namespace that it makes none yet",
}

Conditions: TypeAlias = Mapping[str, Mapping[str, str | tuple[str, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StateBackend:
    """The bucket in which Pulumi keeps the state of stacks, under `prefix` (`states/`, or empty).

    `key_arn` is the key that encrypts its objects and the secrets in them; empty where S3's own key does. Each stack has paths
    of its own there (`pkg/backend/diy` of pulumi/pulumi). `meta.yaml`, which all share, is written when the backend is set up.
    """

    bucket: str
    prefix: str = ""
    key_arn: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineScope:
    """What the pipelines of a stack need to know beyond the stack.

    `state` is None where Pulumi keeps it elsewhere than in S3.
    `regions` are those in which it has things beside its own. With `boundary_arn`, a permissions boundary, nothing that the
    pipeline makes ever has more rights than the boundary; without one the pipeline can give a role any right, and so have it.
    `account_wide`: this stack makes what an account has once. `domain` is what its public names end in, if it has any.
    `builds`: images are built while it is deployed. `config_key` is the alias of the stack's own key for the secrets of its file,
    where it has one.
    """

    state: StateBackend | None = None
    regions: tuple[str, ...] = ()
    boundary_arn: str = ""
    account_wide: bool = False
    domain: str = ""
    builds: bool = False
    config_key: str = ""

    @property
    def types(self) -> frozenset[str]:
        """The resource types that the stack may have."""
        without = frozenset[str]() if self.account_wide else _ACCOUNT_WIDE
        return handlers.known_types() - without - (frozenset[str]() if self.domain else _PUBLIC)


def deploy_statements(ctx: Context, scope: PipelineScope) -> tuple[Statement, ...]:
    """All that `pulumi up`, `refresh` and `destroy` of the stack call, and nothing else. Every ARN is plain text."""
    writer = _Writer(ctx, scope)
    calls = handlers.actions(scope.types, _EVERY) - (_EMPTYING if ctx.retain else frozenset())
    images = writer.images(*PULL, *PUSH)
    return (*writer.statements(calls), *writer.keys(calls), *writer.roles(), *images, *writer.state(writes=True))


def preview_statements(ctx: Context, scope: PipelineScope) -> tuple[Statement, ...]:
    """All that `pulumi preview` of the stack calls, with `--refresh` too as long as the stack holds no secret values.

    It changes nothing. It takes no lock either: a preview goes by the state as it finds it (`diyBackend.Preview`, pulumi/pulumi).
    Values of secrets are not read from where they are kept, so a refresh of those is for the deploying role; but what the state
    itself holds, whoever previews can decrypt: Pulumi reads the whole of it. Where images are built, a preview signs in to their
    registries and looks at what is there (`ecr/image.ts` and `ecr/auth.ts` of pulumi/pulumi-awsx).
    """
    writer = _Writer(ctx, scope)
    calls = handlers.actions(scope.types, ("read",)) - _SECRET_VALUES
    reads = frozenset(call for call in calls if all(right.reads for right in handlers.rights()[call]))
    images = writer.images(*PULL) if scope.builds else ()
    return (*writer.statements(reads), *images, *writer.state(writes=False))


@dataclass(frozen=True, slots=True)
class _Block:
    """Actions of one service with one guard, on the resource types on which all of them may be granted together."""

    actions: frozenset[str]
    resources: frozenset[str]

    def joined(self, other: "_Block") -> "_Block":
        return _Block(self.actions | other.actions, self.resources | other.resources)

    def says_only(self, guard: str) -> bool:
        """Whether each action of it, where it can work on a resource of it at all, may do so under `guard`."""
        for action in self.actions:
            guards: dict[str, set[str]] = {}
            for right in handlers.rights()[action]:
                guards.setdefault(right.resource, set()).add(right.guard)
            if any(guard not in guards[resource] for resource in self.resources & guards.keys()):
                return False
        return True


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the statements for one stack."""

    ctx: Context
    scope: PipelineScope

    def statements(self, calls: Iterable[str]) -> Iterator[Statement]:
        """As few as say it: of a service and a guard one, unless that would mean more than each of them alone."""
        wanted = sorted((right for call in calls for right in handlers.rights()[call] if right.guard != "service"), key=_order)
        for (service, reads, guard), group in groupby(wanted, _group):
            if guard == "names" and not self.scope.domain:
                continue
            for block in _blocks(group, guard):
                if service in (_ANY_REGION, _ITS_REGION):
                    yield self._unscoped(block, guard, regional=service == _ITS_REGION)
                else:
                    yield self._scoped(block, guard, reads=reads)

    def keys(self, calls: frozenset[str]) -> Iterator[Statement]:
        """The use of keys through the services that keep something: whose that is, the services' own rights say."""
        for holder, uses in sorted(_HOLDERS.items()):
            through = tuple(f"{holder}.{region}.amazonaws.com" for region in self._regions)
            yield Statement(
                actions=tuple(sorted(uses & calls)),
                resources=(f"arn:aws:kms:{self._region}:{self.ctx.account_id}:key/*",),
                conditions={"StringEquals": {"kms:ViaService": _one_or_all(through)}},
            )

    def roles(self) -> Iterator[Statement]:
        """Handing roles of the stack to the services that need them, and letting others make theirs."""
        for service in sorted(handlers.passed_to(self.scope.types)):
            yield self._on_role("iam:PassRole", f"{self.ctx.role_path}{self._stack}-*", {"iam:PassedToService": service})
        for service in sorted(handlers.linked_to(self.scope.types)):
            yield self._on_role("iam:CreateServiceLinkedRole", f"/aws-service-role/{service}/*", {"iam:AWSServiceName": service})

    def images(self, *calls: str) -> Iterator[Statement]:
        """Signing in to the registries of the account, and `calls` on those of the stack."""
        yield Statement(
            actions=("ecr:GetAuthorizationToken",),
            resources=("*",),
            because="the token is that of the account's registry, which is no resource; what it opens, the next statement says",
        )
        own = f"arn:aws:ecr:{self.ctx.region}:{self.ctx.account_id}:repository/{self._stack}-*"
        yield Statement(actions=tuple(sorted(calls)), resources=(own,))

    def state(self, *, writes: bool) -> Iterator[Statement]:
        """The stack's own part of the state, and the secrets of its file."""
        backend, own = self.scope.state, f"{self.ctx.project}/{self.ctx.environment}"
        yield from self._stack_file(writes=writes)
        if backend is None:
            return
        bucket = f"arn:aws:s3:::{backend.bucket}"
        root = f"{bucket}/{backend.prefix}.pulumi"
        checkpoint = f"{root}/stacks/{own}.*"
        beneath = tuple(f"{root}/{part}/{own}/*" for part in ("backups", "history", "journal", "locks/organization"))
        yield Statement(
            actions=("s3:ListBucket",),
            resources=(bucket,),
            conditions={"StringLike": {"s3:prefix": f"{backend.prefix}.pulumi/*"}},
        )
        yield Statement(actions=("s3:GetObject",), resources=(f"{root}/meta.yaml", checkpoint))
        if writes:
            yield Statement(actions=("s3:DeleteObject", "s3:GetObject", "s3:PutObject"), resources=(*beneath, checkpoint))
        if backend.key_arn:
            uses = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey") if writes else ("kms:Decrypt",)
            yield Statement(actions=uses, resources=(backend.key_arn,))

    def _stack_file(self, *, writes: bool) -> Iterator[Statement]:
        """What Pulumi does with the key of those secrets: it asks for no data key (`secrets/awskms` of google/go-cloud)."""
        if not self.scope.config_key:
            return
        yield Statement(
            actions=("kms:Decrypt", "kms:Encrypt") if writes else ("kms:Decrypt",),
            resources=(f"arn:aws:kms:{self.ctx.region}:{self.ctx.account_id}:key/*",),
            conditions={"ForAnyValue:StringEquals": {"kms:ResourceAliases": self.scope.config_key}},
        )

    def _unscoped(self, block: _Block, guard: str, *, regional: bool) -> Statement:
        actions = tuple(sorted(block.actions))
        reasons = sorted({_ON_EVERYTHING.get(action, _NO_RESOURCE) for action in actions})
        conditions = _both(self._conditions(guard), self._there if regional else {})
        return Statement(actions=actions, resources=("*",), conditions=conditions, because="; ".join(reasons))

    def _scoped(self, block: _Block, guard: str, *, reads: bool) -> Statement:
        rights = (right for action in block.actions for right in handlers.rights()[action] if right.resource in block.resources)
        arns = {arn for right in rights for arn in self._arns(right, guarded=reads)}
        # A document has few bytes: several regions stand in one condition, in place of every ARN again for each.
        several = any(f":{self._region}:" in arn for arn in arns) and len(self._regions) > 1
        conditions = _both(self._conditions(guard), self._there if several else {})
        return Statement(actions=tuple(sorted(block.actions)), resources=tuple(sorted(arns)), conditions=conditions)

    def _arns(self, right: Right, *, guarded: bool) -> Iterator[str]:
        """The ARN; reading also goes for what is kept from the pipelines, or they could not plan it."""
        kind = _WITH_A_PATH.get(right.resource, "")
        paths = (self.ctx.role_path, GUARDED_PATH) if guarded and kind else (self.ctx.role_path,)
        templates = [right.arn.replace(f"{kind}/", f"{kind}{path}") for path in paths] if kind else [right.arn]
        for template in templates:
            yield template.format(
                region=self._region,
                account=self.ctx.account_id,
                project=self.ctx.project,
                environment=self.ctx.environment,
                stack=self._stack,
            )

    def _conditions(self, guard: str) -> Conditions:
        ours = {tagging.PROJECT: self.ctx.project, tagging.ENVIRONMENT: self.ctx.environment}
        carried = {f"aws:ResourceTag/{key}": value for key, value in ours.items()}
        given = {"StringEquals": {f"aws:RequestTag/{key}": value for key, value in ours.items()}}
        boundary = self.scope.boundary_arn
        bounded: Conditions = {"StringEquals": {"iam:PermissionsBoundary": boundary}} if boundary else {}
        policies = (f"arn:aws:iam::{self.ctx.account_id}:policy{self.ctx.role_path}{self._stack}-*", *KEPT_BY_AWS)
        return {
            "": {},
            "own": {"StringEquals": carried},
            "new": given,
            "creation": _both(given, {"Null": {"ec2:CreateAction": "false"}}),
            "claim": _both(given, {"StringEqualsIfExists": carried}),
            "unclaimed": {"StringEqualsIfExists": carried},
            "copy": {"StringEquals": {"kms:ReplicaRegion": _one_or_all(self._regions)}, "StringEqualsIfExists": carried},
            "bounded": bounded,
            "attach": _both(bounded, {"ArnLike": {"iam:PolicyARN": policies}}),
            "names": {"ForAllValues:StringLike": {_RECORD_NAMES: (self.scope.domain, f"*.{self.scope.domain}")}},
            "soa": {"ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsRecordTypes": "SOA"}},
        }[guard]

    def _on_role(self, action: str, role: str, only: Mapping[str, str]) -> Statement:
        arn = f"arn:aws:iam::{self.ctx.account_id}:role{role}"
        return Statement(actions=(action,), resources=(arn,), conditions={"StringEquals": only})

    @property
    def _stack(self) -> str:
        return f"{self.ctx.project}-{self.ctx.environment}"

    @property
    def _regions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.ctx.region, *self.scope.regions)))

    @property
    def _region(self) -> str:
        """What stands for the region in an ARN."""
        return "*" if len(self._regions) > 1 else self.ctx.region

    @property
    def _there(self) -> Conditions:
        return {"StringEquals": {"aws:RequestedRegion": _one_or_all(self._regions)}}


def _order(right: Right) -> tuple[object, ...]:
    return (*_group(right), right.action, right.resource)


def _group(right: Right) -> tuple[str, bool, str]:
    """What may stand in one statement: the service, or without an ARN whether it has a region; whether it reads; the guard."""
    service = right.action.partition(":")[0]
    if right.resource == "*":
        service = _ANY_REGION if service in _GLOBAL else _ITS_REGION
    return service, right.reads, right.guard


def _blocks(rights: Iterable[Right], guard: str) -> list[_Block]:
    found: list[_Block] = []
    for _, group in groupby(rights, lambda right: right.action):
        each = list(group)
        block = _Block(frozenset({each[0].action}), frozenset(right.resource for right in each))
        for place, other in enumerate(found):
            if (joined := block.joined(other)).says_only(guard):
                found[place] = joined
                break
        else:
            found.append(block)
    return found


def _one_or_all(values: tuple[str, ...]) -> str | tuple[str, ...]:
    """As a document writes it: a value by itself, or a list."""
    return values[0] if len(values) == 1 else values


def _both(one: Conditions, other: Conditions) -> Conditions:
    return {operator: {**one.get(operator, {}), **other.get(operator, {})} for operator in sorted({*one, *other})}
