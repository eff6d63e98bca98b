"""What caches and queues are called, and where they listen: for whom to let in before they exist."""

from typing import Final

from components.core.context import Context

REDIS_PORT: Final = 6379
"""Where Redis listens."""


def queue_name(ctx: Context, purpose: str) -> str:
    """The name of the queue for `purpose`: `plinth-dev-images-queue`."""
    return ctx.physical(purpose, "queue", kind="queue")


def dead_letters_name(ctx: Context, purpose: str) -> str:
    """The name of the queue for what nobody could take from that one."""
    return ctx.physical(purpose, "dead-letters", kind="queue")


def queue_arn(ctx: Context, purpose: str) -> str:
    """The ARN of the queue for `purpose`, known before it exists."""
    return arn_of(ctx, queue_name(ctx, purpose))


def arn_of(ctx: Context, name: str) -> str:
    """The ARN of the queue called `name` in the region and account of the stack."""
    return f"arn:aws:sqs:{ctx.region}:{ctx.account_id}:{name}"
