"""`python manage.py confirm_pending`: asks the worker again for every booking that is not confirmed."""

from typing import Any

from django.core.management.base import BaseCommand

from booking.models import Booking
from booking.tasks import confirm


class Command(BaseCommand):
    """Sends one message for each; a task that runs twice does no harm."""

    help = "Ask the worker again for every booking that is not confirmed."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many there were."""
        pending = list(Booking.objects.filter(confirmed_at=None).values_list("pk", flat=True))
        for booking in pending:
            confirm.send(booking)
        self.stdout.write(f"{len(pending)} bookings wait to be confirmed")
