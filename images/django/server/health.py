"""`/health/`, for the health checks of the load balancer, and `/health/ready/`, for people who want to know what is missing."""

import logging
from collections.abc import Callable

import dramatiq
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class HealthMiddleware:
    """Answers both before anything looks at the Host header, which is a bare address there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Health is the process alone: while a database fails over, copies that are replaced would be missing after it."""
        match request.path:
            case "/health/":
                return JsonResponse({"status": "ok"})
            case "/health/ready/":
                return _ready()
            case _:
                return self._get_response(request)


def _ready() -> HttpResponse:
    """200 where all that it depends on answers, 503 with what does not."""
    checks = {"database": _ask_database, "broker": _ask_broker}
    missing = [name for name, ask in checks.items() if not _answers(name, ask)]
    return JsonResponse({"status": "not ready", "missing": missing}, status=503) if missing else JsonResponse({"status": "ok"})


def _answers(name: str, ask: Callable[[], None]) -> bool:
    try:
        ask()
    except (Error, RedisError) as error:
        logger.warning("the %s does not answer: %s", name, type(error).__name__)  # its text may name the user
        return False
    return True


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_broker() -> None:
    dramatiq.get_broker().client.ping()
