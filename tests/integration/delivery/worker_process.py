"""A delivery in a process of its own, for a test that kills it: DATABASE_URL REDIS_URL API_BASE KEYS_FILE."""

import random
import sys
import threading
from datetime import timedelta
from pathlib import Path

import httpx
from redis import Redis

from bot.channels.wechat.client import WechatClient
from bot.domain.clock import SystemClock
from bot.store.db import Database
from bot.store.keys import KeyRing
from bot.store.outbox import Outbox
from scheduler.delivery import Delivery
from tests import wechat

LEASE = timedelta(seconds=2)


def main(database: str, redis: str, api: str, keys: str) -> None:
    clock = SystemClock()
    ring = KeyRing.load(wechat.settings(data_dir=Path(keys)))
    client = WechatClient(
        wechat.settings(wechat_api_base=api), Redis.from_url(redis), httpx.Client(timeout=60)
    )
    Delivery(
        Outbox(Database(database, clock, ring)), {"wechat": client}, clock=clock, rng=random.Random(),
        threads=8, idle=0.05, lease=LEASE,
    ).run(threading.Event())  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
