"""What the worker does. Each task may run twice (the broker delivers at least once) and does the same then."""

import logging

import dramatiq
from django.conf import settings
from django.utils import timezone

from booking.models import Booking

logger = logging.getLogger(__name__)


@dramatiq.actor(queue_name=settings.WORKLOAD_QUEUE, max_retries=5, time_limit=20_000)  # ms
def confirm(booking: int) -> None:
    """Confirm the booking with this number. A booking that is not there is an error: retried, in the end a dead letter."""
    found = Booking.objects.select_related("room").get(pk=booking)
    if found.confirmed_at is None:
        found.confirmed_at = timezone.now()
        found.save(update_fields=["confirmed_at"])
        logger.info("booking %s is confirmed", found.pk)
