"""Keys that data is encrypted with: one a purpose, so that taking one away or losing it ends one thing only."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pulumi import Output, ResourceOptions
from pulumi_aws import kms

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.documents import KEY_LIMIT, Grant, resource_policy
from components.core.offers import Statement

_THIS_KEY = "in a key's own policy `*` means the key (KMS developer guide, 'Elements of a key policy')"
_ADMINISTRATION = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",  # without it AWS refuses the policy: nobody could ever change it
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
"""What the account's own administrators may do with a key: look after it and take it away, but not encrypt or decrypt with it.

Source: actions on the resource type `key` in the Service Authorization Reference; those for imported, asymmetric and multi-region
keys, which these are not, are left out.
"""
_USE = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyPair",
    "kms:GenerateDataKeyPairWithoutPlaintext",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
"""What CloudWatch Logs asks for, its patterns (`kms:GenerateDataKey*`) written out.

Source: CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS Key Management Service", step 2.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyArgs:
    """A key for one `purpose` (`logs`), which names it.

    `deletion_window_days`, 7 to 30: how long a deletion can still be called off. `users` are those who encrypt and decrypt
    with it. Raises ValueError that names every fault.
    """

    purpose: str
    deletion_window_days: int
    users: tuple[Grant, ...]

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.purpose):
            yield f"purpose: {self.purpose!r} cannot be part of a name; lower-case letters, digits and single hyphens"
        if not 7 <= self.deletion_window_days <= 30:  # KMS API reference, ScheduleKeyDeletion
            yield f"deletion_window_days: {self.deletion_window_days} is not possible; 7 to 30"
        if not self.users:
            yield "users: none given; a key that nobody may use encrypts nothing"


class Key(Component):
    """A symmetric key of our own, which AWS renews every year.

    Creates: the key and its alias. Its policy names who may use it; the account's administrators look after it.
    Costs: by the month, and by the call.
    When not: where AWS's own key of a service will do: nobody else must be let in or kept out, and none is ever taken away.
    """

    TYPE: ClassVar[str] = "plinth:security:Key"

    key_arn: Output[str]

    def __init__(self, name: str, args: KeyArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        key = kms.Key(
            f"{name}-key",
            description=f"Encrypts {args.purpose} of {ctx.project} {ctx.environment}",
            enable_key_rotation=True,
            deletion_window_in_days=args.deletion_window_days,
            policy=resource_policy([_administrators(ctx), *args.users], limit=KEY_LIMIT),
            region=ctx.region,
            tags=ctx.tagged(f"{name}-key"),
            opts=self.under(stateful=True),
        )
        kms.Alias(
            f"{name}-alias",
            name=f"alias/{ctx.physical(args.purpose, 'key', kind='alias')}",
            target_key_id=key.key_id,
            region=ctx.region,
            opts=self.under(),
        )
        self.key_arn = key.arn
        self.publish()


def log_service(ctx: Context) -> Grant:
    """CloudWatch Logs as the user of a key, for the log groups of this stack alone."""
    groups = f"arn:aws:logs:{ctx.region}:{ctx.account_id}:log-group:{ctx.project}-{ctx.environment}-*"
    return Grant(
        principals={"Service": (f"logs.{ctx.region}.amazonaws.com",)},
        statement=Statement(
            actions=_USE,
            resources=("*",),
            conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
            because=_THIS_KEY,
        ),
    )


def _administrators(ctx: Context) -> Grant:
    """The account: whom its own policies let look after keys."""
    return Grant(
        principals={"AWS": (f"arn:aws:iam::{ctx.account_id}:root",)},
        statement=Statement(actions=_ADMINISTRATION, resources=("*",), because=_THIS_KEY),
    )
