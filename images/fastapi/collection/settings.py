"""Settings, all of them from environment variables: README.md lists them."""

import os
from dataclasses import dataclass
from urllib.parse import quote

from psycopg.conninfo import make_conninfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the application needs to know. Holds passwords, so it is never printed or logged."""

    postgres: str
    redis_url: str
    redis_cluster: bool
    api_keys: frozenset[str]

    @classmethod
    def from_environment(cls) -> "Settings":
        """The settings of this process; a missing one is a KeyError with the name of the variable alone."""
        return cls(
            postgres=_postgres(),
            redis_url=_redis_url(),
            redis_cluster=os.environ.get("REDIS_CLUSTER") == "true",
            api_keys=_words("API_KEYS"),
        )


def _postgres() -> str:
    return make_conninfo(
        host=os.environ["POSTGRES_HOST"],
        port=os.environ["POSTGRES_PORT"],
        dbname=os.environ["POSTGRES_NAME"],
        user=os.environ["POSTGRES_USER"],
        password=os.environ["POSTGRES_PASSWORD"],
        sslmode=os.environ.get("POSTGRES_SSLMODE", "verify-full"),
        sslrootcert=os.environ.get("POSTGRES_CA_FILE", "/etc/ssl/database.pem"),
        connect_timeout=3,
    )


def _redis_url() -> str:
    scheme = "rediss" if os.environ.get("REDIS_TLS") == "1" else "redis"
    token = quote(os.environ.get("REDIS_TOKEN", ""), safe="")
    login = f":{token}@" if token else ""
    return f"{scheme}://{login}{os.environ['REDIS_HOST']}:{os.environ['REDIS_PORT']}/0"


def _words(variable: str) -> frozenset[str]:
    """The words of a list with commas."""
    return frozenset(word.strip() for word in os.environ.get(variable, "").split(",") if word.strip())
