"""The JSON endpoints under `/booking/`."""

import json
from typing import Any

from django import forms
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_http_methods

from booking import desk
from booking.models import Booking, Room

LIMIT = 100
"""How many bookings a list holds at most."""


class RoomForm(forms.ModelForm):
    """A new room."""

    class Meta:
        """Its name and its size."""

        model = Room
        fields = ("name", "beds")


class BookingForm(forms.Form):
    """A new booking: the name of the room, and what is said of the guest."""

    room = forms.ModelChoiceField(Room.objects.all(), to_field_name="name")
    guest = forms.CharField(max_length=100)
    arrival = forms.DateField()
    departure = forms.DateField()

    def clean(self) -> dict[str, Any]:
        """Refuse a stay without a night."""
        data = super().clean() or {}
        if data.get("arrival") and data.get("departure") and data["departure"] <= data["arrival"]:
            self.add_error("departure", "must be after the arrival")
        return data


@require_http_methods(["GET", "POST"])
def rooms(request: HttpRequest) -> JsonResponse:
    """All rooms, or a new one."""
    if request.method == "GET":
        return JsonResponse({"rooms": list(Room.objects.values("name", "beds"))})
    form = RoomForm(body(request))
    if not form.is_valid():
        return refused(form)
    room = form.save()
    return JsonResponse({"name": room.name, "beds": room.beds}, status=201)


@require_http_methods(["GET", "POST"])
def bookings(request: HttpRequest) -> JsonResponse:
    """The bookings (`?room=` those of one room), or a new one: 409 where the room is taken."""
    if request.method == "GET":
        found = Booking.objects.select_related("room")
        if name := request.GET.get("room"):
            found = found.filter(room__name=name)
        return JsonResponse({"bookings": [_shown(booking) for booking in found[:LIMIT]]})
    form = BookingForm(body(request))
    if not form.is_valid():
        return refused(form)
    try:
        return JsonResponse(_shown(desk.book(**form.cleaned_data)), status=201)
    except desk.TakenError:
        return JsonResponse({"errors": {"room": ["is taken on one of these nights"]}}, status=409)


def body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that a request brings; nothing where it is none, which a form then refuses."""
    try:
        found = json.loads(request.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def refused(form: forms.BaseForm) -> JsonResponse:
    """400, with what is wrong field by field."""
    return JsonResponse({"errors": form.errors}, status=400)


def _shown(booking: Booking) -> dict[str, Any]:
    return {
        "id": booking.pk,
        "room": booking.room.name,
        "guest": booking.guest,
        "arrival": booking.arrival,
        "departure": booking.departure,
        "confirmed": booking.confirmed_at is not None,
    }
