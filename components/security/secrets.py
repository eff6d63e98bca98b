"""Secrets: where each is kept, who made its value, and that nobody sees it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import pulumi_random as random
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import secretsmanager

from components.core.checks import name_problems, refuse
from components.core.component import Component
from components.core.context import Context
from components.core.documents import SECRET_LIMIT, Refusal, resource_policy
from components.core.parameters import parameter, parameter_arn

Store = Literal["secrets-manager", "parameter-store"]

_LENGTHS = range(16, 129)
"""Characters of a generated value: what ElastiCache takes as a token (16 to 128), the narrowest of those who take one."""
_WINDOWS = (0, *range(7, 31))
"""Days for which a deleted secret can be had back (Secrets Manager API reference, DeleteSecret); 0: at once and for ever."""
_ACTIONS = (
    "secretsmanager:DeleteSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutResourcePolicy",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecret",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """A value that is made up once: `length` letters and digits, safe in addresses and shells.

    With a `username` the secret is the pair of both, in the form that RDS and its rotation know; with a `database` besides, of
    which the user is.
    """

    kept_in: Store
    length: int
    username: str = ""
    database: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A value that comes from elsewhere. `value` is None until it is known."""

    kept_in: Store
    value: Output[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsArgs:
    """The secrets of a stack by name, encrypted with `key_arn`, to be had back for `recovery_days` once deleted.

    Raises ValueError that names every fault.
    """

    key_arn: Input[str]
    recovery_days: int
    secrets: Mapping[str, Generated | Given]

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        if self.recovery_days not in _WINDOWS:
            yield f"recovery_days: {self.recovery_days} is not possible; 0, or 7 to 30"
        for name, secret in self.secrets.items():
            yield from name_problems("secrets", name)
            if isinstance(secret, Generated) and secret.length not in _LENGTHS:
                yield f"secrets.{name}.length: {secret.length} is not possible; {_LENGTHS[0]} to {_LENGTHS[-1]}"


class Secrets(Component):
    """The secrets of a stack.

    Creates: for each a secret with a policy that keeps other accounts out, and its first value; or an encrypted parameter, which
    costs nothing and does not rotate. A given secret has no value, and a given parameter does not exist, until somebody sets it.
    Costs: by the month for each in Secrets Manager, and by the call.

    Values are Pulumi secrets: encrypted in the state, hidden in every plan.
    """

    TYPE: ClassVar[str] = "plinth:security:Secrets"

    arns: Mapping[str, Output[str]]

    def __init__(self, name: str, args: SecretsArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        self._passwords: dict[str, Output[str]] = {}
        arns: dict[str, Output[str]] = {}
        self._values: dict[str, Output[str]] = {}
        for key, secret in args.secrets.items():
            value = self._generated(key, secret) if isinstance(secret, Generated) else secret.value
            if value is not None:
                self._values[key] = value
            if secret.kept_in == "secrets-manager":
                arns[key] = self._managed(key, value, args)
            elif value is not None:
                arns[key] = parameter(self, ctx, key, key, value, secret_under=args.key_arn).arn
        self.arns = arns
        self.publish()

    def value(self, key: str) -> Output[str]:
        """What a secret holds, for a thing that has to be given it: a Pulumi secret, and no output of this component.

        Raises KeyError for a given secret whose value is not known.
        """
        return self._values[key]

    def password(self, key: str) -> Output[str]:
        """The value of a generated secret, without the user whose it is: a Pulumi secret, for who sets it at the other end."""
        return self._passwords[key]

    def _generated(self, key: str, secret: Generated) -> Output[str]:
        made = random.RandomPassword(
            f"{self.pulumi_resource_name}-{key}-value",
            length=secret.length,
            special=False,  # signs are refused here by one engine and there by another
            opts=self.under(stateful=True),
        )
        self._passwords[key] = made.result
        if not secret.username:
            return made.result
        of = {"dbname": secret.database} if secret.database else {}
        return made.result.apply(lambda password: json.dumps({"username": secret.username, "password": password, **of}))

    def _managed(self, key: str, value: Output[str] | None, args: SecretsArgs) -> Output[str]:
        name, ctx = f"{self.pulumi_resource_name}-{key}", self._ctx
        secret = secretsmanager.Secret(
            name,
            name=_physical(ctx, key),
            kms_key_id=args.key_arn,
            recovery_window_in_days=args.recovery_days,
            region=ctx.region,
            tags=ctx.tagged(name),
            opts=self.under(stateful=True),
        )
        secretsmanager.SecretPolicy(
            f"{name}-policy",
            secret_arn=secret.arn,
            policy=resource_policy((), limit=SECRET_LIMIT, refusals=(_other_accounts(ctx),)),
            block_public_policy=True,
            region=ctx.region,
            opts=self.under(),
        )
        if value is not None:
            secretsmanager.SecretVersion(
                f"{name}-version", secret_id=secret.id, secret_string=value, region=ctx.region, opts=self.under(stateful=True)
            )
        return secret.arn


def secret_arn(ctx: Context, key: str, kept_in: Store) -> str:
    """The ARN of a secret, known before it exists. That of Secrets Manager ends in six letters of its own choice."""
    if kept_in == "parameter-store":
        return parameter_arn(ctx, key)
    return f"arn:aws:secretsmanager:{ctx.region}:{ctx.account_id}:secret:{_physical(ctx, key)}-??????"


def _physical(ctx: Context, key: str) -> str:
    return ctx.physical(key, "secret", kind="secret")


def _other_accounts(ctx: Context) -> Refusal:
    return Refusal(
        actions=_ACTIONS,
        conditions={
            "StringNotEquals": {"aws:PrincipalAccount": ctx.account_id},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    )
