"""Items in Redis, for a minute. The cache may be away: then every answer comes from the database."""

import logging

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisClusterException, RedisError

from collection.items import Item

logger = logging.getLogger(__name__)

SECONDS = 60
"""How long an item is kept, and so how old an answer may be where a change could not reach the cache."""


Client = Redis | RedisCluster
AWAY = (RedisError, RedisClusterException)
"""What is raised where the cache does not answer; the latter is no kind of the former."""


def connect(url: str, *, cluster: bool) -> Client:
    """A client that connects at its first request. One of a cache with shards asks each key of the shard that holds it."""
    if cluster:
        return RedisCluster.from_url(
            url,
            socket_connect_timeout=1,
            socket_timeout=1,
            retry=Retry(NoBackoff(), 1),  # once: after a failover another node answers; who waits longer is better off without
            dynamic_startup_nodes=False,  # the name leads to whatever nodes there are, also when all are others
        )
    return Redis.from_url(  # pyright: ignore[reportUnknownMemberType]  (it leaves its options untyped)
        url, socket_connect_timeout=1, socket_timeout=1
    )


class Cache:
    """Single items by their number."""

    def __init__(self, redis: Client) -> None:
        self._redis = redis

    async def alive(self) -> bool:
        """Whether it answers."""
        try:
            await self._redis.get(_key(0))
        except AWAY as error:
            _away(error)
            return False
        return True

    async def get(self, number: int) -> Item | None:
        """The item, if it is kept."""
        try:
            found = await self._redis.get(_key(number))
        except AWAY as error:
            return _away(error)
        return None if found is None else Item.model_validate_json(found)

    async def put(self, item: Item) -> None:
        """Keep an item."""
        try:
            await self._redis.set(_key(item.id), item.model_dump_json(), ex=SECONDS)
        except AWAY as error:
            _away(error)

    async def forget(self, number: int) -> None:
        """Drop an item that has changed."""
        try:
            await self._redis.delete(_key(number))
        except AWAY as error:
            _away(error)


def _key(number: int) -> str:
    return f"collection:item:{number}"


def _away(error: Exception) -> None:
    logger.warning("the cache does not answer: %s", type(error).__name__)
