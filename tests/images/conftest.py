"""Servers that the applications of images/ share in a test session."""

from collections.abc import Iterator

import pytest

from tests import servers


@pytest.fixture(scope="session")
def postgres() -> Iterator[servers.Postgres]:
    """A PostgreSQL."""
    with servers.postgres() as server:
        yield server


@pytest.fixture(scope="session")
def redis() -> Iterator[servers.Redis]:
    """A Redis."""
    with servers.redis() as server:
        yield server


@pytest.fixture(scope="session")
def broker() -> Iterator[servers.Redis]:
    """Another Redis, for jobs."""
    with servers.redis() as server:
        yield server


@pytest.fixture(scope="session")
def broker_variables(broker: servers.Redis, tmp_path_factory: pytest.TempPathFactory, redis: servers.Redis) -> dict[str, str]:
    """What a service that connects to the broker is told; the last makes it trust the certificates of both."""
    authorities = tmp_path_factory.mktemp("authorities") / "both.pem"
    authorities.write_text(redis.authority.read_text() + broker.authority.read_text())
    return {
        "BROKER_HOST": broker.host,
        "BROKER_PORT": str(broker.port),
        "BROKER_TOKEN": broker.token,
        "SSL_CERT_FILE": str(authorities),
    }


@pytest.fixture(scope="session")
def redis_variables(redis: servers.Redis) -> dict[str, str]:
    """What a service that connects to Redis is told; both of the last make it trust the certificate of the test."""
    return {
        "REDIS_HOST": redis.host,
        "REDIS_PORT": str(redis.port),
        "REDIS_TOKEN": redis.token,
        "REDIS_TLS": "1",
        "SSL_CERT_FILE": str(redis.authority),
        "NODE_EXTRA_CA_CERTS": str(redis.authority),
    }
