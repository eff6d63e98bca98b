"""Log groups: each with a retention and a key, so that none is kept for ever or lies open."""

from pulumi import Input
from pulumi_aws import cloudwatch

from components.core.component import Component
from components.core.context import Context
from components.core.offers import Statement
from components.core.retention import RetentionDays


def log_group(
    owner: Component,
    ctx: Context,
    *,
    service: str,
    resource: str,
    retention_days: RetentionDays,
    key_arn: Input[str],
) -> cloudwatch.LogGroup:
    """A log group as a child of `owner`, called `service` and `resource` by the naming convention.

    What it holds outlives it where the stack retains data. `key_arn` is a key that CloudWatch Logs may use.
    """
    name = _physical(ctx, service, resource)
    return delivered_group(owner, ctx, "records", name, retention_days=retention_days, key_arn=key_arn)


def delivered_group(
    owner: Component,
    ctx: Context,
    key: str,
    name: str,
    *,
    retention_days: RetentionDays,
    key_arn: Input[str],
    lasting: bool = True,
) -> cloudwatch.LogGroup:
    """The log group called `name` that a service of AWS writes to, as the child `key` of `owner`.

    Made before the service would make it, which gives it neither an end nor a key. `name` is what the service demands:
    `/aws/rds/instance/plinth-dev-postgres-database/postgresql`. Unless `lasting` it goes with what writes to it, even where the
    stack retains data.
    """
    child = f"{owner.pulumi_resource_name}-{key}"
    return cloudwatch.LogGroup(
        child,
        name=name,
        retention_in_days=retention_days,
        kms_key_id=key_arn,
        region=ctx.region,
        tags=ctx.tagged(child),
        opts=owner.under(stateful=lasting),
    )


def log_group_arn(ctx: Context, service: str, resource: str) -> str:
    """The ARN of that group, known before it exists."""
    return f"arn:aws:logs:{ctx.region}:{ctx.account_id}:log-group:{_physical(ctx, service, resource)}"


def recording(group_arn: str) -> Statement:
    """The right to write into the log group with that ARN."""
    return Statement(
        sid="Records", actions=("logs:CreateLogStream", "logs:PutLogEvents"), resources=(f"{group_arn}:log-stream:*",)
    )


def _physical(ctx: Context, service: str, resource: str) -> str:
    return ctx.physical(service, resource, kind="log-group")
