"""Roles for whoever is not a service of the platform: systems that show a token, people in an emergency."""

from dataclasses import dataclass
from typing import ClassVar

from pulumi import Output, ResourceOptions

from components.core.checks import name_problems, refuse
from components.core.component import Component
from components.core.context import Context
from components.core.naming import GUARDED_PATH
from components.core.offers import Statement
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.core.trust import PeopleTrust, WebIdentityTrust

_JOB = "outside"
_EVERYTHING = "arn:aws:iam::aws:policy/AdministratorAccess"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideRoleArgs:
    """The system `system`, which shows the token that `trust` asks for and may do `statements`.

    Raises ValueError that names every fault.
    """

    system: str
    trust: WebIdentityTrust
    statements: tuple[Statement, ...]

    def __post_init__(self) -> None:
        refuse(self, name_problems("system", self.system))


class OutsideRole(Component):
    """A role for one system outside of AWS, which has no key: it shows a token each time.

    Creates: the role. Costs: nothing.
    """

    TYPE: ClassVar[str] = "plinth:security:OutsideRole"

    role_arn: Output[str]

    def __init__(self, name: str, args: OutsideRoleArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        role = ServiceRole(
            f"{name}-identity",
            ServiceRoleArgs(
                trust=args.trust,
                statements=args.statements,
                purpose=f"What the system {args.system} may do from outside",
                area=args.system,
                job=_JOB,
            ),
            ctx,
            self.under(),
        )
        self.role_arn = role.ready_arn
        self.publish()


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlassArgs:
    """Who may take the role for emergencies: ARNs of users. Raises ValueError where there is none."""

    taken_by: tuple[str, ...]

    def __post_init__(self) -> None:
        refuse(self, () if self.taken_by else ("taken_by: nobody is named; ARNs of users",))


class BreakGlass(Component):
    """A role with every right, for the day on which nothing else works.

    Creates: the role, taken for an hour at most, with a second factor that was shown within the last. Costs: nothing.
    When not: as long as the account has another way in for its owner.
    """

    TYPE: ClassVar[str] = "plinth:security:BreakGlass"

    role_arn: Output[str]

    def __init__(self, name: str, args: BreakGlassArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        role = ServiceRole(
            f"{name}-identity",
            ServiceRoleArgs(
                trust=PeopleTrust(arns=args.taken_by),
                statements=(),
                attached=(_EVERYTHING,),
                purpose="Every right, for emergencies; each use is to be explained afterwards",
                area="emergency",
                job="break-glass",
                path=GUARDED_PATH,
                bounded=False,  # a bound would hold on the day on which nothing else works
            ),
            ctx,
            self.under(),
        )
        self.role_arn = role.ready_arn
        self.publish()


def outside_role_arn(ctx: Context, system: str) -> str:
    """The ARN of the role of a system, known before it exists."""
    return ctx.role_arn(system, _JOB)


def identity_provider_arn(ctx: Context, issuer: str) -> str:
    """The ARN of the account's provider for the tokens of `issuer`, known before it exists."""
    return f"arn:aws:iam::{ctx.account_id}:oidc-provider/{issuer}"
