"""What a chat bot asks under `/bot/`: a line of text goes in, a line of text comes out."""

from django import forms
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from booking import desk
from booking.models import Room
from booking.views import body, refused

HELP = "rooms | free <room> <arrival> <departure>"


class AskForm(forms.Form):
    """What somebody wrote."""

    text = forms.CharField(max_length=200)


class StayForm(forms.Form):
    """The words after `free`."""

    room = forms.ModelChoiceField(Room.objects.all(), to_field_name="name")
    arrival = forms.DateField()
    departure = forms.DateField()


@require_GET
def help_text(request: HttpRequest) -> JsonResponse:
    """What can be asked."""
    return JsonResponse({"reply": HELP})


@require_POST
def ask(request: HttpRequest) -> JsonResponse:
    """Answer one line."""
    form = AskForm(body(request))
    return JsonResponse({"reply": _reply(form.cleaned_data["text"].split())}) if form.is_valid() else refused(form)


def _reply(words: list[str]) -> str:
    match words:
        case ["rooms"]:
            return ", ".join(room.name for room in Room.objects.all()) or "none yet"
        case ["free", room, arrival, departure]:
            return _free(StayForm({"room": room, "arrival": arrival, "departure": departure}))
        case _:
            return HELP


def _free(form: StayForm) -> str:
    if not form.is_valid():
        return HELP
    stay = form.cleaned_data
    return f"{stay['room'].name} is {'free' if desk.is_free(**stay) else 'taken'}"
