"""Addresses. The load balancer forwards whole paths, so each prefix that is routed here stands here."""

from django.urls import path

from booking import bot, views

urlpatterns = [
    path("booking/", views.bookings),
    path("booking/rooms", views.rooms),
    path("bot/", bot.help_text),
    path("bot/ask", bot.ask),
]
