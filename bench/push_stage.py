"""What `bench.push` works on: a gateway in a process of its own, notices in the outbox, and rows of the future."""

import random
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx
from redis import Redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry
from sqlalchemy import insert, select, text

from bench.processes import free_port, running
from bot.channels.base import Road
from bot.channels.http import pool
from bot.channels.wechat.client import WechatClient
from bot.channels.wechat.pace import Pace
from bot.channels.wechat.roads import TemplateRoad, Ways
from bot.channels.wechat.template_ids import TemplateIds
from bot.domain.clock import SystemClock
from bot.domain.notice import Notice
from bot.domain.states import OutboxState
from bot.pushes.templates import Templates
from bot.settings import load
from bot.store import outbox
from bot.store.buckets import Buckets
from bot.store.db import Database
from bot.store.models import Account, table
from bot.store.outbox import Outbox
from bot.store.outbox_types import Message
from scheduler.delivery import Delivery
from tests import servers

LATENCY = 0.08
"""Seconds the gateway takes for an answer."""
KIND = "suspension"
PACE = 100_000.0
"""Calls a second that our own limit lets through: its cost is measured, not its effect."""
_FIELDS = {
    "patient": "王**", "department": "心血管内科", "doctor": "王建国 主任医师", "begins": "2026年11月24日 14:00",
    "date": "11月24日 周二", "time": "14:00–14:30", "reason": "医生临时停诊", "hospital": "示例市人民医院",
}  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """A database with accounts, and the roads to a gateway."""

    db: Database
    roads: Mapping[str, Road]

    def delivery(self, threads: int) -> Delivery:
        return Delivery(
            Outbox(self.db), {}, clock=self.db.clock, rng=random.Random(1), roads=self.roads,
            ladders={KIND: ("template",)}, threads=threads,
        )  # fmt: skip

    def accounts(self, count: int) -> list[int]:
        """So many, made if there are fewer."""
        wanted = select(Account.id).order_by(Account.id)
        with self.db.write() as uow:
            have = len(uow.connection.execute(wanted).all())
            rows = [
                {"channel": "wechat", "app_id": "wx", "openid": f"o{n:027d}", "following": True,
                 "created_at": uow.now, "preferences": {}}
                for n in range(have, count)
            ]  # fmt: skip
            uow.execute_many(insert(table(Account)), rows)
            return list(uow.connection.execute(wanted.limit(count)).scalars())

    def put(self, name: str, count: int, priority: int, *, at_once: int = 2000) -> None:
        """Due notices, each to somebody else."""
        accounts = self.accounts(count)
        for start in range(0, count, at_once):
            with self.db.write() as uow:
                rows = [
                    Message(f"{name}:{n}", KIND, accounts[n], notice=Notice(KIND, _FIELDS), priority=priority)
                    for n in range(start, min(start + at_once, count))
                ]
                outbox.put_many(uow, rows)

    def put_future(self, count: int) -> None:
        """Rows that are due next month, made by the database itself."""
        self.accounts(1)
        numbers = (
            f"generate_series(1, {count}) AS n(n)"
            if self.db.dialect == "postgresql"
            else f"(WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT {count}) SELECT n FROM n)"
        )
        with self.db.write() as uow:
            due, over = uow.now + timedelta(days=30), uow.now + timedelta(days=40)
            shown = (lambda at: at.isoformat(timespec="microseconds")) if self.db.dialect == "sqlite" else str
            if self.db.dialect == "postgresql":
                uow.connection.execute(text("SET LOCAL statement_timeout = 0"))
            uow.connection.execute(
                text(f"""
                    INSERT INTO outbox (key, kind, account_id, priority, body, state, due_at, expires_at, attempts,
                        error, platform_id, created_at, rung, road, receipt)
                    SELECT 'future:' || :count || ':' || n, 'care', (SELECT min(id) FROM accounts), n % 4, :body,
                        'pending', '{shown(due)}', '{shown(over)}', 0, '', '', '{shown(uow.now)}', 0, '', ''
                    FROM {numbers}
                """),
                {"count": str(count), "body": b""},
            )
        if self.db.dialect == "postgresql":
            with self.db.engine.connect() as connection:
                connection.execute(text("ANALYZE outbox"))

    def clear(self) -> None:
        with self.db.write() as uow:
            if self.db.dialect == "postgresql":
                uow.connection.execute(text("TRUNCATE attempts, phone_tasks, outbox CASCADE"))
            else:
                for name in ("attempts", "phone_tasks", "outbox"):
                    uow.connection.execute(text(f"DELETE FROM {name}"))

    def sent(self, name: str) -> int:
        return self._count(f"{name}:%", OutboxState.SENT)

    def open(self) -> bool:
        """Whether anything is due or on its way."""
        wanted = text("SELECT 1 FROM outbox WHERE state IN ('pending', 'sending') LIMIT 1")
        with self.db.read() as uow:
            return uow.connection.execute(wanted).first() is not None

    def _count(self, keys: str, state: OutboxState) -> int:
        wanted = text("SELECT count(*) FROM outbox WHERE key LIKE :keys AND state = :state")
        with self.db.read() as uow:
            found: int = uow.connection.execute(wanted, {"keys": keys, "state": state.value}).scalar_one()
            return found


@contextmanager
def gateway() -> Iterator[str]:
    """A gateway's address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "bench.gateway", str(port), str(LATENCY * 1000)]
    with running(command, {}, lambda: _answers(url)):
        yield url


@contextmanager
def roads() -> Iterator[Mapping[str, Road]]:
    """The way of a template message: WeChat's client, a token in Valkey, the gateway."""
    with (
        servers.valkey() as redis_url,
        gateway() as url,
        pool() as http,
        closing(Redis.from_url(redis_url)) as redis,
    ):
        settings = load(wechat_api_base=url, wechat_app_id="wx", wechat_secret="secret")
        ways = Ways(
            client=WechatClient(settings, redis, http), templates=Templates.load(None),
            ids=TemplateIds({KIND: "bench"}), clock=SystemClock(), pace=Pace(Buckets(redis), "wx", PACE),
        )  # fmt: skip
        yield {"template": TemplateRoad(ways)}


@contextmanager
def working(delivery: Delivery) -> Iterator[None]:
    """``delivery`` in a thread."""
    stop = threading.Event()
    thread = threading.Thread(target=delivery.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _redis(url: str) -> Redis:
    """As `bot.app` makes it: a hundred threads that connect at once overrun a socket's queue."""
    return Redis.from_url(url, retry=Retry(ExponentialBackoff(0.25, 0.02), 7))


def _answers(url: str) -> bool:
    try:
        return httpx.post(f"{url}/cgi-bin/stable_token", content=b"{}").status_code == 200
    except httpx.TransportError:
        return False
