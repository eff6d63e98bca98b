"""The chat, by the API of Telegram's bots: https://core.telegram.org/bots/api.

That API wants the token in the path, so no address is ever logged, and no error of the HTTP client leaves this module as it is:
its text holds the address.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

MAX_BYTES = 20 * 1024 * 1024
"""The largest file that a bot may download (getFile in the API's reference)."""

KINDS = ("document", "video", "audio", "voice")
"""Fields of a message that hold one file each. `photo` holds several sizes of one."""


class ChatError(Exception):
    """The chat did not do what was asked. The text names the method and the status, no address."""


class RefusedError(ChatError):
    """The chat will not do this, however often it is asked: the file is too large for a bot, or gone."""


_TRY_AGAIN = (401, 409, 429)
"""Statuses from 400 to 499 that say nothing of a file: a token that is changed, another copy of the bot, too many requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A file in a message."""

    file: str
    """What it is downloaded by."""

    key: str
    """What it is called for good: the same however often it is sent, `photo/AQADBA`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Something that happened in the chat."""

    number: int
    media: tuple[Media, ...]


class Chat:
    """One bot's view of the chat."""

    def __init__(self, url: str, token: str, *, wait_seconds: int) -> None:
        self._methods = f"{url}/bot{token}"
        self._files = f"{url}/file/bot{token}"
        self._wait = wait_seconds
        self._client = httpx.Client(timeout=httpx.Timeout(10, read=wait_seconds + 10))

    def updates(self, after: int) -> list[Update]:
        """What has happened after the update `after`; waits for news a while. Tells the chat that all up to it is done."""
        asked = {"offset": after + 1, "timeout": self._wait, "allowed_updates": '["message"]'}
        return [_update(found) for found in self._call("getUpdates", asked)]

    def download(self, media: Media) -> bytes:
        """The content of a file. Raises RefusedError where the chat will never give it."""
        path = self._call("getFile", {"file_id": media.file})["file_path"]
        content = bytearray()
        try:
            with self._client.stream("GET", f"{self._files}/{path}") as response:
                _check("download", response)
                for part in response.iter_bytes():
                    content += part
                    if len(content) > MAX_BYTES:
                        raise RefusedError(f"download: more than {MAX_BYTES} bytes")
        except httpx.HTTPError as error:
            raise ChatError(f"download: {type(error).__name__}") from None
        return bytes(content)

    def close(self) -> None:
        """Drop the connections."""
        self._client.close()

    def _call(self, method: str, values: Mapping[str, str | int]) -> Any:
        try:
            response = self._client.get(f"{self._methods}/{method}", params=dict(values))
        except httpx.HTTPError as error:
            raise ChatError(f"{method}: {type(error).__name__}") from None
        _check(method, response)
        return response.json()["result"]


def _check(what: str, response: httpx.Response) -> None:
    if not response.is_success:
        for_good = response.is_client_error and response.status_code not in _TRY_AGAIN
        raise (RefusedError if for_good else ChatError)(f"{what}: status {response.status_code}")


def _update(found: Mapping[str, Any]) -> Update:
    return Update(number=found["update_id"], media=tuple(_media(found.get("message", {}))))


def _media(message: Mapping[str, Any]) -> list[Media]:
    files = [(kind, message[kind]) for kind in KINDS if kind in message]
    if sizes := message.get("photo"):
        files.append(("photo", max(sizes, key=lambda size: size["width"])))
    return [Media(file=file["file_id"], key=f"{kind}/{file['file_unique_id']}") for kind, file in files]
