"""What the worker runs: `dramatiq server.worker --processes 1 --threads 4`."""

import os

import django
import dramatiq

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "server.settings")
django.setup()

from django.conf import settings  # noqa: E402

from booking import tasks  # noqa: E402, F401  (declares the tasks; reads the settings, which are there only now)
from server.queue_metrics import QueueMetrics  # noqa: E402

dramatiq.get_broker().add_middleware(QueueMetrics(service=settings.SERVICE, queue=settings.WORKLOAD_QUEUE))
