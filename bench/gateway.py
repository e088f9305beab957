"""A gateway of its own process that takes every message and answers after a while: PORT LATENCY_MS.

As little work as an answer can be, so that what is measured is the sender.
"""

import asyncio
import json
import sys
from itertools import count

_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"


class Gateway(asyncio.Protocol):
    """One connection; requests on it come one after the other."""

    numbers = count(1)

    def __init__(self, latency: float) -> None:
        self._latency, self._seen = latency, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._seen += data
        head, gap, body = self._seen.partition(b"\r\n\r\n")
        if not gap or len(body) < _length(head):
            return
        self._seen = b""
        if b"/stable_token " in head.split(b"\r\n", 1)[0]:
            self._answer({"access_token": "bench", "expires_in": 7200})
        else:
            said = {"errcode": 0, "errmsg": "ok", "msgid": next(self.numbers)}
            asyncio.get_running_loop().call_later(self._latency, self._answer, said)

    def _answer(self, said: dict[str, object]) -> None:
        if not self._transport.is_closing():
            text = json.dumps(said).encode()
            self._transport.write(_OK % (len(text), text))


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def serve(port: int, latency: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Gateway(latency), "127.0.0.1", port, backlog=512)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2]) / 1000))
