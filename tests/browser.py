"""Chromium without a window, spoken to over a pipe in the DevTools protocol (chromedevtools.github.io/devtools-protocol)."""

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
)
_START = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
"""Becomes the browser, with the two ends under the numbers that it looks for."""
_PATIENCE_S = 30.0
_SAID = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")

Message: TypeAlias = dict[str, Any]


def found() -> str | None:
    """The first Chromium there is."""
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


class Page:
    """One page. `said` is everything that came to its console: messages, errors, what it was refused."""

    def __init__(self, to: int, back: int) -> None:
        self.said: list[Message] = []
        self._to, self._back, self._read, self._last, self._session = to, back, b"", 0, ""
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._call(f"{domain}.enable")

    def open(self, file: Path, *, fragment: str = "", width: int = 1280, height: int = 860, dark: bool = False) -> None:
        """Loads `file` anew, and waits until all of it is there."""
        self.said.clear()
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._call("Emulation.setEmulatedMedia", features=[scheme])
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self._call("Page.navigate", url="about:blank")
        self._call("Page.navigate", url=f"{file.as_uri()}{fragment}")
        deadline = time.monotonic() + _PATIENCE_S
        while self.value("location.protocol + document.readyState") != "file:complete":
            assert time.monotonic() < deadline, f"{file} is not loaded after {_PATIENCE_S:.0f} s"

    def value(self, expression: str) -> Any:
        """What `expression` evaluates to in the page."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key: str, text: str = "") -> None:
        """A key, as `KeyboardEvent.key` names it, with the text that it writes."""
        for kind in ("keyDown", "keyUp"):
            self._call("Input.dispatchKeyEvent", type=kind, key=key, text=text if kind == "keyDown" else "")

    def type(self, text: str) -> None:
        """Writes `text` where the cursor is."""
        self._call("Input.insertText", text=text)

    def picture(self) -> bytes:
        """What is to be seen, as PNG."""
        return base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"])

    def _call(self, method: str, **params: Any) -> Message:
        self._last += 1
        message = {"id": self._last, "method": method, "params": params}
        text = json.dumps({**message, "sessionId": self._session} if self._session else message)
        data = text.encode() + b"\0"
        while data:
            data = data[os.write(self._to, data) :]
        while (answer := self._next()).get("id") != self._last:
            if answer.get("method") in _SAID:
                self.said.append(answer["params"])
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]

    def _next(self) -> Message:
        while b"\0" not in self._read:
            ready, _, _ = select.select([self._back], [], [], _PATIENCE_S)
            assert ready, f"the browser says nothing for {_PATIENCE_S:.0f} s"
            data = os.read(self._back, 1 << 20)
            assert data, "the browser has ended"
            self._read += data
        line, _, self._read = self._read.partition(b"\0")
        return json.loads(line)


@contextmanager
def started(program: str) -> Generator[Page]:
    """A browser with one page, in a profile of its own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        theirs_in, ours_out = _pipe()
        ours_in, theirs_out = _pipe()
        process = subprocess.Popen(
            [sys.executable, "-c", _START, str(theirs_in), str(theirs_out), program, *_FLAGS, f"--user-data-dir={profile}"],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        try:
            yield Page(ours_out, ours_in)
        finally:
            os.close(ours_out)  # it ends when nobody speaks to it any more
            process.wait(_PATIENCE_S)
            os.close(ours_in)


def _pipe() -> tuple[int, int]:
    """A pipe whose ends have numbers above those that the protocol uses."""
    low = os.pipe()
    high = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 20) for end in low)
    for end in low:
        os.close(end)
    return high[0], high[1]
