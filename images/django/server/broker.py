"""The Redis broker between the web processes and the worker."""

import dramatiq
from django.conf import settings
from django.db import close_old_connections
from dramatiq import Broker, MessageProxy, Middleware
from dramatiq.brokers.redis import RedisBroker


class FreshConnections(Middleware):
    """Before and after each task, drops database connections that are too old or broken, as Django does around each request."""

    def before_process_message(self, broker: Broker, message: MessageProxy) -> None:
        """Before a task."""
        close_old_connections()

    def after_process_message(
        self, broker: Broker, message: MessageProxy, *, result: object = None, exception: BaseException | None = None
    ) -> None:
        """After a task, whether it succeeded or not."""
        close_old_connections()


def install() -> None:
    """Make the broker that tasks are declared on. It connects at the first message, not here."""
    broker = RedisBroker(url=settings.BROKER_URL, socket_connect_timeout=3)
    broker.add_middleware(FreshConnections())
    dramatiq.set_broker(broker)
