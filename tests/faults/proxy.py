"""A TCP proxy that misbehaves when told: latency, reset, black hole, cut in mid-reply.

A process of its own, `python -m tests.faults.proxy TARGET` (``host:port`` or a unix socket's path): it prints the port
it listens on, and takes JSON on its standard input, one `Mischief` a line; it goes when its starter goes.
"""

import asyncio
import json
import socket
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass

from tests.faults.processes import Controlled, spawn

_RST = struct.pack("ii", 1, 0)
"""SO_LINGER of no seconds: closing sends a reset instead of a farewell."""


@dataclass(frozen=True)
class Mischief:
    """What is done to every connection from now on, open ones included."""

    latency: float = 0.0
    """Seconds each piece of a reply waits."""
    black_hole: bool = False
    """Connections are taken, and nothing ever comes or goes."""
    refuse: bool = False
    """New connections are reset at once."""
    reset: bool = False
    """Every open connection is reset, now."""
    cut_after: int | None = None
    """Bytes of replies after which each connection is reset in the middle of one."""


class Proxy:
    """Every connection to it is one to ``target``."""

    def __init__(self, target: str) -> None:
        self._target, self._told, self._open = target, Mischief(), set[asyncio.StreamWriter]()
        self._changed = asyncio.Event()

    def tell(self, told: Mischief) -> None:
        self._told = told
        self._changed.set()
        self._changed = asyncio.Event()
        if told.reset:
            for writer in list(self._open):
                _reset(writer)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._told.refuse:
            _reset(writer)
            return
        try:
            there = await self._connect()
        except OSError:
            _reset(writer)
            return
        self._open.add(writer)
        ways = [
            asyncio.create_task(self._pump(reader, there[1], None)),
            asyncio.create_task(self._pump(there[0], writer, writer)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        self._open.discard(writer)
        for end in (writer, there[1]):
            with suppress(OSError):
                end.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._target.startswith("/"):
            return await asyncio.open_unix_connection(self._target)
        host, _, port = self._target.rpartition(":")
        return await asyncio.open_connection(host, int(port))

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, reply: asyncio.StreamWriter | None
    ) -> None:
        """``reply``: this is the way back, the one that is slowed and cut."""
        seen = 0
        with suppress(OSError):
            while data := await source.read(65536):
                while self._told.black_hole:
                    await self._changed.wait()
                told = self._told
                if reply is not None:
                    await asyncio.sleep(told.latency)
                    seen += len(data)
                    if told.cut_after is not None and seen > told.cut_after:
                        sink.write(data[: max(0, len(data) - (seen - told.cut_after))])
                        await sink.drain()
                        _reset(reply)
                        return
                sink.write(data)
                await sink.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    plug = writer.get_extra_info("socket")
    with suppress(OSError):
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RST)
    writer.transport.abort()


async def serve(target: str) -> None:
    proxy = Proxy(target)
    server = await asyncio.start_server(proxy.connected, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    told = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), sys.stdin)
    while line := await told.readline():
        proxy.tell(Mischief(**json.loads(line)))
        print("done", flush=True)


class Between(Controlled):
    """A proxy of one's own; ``port`` is where it listens."""

    def __init__(self, target: str) -> None:
        super().__init__(spawn("tests.faults.proxy", target))
        self.port = int(self.heard())

    def tell(self, **mischief: object) -> None:
        """`Mischief`'s fields; what is not named is as it should be."""
        self.say(json.dumps(mischief))


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
