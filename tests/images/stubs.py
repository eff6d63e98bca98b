"""Stand-ins for what is not on the machine: an HTTP server that answers as it is told and remembers what it was asked."""

import gzip
import json
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def of_json(cls, value: object, status: int = 200) -> "Answer":
        """A response that is JSON."""
        return cls(status=status, body=json.dumps(value).encode(), headers={"content-type": "application/json"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stub:
    """A running stand-in."""

    url: str
    asked: list[Asked]


@contextmanager
def stub(answer: Callable[[Asked], Answer]) -> Generator[Stub]:
    """A server on a free port that gives each request to `answer`."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            request = Asked(
                method=self.command,
                path=self.path,
                headers={key.lower(): value for key, value in self.headers.items()},
                body=self._body(),
            )
            asked.append(request)
            response = answer(request)
            self.send_response(response.status)
            for key, value in {**response.headers, "content-length": str(len(response.body))}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(response.body)

        do_GET = do_POST = do_PUT = _handle  # noqa: N815  (the names that the base class calls)

        def _body(self) -> bytes:
            chunked = self.headers.get("transfer-encoding") == "chunked"
            body = b"".join(self._chunks()) if chunked else self.rfile.read(int(self.headers.get("content-length") or 0))
            return gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body

        def _chunks(self) -> Iterator[bytes]:
            while size := int(self.rfile.readline(), 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Stub(url=f"http://127.0.0.1:{server.server_port}", asked=asked)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
