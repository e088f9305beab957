"""What the client asks of the API besides 客服消息, and the API that is stopped for the day."""

from datetime import timedelta

import httpx
import pytest
from redis import Redis

from bot.channels.base import Outbound, SendError
from bot.channels.wechat.client import ASSISTANT, CUSTOM, TEMPLATE, WechatClient
from tests import wechat
from tests.conftest import FixedClock
from tests.integration.wechat.stub_api import Call, Stub
from tests.wechat import PATIENT

CARD = {"thing1": {"value": "心血管内科"}}


@pytest.fixture
def client(api: Stub, http: httpx.Client, redis_client: Redis, clock: FixedClock) -> WechatClient:
    return WechatClient(wechat.settings(wechat_api_base=api.url), redis_client, http, clock)


def template(client: WechatClient, key: str = "7.1") -> str:
    return client.template(PATIENT, "T1", CARD, key=key).message_id


def paths(api: Stub) -> list[str]:
    return [call.path for call in api.calls if not call.path.endswith("stable_token")]


def test_a_template_message(client: WechatClient, api: Stub) -> None:
    assert template(client) == "7"
    assert api.calls[-1].body == {
        "touser": PATIENT, "template_id": "T1", "data": CARD, "client_msg_id": "7.1",
    }  # fmt: skip


def test_a_subscription_notice_is_not_sent_twice_under_one_key(client: WechatClient, api: Stub) -> None:
    """The platform takes no client_msg_id here: the second would cost a second consent."""
    first = client.subscribe(PATIENT, "S1", CARD, key="7.2")
    assert client.subscribe(PATIENT, "S1", CARD, key="7.2") == first
    assert len(paths(api)) == 1
    assert api.calls[-1].body == {"touser": PATIENT, "template_id": "S1", "data": CARD}


def test_a_card_opens_a_page(client: WechatClient, api: Stub) -> None:
    """The platform calls the same thing ``url`` in one API and ``page`` in the other."""
    client.template(PATIENT, "T1", CARD, key="7.3", url="https://bot.hospital.example/f/x")
    assert api.calls[-1].body["url"] == "https://bot.hospital.example/f/x"
    client.subscribe(PATIENT, "S1", CARD, key="7.4", url="https://bot.hospital.example/f/x")
    assert api.calls[-1].body["page"] == "https://bot.hospital.example/f/x"


def test_the_assistant(client: WechatClient, api: Stub) -> None:
    receipt = client.assistant(PATIENT, "a-12", 1501001, {"pat_name": "王*国"}, key="7.0")
    assert (receipt.message_id, receipt.already) == ("7.0", False)
    assert api.calls[-1].path == ASSISTANT
    assert api.calls[-1].body == {
        "status": 1501001, "open_id": PATIENT, "order_id": "a-12", "msg_id": "7.0", "app_id": wechat.APP_ID,
        "business_id": 150, "business_info": {"pat_name": "王*国"},
    }  # fmt: skip


def test_what_went_out_before_is_said(client: WechatClient, api: Stub) -> None:
    api.answer = lambda call: {"errcode": 40241, "errmsg": "same message"}
    assert client.template(PATIENT, "T1", CARD, key="7.1").already
    assert client.assistant(PATIENT, "a-12", 1501001, {}, key="7.0").already


def test_menu_and_media(client: WechatClient, api: Stub) -> None:
    api.answer = lambda call: {"menu": {"button": []}, "media_id": "M1"}
    assert client.menu_get() == {"button": []}
    client.menu_delete()
    assert client.media_upload("door.png", b"\x89PNG", "image/png") == "M1"
    assert paths(api) == ["/cgi-bin/menu/get", "/cgi-bin/menu/delete", "/cgi-bin/media/upload"]
    assert b'filename="door.png"' in api.calls[-1].raw
    assert b"\x89PNG" in api.calls[-1].raw


def test_a_used_up_api_is_called_by_nobody_before_midnight(
    client: WechatClient, api: Stub, redis_client: Redis, http: httpx.Client, clock: FixedClock
) -> None:
    """45009: 10:00 in the hospital, fourteen hours to go; other processes and other APIs."""
    plain = api.answer

    def used_up(call: Call) -> object:
        return {"errcode": 45009} if call.path == TEMPLATE else plain(call)

    api.answer = used_up
    other = WechatClient(wechat.settings(wechat_api_base=api.url), redis_client, http, clock)
    for asked in (client, client, other):
        with pytest.raises(SendError) as caught:
            template(asked)
        assert (caught.value.code, caught.value.elsewhere, caught.value.retry_after) == (
            "45009",
            True,
            14 * 3600,
        )
    assert paths(api) == [TEMPLATE]
    other.send(Outbound(PATIENT, "您好"), key="8.0")
    assert paths(api) == [TEMPLATE, CUSTOM]
    api.answer = plain
    clock.advance(timedelta(hours=14))
    assert template(other) == "7"


def test_the_mark_goes_by_itself(client: WechatClient, api: Stub, redis_client: Redis) -> None:
    api.answer = lambda call: {"errcode": 45009}
    with pytest.raises(SendError):
        template(client)
    left = redis_client.ttl(f"wechat:{wechat.APP_ID}:stopped:{TEMPLATE}")
    assert 14 * 3600 - 60 <= left <= 14 * 3600
