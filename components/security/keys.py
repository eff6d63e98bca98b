"""Keys that data is encrypted with: one a purpose, so that taking one away or losing it ends one thing only."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import kms

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.documents import KEY_LIMIT, Grant, Principals, resource_policy
from components.core.offers import Conditions, Statement

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

Source: actions on the resource type `key` in the Service Authorization Reference; those for imported and asymmetric keys, which
these are not, are left out.
"""
_OF_COPIES = ("kms:ReplicateKey", "kms:UpdatePrimaryRegion")
"""What looking after a key with copies in other regions takes besides."""
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

Source: CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS Key Management Service", step 2. Other services
ask for the same or less (KMS developer guide, "How AWS services use AWS KMS").
"""

_WITHOUT_A_SERVICE: Conditions = {"Null": {"kms:ViaService": "true"}}

KeyUser: TypeAlias = Callable[[Context], Grant]
"""Who uses a key, in the region of the context: a key and its copies have a policy each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyArgs:
    """A key for one `purpose` (`logs`), which names it.

    `deletion_window_days`, 7 to 30: how long a deletion can still be called off. `users` are those who encrypt and decrypt
    with it. `copies` are other regions that can decrypt the same data, by what they are for: `{"standby": "us-west-2"}`; a key
    that was made without any can never have one. Raises ValueError that names every fault.
    """

    purpose: str
    deletion_window_days: int
    users: tuple[KeyUser, ...]
    copies: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        for name, value in (("purpose", self.purpose), *(("copies", key) for key in self.copies)):
            if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value):
                yield f"{name}: {value!r} cannot be part of a name; lower-case letters, digits and single hyphens"
        if not 7 <= self.deletion_window_days <= 30:  # KMS API reference, ScheduleKeyDeletion
            yield f"deletion_window_days: {self.deletion_window_days} is not possible; 7 to 30"
        if not self.users:
            yield "users: none given; a key that nobody may use encrypts nothing"


