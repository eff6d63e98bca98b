"""Queues: what the program builds of SQS."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from components.core.context import Context
from components.core.contracts import EncryptionKey, MessageQueue
from components.core.documents import Grant
from components.core.needs import sid_for
from components.security.purposes import Purpose
from stack.config.loader import Stack
from stack.identities import Holder
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
                grants=tuple(_grants(ctx, name, holders)),
                bucket_arns=announcing(stack, ctx, name),
            ),
            asked,
        )
        for name, wanted in wanted_queues.items()
    }


def _grants(ctx: Context, name: str, holders: Sequence[Holder]) -> Iterator[Grant]:
    for holder in holders:
        for queue, one in holder.rights.queues:
            if queue == name:
                narrowed = {**one.conditions, "ArnEquals": {"aws:PrincipalArn": holder.arn}}
                sid = sid_for(f"{holder.kind}-{holder.name}", one.sid)
                # Not the role itself as principal: SQS refuses one that does not exist yet.
                yield Grant(
                    principals={"AWS": (f"arn:aws:iam::{ctx.account_id}:root",)},
                    statement=replace(one, sid=sid, conditions=narrowed),
                )
