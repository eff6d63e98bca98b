"""What is stored."""

from django.db import models
from django.db.models import F, Q


class Room(models.Model):
    """A room that can be booked."""

    name = models.SlugField(unique=True)
    beds = models.PositiveSmallIntegerField()

    class Meta:
        """Listed by name."""

        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Booking(models.Model):
    """The nights from `arrival` up to, not including, the one of `departure`."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="bookings")
    guest = models.CharField(max_length=100)
    arrival = models.DateField()
    departure = models.DateField()
    confirmed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        """Listed by date; found by room and date."""

        ordering = ("arrival", "pk")
        indexes = (models.Index(fields=("room", "arrival"), name="booking_room_arrival"),)
        constraints = (models.CheckConstraint(condition=Q(departure__gt=F("arrival")), name="booking_lasts_a_night"),)

    def __str__(self) -> str:
        return f"{self.room} from {self.arrival} to {self.departure}"
