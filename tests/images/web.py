"""Requests to an application under test."""

import json
import urllib.error
import urllib.request
from typing import Any


def call(method: str, url: str, value: object = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    """The status and the JSON of an answer; None where it has no body."""
    body = None if value is None else json.dumps(value).encode()
    told = {"content-type": "application/json"} | (headers or {})
    request = urllib.request.Request(url, method=method, data=body, headers=told)  # noqa: S310  (an address of this machine)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            return response.status, _json(response.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _json(error.read())


def _json(body: bytes) -> Any:
    return json.loads(body) if body else None
