"""`python manage.py requeue_dead_letters`: gives what no retry could finish another chance."""

from typing import Any

import dramatiq
from django.conf import settings
from django.core.management.base import BaseCommand
from dramatiq import Broker, Message


class Command(BaseCommand):
    """Moves the dead letters of the queue back to it, as new messages with no retries behind them."""

    help = "Give what no retry could finish another chance."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many there were."""
        self.stdout.write(f"{_requeue(dramatiq.get_broker(), settings.WORKLOAD_QUEUE)} messages wait again")


def _requeue(broker: Broker, queue: str) -> int:
    dead = f"dramatiq:{queue}.XQ"
    broker.declare_queue(queue)
    letters: dict[bytes, bytes] = broker.client.hgetall(f"{dead}.msgs")
    for key, letter in letters.items():
        old = Message.decode(letter)
        broker.enqueue(Message(queue_name=queue, actor_name=old.actor_name, args=old.args, kwargs=old.kwargs, options={}))
        broker.client.zrem(dead, key)  # only now: a message may come twice, and must not be lost
        broker.client.hdel(f"{dead}.msgs", key)
    return len(letters)
