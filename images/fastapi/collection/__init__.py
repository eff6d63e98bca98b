"""A collection of items: an HTTP API on PostgreSQL, with a cache in Redis."""
