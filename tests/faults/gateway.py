"""A platform's API that is fast, misbehaves as told, and remembers what it got: for counting what arrived how often.

A process of its own, `python -m tests.faults.gateway`: it prints its port and answers each line of JSON on its standard
input with one: `Manners` to change, or ``{"ask": …}``.  Over HTTP it speaks the platform's API, WeChat's for now.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, fields
from typing import Any

from tests.faults.processes import Controlled, spawn

_HEAD = b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
_STATUS = {502: b"<html>Bad Gateway</html>"}


@dataclass
class Manners:
    """Rates are of sends, 0 to 1; the first that strikes counts."""

    latency: float = 0.0
    http_5xx: float = 0.0
    """502 after the latency; half of them took the message nevertheless."""
    timeout: float = 0.0
    """No answer at all; half of them took the message nevertheless."""
    reset: float = 0.0
    """The connection is reset after the request; half of them took the message."""
    errcodes: dict[str, float] | None = None
    """errcode → rate, inside a 200; the message is not taken."""
    always: dict[str, int] | None = None
    """openid → the errcode (or 502) it always gets."""
    token_seconds: float = 7200.0
    """Tokens really end after this, whatever ``expires_in`` says."""


@dataclass
class Seen:
    """One request to send."""

    at: float
    road: str
    to: str
    key: str
    """client_msg_id, 就医助手's msg_id."""
    answer: int
    """errcode; 502, -2 no answer, -3 reset."""
    taken: bool
    """The patient has it."""


class Platform:
    """What all connections share."""

    def __init__(self) -> None:
        self.manners, self.dice = Manners(errcodes={}, always={}), random.Random(4)
        self.seen: list[Seen] = []
        self.words: dict[str, list[str]] = {}
        """openid → texts of the 客服消息 they got."""
        self.shown: set[str] = set()
        self.token, self.born, self.serial, self.fetches = "", 0.0, 0, 0
        self.at_once = self.most_at_once = 0

    def fetch(self) -> dict[str, object]:
        """stable_token: the same one while it is good."""
        self.fetches += 1
        if not self._good(self.token):
            self.serial += 1
            self.token, self.born = f"token-{self.serial}", time.monotonic()
        return {"access_token": self.token, "expires_in": 7200}

    def send(self, road: str, token: str, body: dict[str, Any]) -> int:
        """What is answered; see `Seen.answer`."""
        to = str(body.get("touser") or body.get("open_id") or "")
        key = str(body.get("client_msg_id") or body.get("msg_id") or "")
        answer, taken = self._fate(road, token, to)
        if taken and key:
            if key in self.shown and answer == 0:
                answer = 40241
            self.shown.add(key)
        self.seen.append(Seen(time.time(), road, to, key, answer, taken))
        if taken and road == "custom":
            text = body.get("text", {}).get("content") or body.get("msgmenu", {}).get("head_content", "")
            self.words.setdefault(to, []).append(text)
        return answer

    def _fate(self, road: str, token: str, to: str) -> tuple[int, bool]:
        if not self._good(token):
            return 40001, False
        manners = self.manners
        if to in (manners.always or {}):
            return (manners.always or {})[to], False
        roll, half = self.dice.random(), self.dice.random() < 0.5
        for rate, answer in ((manners.http_5xx, 502), (manners.timeout, -2), (manners.reset, -3)):
            if roll < rate:
                return answer, half
            roll -= rate
        for code, rate in (manners.errcodes or {}).items():
            name, _, only = code.partition("@")
            if only and only != road:
                continue
            if roll < rate:
                return int(name), False
            roll -= rate
        return 0, True

    def _good(self, token: str) -> bool:
        return (
            bool(token) and token == self.token and time.monotonic() - self.born < self.manners.token_seconds
        )

    def asked(self, what: str) -> object:
        match what.split(":", 1):
            case ["figures"]:
                return {"seen": len(self.seen), "taken": sum(s.taken for s in self.seen), "fetches": self.fetches,
                        "tokens": self.serial, "most_at_once": self.most_at_once,
                        "answers": Counter(str(s.answer) for s in self.seen)}  # fmt: skip
            case ["seen"]:
                return [asdict(each) for each in self.seen]
            case ["words", to]:
                return self.words.get(to, [])
            case ["forget"]:
                self.seen.clear()
                self.shown.clear()
                self.words.clear()
                self.most_at_once = 0
                return None
            case ["expire"]:
                self.born = -1e9
                return None
        raise ValueError(what)


class Connection(asyncio.Protocol):
    """Requests on one connection come one after the other."""

    def __init__(self, platform: Platform) -> None:
        self._platform, self._rest = platform, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._rest += data
        head, gap, body = self._rest.partition(b"\r\n\r\n")
        if not gap or len(body) < _length(head):
            return
        self._rest = b""
        path, _, query = head.split(b" ", 2)[1].decode().partition("?")
        platform = self._platform
        if path.endswith("/stable_token"):
            self._answer(platform.fetch())
            return
        platform.at_once += 1
        platform.most_at_once = max(platform.most_at_once, platform.at_once)
        token = query.rpartition("access_token=")[2].partition("&")[0]
        answer = platform.send(
            _road(path), token, json.loads(body or b"{}")
        )  # taken, even if its sender dies now
        asyncio.get_running_loop().call_later(platform.manners.latency, self._reply, answer)

    def _reply(self, answer: int) -> None:
        self._platform.at_once -= 1
        if answer == -3:
            self._transport.abort()
        elif answer in _STATUS:
            self._write(answer, _STATUS[answer])
        elif answer != -2:
            self._answer({"errcode": answer, "errmsg": "", "msgid": len(self._platform.seen)})

    def _answer(self, said: dict[str, object]) -> None:
        self._write(200, json.dumps(said).encode())

    def _write(self, status: int, body: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(_HEAD % (status, len(body), body))


def _road(path: str) -> str:
    """custom | template | subscribe | assistant …"""
    return {"sendchannelmsg": "assistant", "bizsend": "subscribe"}.get(
        path.rsplit("/", 1)[1], path.split("/")[-2]
    )


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def serve() -> None:
    platform, loop = Platform(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(platform), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    told = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), sys.stdin)
    while line := await told.readline():
        said = json.loads(line)
        if "ask" in said:
            print(json.dumps(platform.asked(said["ask"])), flush=True)
        else:
            platform.manners = Manners(**said)
            print("null", flush=True)


class Gateway(Controlled):
    """A gateway of one's own; ``url`` is its WECHAT_API_BASE."""

    def __init__(self) -> None:
        super().__init__(spawn("tests.faults.gateway"))
        self.url = f"http://127.0.0.1:{self.heard()}"

    def behave(self, **manners: object) -> None:
        """`Manners`' fields; what is not named is as it should be."""
        assert set(manners) <= {field.name for field in fields(Manners)}
        self.say(json.dumps(manners))

    def ask(self, what: str) -> Any:
        """figures | seen | words:OPENID | forget | expire"""
        return json.loads(self.say(json.dumps({"ask": what})))

    def seen(self) -> list[Seen]:
        return [Seen(**each) for each in self.ask("seen")]


if __name__ == "__main__":
    asyncio.run(serve())
