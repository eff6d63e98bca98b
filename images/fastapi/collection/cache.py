"""Items in Redis, for a minute. The cache may be away: then every answer comes from the database."""

import logging

from redis.asyncio import Redis
from redis.exceptions import RedisError

from collection.items import Item

logger = logging.getLogger(__name__)

SECONDS = 60
"""How long an item is kept, and so how old an answer may be where a change could not reach the cache."""


class Cache:
    """Single items by their number."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def get(self, number: int) -> Item | None:
        """The item, if it is kept."""
        try:
            found = await self._redis.get(_key(number))
        except RedisError as error:
            return _away(error)
        return None if found is None else Item.model_validate_json(found)

    async def put(self, item: Item) -> None:
        """Keep an item."""
        try:
            await self._redis.set(_key(item.id), item.model_dump_json(), ex=SECONDS)
        except RedisError as error:
            _away(error)

    async def forget(self, number: int) -> None:
        """Drop an item that has changed."""
        try:
            await self._redis.delete(_key(number))
        except RedisError as error:
            _away(error)


def _key(number: int) -> str:
    return f"collection:item:{number}"


def _away(error: RedisError) -> None:
    logger.warning("the cache does not answer: %s", type(error).__name__)
