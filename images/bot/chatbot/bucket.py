"""The bucket that media go into, as they are; whatever resizes them watches it."""

from typing import Any

import boto3
from botocore.config import Config


class Bucket:
    """A bucket to write to. What encrypts its objects is its own affair."""

    def __init__(self, name: str) -> None:
        self._name = name
        limits = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3})
        self._s3: Any = boto3.client("s3", config=limits)  # pyright: ignore[reportUnknownMemberType]  (its types are made at run time)

    def put(self, key: str, content: bytes) -> None:
        """Write an object; a second time it is the same object."""
        self._s3.put_object(Bucket=self._name, Key=key, Body=content)
