"""Brings the schema up to date, once for each release: `python -m collection.migrate`. Safe to run again."""

import psycopg

from collection.settings import Settings
from collection.store import SCHEMA


def main() -> None:
    """Create what is missing."""
    with psycopg.connect(Settings.from_environment().postgres) as connection:
        connection.execute(SCHEMA)


if __name__ == "__main__":
    main()
