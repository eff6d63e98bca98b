"""images/bot between a chat and a bucket that are stand-ins."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests import servers
from tests.images.installed import run
from tests.images.stubs import Answer, Asked, Stub, stub

pytestmark = pytest.mark.slow

TOKEN = "12345:a-token-nobody-may-see"  # noqa: S105
PICTURE = b"\xff\xd8 a picture"
MESSAGES = [
    {"update_id": 7, "message": {"text": "hello"}},
    {
        "update_id": 8,
        "message": {
            "photo": [
                {"file_id": "small", "file_unique_id": "S1", "width": 90},
                {"file_id": "large", "file_unique_id": "L1", "width": 1280},
            ]
        },
    },
    {"update_id": 9, "message": {"document": {"file_id": "paper", "file_unique_id": "D1"}}},
]


class FakeChat:
    """A chat with three messages, which fails once before it gives them. `refused` is what it says of `large`, if any."""

    def __init__(self, refused: str = "") -> None:
        self.refused = refused
        self.offsets: list[int] = []
        self.news = threading.Event()

    def answer(self, asked: Asked) -> Answer:
        """What the API of Telegram's bots answers."""
        url = urlsplit(asked.path)
        values = {key: found[0] for key, found in parse_qs(url.query).items()}
        method, _, how = self.refused.partition(" ")
        if method == "getFile" and values.get("file_id") == "large":
            return Answer.of_json({"ok": False}, status=int(how))
        if method == "download" and url.path.endswith("/files/large"):
            return Answer(body=bytes(21 * 1024 * 1024)) if how == "too large" else Answer(status=int(how))
        match url.path.removeprefix(f"/bot{TOKEN}/"):
            case "getUpdates":
                return self._updates(int(values["offset"]))
            case "getFile":
                return Answer.of_json({"ok": True, "result": {"file_path": f"files/{values['file_id']}"}})
            case _ if url.path.startswith(f"/file/bot{TOKEN}/files/"):
                return Answer(body=PICTURE + url.path.rpartition("/")[2].encode())
            case _:
                return Answer.of_json({"ok": False}, status=404)

    def _updates(self, offset: int) -> Answer:
        self.offsets.append(offset)
        if len(self.offsets) == 1:
            return Answer.of_json({"ok": False}, status=502)
        found = [message for message in MESSAGES if int(str(message["update_id"])) >= offset]
        if not found:
            self.news.wait(1)
        return Answer.of_json({"ok": True, "result": found})


@pytest.fixture
def bucket() -> Iterator[Stub]:
    """Somebody who takes objects."""
    with stub(lambda _: Answer(headers={"ETag": '"made"'})) as sink:
        yield sink


def variables(chat: Stub, bucket: Stub, folder: Path) -> dict[str, str]:
    """What the platform tells the service; and where the stand-ins are."""
    return {
        "BOT_TOKEN": TOKEN,
        "BUCKET_MEDIA_RAW": "raw-media",
        "CHAT_URL": chat.url,
        "HEARTBEAT_FILE": str(folder / "heartbeat"),
        "AWS_ENDPOINT_URL_S3": bucket.url,
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
    }


@pytest.mark.requirement("APP-14", part="the bot: started, in use, stopped")
def test_media_of_the_chat_are_kept_in_the_bucket_once_each_and_the_token_is_not_logged(bucket: Stub, tmp_path: Path) -> None:
    chat = FakeChat()
    with stub(chat.answer) as server:
        with run("bot", "python -m chatbot", variables(server, bucket, tmp_path), tmp_path / "log") as bot:
            servers.until(lambda: 10 in chat.offsets, "the bot", bot)
            assert bot.stop() == 0, bot.printed
        printed = bot.printed

    kept = {asked.path.partition("?")[0]: asked.body for asked in bucket.asked if asked.method == "PUT"}
    assert len(bucket.asked) == 2
    assert set(kept) == {"/raw-media/photo/L1", "/raw-media/document/D1"}
    assert PICTURE + b"large" in kept["/raw-media/photo/L1"]
    assert PICTURE + b"paper" in kept["/raw-media/document/D1"]
    assert (tmp_path / "heartbeat").exists()
    assert re.search(r"WARNING .* getUpdates: status 502; again in 1 s", printed)
    assert "kept photo/L1" in printed
    assert TOKEN not in printed


@pytest.mark.parametrize("refused", ["getFile 400", "getFile 404", "download 404", "download too large"])
def test_a_file_that_the_chat_will_not_give_is_skipped_and_what_comes_after_it_is_kept(
    bucket: Stub, tmp_path: Path, refused: str
) -> None:
    chat = FakeChat(refused)
    with stub(chat.answer) as server:
        with run("bot", "python -m chatbot", variables(server, bucket, tmp_path), tmp_path / "log") as bot:
            servers.until(lambda: 10 in chat.offsets, "the bot", bot)
            assert bot.stop() == 0, bot.printed
        printed = bot.printed

    assert {asked.path.partition("?")[0] for asked in bucket.asked} == {"/raw-media/document/D1"}
    assert re.search(r"WARNING .* skipped photo/L1: (getFile: status 40|download: status 404|download: more than)", printed)
    assert TOKEN not in printed


@pytest.mark.parametrize("status", [401, 409, 429, 502])
def test_what_may_go_better_next_time_is_asked_again(bucket: Stub, tmp_path: Path, status: int) -> None:
    chat = FakeChat(f"getFile {status}")
    with (
        stub(chat.answer) as server,
        run("bot", "python -m chatbot", variables(server, bucket, tmp_path), tmp_path / "log") as bot,
    ):
        servers.until(lambda: f"getFile: status {status}; again in" in bot.printed, "the bot", bot)

    assert bucket.asked == []
    assert 9 not in chat.offsets


def test_a_chat_that_is_away_is_no_reason_to_die_or_to_tell_the_token(bucket: Stub, tmp_path: Path) -> None:
    nowhere = Stub(url=f"http://127.0.0.1:{servers.free_port()}", asked=[])
    with run("bot", "python -m chatbot", variables(nowhere, bucket, tmp_path), tmp_path / "log") as bot:
        servers.until(lambda: "again in 2 s" in bot.printed, "the bot", bot)
        assert bot.stop() == 0
        printed = bot.printed

    assert "getUpdates: ConnectError; again in 1 s" in printed
    assert TOKEN not in printed
    assert not (tmp_path / "heartbeat").exists()
