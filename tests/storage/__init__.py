"""Components of storage."""
