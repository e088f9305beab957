"""At most one refresh for each end of a token, over threads and processes; a storm of 40001 refreshes nothing more."""

import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from redis import Redis

from bot.channels.base import Outbound, SendError
from bot.channels.wechat.client import WechatClient
from bot.channels.wechat.tokens import APART, ASKED
from tests import wechat
from tests.integration.wechat.stub_api import Call, Stub
from tests.wechat import PATIENT

PROCESSES, SENDS, ENDS = 4, 60, 3


def forced(api: Stub) -> int:
    return sum(body["force_refresh"] for body in api.fetches())


def key(part: str) -> str:
    return f"wechat:{wechat.APP_ID}:token:{part}"


def test_processes_share_one_token_and_refresh_it_once_for_each_end(
    api: Stub, valkey_url: str, redis_client: Redis
) -> None:
    """Four processes of five threads; the token dies under their hands three times."""
    api.slow = 0.005
    plain = api.answer
    seen = 0

    def answer(call: Call) -> object:
        nonlocal seen
        with api.lock:
            seen += 1
            if seen % (PROCESSES * SENDS // (ENDS + 1)) == 0:
                api.expire()
        return plain(call)

    api.answer = answer
    command = [
        sys.executable,
        "-m",
        "tests.integration.wechat.token_process",
        valkey_url,
        api.url,
        str(SENDS),
    ]
    running = [subprocess.Popen([*command, f"p{n}"]) for n in range(PROCESSES)]
    assert [process.wait(timeout=150) for process in running] == [0] * PROCESSES
    ends = int(api.token.rpartition("-")[2]) - 1
    assert ends >= ENDS
    assert len(api.fetches()) <= ends + 1, "one for the start, one for each end"
    assert forced(api) == 0
    assert len({body["client_msg_id"] for body in api.sent()}) == PROCESSES * SENDS


def test_a_gateway_that_says_40001_at_random_has_the_token_looked_up_once(
    client: WechatClient, api: Stub
) -> None:
    """The token is good, its gateway is not: the platform stands by the token, and nobody asks again."""
    chance, plain = random.Random(4), api.answer
    api.answer = lambda call: {"errcode": 40001} if chance.random() < 0.2 else plain(call)

    def send(number: int) -> None:
        with suppress(SendError):  # twice in a row: the outbox tries again
            client.send(Outbound(PATIENT, "您好"), key=f"{number}.0")

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(send, range(200)))
    assert len(api.fetches()) <= 3, "the first, the look after the first refusal, and one forced refresh"
    assert forced(api) <= 1


def test_a_lasting_40001_forces_a_refresh_once_in_ten_minutes(
    client: WechatClient, api: Stub, redis_client: Redis
) -> None:
    """The platform allows twenty forced refreshes a day; the storm must not use them up."""
    api.answer = lambda call: {"errcode": 40001}
    for number in range(30):
        with suppress(SendError):
            client.send(Outbound(PATIENT, "您好"), key=f"{number}.0")
        redis_client.delete(key("refused"))  # a minute later
    assert forced(api) == 1
    assert 0 < redis_client.ttl(key("forced")) <= APART
    redis_client.delete(key("forced"))  # ten minutes later
    with suppress(SendError):
        client.send(Outbound(PATIENT, "您好"), key="late.0")
    assert forced(api) == 2


def test_a_refusal_is_looked_into_again_after_a_minute(
    client: WechatClient, api: Stub, redis_client: Redis
) -> None:
    api.answer = lambda call: {"errcode": 40001}
    for number in range(3):
        with suppress(SendError):
            client.send(Outbound(PATIENT, "您好"), key=f"{number}.0")
    assert len(api.fetches()) == 3
    assert 0 < redis_client.ttl(key("refused")) <= ASKED
