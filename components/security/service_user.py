"""Users for machines outside of AWS that can show no token."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pulumi import Output, ResourceOptions
from pulumi_aws import iam

from components.core.checks import name_problems, refuse
from components.core.component import Component
from components.core.context import Context
from components.core.documents import MANAGED_LIMIT, USER_LIMIT, identity_policy, packed
from components.core.offers import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceUserArgs:
    """The user `user`, who may do `statements`. Raises ValueError that names every fault."""

    user: str
    statements: tuple[Statement, ...]

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        yield from name_problems("user", self.user)
        if not self.statements:
            yield "statements: none given; a user without rights is of no use"


class ServiceUser(Component):
    """A user for one machine, without a password.

    Creates: the user, its rights, and a boundary of the same rights, so that what is attached by hand gives it nothing more. That
    policy gives the rights too where they are too long for one of the user's own.
    Costs: nothing.
    When not: wherever a role can be taken instead, for a key lives until somebody remembers it.

    No key is made here: it would stand in the state for as long as it is valid.
    """

    TYPE: ClassVar[str] = "plinth:security:ServiceUser"

    user_name: Output[str]

    def __init__(self, name: str, args: ServiceUserArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        rights = identity_policy(args.statements, limit=MANAGED_LIMIT)
        boundary = iam.Policy(
            f"{name}-boundary",
            description=f"The most that the user {args.user} can ever do",
            path=ctx.role_path,
            policy=rights,
            tags=ctx.tagged(f"{name}-boundary"),
            opts=self.under(),
        )
        user = iam.User(
            f"{name}-user",
            name=_physical(ctx, args.user),
            path=ctx.role_path,
            permissions_boundary=boundary.arn,
            tags=ctx.tagged(f"{name}-user"),
            opts=self.under(),
        )
        if len(packed(args.statements, USER_LIMIT)) == 1:
            iam.UserPolicy(f"{name}-rights", user=user.name, policy=rights, opts=self.under())
        else:
            iam.UserPolicyAttachment(f"{name}-attached", user=user.name, policy_arn=boundary.arn, opts=self.under())
        self.user_name = user.name
        self.publish()


def service_user_arn(ctx: Context, user: str) -> str:
    """The ARN of a user, known before it exists."""
    return f"arn:aws:iam::{ctx.account_id}:user{ctx.role_path}{_physical(ctx, user)}"


def _physical(ctx: Context, user: str) -> str:
    return ctx.physical(user, "machine", kind="user")
