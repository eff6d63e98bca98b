"""Requests to an application under test."""

import json
import urllib.error
import urllib.request
from http.client import HTTPResponse
from typing import Any


def call(method: str, url: str, value: object = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    """The status and the JSON of an answer; None where it is none."""
    body = None if value is None else json.dumps(value).encode()
    told = {"content-type": "application/json"} | (headers or {})
    request = urllib.request.Request(url, method=method, data=body, headers=told)  # noqa: S310  (an address of this machine)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            return response.status, _value(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _value(error)


def _value(response: HTTPResponse | urllib.error.HTTPError) -> Any:
    body = response.read()
    return json.loads(body) if body and "json" in response.headers.get("content-type", "") else None
