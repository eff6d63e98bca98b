"""How long the queue is, told to CloudWatch by the worker: the service is scaled by it, and alarms look at it.

Namespace `Plinth/Workers`, dimensions `Service` and `Queue`, unit Count: `QueueDepth`, the messages that wait, and `DeadLetters`,
those that no retry could finish. Every process of every task says the same, so read the maximum or the average, never the sum.
"""

import logging
import os
from threading import Event, Thread

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from dramatiq import Broker, Middleware, Worker
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

NAMESPACE = "Plinth/Workers"
EVERY_SECONDS = float(os.environ.get("METRICS_SECONDS", "60"))


def measured(broker: Broker, queue: str) -> dict[str, int]:
    """The metrics of a queue by their name.

    The broker keeps what waits in the list `dramatiq:<queue>`, and for a week what is dead in the sorted set
    `dramatiq:<queue>.XQ` (dispatch.lua of dramatiq.brokers.redis).
    """
    return {"QueueDepth": broker.client.llen(f"dramatiq:{queue}"), "DeadLetters": broker.client.zcard(f"dramatiq:{queue}.XQ")}


class QueueMetrics(Middleware):
    """Tells the metrics of one queue from the start of the worker to its end, from a thread of its own."""

    def __init__(self, *, service: str, queue: str) -> None:
        self._dimensions = [{"Name": "Service", "Value": service}, {"Name": "Queue", "Value": queue}]
        self._queue = queue
        self._stop = Event()

    def after_worker_boot(self, broker: Broker, worker: Worker) -> None:
        """Begin."""
        Thread(target=self._run, args=(broker,), name="queue-metrics", daemon=True).start()

    def before_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """End."""
        self._stop.set()

    def _run(self, broker: Broker) -> None:
        once = Config(connect_timeout=5, read_timeout=5, retries={"total_max_attempts": 2})
        cloudwatch = boto3.client("cloudwatch", config=once)
        while not self._stop.is_set():
            try:
                cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=self._data(measured(broker, self._queue)))
            except (BotoCoreError, ClientError, RedisError) as error:  # the next one may get through
                logger.warning("the metrics of the queue were not told: %s", type(error).__name__)
            self._stop.wait(EVERY_SECONDS)

    def _data(self, values: dict[str, int]) -> list[dict[str, object]]:
        return [
            {"MetricName": name, "Dimensions": self._dimensions, "Unit": "Count", "Value": value}
            for name, value in values.items()
        ]