class Key(Component):
    """A symmetric key of our own, which AWS renews every year.

    Creates: the key and its alias, and both again in each region that has a copy. Its policy names who may use it; the account's
    administrators look after it.
    Costs: by the month, each copy as well, and by the call.
    When not: where AWS's own key of a service will do: nobody else must be let in or kept out, and none is ever taken away.
    """

    TYPE: ClassVar[str] = "plinth:security:Key"

    key_arn: Output[str]
    copy_arns: Mapping[str, Output[str]]

    def __init__(self, name: str, args: KeyArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        key = kms.Key(
            f"{name}-key",
            description=_description(args, ctx),
            enable_key_rotation=True,
            multi_region=True if args.copies else None,
            deletion_window_in_days=args.deletion_window_days,
            policy=_policy(args, ctx),
            region=ctx.region,
            tags=ctx.tagged(f"{name}-key"),
            opts=self.under(stateful=True),
        )
        self._alias("alias", args, ctx, key.key_id)
        self.copy_arns = {label: self._copy(label, args, ctx.in_region(region), key.arn) for label, region in args.copies.items()}
        self.key_arn = key.arn
        self.publish()

    def _copy(self, label: str, args: KeyArgs, ctx: Context, primary: Output[str]) -> Output[str]:
        name = f"{self.pulumi_resource_name}-{label}"
        copy = kms.ReplicaKey(
            name,
            description=_description(args, ctx),
            primary_key_arn=primary,
            deletion_window_in_days=args.deletion_window_days,
            policy=_policy(args, ctx),
            region=ctx.region,
            tags=ctx.tagged(name),
            opts=self.under(stateful=True),
        )
        self._alias(f"{label}-alias", args, ctx, copy.key_id)
        return copy.arn

    def _alias(self, label: str, args: KeyArgs, ctx: Context, key_id: Input[str]) -> None:
        kms.Alias(
            f"{self.pulumi_resource_name}-{label}",
            name=alias(ctx, args.purpose),
            target_key_id=key_id,
            region=ctx.region,
            opts=self.under(),
        )


def alias(ctx: Context, purpose: str) -> str:
    """The name by which the stack's key for `purpose` can be found: `alias/plinth-dev-secrets-key`."""
    return f"alias/{ctx.physical(purpose, 'key', kind='alias')}"


def log_service(ctx: Context) -> Grant:
    """CloudWatch Logs as the user of a key, for the log groups of this stack alone."""
    group = f"arn:aws:logs:{ctx.region}:{ctx.account_id}:log-group:"
    stack = f"{ctx.project}-{ctx.environment}-*"
    groups = (f"{group}{stack}", f"{group}/aws/rds/instance/{stack}")  # what RDS writes to must be called so
    return _using(
        _USE,
        {"Service": (f"logs.{ctx.region}.amazonaws.com",)},
        {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
    )


def account_through(*services: str) -> tuple[KeyUser, ...]:
    """Whom the account's own policies let, but only through `services`.

    Those may hand the use on to the part of AWS that runs what is encrypted for long: a volume, a database.
    """

    def through(ctx: Context) -> Conditions:
        via = tuple(f"{service}.{ctx.region}.amazonaws.com" for service in services)
        return {"StringEquals": {"kms:CallerAccount": ctx.account_id, "kms:ViaService": via}}

    def use(ctx: Context) -> Grant:
        return _using(_USE, _account(ctx), through(ctx))

    def hand_on(ctx: Context) -> Grant:
        return _using(("kms:CreateGrant",), _account(ctx), {**through(ctx), "Bool": {"kms:GrantIsForAWSResource": "true"}})

    return use, hand_on


def bucket_events(bucket_arns: Callable[[Context], tuple[str, ...]]) -> KeyUser:
    """S3, where it tells an encrypted queue of new objects in these buckets of the account.

    Source: S3 user guide, "Granting permissions to publish event notification messages to a destination".
    """
    return lambda ctx: _using(
        ("kms:Decrypt", "kms:GenerateDataKey"),
        {"Service": ("s3.amazonaws.com",)},
        {"ArnEquals": {"aws:SourceArn": bucket_arns(ctx)}, "StringEquals": {"aws:SourceAccount": ctx.account_id}},
    )


def auto_scaling() -> tuple[KeyUser, ...]:
    """EC2 Auto Scaling, which launches machines whose volumes are encrypted with the key, by its service-linked role.

    That role has no rights on keys, so that the account's own policies let it do nothing: the key's policy must. The role stands
    in a condition, since KMS refuses a principal that does not exist yet (EC2 Auto Scaling user guide, "Required AWS KMS key
    policy for use with encrypted volumes").
    """

    def who(ctx: Context) -> Conditions:
        role = f"arn:aws:iam::{ctx.account_id}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
        return {"ArnEquals": {"aws:PrincipalArn": role}, "StringEquals": {"kms:CallerAccount": ctx.account_id}}

    def use(ctx: Context) -> Grant:
        return _using(_USE, "*", who(ctx))

    def hand_on(ctx: Context) -> Grant:
        return _using(("kms:CreateGrant",), "*", {**who(ctx), "Bool": {"kms:GrantIsForAWSResource": "true"}})

    return use, hand_on


def account_directly(*actions: str) -> KeyUser:
    """Whom the account's own policies let, without a service in between."""
    return lambda ctx: _using(
        actions, _account(ctx), {"StringEquals": {"kms:CallerAccount": ctx.account_id}, **_WITHOUT_A_SERVICE}
    )


def service_directly(service: str, *actions: str) -> KeyUser:
    """A service that acts by itself, on behalf of this account: `events.rds.amazonaws.com`."""
    return lambda ctx: _using(actions, {"Service": (service,)}, {"StringEquals": {"aws:SourceAccount": ctx.account_id}})


def roles_directly(actions: tuple[str, ...], role_arns: tuple[str, ...]) -> KeyUser:
    """Roles by their ARNs, which need not exist yet, without a service in between."""
    return lambda ctx: _using(actions, _account(ctx), {"ArnEquals": {"aws:PrincipalArn": role_arns}, **_WITHOUT_A_SERVICE})


def _policy(args: KeyArgs, ctx: Context) -> Input[str]:
    actions = (*_ADMINISTRATION, *_OF_COPIES) if args.copies else _ADMINISTRATION
    administrators = Grant(principals=_account(ctx), statement=Statement(actions=actions, resources=("*",), because=_THIS_KEY))
    return resource_policy([administrators, *(user(ctx) for user in args.users)], limit=KEY_LIMIT)


def _description(args: KeyArgs, ctx: Context) -> str:
    return f"Encrypts {args.purpose} of {ctx.project} {ctx.environment}"


def _account(ctx: Context) -> Principals:
    return {"AWS": (f"arn:aws:iam::{ctx.account_id}:root",)}


def _using(actions: tuple[str, ...], principals: Principals, conditions: Conditions) -> Grant:
    statement = Statement(actions=actions, resources=("*",), conditions=conditions, because=_THIS_KEY)
    return Grant(principals=principals, statement=statement)
