"""A loopback HTTP server that answers API calls as it is told: for faults that no faithful stand-in would make."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Call:
    path: str
    token: str
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


Answer = Callable[[Call], Any]
"""What to answer: a dict as JSON, a (status, bytes), or None to hang up without a word."""


@dataclass
class Stub:
    """Hands out a token that is good until `expire`, and asks ``answer`` about everything else."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answer: Answer = lambda call: {"errcode": 0, "errmsg": "ok", "msgid": 7}
    fetch: Answer | None = None
    token: str = "token-1"
    slow: float = 0.0
    at_once: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def sent(self) -> list[Any]:
        """Bodies of the 客服消息 that were accepted or not, in order."""
        return [call.body for call in self.calls if call.path.endswith("/custom/send")]

    def fetches(self) -> list[Any]:
        return [call.body for call in self.calls if call.path.endswith("/stable_token")]

    def expire(self) -> None:
        """The platform no longer takes the present token; another one is there for the asking."""
        self.token = f"token-{int(self.token.rpartition('-')[2]) + 1}"

    def respond(self, call: Call) -> Any:
        with self.lock:
            self.calls.append(call)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(self.slow)
        with self.lock:
            self.at_once -= 1
        if call.path.endswith("/stable_token"):
            return self.fetch(call) if self.fetch else {"access_token": self.token, "expires_in": 7200}
        if call.token != self.token:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        return self.answer(call)


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


@contextmanager
def stub_api() -> Iterator[Stub]:
    stub = Stub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            token = parse_qs(parts.query).get("access_token", [""])[0]
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = stub.respond(Call(parts.path, token, raw))
            if answer is None:
                self.close_connection = True
                return
            status, data = answer if isinstance(answer, tuple) else (200, json.dumps(answer).encode())
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            pass

    server = _Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    stub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
