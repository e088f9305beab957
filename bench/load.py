"""A bounded load generator over keep-alive connections to loopback: scripts of requests, latencies back.

Raw HTTP/1.1 over asyncio streams, because on two cores a comfortable client would cost more than the server.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

Script = Sequence[bytes]
"""Requests one user sends in turn, each after the answer to the one before."""


@dataclass
class Figures:
    """What a run measured."""

    seconds: float
    latencies: list[float] = field(repr=False)
    statuses: dict[int, int]
    bodies: list[bytes] = field(repr=False)

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """Latency in milliseconds below which ``share`` of the requests stayed."""
        ranked = sorted(self.latencies)
        return ranked[min(len(ranked) - 1, int(len(ranked) * share))] * 1000


def post(path: str, body: bytes, port: int) -> bytes:
    """A POST as bytes on the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: text/xml\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    length = 0
    for line in head.split(b"\r\n")[1:]:
        if line.lower().startswith(b"content-length:"):
            length = int(line[15:])
    return status, await reader.readexactly(length)


async def _client(port: int, scripts: "asyncio.Queue[Script]", figures: Figures) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while not scripts.empty():
            for request in scripts.get_nowait():
                started = time.perf_counter()
                writer.write(request)
                status, body = await _answer(reader)
                figures.latencies.append(time.perf_counter() - started)
                figures.statuses[status] = figures.statuses.get(status, 0) + 1
                figures.bodies.append(body)
    finally:
        writer.close()


async def _run(port: int, scripts: Sequence[Script], clients: int, timeout: float) -> Figures:
    queue: asyncio.Queue[Script] = asyncio.Queue()
    for script in scripts:
        queue.put_nowait(script)
    figures = Figures(0.0, [], {}, [])
    started = time.perf_counter()
    async with asyncio.timeout(timeout):
        await asyncio.gather(*(_client(port, queue, figures) for _ in range(clients)))
    figures.seconds = time.perf_counter() - started
    return figures


def run(port: int, scripts: Sequence[Script], *, clients: int = 16, timeout: float = 60) -> Figures:
    """Play every script once over ``clients`` connections to loopback; stops by itself after ``timeout`` s."""
    return asyncio.run(_run(port, scripts, clients, timeout))
