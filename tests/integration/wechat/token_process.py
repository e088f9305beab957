"""A process that sends over one shared token: ``python -m tests.integration.wechat.token_process REDIS API N NAME``."""

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress

import httpx
from redis import Redis

from bot.channels.base import Outbound, SendError
from bot.channels.wechat.client import WechatClient
from tests import wechat


def main(redis_url: str, api_url: str, sends: int, name: str) -> None:
    with closing(Redis.from_url(redis_url)) as redis, httpx.Client(timeout=60) as http:
        client = WechatClient(wechat.settings(wechat_api_base=api_url), redis, http)
        with ThreadPoolExecutor(5) as pool:
            list(pool.map(lambda n: send(client, f"{name}.{n}"), range(sends)))


def send(client: WechatClient, key: str) -> None:
    """As the outbox does: a token that dies twice under one message costs it a second try."""
    for _ in range(3):
        with suppress(SendError):
            client.send(Outbound("o", "您好"), key=key)
            return
    raise SystemExit(f"{key} could not be sent")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
