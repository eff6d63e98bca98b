"""The front desk: who gets a room, and whether it is free."""

from datetime import date
from functools import partial

from django.db import transaction

from booking.models import Booking, Room
from booking.tasks import confirm


class TakenError(Exception):
    """The room has another booking on one of the nights."""


def is_free(room: Room, arrival: date, departure: date) -> bool:
    """Whether a room has no booking on any of the nights."""
    return not room.bookings.filter(arrival__lt=departure, departure__gt=arrival).exists()


def book(room: Room, guest: str, arrival: date, departure: date) -> Booking:
    """Book a room and have the booking confirmed by the worker.

    The row of the room is locked meanwhile, so of two guests who ask at once for the same night one is told that it is taken.

    Raises:
        TakenError: when it is.

    """
    with transaction.atomic():
        locked = Room.objects.select_for_update().get(pk=room.pk)
        if not is_free(locked, arrival, departure):
            raise TakenError
        booking = Booking.objects.create(room=locked, guest=guest, arrival=arrival, departure=departure)
        # Robust: a broker that is away delays the confirmation, and undoes nothing (`confirm_pending` asks again).
        transaction.on_commit(partial(confirm.send, booking.pk), robust=True)
    return booking
