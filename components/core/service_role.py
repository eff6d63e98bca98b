"""The only place where a role is made, whoever takes it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import iam

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.documents import MANAGED_LIMIT, ROLE_LIMIT, identity_policy, packed
from components.core.offers import Statement
from components.core.outputs import gather
from components.core.trust import Trust, trust_policy, trust_problems

_DESCRIPTION = re.compile(r"[\t\n\r -~¡-ÿ]{1,1000}")
"""What a role's description may be (IAM API reference, CreateRole)."""
_PATH = re.compile(r"/([!-~]+/)?")
MONITORING: Final = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
"""RDS user guide, "Setting up for Enhanced Monitoring": the log group of it is one an account, and RDS makes it."""
KEPT_BY_AWS: Final = (MONITORING,)
"""The policies of AWS that roles of the platform have, which a pipeline may attach: no others, or it could give any right."""
_MOST_ATTACHED = 10
"""Managed policies of a role, by default (IAM user guide, "IAM and AWS STS quotas")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRoleArgs:
    """A role that whoever `trust` names takes on, to do `statements` and nothing else.

    `purpose` describes the role to whoever finds it. It is called `area` and `job` by the naming convention. `attached` are ARNs
    of managed policies that AWS keeps. `path` is its place among the roles of the account; empty: that of the stack.
    `bounded`: the boundary that the stack sets, if any, holds it.
    Raises ValueError that names every fault.
    """

    trust: Trust
    statements: tuple[Statement, ...]
    purpose: str
    area: str
    job: str
    attached: tuple[str, ...] = ()
    path: str = ""
    bounded: bool = True

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        yield from trust_problems(self.trust)
        if not _DESCRIPTION.fullmatch(self.purpose):
            yield f"purpose: {len(self.purpose)} characters given; 1 to 1000, Latin letters, digits and punctuation"
        if self.path and not _PATH.fullmatch(self.path):
            yield f"path: {self.path!r} is no path; it begins and ends with a slash"
        if len(self.attached) + len(documents_of(self.statements)) > _MOST_ATTACHED:
            yield f"statements: they need more managed policies than a role can have; at most {_MOST_ATTACHED}"


class ServiceRole(Component):
    """A role with exactly the rights that it was asked to have.

    Creates: the role; its rights as one inline policy, or as managed policies of its own where they are too long for one; the
    boundary that the stack sets, for all but those that its args leave free.
    Costs: nothing.

    `ready_arn` is there once the rights are: whatever acts with the role at once takes it from there.
    """

    TYPE: ClassVar[str] = "plinth:security:ServiceRole"

    role_arn: Output[str]
    role_name: Output[str]
    ready_arn: Output[str]

    def __init__(self, name: str, args: ServiceRoleArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        role = iam.Role(
            f"{name}-role",
            name=ctx.physical(args.area, args.job, kind="role"),
            path=args.path or ctx.role_path,
            permissions_boundary=ctx.boundary_arn or None if args.bounded else None,
            description=args.purpose,
            assume_role_policy=trust_policy(args.trust, ctx.account_id),
            tags=ctx.tagged(f"{name}-role"),
            opts=self.under(),
        )
        rights = [*self._own(role, args), *self._attached(role, args.attached)]
        self.role_arn = role.arn
        self.role_name = role.name
        self.ready_arn = gather([role.arn, *rights]).apply(_first)
        self.publish()

    def _own(self, role: iam.Role, args: ServiceRoleArgs) -> list[Output[str]]:
        documents = documents_of(args.statements)
        if len(documents) == 1:
            name = f"{self.pulumi_resource_name}-rights"
            return [iam.RolePolicy(name, role=role.name, policy=documents[0], opts=self.under()).id]
        return [self._managed(role, number, document, args) for number, document in enumerate(documents, start=1)]

    def _managed(self, role: iam.Role, number: int, document: Input[str], args: ServiceRoleArgs) -> Output[str]:
        name = f"{self.pulumi_resource_name}-rights-{number}"
        policy = iam.Policy(
            name,
            description=args.purpose,
            path=args.path or self._ctx.role_path,
            policy=document,
            tags=self._ctx.tagged(name),
            opts=self.under(),
        )
        return iam.RolePolicyAttachment(f"{name}-attached", role=role.name, policy_arn=policy.arn, opts=self.under()).id

    def _attached(self, role: iam.Role, arns: Sequence[str]) -> list[Output[str]]:
        return [
            iam.RolePolicyAttachment(
                f"{self.pulumi_resource_name}-{arn.rpartition('/')[2].lower()}", role=role.name, policy_arn=arn, opts=self.under()
            ).id
            for arn in arns
        ]


def documents_of(statements: Sequence[Statement]) -> tuple[Input[str], ...]:
    """The documents that hold `statements`: none, one that a role has inline, or several managed policies.

    Managed ones are shorter each, but only together do a role's inline policies count.
    """
    whole = packed(statements, ROLE_LIMIT)
    if len(whole) <= 1:
        return tuple(identity_policy(part) for part in whole)
    return tuple(identity_policy(part, limit=MANAGED_LIMIT) for part in packed(statements, MANAGED_LIMIT))


def _first(values: list[str]) -> str:
    return values[0]
