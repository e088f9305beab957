"""``python -m bot chat``: talk to the assistant in the terminal, through the same pipeline as WeChat's messages."""

import getpass
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import click

from bot import preflight
from bot.demo import environment
from bot.domain.inbound import Inbound, Kind
from bot.domain.speech import Reply
from bot.embedded import Valkey
from bot.pipeline import Pipeline
from bot.settings import Settings, load

CHANNEL = "terminal"
HELP = """\
 直接打字就是对机器人说话；也可以：
 /点 2        点第 2 个选项        /重发         平台重发上一条
 /菜单 KEY    点菜单 (intent:book)  /扫码 SCENE   扫码 (book:department:儿科)
 /贴图 /图片 /语音 /位置 /链接 /视频             /退出 或 Ctrl-D"""
_KINDS = {
    "贴图": Kind.STICKER, "图片": Kind.IMAGE, "语音": Kind.VOICE, "位置": Kind.LOCATION, "链接": Kind.LINK,
    "视频": Kind.VIDEO, "关注": Kind.FOLLOW, "菜单": Kind.MENU, "扫码": Kind.SCAN,
}  # fmt: skip


class Terminal:
    """One person at the keyboard, as an account of its own."""

    def __init__(self, pipeline: Pipeline, user: str) -> None:
        self._pipeline = pipeline
        self._last = Inbound(CHANNEL, "terminal", user, Kind.TEXT, datetime.now(UTC), "")
        self._offer: Reply | None = None

    def line(self, typed: str) -> Iterator[str]:
        """What is printed for one line typed; `EOFError` where it says goodbye."""
        if not typed.startswith("/"):
            yield from self._send(Kind.TEXT, text=typed)
            return
        word, _, rest = typed[1:].strip().partition(" ")
        if word in ("退出", "quit", "exit"):
            raise EOFError
        if word == "重发":
            yield from self._shown(self._pipeline.handle(self._last)) if self._last.dedup else ()
        elif word == "点" and rest.strip().isdigit():
            yield from self._tap(int(rest))
        elif word in _KINDS:
            yield from self._send(_KINDS[word], key=rest.strip())
        else:
            yield HELP

    def _tap(self, number: int) -> Iterator[str]:
        offer = self._offer
        if offer is None or not 1 <= number <= len(offer.options):
            yield "（没有这个选项）"
            return
        yield from self._send(Kind.TEXT, text=str(number), choice=f"{offer.offer}:{number}")

    def _send(self, kind: Kind, *, text: str = "", key: str = "", choice: str = "") -> Iterator[str]:
        self._last = replace(
            self._last, kind=kind, at=datetime.now(UTC), dedup=uuid4().hex, text=text, key=key, choice=choice
        )
        return self._shown(self._pipeline.handle(self._last))

    def _shown(self, replies: tuple[Reply, ...] | None) -> Iterator[str]:
        if replies is None:
            yield "（还在处理，答复稍后另外发出）"
        for reply in replies or ():
            if reply.options:
                self._offer = reply
            lines = [reply.text, *(f"  {n}. {o.label}" for n, o in enumerate(reply.options, 1))]
            yield "\n".join(line for line in lines if line)


@click.command("chat")
@click.option("--as", "user", default="", help="Who is speaking; each name is an account of its own.")
def chat(user: str) -> None:
    """Talk to the assistant; without a DATABASE_URL this is the demo hospital, made if it is not there yet."""
    if not os.environ.get("DATABASE_URL"):
        os.environ.update(environment(os.environ))
    settings = load()
    with _prepared(settings) as ready:
        from bot.app import build

        app = build(ready)
        try:
            _talk(Terminal(app.pipeline, user or getpass.getuser()))
        finally:
            app.close()


def _talk(terminal: Terminal) -> None:
    interactive = sys.stdin.isatty()
    if interactive:
        click.echo(HELP)
    with suppress(EOFError, KeyboardInterrupt):
        while True:
            typed = input("您> ").strip() if interactive else _piped()
            for answer in terminal.line(typed):
                click.echo(answer if not interactive else click.style(answer, fg="green"))


def _piped() -> str:
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    click.echo(f"您> {line.strip()}")
    return line.strip()


@contextmanager
def _prepared(settings: Settings) -> Iterator[Settings]:
    """Database and sessions: those of a running server, else this command's own for as long as it runs."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if settings.demo:
        _demo_hospital(settings)
    valkey = Valkey(settings.data_dir)
    ours = settings.redis_url in ("", valkey.url) and not valkey.answers()
    server = subprocess.Popen(valkey.command(), stdout=subprocess.DEVNULL) if ours else None
    try:
        for _ in range(100):
            if server is None or valkey.answers():
                break
            time.sleep(0.05)
        yield preflight.with_redis(settings)
    finally:
        if server is not None:
            server.terminate()
            server.wait(10)


def _demo_hospital(settings: Settings) -> None:
    from bot.app import build
    from bot.services.demo import seed
    from bot.store.db import url_of
    from bot.store.migrate import upgrade

    upgrade(url_of(settings))
    app = build(settings)
    seed(app.db, app.clock)
    app.close()


commands = (chat,)
