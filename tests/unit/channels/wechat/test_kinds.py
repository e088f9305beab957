"""Every kind of message and event of the platform, and the same again for retries."""

from datetime import UTC, datetime

import pytest

from bot.channels.base import Inbound, Kind
from bot.channels.wechat.inbound import WechatInbound
from tests import wechat
from tests.wechat import Platform

AT = 1795293407
NOW = datetime.fromtimestamp(AT, UTC)


def received(xml: str) -> Inbound:
    args, body = Platform().post(xml, at=AT)
    return WechatInbound(wechat.settings()).receive(args, body, NOW)


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        ("image", {"PicUrl": "http://a.example/1", "MediaId": "m"}, Kind.IMAGE),
        ("voice", {"MediaId": "m", "Format": "amr"}, Kind.VOICE),
        ("voice", {"MediaId": "m", "Recognition": ""}, Kind.VOICE),
        ("video", {"MediaId": "m", "ThumbMediaId": "t"}, Kind.VIDEO),
        ("shortvideo", {"MediaId": "m", "ThumbMediaId": "t"}, Kind.VIDEO),
        ("file", {"Title": "报告.pdf"}, Kind.FILE),
        ("location", {"Location_X": "23.1", "Location_Y": "113.3", "Label": "家"}, Kind.LOCATION),
        ("link", {"Title": "t", "Description": "d", "Url": "http://a.example"}, Kind.LINK),
        ("miniprogrampage", {"Title": "t", "AppId": "wx1", "PagePath": "p"}, Kind.LINK),
        ("emoji", {}, Kind.STICKER),
        ("hologram", {}, Kind.NOTICE),
    ],
)
def test_messages_without_words(kind: str, fields: dict[str, str], expected: Kind) -> None:
    inbound = received(wechat.message(kind, at=AT, MsgId="1", **fields))
    assert (inbound.kind, inbound.text, inbound.key) == (expected, "", "")
    assert inbound.extra == {}


def test_text() -> None:
    inbound = received(wechat.text("挂𠮷医生的号", at=AT, msg_id="23456789012345678"))
    assert inbound == Inbound(
        channel="wechat",
        app_id=wechat.ACCOUNT,
        user=wechat.PATIENT,
        kind=Kind.TEXT,
        at=NOW,
        dedup=f"m:23456789012345678:{wechat.PATIENT}:{AT}",
        text="挂𠮷医生的号",
    )


def test_empty_text_is_text() -> None:
    assert received(wechat.text("", at=AT)).kind is Kind.TEXT


def test_a_tap_on_an_option() -> None:
    inbound = received(wechat.text("1. 确认", at=AT, bizmsgmenuid="f3a9:1"))
    assert (inbound.kind, inbound.text, inbound.choice) == (Kind.TEXT, "1. 确认", "f3a9:1")


def test_recognised_voice_is_text() -> None:
    inbound = received(wechat.message("voice", at=AT, MsgId="1", MediaId="m", Recognition="我要挂号。"))
    assert (inbound.kind, inbound.text) == (Kind.TEXT, "我要挂号。")


@pytest.mark.parametrize("brackets", ["[]", "【】"])
def test_a_sticker_from_the_store(brackets: str) -> None:
    words = f"{brackets[0]}收到不支持的消息类型，暂无法显示{brackets[1]}"
    inbound = received(wechat.text(words, at=AT))
    assert (inbound.kind, inbound.text) == (Kind.STICKER, "")


