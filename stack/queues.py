"""Queues: what the program builds of SQS."""

from collections.abc import Mapping, Sequence

from components.core.context import Context
from components.core.contracts import EncryptionKey, MessageQueue
from components.security.purposes import Purpose
from stack.config.loader import Stack
from stack.identities import Holder, grants
from stack.storage import announcing


def queues(
    stack: Stack, ctx: Context, keys: Mapping[Purpose, EncryptionKey], holders: Sequence[Holder]
) -> Mapping[str, MessageQueue]:
    """Every queue of the stack file. Its policy names each of `holders` whose `access` list does, and each bucket."""
    wanted_queues = stack.config.data.queues
    if not wanted_queues:
        return {}
    from components.data.queue import Queue, QueueArgs

    asked = ctx.asked_by("plinth:data.queues")
    return {
        name: Queue(
            f"queue-{name}",
            QueueArgs(
                purpose=name,
                visibility_seconds=wanted.visibility_seconds,
                retention_days=wanted.retention_days,
                receives=wanted.receives,
                key_arn=keys["data"].key_arn,
                grants=grants(ctx, "queue", name, holders),
                bucket_arns=announcing(stack, ctx, name),
            ),
            asked,
        )
        for name, wanted in wanted_queues.items()
    }
