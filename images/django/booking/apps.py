"""The application as Django knows it."""

from django.apps import AppConfig


class BookingConfig(AppConfig):
    """Makes the broker before anything declares a task on it."""

    name = "booking"

    def ready(self) -> None:
        """Called once, by the web process, the worker and `manage.py` alike."""
        from server import broker  # reads the settings, which are there only now

        broker.install()