@pytest.mark.parametrize(
    ("name", "fields", "kind", "key"),
    [
        ("subscribe", {}, Kind.FOLLOW, ""),
        ("subscribe", {"EventKey": ""}, Kind.FOLLOW, ""),
        ("subscribe", {"EventKey": "qrscene_book:department:心血管内科", "Ticket": "t"}, Kind.FOLLOW,
         "book:department:心血管内科"),
        ("subscribe", {"EventKey": "last_trade_no_4200"}, Kind.FOLLOW, ""),
        ("unsubscribe", {}, Kind.UNFOLLOW, ""),
        ("SCAN", {"EventKey": "book:doctor:王建国", "Ticket": "t"}, Kind.SCAN, "book:doctor:王建国"),
        ("CLICK", {"EventKey": "intent:my_appointments"}, Kind.MENU, "intent:my_appointments"),
        ("VIEW", {"EventKey": "https://a.example", "MenuId": "1"}, Kind.NOTICE, ""),
        ("view_miniprogram", {"EventKey": "p"}, Kind.NOTICE, ""),
        ("LOCATION", {"Latitude": "23.1", "Longitude": "113.3", "Precision": "9"}, Kind.NOTICE, ""),
        ("scancode_push", {"EventKey": "k"}, Kind.NOTICE, ""),
        ("scancode_waitmsg", {"EventKey": "intent:help"}, Kind.MENU, "intent:help"),
        ("pic_sysphoto", {"EventKey": "k"}, Kind.NOTICE, ""),
        ("pic_photo_or_album", {"EventKey": "k"}, Kind.NOTICE, ""),
        ("pic_weixin", {"EventKey": "k"}, Kind.NOTICE, ""),
        ("location_select", {"EventKey": "k"}, Kind.NOTICE, ""),
        ("TEMPLATESENDJOBFINISH", {"MsgID": "9", "Status": "success"}, Kind.RECEIPT, ""),
        ("MASSSENDJOBFINISH", {"MsgID": "9", "Status": "send success"}, Kind.RECEIPT, ""),
        ("subscribe_msg_sent_event", {}, Kind.RECEIPT, ""),
        ("subscribe_msg_popup_event", {}, Kind.NOTICE, ""),
        ("subscribe_msg_change_event", {}, Kind.NOTICE, ""),
        ("user_authorization_revoke", {"RevokeInfo": "1"}, Kind.NOTICE, ""),
        ("user_authorization_cancellation", {}, Kind.NOTICE, ""),
        ("user_info_modified", {}, Kind.NOTICE, ""),
        ("of_tomorrow", {"EventKey": "k"}, Kind.NOTICE, ""),
    ],
)  # fmt: skip
def test_events(name: str, fields: dict[str, str], kind: Kind, key: str) -> None:
    inbound = received(wechat.event(name, at=AT, **fields))
    assert (inbound.kind, inbound.key, inbound.text) == (kind, key, "")
    assert inbound.extra["event"] == name.lower()


def test_a_receipt_says_what_became_of_the_push() -> None:
    inbound = received(
        wechat.event("TEMPLATESENDJOBFINISH", at=AT, MsgID="200163836", Status="failed:user block")
    )
    assert inbound.extra == {
        "event": "templatesendjobfinish", "MsgID": "200163836", "Status": "failed:user block",
    }  # fmt: skip


def test_a_list_of_consents_is_numbered() -> None:
    entry = "<List><TemplateId>{}</TemplateId><SubscribeStatusString>{}</SubscribeStatusString></List>"
    consents = "<SubscribeMsgPopupEvent>" + entry.format("A", "accept") + entry.format("B", "reject")
    xml = wechat.event("subscribe_msg_popup_event", at=AT)
    inbound = received(xml.replace("</xml>", f"{consents}</SubscribeMsgPopupEvent></xml>"))
    assert inbound.extra == {
        "event": "subscribe_msg_popup_event",
        "TemplateId": "A", "SubscribeStatusString": "accept",
        "TemplateId.1": "B", "SubscribeStatusString.1": "reject",
    }  # fmt: skip


def test_a_place_is_not_kept() -> None:
    inbound = received(wechat.event("LOCATION", at=AT, Latitude="23.137466", Longitude="113.352425"))
    assert "23.137466" not in repr(inbound)


def test_an_unknown_event_is_logged_by_name_only(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    received(wechat.event("of_tomorrow", at=AT, EventKey="王建国"))
    received(wechat.event("fake\nline=1", at=AT))
    assert "event=of_tomorrow" in caplog.text
    assert "event=?" in caplog.text
    assert "王建国" not in caplog.text
    assert "fake" not in caplog.text


# -- dedup: equal in every retry, different for everything else --------------------------------------


def test_a_retry_has_the_same_key_although_it_is_sealed_anew() -> None:
    assert received(wechat.text("挂号", at=AT)).dedup == received(wechat.text("挂号", at=AT)).dedup


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (wechat.text("1", at=AT, msg_id="1"), wechat.text("1", at=AT, msg_id="2")),
        (wechat.text("1", at=AT, msg_id="1"), wechat.text("1", at=AT + 1, msg_id="1")),
        (wechat.text("1", at=AT, msg_id="1"), wechat.text("1", at=AT, msg_id="1", FromUserName="oOther")),
        (wechat.event("CLICK", at=AT, EventKey="a"), wechat.event("CLICK", at=AT, EventKey="b")),
        (wechat.event("CLICK", at=AT, EventKey="a"), wechat.event("VIEW", at=AT, EventKey="a")),
        (wechat.event("CLICK", at=AT, EventKey="a"), wechat.event("CLICK", at=AT + 1, EventKey="a")),
        (wechat.event("TEMPLATESENDJOBFINISH", at=AT, MsgID="1"), wechat.event("TEMPLATESENDJOBFINISH", at=AT, MsgID="2")),
    ],
)  # fmt: skip
def test_different_messages_have_different_keys(one: str, other: str) -> None:
    assert received(one).dedup != received(other).dedup


def test_a_key_is_short_whatever_the_event_carries() -> None:
    address = "https://a.example/" + "x" * 1000
    assert len(received(wechat.event("VIEW", at=AT, EventKey=address)).dedup) <= 100
