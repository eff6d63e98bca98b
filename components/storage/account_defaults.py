"""What an account has once of storage: nothing is made public, and no volume in plain, whoever makes it."""

from dataclasses import dataclass
from typing import ClassVar

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import ebs, s3

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDefaultsArgs:
    """`key_arn` is what volumes are encrypted with that name no key themselves. Raises ValueError where it is none."""

    key_arn: Input[str]

    def __post_init__(self) -> None:
        refuse(self, [] if self.key_arn else ["key_arn: none; the ARN of a key"])


class AccountDefaults(Component):
    """The floor of an account's storage, made by one stack for all that share the account.

    Creates: the block on public buckets, whatever their own settings say; encryption of every new volume, with a key of the
    platform's own unless another is named. Volumes are by region: it holds for the stack's.
    Costs: nothing.
    When not: where the account has public buckets that are meant to be.
    """

    TYPE: ClassVar[str] = "plinth:storage:AccountDefaults"

    volumes_key_arn: Output[str]

    def __init__(self, name: str, args: AccountDefaultsArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        s3.AccountPublicAccessBlock(
            f"{name}-private",
            account_id=ctx.account_id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self.under(guards=True),
        )
        key = ebs.DefaultKmsKey(f"{name}-volumes-key", key_arn=args.key_arn, region=ctx.region, opts=self.under())
        ebs.EncryptionByDefault(
            f"{name}-volumes",
            enabled=True,
            region=ctx.region,
            opts=self.under(after=[key]),  # never with another key in between
        )
        self.volumes_key_arn = key.key_arn
        self.publish()
