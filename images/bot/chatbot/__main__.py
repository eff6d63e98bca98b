"""`python -m chatbot`: settings from environment variables, which README.md lists."""

import logging
import os
import signal
from pathlib import Path
from types import FrameType

from chatbot.bucket import Bucket
from chatbot.chat import Chat
from chatbot.runner import Runner

WAIT_SECONDS = 10
"""How long the chat may hold a request back until there is news: well under the 30 s between SIGTERM and SIGKILL."""


def main() -> None:
    """Work until SIGTERM."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log every address, and with it the token
    chat = Chat(os.environ.get("CHAT_URL", "https://api.telegram.org"), os.environ["BOT_TOKEN"], wait_seconds=WAIT_SECONDS)
    runner = Runner(chat, Bucket(os.environ["BUCKET_MEDIA_RAW"]), Path(os.environ.get("HEARTBEAT_FILE", "/tmp/heartbeat")))  # noqa: S108

    def stop(_signal: int, _frame: FrameType | None) -> None:
        runner.stop()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    runner.run()
    chat.close()


if __name__ == "__main__":
    main()
