"""Roles that AWS services take on: the only place where a role is made."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pulumi import Output, ResourceOptions
from pulumi_aws import iam

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.documents import identity_policy, service_trust
from components.core.offers import Statement

_PRINCIPAL = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com")
_DESCRIPTION = re.compile(r"[\t\n\r -~¡-ÿ]{1,1000}")
"""What a role's description may be (IAM API reference, CreateRole)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRoleArgs:
    """A role that `service` (`vpc-flow-logs.amazonaws.com`) takes on, to do `statements` and nothing else.

    `source_arn` is a pattern of the resources on whose behalf the service acts. `purpose` describes the role to whoever finds it.
    The role is called `area` and `job` by the naming convention. Raises ValueError that names every fault.
    """

    service: str
    source_arn: str
    statements: tuple[Statement, ...]
    purpose: str
    area: str
    job: str

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        if not _PRINCIPAL.fullmatch(self.service):
            yield f"service: {self.service!r} is no service; a name that ends in .amazonaws.com"
        if not self.source_arn.startswith("arn:"):
            yield f"source_arn: {self.source_arn!r} is no ARN; a pattern of the resources that the service acts for"
        if not self.statements:
            yield "statements: none given; a role without rights is of no use"
        if not _DESCRIPTION.fullmatch(self.purpose):
            yield f"purpose: {len(self.purpose)} characters given; 1 to 1000, Latin letters, digits and punctuation"


class ServiceRole(Component):
    """A role for one service, with exactly the rights that it was asked to have.

    Creates: the role and one inline policy. Costs: nothing.
    What depends on the rights must wait for the whole component (`after=[role]`): the role exists before it may do anything.
    """

    TYPE: ClassVar[str] = "plinth:security:ServiceRole"

    role_arn: Output[str]
    role_name: Output[str]

    def __init__(self, name: str, args: ServiceRoleArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        role = iam.Role(
            f"{name}-role",
            name=ctx.physical(args.area, args.job, kind="role"),
            description=args.purpose,
            assume_role_policy=service_trust(args.service, account_id=ctx.account_id, source_arn=args.source_arn),
            tags=ctx.tagged(f"{name}-role"),
            opts=self.under(),
        )
        iam.RolePolicy(f"{name}-rights", role=role.name, policy=identity_policy(args.statements), opts=self.under())
        self.role_arn = role.arn
        self.role_name = role.name
        self.publish()
