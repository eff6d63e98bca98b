"""Entries of the Parameter Store: one helper for all, so that each path has one form and what is secret is encrypted."""

from pulumi import Input
from pulumi_aws import ssm

from components.core.component import Component
from components.core.context import Context


def parameter(
    owner: Component, ctx: Context, key: str, path: str, value: Input[str], *, secret_under: Input[str] | None = None
) -> ssm.Parameter:
    """The parameter at `path` below those of the stack, as the child `key` of `owner`.

    Without `secret_under` anyone who may read parameters sees it: a host, a port, a name. With it, the ARN of a key, it is a
    SecureString, and `value` must be a Pulumi secret.
    """
    name = f"{owner.pulumi_resource_name}-{key}"
    return ssm.Parameter(
        name,
        name=parameter_path(ctx, path),
        type="SecureString" if secret_under else "String",
        value=value,
        key_id=secret_under,
        region=ctx.region,
        tags=ctx.tagged(name),
        opts=owner.under(),
    )


def parameter_path(ctx: Context, path: str) -> str:
    """The name of a parameter: `/plinth/dev/booking/django-key`. One path is one owner's."""
    return f"/{ctx.project}/{ctx.environment}/{path}"


def parameter_arn(ctx: Context, path: str) -> str:
    """The ARN of that parameter, known before it exists."""
    return f"arn:aws:ssm:{ctx.region}:{ctx.account_id}:parameter{parameter_path(ctx, path)}"
