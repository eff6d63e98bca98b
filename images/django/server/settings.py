"""Settings, all of them from environment variables: README.md lists them.

A missing one that has no default stops the process at its start, by the name of the variable alone.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

BASE_DIR = Path(__file__).resolve().parent.parent

SERVICE = os.environ.get("SERVICE", "booking")
"""What the service that runs this is called: the same image is the web service, the worker and the API of the bot."""

WORKLOAD_QUEUE = os.environ.get("WORKLOAD_QUEUE", "default")
"""The queue that the web processes fill and the worker empties."""

SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]
DEBUG = False

# Any by default: a load balancer stands in front, and nothing here makes an address from the Host header. Health checks, whose
# Host is the address of a container, are answered whatever stands here (server/health.py).
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "*").split(",")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

INSTALLED_APPS = ["booking"]
MIDDLEWARE = [
    "server.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
]  # no sessions and no cookies, hence nothing for a CSRF token to guard
ROOT_URLCONF = "server.urls"
WSGI_APPLICATION = "server.wsgi.application"
APPEND_SLASH = False  # a redirect would lose the body of a POST
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"


def _database() -> dict[str, Any]:
    """The database: through the PgBouncer beside the application where `PGBOUNCER` is 1, else directly and with TLS."""
    common = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["POSTGRES_NAME"],
        "USER": os.environ["POSTGRES_USER"],
        "PASSWORD": os.environ["POSTGRES_PASSWORD"],
        "CONN_MAX_AGE": 60,  # s: shorter than what load balancers and firewalls forget an idle connection after (350 s)
        "CONN_HEALTH_CHECKS": True,
    }
    if os.environ.get("PGBOUNCER") == "1":
        return common | {
            "HOST": "127.0.0.1",
            "PORT": os.environ.get("PGBOUNCER_PORT", "6432"),
            # Each transaction may run on another connection to the server: nothing may outlive one, neither a cursor nor a
            # prepared statement.
            "DISABLE_SERVER_SIDE_CURSORS": True,
            "OPTIONS": {"sslmode": "disable", "connect_timeout": 3, "prepare_threshold": None},
        }
    return common | {
        "HOST": os.environ["POSTGRES_HOST"],
        "PORT": os.environ["POSTGRES_PORT"],
        "OPTIONS": {
            "sslmode": os.environ.get("POSTGRES_SSLMODE", "verify-full"),
            "sslrootcert": os.environ.get("POSTGRES_CA_FILE", "/etc/ssl/database.pem"),
            "connect_timeout": 3,
        },
    }


def _broker_url() -> str:
    """Where the broker is, its token included: never to be logged.

    Not the cache: that may have shards, which the client of Dramatiq cannot address, and drops what it has no room for.
    """
    scheme = "rediss" if os.environ.get("REDIS_TLS") == "1" else "redis"
    token = quote(os.environ.get("BROKER_TOKEN", ""), safe="")
    login = f":{token}@" if token else ""
    return f"{scheme}://{login}{os.environ['BROKER_HOST']}:{os.environ['BROKER_PORT']}/0"


DATABASES = {"default": _database()}
BROKER_URL = _broker_url()

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
