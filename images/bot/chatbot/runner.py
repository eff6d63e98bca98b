"""The loop: ask for news, keep what is in it, say that all is well."""

import logging
from collections.abc import Iterator
from pathlib import Path
from threading import Event

from botocore.exceptions import BotoCoreError, ClientError

from chatbot.bucket import Bucket
from chatbot.chat import Chat, ChatError, Media, RefusedError

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 30
"""Between attempts while something is away, in seconds."""


class Runner:
    """Works until it is told to stop. What was not finished by then is sent again by the chat at the next start."""

    def __init__(self, chat: Chat, bucket: Bucket, heartbeat: Path) -> None:
        self._chat = chat
        self._bucket = bucket
        self._heartbeat = heartbeat
        self._stop = Event()
        self._done = -1  # the number of the last update that is finished

    def stop(self) -> None:
        """Finish the update at hand, then return from `run`."""
        self._stop.set()

    def run(self) -> None:
        """Work. Pauses grow while the chat or the bucket is away."""
        pauses = _pauses()
        while not self._stop.is_set():
            try:
                self._once()
            except (ChatError, BotoCoreError, ClientError) as error:
                pause = next(pauses)
                logger.warning("%s; again in %s s", error, pause)
                self._stop.wait(pause)
            else:
                pauses = _pauses()
                self._heartbeat.touch()

    def _once(self) -> None:
        for update in self._chat.updates(self._done):
            for media in update.media:
                self._keep(media)
            self._done = update.number
            if self._stop.is_set():
                return

    def _keep(self, media: Media) -> None:
        try:
            content = self._chat.download(media)
        except RefusedError as error:  # asked for ever, it would keep everything after it from being kept
            logger.warning("skipped %s: %s", media.key, error)
            return
        self._bucket.put(media.key, content)
        logger.info("kept %s", media.key)


def _pauses() -> Iterator[int]:
    seconds = 1
    while True:
        yield seconds
        seconds = min(2 * seconds, LONGEST_PAUSE)
