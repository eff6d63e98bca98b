"""Items in PostgreSQL."""

from typing import LiteralString

from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

from collection.items import Item, NewItem

SCHEMA = """
CREATE TABLE IF NOT EXISTS collection_item (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title text NOT NULL CHECK (title <> ''),
    year integer NOT NULL,
    notes text NOT NULL DEFAULT ''
)
"""

Pool = AsyncConnectionPool[AsyncConnection[DictRow]]


def pool(conninfo: str) -> Pool:
    """A pool that is not open yet. A connection that broke is found before it is lent out."""
    return AsyncConnectionPool(
        conninfo,
        connection_class=AsyncConnection[DictRow],
        kwargs={"row_factory": dict_row, "autocommit": True},
        min_size=1,
        max_size=8,
        timeout=5,  # s
        check=_check,
        open=False,
    )


async def _check(connection: AsyncConnection[DictRow]) -> None:
    await connection.execute("")


class Store:
    """The table of items. Every statement is a transaction of its own."""

    def __init__(self, connections: Pool) -> None:
        self._pool = connections

    async def alive(self) -> None:
        """Raises psycopg.Error where the database does not answer."""
        async with self._pool.connection(timeout=3) as connection:
            await connection.execute("SELECT 1")

    async def listed(self, after: int, limit: int) -> list[Item]:
        """The items whose number is greater than `after`, in order, `limit` at most."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute("SELECT * FROM collection_item WHERE id > %s ORDER BY id LIMIT %s", (after, limit))
            return [Item(**row) for row in await cursor.fetchall()]

    async def get(self, number: int) -> Item | None:
        """The item with this number, if there is one."""
        return await self._one("SELECT * FROM collection_item WHERE id = %(id)s", {"id": number})

    async def add(self, new: NewItem) -> Item:
        """Keep a new item."""
        added = await self._one(
            "INSERT INTO collection_item (title, year, notes) VALUES (%(title)s, %(year)s, %(notes)s) RETURNING *",
            new.model_dump(),
        )
        assert added is not None, "INSERT ... RETURNING gives a row"  # noqa: S101  (for the type alone)
        return added

    async def change(self, number: int, new: NewItem) -> Item | None:
        """Replace an item; None where there is none."""
        return await self._one(
            "UPDATE collection_item SET title = %(title)s, year = %(year)s, notes = %(notes)s WHERE id = %(id)s RETURNING *",
            {**new.model_dump(), "id": number},
        )

    async def remove(self, number: int) -> bool:
        """Remove an item; whether there was one."""
        return await self._one("DELETE FROM collection_item WHERE id = %(id)s RETURNING *", {"id": number}) is not None

    async def _one(self, statement: LiteralString, values: dict[str, object]) -> Item | None:
        async with self._pool.connection() as connection:
            row = await (await connection.execute(statement, values)).fetchone()
            return None if row is None else Item(**row)
