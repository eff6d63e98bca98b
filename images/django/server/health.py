"""`/health/`, for the health checks of the load balancer."""

import logging
from collections.abc import Callable

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

logger = logging.getLogger(__name__)


class HealthMiddleware:
    """Answers `/health/` before anything looks at the Host header, which is a bare address there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """200 where the database answers, 503 where it does not; any other path goes on."""
        return _health() if request.path == "/health/" else self._get_response(request)


def _health() -> HttpResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        logger.warning("the database does not answer: %s", type(error).__name__)  # its text may name the user
        return JsonResponse({"status": "no database"}, status=503)
    return JsonResponse({"status": "ok"})
