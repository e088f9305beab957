"""The API client: one token for everybody, errors by errcode, messages once."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from redis import Redis

from bot.channels.base import Outbound, SendError, taps
from bot.channels.wechat.client import WechatClient
from tests import wechat
from tests.integration.wechat.stub_api import Stub
from tests.wechat import PATIENT


def hello(text: str = "您好") -> Outbound:
    return Outbound(PATIENT, text)


def failed(client: WechatClient, key: str = "1.0") -> SendError:
    with pytest.raises(SendError) as caught:
        client.send(hello(), key=key)
    return caught.value


# -- what is sent ---------------------------------------------------------------------------------------


def test_a_text(client: WechatClient, api: Stub) -> None:
    assert client.send(hello("您好，<𠮷>先生"), key="5.0").message_id == "7"
    assert api.sent() == [
        {
            "touser": PATIENT,
            "client_msg_id": "5.0.0",
            "msgtype": "text",
            "text": {"content": "您好，＜𠮷>先生"},
        }
    ]
    assert "您好".encode() in api.calls[-1].raw, "the platform shows \\u escapes as they are"


def test_options_are_a_msgmenu(client: WechatClient, api: Stub) -> None:
    client.send(Outbound(PATIENT, "确认吗？", taps("f3a9", ["确认", "修改"])), key="5.0")
    assert api.sent()[0]["msgmenu"] == {
        "head_content": "确认吗？",
        "list": [{"id": "f3a9:1", "content": "1. 确认"}, {"id": "f3a9:2", "content": "2. 修改"}],
        "tail_content": "",
    }


def test_a_long_text_goes_in_parts_with_the_options_last(client: WechatClient, api: Stub) -> None:
    text = "请您在就诊当天提前三十分钟到门诊大厅取号。" * 80
    client.send(Outbound(PATIENT, text, taps("f3a9", ["好的"])), key="5.0")
    *parts, last = api.sent()
    assert "".join(part["text"]["content"] for part in parts) + last["msgmenu"]["head_content"] == text
    assert [part["client_msg_id"] for part in (*parts, last)] == ["5.0.0", "5.0.1", "5.0.2"]


def test_after_a_failed_part_only_the_rest_is_sent(client: WechatClient, api: Stub) -> None:
    text = "请您在就诊当天提前三十分钟到门诊大厅取号。" * 80
    accept = api.answer
    api.answer = lambda call: {"errcode": -1} if call.body["client_msg_id"] == "5.0.1" else accept(call)
    with pytest.raises(SendError):
        client.send(hello(text), key="5.0")
    api.answer = accept
    client.send(hello(text), key="5.0")
    assert [body["client_msg_id"] for body in api.sent()] == ["5.0.0", "5.0.1", "5.0.1", "5.0.2"]


def test_a_message_sent_before_a_crash_is_not_sent_again(client: WechatClient, api: Stub) -> None:
    assert client.send(hello(), key="5.0") == client.send(hello(), key="5.0")
    assert len(api.sent()) == 1


def test_the_same_message_within_a_minute_counts_as_sent(client: WechatClient, api: Stub) -> None:
    api.answer = lambda call: {"errcode": 40241, "errmsg": "duplicate"}
    client.send(hello(), key="5.0")


def test_menu_and_qr_codes(client: WechatClient, api: Stub) -> None:
    client.menu_create({"button": []})
    api.answer = lambda call: {"ticket": "T", "expire_seconds": 60, "url": "http://weixin.qq.com/q/x"}
    assert client.qrcode_create("book:doctor:王建国") == ("T", "http://weixin.qq.com/q/x")
    assert client.qrcode_create("intent:help", expire_seconds=60)[0] == "T"
    assert [call.path for call in api.calls[1:]] == [
        "/cgi-bin/menu/create", "/cgi-bin/qrcode/create", "/cgi-bin/qrcode/create",
    ]  # fmt: skip
    assert api.calls[2].body["action_name"] == "QR_LIMIT_STR_SCENE"
    assert api.calls[3].body == {
        "action_info": {"scene": {"scene_str": "intent:help"}}, "action_name": "QR_STR_SCENE",
        "expire_seconds": 60,
    }  # fmt: skip


# -- how it fails ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "permanent", "fault", "retry_after"),
    [(45015, True, False, None), (45047, True, False, None), (43004, True, False, None),
     (47003, True, True, None), (45011, False, False, 60.0), (40164, False, True, 300.0),
     (-1, False, False, None)],
)  # fmt: skip
def test_an_errcode_inside_a_200_is_a_failure(
    client: WechatClient, api: Stub, code: int, permanent: bool, fault: bool, retry_after: float | None
) -> None:
    api.answer = lambda call: {"errcode": code, "errmsg": "no"}
    error = failed(client)
    assert (error.code, error.permanent, error.fault) == (str(code), permanent, fault)
    assert error.retry_after == retry_after


@pytest.mark.parametrize(
    "answer", [(500, b""), (502, b"<html>bad gateway</html>"), (200, b"not json"), (200, b"[]"), None]
)
def test_after_an_unreadable_answer_nobody_knows(client: WechatClient, api: Stub, answer: object) -> None:
    api.answer = lambda call: answer
    error = failed(client)
    assert (error.permanent, error.unknown_outcome) == (False, True)


def test_a_time_out_after_the_request_leaves_it_unknown(
    api: Stub, redis_client: Redis, client: WechatClient
) -> None:
    client.send(hello(), key="1.0")
    api.slow = 0.5
    with httpx.Client(timeout=httpx.Timeout(30, read=0.1)) as hasty:
        impatient = WechatClient(wechat.settings(wechat_api_base=api.url), redis_client, hasty)
        error = failed(impatient, key="2.0")
    assert (error.permanent, error.unknown_outcome) == (False, True)


def test_nobody_there_is_known_not_to_have_sent(redis_client: Redis, http: httpx.Client) -> None:
    lonely = WechatClient(wechat.settings(wechat_api_base="http://127.0.0.1:9"), redis_client, http)
    error = failed(lonely)
    assert (error.permanent, error.unknown_outcome) == (False, False)


def test_without_redis_it_is_tried_again_later(api: Stub, http: httpx.Client) -> None:
    gone = Redis(unix_socket_path="/nowhere/valkey.sock")
    error = failed(WechatClient(wechat.settings(wechat_api_base=api.url), gone, http))
    assert (error.code, error.permanent) == ("redis", False)
    assert api.calls == []


# -- the token ------------------------------------------------------------------------------------------


def test_twenty_threads_fetch_one_token(client: WechatClient, api: Stub) -> None:
    api.slow = 0.1
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda n: client.send(hello(), key=f"{n}"), range(20)))
    assert len(api.sent()) == 20
    assert api.fetches() == [
        {
            "grant_type": "client_credential",
            "appid": wechat.APP_ID,
            "secret": "secret",
            "force_refresh": False,
        }
    ]


def test_another_process_uses_the_same_token(
    client: WechatClient, api: Stub, redis_client: Redis, http: httpx.Client
) -> None:
    client.send(hello(), key="1")
    WechatClient(wechat.settings(wechat_api_base=api.url), redis_client, http).send(hello(), key="2")
    assert len(api.fetches()) == 1


def test_the_token_is_given_up_before_it_ends(client: WechatClient, redis_client: Redis) -> None:
    client.send(hello(), key="1")
    left = redis_client.ttl(f"wechat:{wechat.APP_ID}:token")
    assert 6600 < left <= 6900


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_stale_token_is_replaced_and_the_call_repeated(client: WechatClient, api: Stub, code: int) -> None:
    client.send(hello(), key="1")
    api.expire()
    client.send(hello(), key="2")
    assert len(api.fetches()) == 2
    assert [call.token for call in api.calls if call.path.endswith("send")] == [
        "token-1",
        "token-1",
        "token-2",
    ]


def test_a_token_that_ends_while_it_replaces_another_is_replaced_too(client: WechatClient, api: Stub) -> None:
    """Two systems with one AppID, or two ends in a row: no reason to let the patient wait for staff."""
    client.send(hello(), key="1")
    fetch = iter(("token-2", "token-3"))
    api.fetch = lambda call: {"access_token": next(fetch), "expires_in": 7200}
    api.token = "token-3"
    client.send(hello(), key="2")
    assert [call.token for call in api.calls if call.path.endswith("send")][1:] == [
        "token-1",
        "token-2",
        "token-3",
    ]
    assert not any(body["force_refresh"] for body in api.fetches())


def test_tokens_that_all_end_at_once_are_a_fault(client: WechatClient, api: Stub) -> None:
    fetch = iter(f"other-{n}" for n in range(9))
    api.fetch = lambda call: {"access_token": next(fetch), "expires_in": 7200}
    error = failed(client)
    assert (error.code, error.fault, len(api.sent())) == ("40001", True, 3)


def test_twenty_threads_with_a_stale_token_fetch_one_new_one(client: WechatClient, api: Stub) -> None:
    client.send(hello(), key="first")
    api.expire()
    api.slow = 0.05
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda n: client.send(hello(), key=f"{n}"), range(20)))
    assert len(api.fetches()) == 2


def test_only_the_token_just_used_is_dropped(client: WechatClient, api: Stub, redis_client: Redis) -> None:
    """Another process was faster: its newer token stays."""
    client.send(hello(), key="1")
    api.expire()
    redis_client.set(f"wechat:{wechat.APP_ID}:token", api.token)
    client.tokens.drop("token-1")
    client.send(hello(), key="2")
    assert len(api.fetches()) == 1


def test_a_lasting_40001_ends_after_one_repeat(client: WechatClient, api: Stub) -> None:
    api.answer = lambda call: {"errcode": 40001}
    error = failed(client)
    assert (error.code, error.permanent, error.fault) == ("40001", False, True)
    assert len(api.sent()) == 2


def test_the_same_stable_token_again_is_refreshed_by_force(client: WechatClient, api: Stub) -> None:
    """stable_token gives the same token while it believes in it."""
    api.answer = lambda call: {"errcode": 40001}
    failed(client)
    assert [body["force_refresh"] for body in api.fetches()] == [False, False, True]


def test_a_refused_fetch_is_said_with_its_code(client: WechatClient, api: Stub) -> None:
    api.fetch = lambda call: {"errcode": 40164, "errmsg": "invalid ip"}
    error = failed(client)
    assert (error.code, error.fault, error.permanent) == ("40164", True, False)


def test_without_redis_a_command_keeps_its_own_token(api: Stub, http: httpx.Client) -> None:
    alone = WechatClient(wechat.settings(wechat_api_base=api.url), None, http)
    alone.send(hello(), key="1")
    api.expire()
    alone.send(hello(), key="2")
    assert [body["force_refresh"] for body in api.fetches()] == [False, False]


def test_without_redis_a_refresh_is_forced_once(api: Stub, http: httpx.Client) -> None:
    alone = WechatClient(wechat.settings(wechat_api_base=api.url), None, http)
    api.answer = lambda call: {"errcode": 40001}
    for _ in range(3):
        failed(alone)
    assert sum(body["force_refresh"] for body in api.fetches()) == 1
