"""Roles that pipelines take without a stored key: one that only reads, for changes to be reviewed, and one that deploys."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pulumi import Output, ResourceOptions

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.naming import GUARDED_PATH
from components.core.offers import Statement
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.core.trust import WebIdentityTrust
from components.security.outside import identity_provider_arn

_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelinesArgs:
    """Workflows of `repository` on GitHub, whose tokens `issuer` signs for `audience`.

    Those of pull requests may do `preview`; those of the deployment environment `environment`, which GitHub can have people
    approve, `deploy`. Raises ValueError that names every fault.
    """

    repository: str
    environment: str
    issuer: str
    audience: str
    preview: tuple[Statement, ...]
    deploy: tuple[Statement, ...]

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        if not _REPOSITORY.fullmatch(self.repository):
            yield f"repository: {self.repository!r} is no repository; owner/name"
        for name in ("preview", "deploy"):
            if not getattr(self, name):
                yield f"{name}: none given; a role without rights is of no use"


class Pipelines(Component):
    """The roles of one stack's pipelines.

    Creates: two roles, each for one subject of one repository. Costs: nothing.
    When not: where somebody else runs Pulumi.

    Source of the subjects: GitHub documentation, "OpenID Connect reference", "Example subject claims".
    """

    TYPE: ClassVar[str] = "plinth:security:Pipelines"

    preview_role_arn: Output[str]
    deploy_role_arn: Output[str]

    def __init__(self, name: str, args: PipelinesArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        self._args = args
        reviewed, deployed = "pull_request", f"environment:{args.environment}"
        self.preview_role_arn = self._role("preview", reviewed, args.preview, "Plans this stack for review; changes nothing")
        self.deploy_role_arn = self._role("deploy", deployed, args.deploy, "Deploys this stack")
        self.publish()

    def _role(self, job: str, subject: str, statements: tuple[Statement, ...], purpose: str) -> Output[str]:
        args, ctx = self._args, self._ctx
        trust = WebIdentityTrust(
            provider_arn=identity_provider_arn(ctx, args.issuer),
            issuer=args.issuer,
            audience=args.audience,
            subject=f"repo:{args.repository}:{subject}",
        )
        role = ServiceRoleArgs(
            trust=trust,
            statements=statements,
            purpose=purpose,
            area="ci",
            job=job,
            path=GUARDED_PATH,
            bounded=False,  # what bounds services would let it make nothing: its own rights are exact, and out of its reach
        )
        return ServiceRole(f"{self.pulumi_resource_name}-{job}", role, ctx, self.under()).ready_arn


def deploy_role_arn(ctx: Context) -> str:
    """The ARN of the role that deploys the stack, known before it exists."""
    return f"arn:aws:iam::{ctx.account_id}:role{GUARDED_PATH}{ctx.physical('ci', 'deploy', kind='role')}"
