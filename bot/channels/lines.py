"""HTTP over kept connections, for a hundred threads at once: the transport under httpx' client.

httpx' own pool looks through all of its connections for every request: with 128 of them a send cost 5 ms of CPU, here
0.4 (docs/performance.md).  The connections of one origin are a stack: whoever needs one takes it or opens one.
"""

import select
import socket
import ssl
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse

import httpx

KEPT = 30.0
"""Seconds after which an idle connection is not trusted any more."""
Origin = tuple[str, str, int]


@dataclass
class _Line:
    """A connection to one origin."""

    socket: socket.socket
    since: float = field(default_factory=time.monotonic)

    def usable(self) -> bool:
        """Not too old, and not closed by the other side: that shows as something to read."""
        if time.monotonic() - self.since > KEPT:
            return False
        return not _readable(self.socket)

    def close(self) -> None:
        self.socket.close()


class Lines(httpx.BaseTransport):
    """Safe to share between threads; as many connections as there are requests at once."""

    def __init__(self, verify: ssl.SSLContext | None = None) -> None:
        self._verify = verify or httpx.create_ssl_context()
        self._idle: dict[Origin, list[_Line]] = defaultdict(list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request and its whole answer: gateways answer briefly."""
        origin = _origin(request.url)
        times: Mapping[str, float | None] = request.extensions.get("timeout", {})
        body = request.read()
        line = self._line(origin, times.get("connect"))
        try:
            answer, again = _exchange(line.socket, request, body, times.get("read"))
        except BaseException:
            line.close()
            raise
        if again:
            line.since = time.monotonic()
            self._idle[origin].append(line)
        else:
            line.close()
        return answer

    def close(self) -> None:
        for idle in self._idle.values():
            while idle:
                idle.pop().close()

    def _line(self, origin: Origin, seconds: float | None) -> _Line:
        idle = self._idle[origin]
        while True:
            try:
                line = idle.pop()  # one step: no two threads get the same
            except IndexError:
                return _Line(self._connected(origin, seconds))
            if line.usable():
                return line
            line.close()

    def _connected(self, origin: Origin, seconds: float | None) -> socket.socket:
        scheme, host, port = origin
        with _translated(httpx.ConnectTimeout, httpx.ConnectError):
            plain = socket.create_connection((host, port), seconds)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if scheme == "http":
                return plain
            try:
                return self._verify.wrap_socket(plain, server_hostname=host)
            except BaseException:
                plain.close()
                raise


def _exchange(
    line: socket.socket, request: httpx.Request, body: bytes, seconds: float | None
) -> tuple[httpx.Response, bool]:
    """The answer, and whether the connection can be used again."""
    line.settimeout(seconds)
    with _translated(httpx.WriteTimeout, httpx.WriteError):
        line.sendall(_written(request) + body)
    with _translated(httpx.ReadTimeout, httpx.ReadError):
        told = HTTPResponse(line, method=request.method)
        try:
            told.begin()
            content = told.read()
            again = not told.will_close
        finally:
            told.close()
    headers = [(name, value) for name, value in told.getheaders() if name.lower() != "transfer-encoding"]
    return httpx.Response(
        told.status, headers=headers, stream=httpx.ByteStream(content), request=request
    ), again


def _written(request: httpx.Request) -> bytes:
    lines = [b"%s %s HTTP/1.1" % (request.method.encode("ascii"), request.url.raw_path)]
    lines += [b"%s: %s" % header for header in request.headers.raw]
    return b"\r\n".join([*lines, b"", b""])


def _origin(url: httpx.URL) -> Origin:
    if url.scheme not in ("http", "https"):
        raise httpx.UnsupportedProtocol(f"{url.scheme} is no protocol of a gateway")
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)


def _readable(line: socket.socket) -> bool:
    try:
        poll = select.poll()
        poll.register(line, select.POLLIN)
        return bool(poll.poll(0))
    except (OSError, ValueError):
        return True


@contextmanager
def _translated(late: type[httpx.TransportError], failed: type[httpx.TransportError]) -> Iterator[None]:
    """The system's errors as httpx'."""
    try:
        yield
    except TimeoutError as error:
        raise late(str(error)) from error
    except HTTPException as error:
        raise httpx.RemoteProtocolError(type(error).__name__) from error
    except OSError as error:
        raise failed(str(error)) from error
