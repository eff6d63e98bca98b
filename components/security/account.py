"""What an account has once: how people sign in, who is an administrator, what looks for doors left open."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from pulumi import Output, ResourceOptions
from pulumi_aws import accessanalyzer, ecr, iam

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.documents import Refusal, identity_policy
from components.core.naming import GUARDED_PATH
from components.core.offers import Statement

_LENGTHS, _REMEMBERED, _AGES = range(8, 129), range(1, 25), range(1, 1096)
"""What the password policy may ask for; AWS would take lengths from 6 (IAM API reference, UpdateAccountPasswordPolicy)."""
_OWN_DEVICE = ("iam:EnableMFADevice", "iam:GetMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ResyncMFADevice")
_ANY_DEVICE = ("iam:ListVirtualMFADevices",)
_NEW_DEVICE = ("iam:CreateVirtualMFADevice",)
_WITHOUT_MFA = (*_OWN_DEVICE, *_ANY_DEVICE, *_NEW_DEVICE, "sts:GetSessionToken")
"""All that a person can do before they have shown a second factor: get one (IAM user guide, "AWS: Allows MFA-authenticated IAM
users to manage their own MFA device")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProvider:
    """Whose tokens the account believes: those that `issuer` (`token.actions.githubusercontent.com`) signed for `audience`."""

    issuer: str
    audience: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBaselineArgs:
    """What the passwords of people must be, and whose tokens are believed.

    At least `min_length` characters (8 to 128), none of the last `remembered` (1 to 24), changed after `max_age_days` (1 to
    1095). `identity_providers` by any name. Raises ValueError that names every fault.
    """

    min_length: int
    remembered: int
    max_age_days: int
    identity_providers: Mapping[str, IdentityProvider] = field(default_factory=dict[str, IdentityProvider])

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        for name, allowed in (("min_length", _LENGTHS), ("remembered", _REMEMBERED), ("max_age_days", _AGES)):
            if getattr(self, name) not in allowed:
                yield f"{name}: {getattr(self, name)} is not possible; {allowed[0]} to {allowed[-1]}"
        for name, provider in self.identity_providers.items():
            if "://" in provider.issuer or not provider.issuer or not provider.audience:
                yield f"identity_providers.{name}: an issuer without https://, and an audience"


class AccountBaseline(Component):
    """The floor of an account's security, made by one stack for all that share the account.

    Creates: the password policy; the group of administrators, whose members can do nothing but register a second factor until
    they have shown one; the analyzer that reports what is open to other accounts and to the world; the scan of every image that
    is pushed to a registry; providers of tokens, with which no role can be taken that does not say so itself.
    Costs: nothing.
    When not: where an organisation manages its accounts from outside, and people sign in through its identity centre.

    The group gives no rights of its own: what administrators may do is for the account's owner to attach.
    """

    TYPE: ClassVar[str] = "plinth:security:AccountBaseline"

    administrators: Output[str]
    analyzer_arn: Output[str]

    def __init__(self, name: str, args: AccountBaselineArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        iam.AccountPasswordPolicy(
            f"{name}-passwords",
            minimum_password_length=args.min_length,
            password_reuse_prevention=args.remembered,
            max_password_age=args.max_age_days,
            require_lowercase_characters=True,
            require_uppercase_characters=True,
            require_numbers=True,
            require_symbols=True,
            allow_users_to_change_password=True,
            hard_expiry=False,  # who let it expire could not change it any more
            opts=self.under(),
        )
        group = iam.Group(
            f"{name}-administrators",
            name=ctx.physical("account", "administrators", kind="group"),
            path=GUARDED_PATH,
            opts=self.under(),
        )
        iam.GroupPolicy(
            f"{name}-administrators-mfa",
            group=group.name,
            policy=identity_policy(_own_second_factor(ctx), refusals=(_all_else_without_mfa(),)),
            opts=self.under(),
        )
        ecr.RegistryScanningConfiguration(
            f"{name}-image-scans",
            scan_type="BASIC",
            rules=[
                {"scan_frequency": "SCAN_ON_PUSH", "repository_filters": [{"filter": "*", "filter_type": "WILDCARD"}]},
            ],
            region=ctx.region,
            opts=self.under(),
        )
        analyzer = accessanalyzer.Analyzer(
            f"{name}-analyzer",
            analyzer_name=ctx.physical("account", "open-doors", kind="analyzer"),
            type="ACCOUNT",
            region=ctx.region,
            tags=ctx.tagged(f"{name}-analyzer"),
            opts=self.under(),
        )
        for key, provider in args.identity_providers.items():
            iam.OpenIdConnectProvider(
                f"{name}-tokens-{key}",
                url=f"https://{provider.issuer}",
                client_id_lists=[provider.audience],
                tags=ctx.tagged(f"{name}-tokens-{key}"),
                opts=self.under(),
            )
        self.administrators = group.name
        self.analyzer_arn = analyzer.arn
        self.publish()


def _own_second_factor(ctx: Context) -> tuple[Statement, ...]:
    account = f"arn:aws:iam::{ctx.account_id}"
    return (
        Statement(actions=_OWN_DEVICE, resources=(f"{account}:user/${{aws:username}}",)),
        Statement(actions=_NEW_DEVICE, resources=(f"{account}:mfa/*",)),
        Statement(actions=_ANY_DEVICE, resources=("*",), because="IAM lists virtual devices of the whole account or none"),
    )


def _all_else_without_mfa() -> Refusal:
    return Refusal(but=_WITHOUT_MFA, conditions={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})
