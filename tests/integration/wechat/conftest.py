"""An API that answers as it is told, and a client of ours that talks to it."""

from collections.abc import Iterator

import httpx
import pytest
from redis import Redis

from bot.channels.wechat.client import WechatClient
from tests import wechat
from tests.integration.wechat.stub_api import Stub, stub_api


@pytest.fixture
def api() -> Iterator[Stub]:
    with stub_api() as stub:
        yield stub


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=httpx.Timeout(60.0)) as client:
        yield client


@pytest.fixture
def client(api: Stub, http: httpx.Client, redis_client: Redis) -> WechatClient:
    return WechatClient(wechat.settings(wechat_api_base=api.url), redis_client, http)
