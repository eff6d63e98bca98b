"""Where the images of a service are kept."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import ecr

from components.core.checks import name_problems, refuse
from components.core.component import Component
from components.core.context import Context
from components.core.documents import document
from components.core.offers import Statement
from components.core.registries import PULL, PUSH, registry_host, repository_arn, repository_name

_LIMIT: Final = 10_240
"""Characters of a repository's policy (ECR API reference, SetRepositoryPolicy)."""
_COUNT, _DAYS = range(1, 1001), range(1, 366)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryArgs:
    """Images of `image` (`booking`), encrypted with `key_arn`.

    The last `keep_images` (1 to 1000) with a tag stay; one without goes after `untagged_days` (1 to 365). `pushed_by` are ARNs of
    roles that add images, which need not exist yet. Raises ValueError that names every fault.
    """

    image: str
    key_arn: Input[str]
    keep_images: int
    untagged_days: int
    pushed_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        yield from name_problems("image", self.image)
        if self.keep_images not in _COUNT:
            yield f"keep_images: {self.keep_images} is not possible; {_COUNT[0]} to {_COUNT[-1]}"
        if self.untagged_days not in _DAYS:
            yield f"untagged_days: {self.untagged_days} is not possible; {_DAYS[0]} to {_DAYS[-1]}"


class Registry(Component):
    """A repository for one image, in which a tag once given keeps its meaning.

    Creates: the repository, which scans what is pushed; what is deleted when; a policy that lets the pipelines push, and keeps
    other accounts and connections without encryption out.
    Costs: by the GB that is kept.
    """

    TYPE: ClassVar[str] = "plinth:compute:Registry"

    repository_url: Output[str]

    def __init__(self, name: str, args: RegistryArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        repository = ecr.Repository(
            f"{name}-repository",
            name=repository_name(ctx, args.image),
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": args.key_arn}],
            force_delete=not ctx.retain,
            region=ctx.region,
            tags=ctx.tagged(f"{name}-repository"),
            opts=self.under(stateful=True),
        )
        ecr.LifecyclePolicy(
            f"{name}-lifecycle",
            repository=repository.name,
            policy=_lifecycle(args.keep_images, args.untagged_days),
            region=ctx.region,
            opts=self.under(),
        )
        ecr.RepositoryPolicy(
            f"{name}-policy",
            repository=repository.name,
            policy=_policy(ctx, args.pushed_by),
            region=ctx.region,
            opts=self.under(),
        )
        self.repository_url = repository.repository_url
        self.publish()


def image_uri(ctx: Context, image: str, version: str) -> str:
    """Where one version of an image is, known before it exists. `version` is `tag:<tag>` or `sha256:<digits>`."""
    own = f"{registry_host(ctx)}/{repository_name(ctx, image)}"
    return f"{own}:{version.removeprefix('tag:')}" if version.startswith("tag:") else f"{own}@{version}"


def pull_statements(ctx: Context, images: tuple[str, ...]) -> tuple[Statement, ...]:
    """What getting `images` from their repositories takes."""
    return (
        Statement(
            sid="SignIn",
            actions=("ecr:GetAuthorizationToken",),
            resources=("*",),
            because="one token is for all repositories of an account",
        ),
        Statement(
            sid="Pull",
            actions=PULL,
            resources=tuple(repository_arn(ctx, one) for one in images),
        ),
    )


def _lifecycle(keep_images: int, untagged_days: int) -> str:
    """Source: ECR user guide, "Lifecycle policy properties in Amazon ECR". The rule for untagged images comes first."""
    untagged = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": untagged_days}
    tagged = {"tagStatus": "tagged", "tagPatternList": ["*"], "countType": "imageCountMoreThan", "countNumber": keep_images}
    rules = [
        {"rulePriority": 1, "description": "Without a tag", "selection": untagged, "action": {"type": "expire"}},
        {"rulePriority": 2, "description": "Old versions", "selection": tagged, "action": {"type": "expire"}},
    ]
    return json.dumps({"rules": rules}, separators=(",", ":"))


def _policy(ctx: Context, pushed_by: tuple[str, ...]) -> str:
    """No statement names a resource: this policy has none (ECR user guide, "Private repository policies in Amazon ECR")."""
    return document([*_pushing(ctx, pushed_by), *_refusals(ctx)], _LIMIT)


def _pushing(ctx: Context, roles: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    if roles:
        # Not the roles themselves as principals: ECR refuses one that does not exist yet.
        yield {
            "Sid": "Pipelines",
            "Effect": "Allow",
            "Principal": {"AWS": [f"arn:aws:iam::{ctx.account_id}:root"]},
            "Action": sorted((*PULL, *PUSH)),
            "Condition": {"ArnEquals": {"aws:PrincipalArn": sorted(roles)}},
        }


def _refusals(ctx: Context) -> Iterator[dict[str, Any]]:
    everybody: dict[str, Any] = {"Effect": "Deny", "Principal": "*", "Action": sorted((*PULL, *PUSH))}
    others = {"StringNotEquals": {"aws:PrincipalAccount": ctx.account_id}}
    yield {"Sid": "OtherAccounts", **everybody, "Condition": {**others, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}
    yield {"Sid": "InPlain", **everybody, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
