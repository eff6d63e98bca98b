"""Rules of the queues in `data`: a message is a dead letter before it is too old, and what tells a queue finds it."""

from collections.abc import Callable, Iterator

from stack.config.breach import Breach
from stack.config.faults import nearest
from stack.config.model import NAMESPACE, StackConfig

_DATA, _STORAGE = f"{NAMESPACE}:data", f"{NAMESPACE}:storage"
_DAY = 86_400


def _letters_die_in_time(config: StackConfig) -> Iterator[Breach]:
    for name, queue in config.data.queues.items():
        attempts = queue.visibility_seconds * queue.receives
        if attempts >= queue.retention_days * _DAY:
            yield Breach(
                path=(_DATA, "queues", name, "retentionDays"),
                problem=f"{queue.retention_days}, but {queue.receives} attempts take {attempts:,} s: messages are gone before",
                allowed=f"at least {attempts // _DAY + 1}, or fewer or shorter attempts",
            )


def _buckets_tell_who_is_there(config: StackConfig) -> Iterator[Breach]:
    there = [f"queue.{name}" for name in config.data.queues]
    for name, bucket in config.storage.buckets.items():
        if bucket.events_to and bucket.events_to not in there:
            allowed = f'one of {", ".join(there)}, or ""{nearest(bucket.events_to, there)}' if there else '""'
            yield Breach(
                path=(_STORAGE, "buckets", name, "eventsTo"),
                problem=f"{bucket.events_to} is nothing in this stack",
                allowed=allowed,
            )


QUEUE_RULES: tuple[Callable[[StackConfig], Iterator[Breach]], ...] = (
    _letters_die_in_time,
    _buckets_tell_who_is_there,
)
"""The rules of queues."""
