"""The API as the hospital calls it: tokens, windows, quotas, templates, consents, menu, codes, faults."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.sandbox.db import SandboxDb
from tests.integration.sandbox.conftest import Stand


def text(openid: str, words: str = "您好") -> dict[str, Any]:
    return {"touser": openid, "msgtype": "text", "text": {"content": words}}


def code(answer: dict[str, Any]) -> int:
    return int(answer.get("errcode", 0))


# -- tokens ----------------------------------------------------------------------------------------


def test_asking_again_gives_the_same_token(stand: Stand) -> None:
    first = stand.ask_token()
    assert 7190 <= first["expires_in"] <= 7200
    assert len(first["access_token"]) == 512
    assert stand.token() == first["access_token"]


def test_twenty_threads_get_one_token(stand: Stand) -> None:
    tokens: list[str] = []
    threads = [threading.Thread(target=lambda: tokens.append(stand.token())) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tokens) == 20
    assert len(set(tokens)) == 1


def test_it_is_renewed_five_minutes_early_and_both_are_good_meanwhile(stand: Stand) -> None:
    old = stand.token()
    stand.clock.advance(timedelta(seconds=6950))
    new = stand.token()
    assert new != old
    assert code(stand.api("user/info", token=old, openid="nobody")) == 40003
    assert code(stand.api("user/info", token=new, openid="nobody")) == 40003
    stand.clock.advance(timedelta(seconds=300))
    assert code(stand.api("user/info", token=old, openid="nobody")) == 42001


def test_a_forced_refresh_kills_the_old_one(stand: Stand) -> None:
    old = stand.token()
    new = stand.token(force=True)
    assert code(stand.api("user/info", token=old, openid="x")) == 40001
    assert code(stand.api("user/info", token=new, openid="x")) == 40003


def test_forced_refreshes_are_rationed(stand: Stand) -> None:
    stand.clock.set(datetime(2026, 11, 23, 4, 0, tzinfo=UTC))
    assert [code(stand.ask_token(force=True)) for _ in range(2)] == [0, 45011]
    for _ in range(19):
        stand.clock.advance(timedelta(seconds=31))
        assert code(stand.ask_token(force=True)) == 0
    stand.clock.advance(timedelta(seconds=31))
    assert code(stand.ask_token(force=True)) == 45009


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"appid": "wxother"}, 40013),
        ({"secret": "wrong"}, 40125),
        ({"grant_type": "x"}, 40002),
        ({"appid": ""}, 41002),
    ],
)
def test_bad_credentials(stand: Stand, changes: dict[str, str], errcode: int) -> None:
    assert stand.ask_token(**changes)["errcode"] == errcode


def test_calls_without_a_good_token(stand: Stand) -> None:
    assert code(stand.api("user/info", token="", openid="x")) == 41001
    assert code(stand.api("user/info", token="abc", openid="x")) == 40001
    token = stand.token()
    stand.control("tokens/revoke", {})
    assert code(stand.api("user/info", token=token, openid="x")) == 40001


def test_requests_that_make_no_sense(stand: Stand) -> None:
    api, token = "/sandbox/wechat/cgi-bin/message/custom/send", stand.token()
    assert stand.http.get(api, params={"access_token": token}).json()["errcode"] == 43002
    for body, errcode in ((b"", 44002), (b"{", 47001), (b"[]", 47001), (b'{"a":"\\u4f60"}', 40033)):
        assert stand.http.post(api, params={"access_token": token}, content=body).json()["errcode"] == errcode
    assert stand.http.post("/sandbox/wechat/cgi-bin/no/such", json={}).json()["errcode"] == 40066


# -- customer-service messages ---------------------------------------------------------------------


def test_five_messages_after_a_message_then_45047_and_a_new_message_opens_it_again(stand: Stand) -> None:
    patient = stand.patient()
    stand.clock.advance(timedelta(minutes=2))  # the follow's own minute is over
    patient.say("在吗")
    codes = [code(stand.api("message/custom/send", text(patient.openid))) for _ in range(6)]
    assert codes == [0, 0, 0, 0, 0, 45047]
    patient.say("还在吗")
    assert code(stand.api("message/custom/send", text(patient.openid))) == 0


def test_the_window_closes_after_48_hours(stand: Stand) -> None:
    patient = stand.patient()
    patient.say("在吗")
    stand.clock.advance(timedelta(hours=47, minutes=59))
    assert code(stand.api("message/custom/send", text(patient.openid))) == 0
    stand.clock.advance(timedelta(minutes=2))
    assert code(stand.api("message/custom/send", text(patient.openid))) == 45015


def test_a_click_opens_a_minute_and_three_messages(stand: Stand) -> None:
    patient = stand.patient()
    stand.clock.advance(timedelta(minutes=5))
    assert code(stand.api("message/custom/send", text(patient.openid))) == 45015
    patient.menu("intent:book")
    assert [code(stand.api("message/custom/send", text(patient.openid))) for _ in range(4)] == [
        0,
        0,
        0,
        45047,
    ]
    stand.clock.advance(timedelta(seconds=61))
    assert code(stand.api("message/custom/send", text(patient.openid))) == 45015


def test_who_can_be_written_to(stand: Stand) -> None:
    patient = stand.patient()
    assert code(stand.api("message/custom/send", text("o-nobody"))) == 40003
    patient.unfollow()
    assert code(stand.api("message/custom/send", text(patient.openid))) == 43004


def test_what_can_be_written(stand: Stand) -> None:
    patient = stand.patient()
    to = patient.openid
    assert code(stand.api("message/custom/send", text(to, "号" * 682 + "ab"))) == 0
    assert code(stand.api("message/custom/send", text(to, "号" * 683))) == 45002
    assert code(stand.api("message/custom/send", text(to, ""))) == 44004
    assert code(stand.api("message/custom/send", {"touser": to, "msgtype": "fax", "fax": {}})) == 40008
    assert (
        code(stand.api("message/custom/send", {"touser": to, "msgtype": "image", "image": {"media_id": "x"}}))
        == 40007
    )
    assert (
        code(stand.api("message/custom/send", {"touser": to, "msgtype": "msgmenu", "msgmenu": {"list": []}}))
        == 47001
    )


def test_a_tap_on_a_menu_message_comes_back_as_text_with_its_id(stand: Stand) -> None:
    patient = stand.patient()
    options = [{"id": "101", "content": "满意"}, {"id": "102", "content": "不满意"}]
    menu = {"head_content": "满意吗？", "list": options, "tail_content": "谢谢"}
    stand.api("message/custom/send", {"touser": patient.openid, "msgtype": "msgmenu", "msgmenu": menu})
    assert patient.news() == ["满意吗？\n满意\n不满意\n谢谢"]
    patient.tap(2)
    message = stand.hospital.received[-1]
    assert (message.content, message._data["bizmsgmenuid"]) == ("不满意", "102")


def test_a_picture_is_uploaded_sent_and_seen(stand: Stand) -> None:
    patient = stand.patient()
    answer = stand.http.post(
        "/sandbox/wechat/cgi-bin/media/upload",
        params={"access_token": stand.token(), "type": "image"},
        files={"media": ("a.png", b"\x89PNG....", "image/png")},
    ).json()
    body = {"touser": patient.openid, "msgtype": "image", "image": {"media_id": answer["media_id"]}}
    assert code(stand.api("message/custom/send", body)) == 0
    assert patient.news() == ["[image]"]
    assert stand.http.get(f"/phone/media/{answer['media_id']}").content == b"\x89PNG...."


# -- templates and subscriptions --------------------------------------------------------------------


def template(stand: Stand, kind: str = "template") -> str:
    fields = {"thing1": "科室", "phrase2": "状态", "time3": "时间"}
    stand.control("templates", {"id": "T1", "kind": kind, "title": "预约通知", "fields": fields})
    return "T1"


def notice(openid: str, **changes: Any) -> dict[str, Any]:
    data = {
        "thing1": {"value": "心内科"},
        "phrase2": {"value": "已预约"},
        "time3": {"value": "2026年11月24日 14:00"},
    }
    return {"touser": openid, "template_id": "T1", "data": data} | changes


def receipts(stand: Stand, count: int) -> list[Any]:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        found = [m for m in stand.hospital.received if getattr(m, "event", "") == "templatesendjobfinish"]
        if len(found) >= count:
            return found
        time.sleep(0.02)
    raise AssertionError("no receipt")


def test_a_template_message_is_shown_and_its_receipt_posted(stand: Stand) -> None:
    patient = stand.patient()
    template(stand)
    answer = stand.api("message/template/send", notice(patient.openid))
    assert patient.news() == ["预约通知\n科室：心内科\n状态：已预约\n时间：2026年11月24日 14:00"]
    (receipt,) = receipts(stand, 1)
    assert (receipt.id, receipt.status) == (answer["msgid"], "success")


def test_a_user_who_blocks_notices(stand: Stand) -> None:
    patient = stand.patient()
    template(stand)
    stand.control(f"patients/{patient.openid}", {"blocks_pushes": True})
    assert code(stand.api("message/template/send", notice(patient.openid))) == 0
    assert receipts(stand, 1)[0].status == "failed:user block"
    assert patient.news() == []


def test_a_client_msg_id_sends_once_in_ten_minutes(stand: Stand) -> None:
    patient = stand.patient()
    template(stand)
    first, second = (
        stand.api("message/template/send", notice(patient.openid, client_msg_id="k1")) for _ in range(2)
    )
    assert first["msgid"] == second["msgid"]
    assert len(patient.news()) == 1
    stand.clock.advance(timedelta(minutes=11))
    assert (
        stand.api("message/template/send", notice(patient.openid, client_msg_id="k1"))["msgid"]
        != first["msgid"]
    )


def test_the_same_words_within_a_minute(stand: Stand) -> None:
    patient = stand.patient()
    template(stand)
    assert code(stand.api("message/template/send", notice(patient.openid, client_msg_id="a"))) == 0
    assert code(stand.api("message/template/send", notice(patient.openid, client_msg_id="b"))) == 40241
    stand.clock.advance(timedelta(seconds=61))
    assert code(stand.api("message/template/send", notice(patient.openid, client_msg_id="b"))) == 0


def test_bad_template_data(stand: Stand) -> None:
    patient = stand.patient()
    template(stand)
    assert code(stand.api("message/template/send", notice(patient.openid, template_id="T9"))) == 40037
    missing = notice(patient.openid)
    del missing["data"]["time3"]
    answer = stand.api("message/template/send", missing)
    assert answer["errcode"] == 47003
    assert "data.time3" in answer["errmsg"]
    assert code(stand.api("message/template/send", notice(patient.openid, data="x"))) == 47003
    patient.unfollow()
    assert code(stand.api("message/template/send", notice(patient.openid))) == 43004


def test_one_consent_is_one_message(stand: Stand) -> None:
    patient = stand.patient()
    template(stand, "subscribe")
    assert code(stand.api("message/subscribe/bizsend", notice(patient.openid))) == 43101
    patient.consent("T1")
    patient.consent("T1", accept=False)
    assert [code(stand.api("message/subscribe/bizsend", notice(patient.openid))) for _ in range(2)] == [
        0,
        43101,
    ]
    patient.consent("T1", long_term=True)
    assert [code(stand.api("message/subscribe/bizsend", notice(patient.openid))) for _ in range(3)] == [
        0,
        0,
        0,
    ]


# -- menu, codes, users ----------------------------------------------------------------------------


def test_a_menu_is_published_fetched_and_deleted(stand: Stand) -> None:
    menu = {
        "button": [{"name": "挂号", "sub_button": [{"type": "click", "name": "预约", "key": "intent:book"}]}]
    }
    assert code(stand.api("menu/get")) == 46003
    assert code(stand.api("menu/create", menu)) == 0
    assert stand.api("menu/get")["menu"] == menu
    assert stand.http.get("/phone/api/state").json()["menu"]["button"] == menu["button"]
    assert code(stand.api("menu/delete")) == 0
    assert stand.http.get("/phone/api/state").json()["menu"] is None


LEAF = {"type": "click", "name": "预约", "key": "k"}


@pytest.mark.parametrize(
    ("buttons", "errcode"),
    [
        ([], 40016), ([LEAF] * 4, 40016), ([{**LEAF, "name": "名" * 6}], 40018), ([{**LEAF, "key": "k" * 129}], 40019),
        ([{"name": "x", "sub_button": [LEAF] * 6}], 40023), ([{**LEAF, "type": "fax"}], 40017),
        ([{"type": "view", "name": "x"}], 40020), (["x"], 47001),
    ],
)  # fmt: skip
def test_menus_beyond_the_platforms_sizes(stand: Stand, buttons: list[Any], errcode: int) -> None:
    assert code(stand.api("menu/create", {"button": buttons})) == errcode


def test_a_code_is_made_scanned_and_expires(stand: Stand) -> None:
    scene = "book:doctor:王建国"
    body = {
        "expire_seconds": 3600,
        "action_name": "QR_STR_SCENE",
        "action_info": {"scene": {"scene_str": scene}},
    }
    ticket = stand.api("qrcode/create", body)["ticket"]
    patient = stand.patient()
    patient.scan(scene, make=False)
    assert (stand.hospital.received[-1].scene_id, stand.hospital.received[-1].ticket) == (scene, ticket)
    stand.clock.advance(timedelta(hours=2))
    with pytest.raises(Exception, match="过期"):
        patient.scan(scene, make=False)


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"action_name": "X"}, 40052), ({"action_info": {}}, 40053), ({"expire_seconds": 2_592_001}, 40053),
        ({"action_info": {"scene": {"scene_str": "s" * 65}}}, 40053), ({"action_info": {"scene": {"scene_str": ""}}}, 40053),
    ],
)  # fmt: skip
def test_bad_codes(stand: Stand, changes: dict[str, Any], errcode: int) -> None:
    body = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "s"}}, "expire_seconds": 60}
    assert code(stand.api("qrcode/create", body | changes)) == errcode


def test_user_info(stand: Stand) -> None:
    patient = stand.patient()
    assert stand.api("user/info", openid=patient.openid)["subscribe"] == 1
    patient.unfollow()
    assert stand.api("user/info", openid=patient.openid) == {"subscribe": 0, "openid": patient.openid}


# -- quotas and faults -----------------------------------------------------------------------------


def test_limits_by_day_and_minute(stand: Stand) -> None:
    patient = stand.patient()
    stand.control("limits", {"api": "user/info", "span": "day", "n": 2})
    codes = [code(stand.api("user/info", openid=patient.openid)) for _ in range(3)]
    assert codes == [0, 0, 45009]
    stand.clock.advance(timedelta(days=1))
    assert code(stand.api("user/info", openid=patient.openid)) == 0
    stand.control("limits", {"api": "menu/get", "span": "minute", "n": 1})
    stand.clock.set(stand.clock.now().replace(second=5))
    assert [code(stand.api("menu/get")) for _ in range(2)] == [46003, 45011]


def test_an_errcode_a_number_of_times(stand: Stand) -> None:
    stand.control("faults", {"api": "menu/get", "errcode": -1, "times": 2})
    assert [code(stand.api("menu/get")) for _ in range(3)] == [-1, -1, 46003]
    assert len(stand.look("calls", api="menu/get")) == 3


def test_http_500_and_a_cut_connection(stand: Stand) -> None:
    address, args = "/sandbox/wechat/cgi-bin/menu/get", {"access_token": stand.token()}
    stand.control("faults", {"api": "menu/get", "http": 502})
    assert stand.http.get(address, params=args).status_code == 502
    stand.control("faults", {"api": "*", "drop": True})
    with pytest.raises(httpx.TransportError):
        stand.http.get(address, params=args)
    assert stand.http.get(address, params=args).json()["errcode"] == 46003


def test_a_cut_after_the_message_went_out(stand: Stand) -> None:
    """The caller cannot know; the patient has the message."""
    patient = stand.patient()
    token = stand.token()
    stand.control("faults", {"api": "message/custom/send", "drop": True, "after": True})
    with pytest.raises(httpx.TransportError):
        stand.api("message/custom/send", text(patient.openid, "到了"), token=token)
    assert patient.news() == ["到了"]


def test_a_delay_alone_changes_nothing_else(stand: Stand) -> None:
    stand.control("faults", {"api": "menu/get", "delay": 0.2})
    began = time.monotonic()
    assert code(stand.api("menu/get")) == 46003
    assert time.monotonic() - began >= 0.2


def test_faults_can_be_cleared_and_must_make_sense(stand: Stand) -> None:
    stand.control("faults", {"api": "menu/get", "errcode": -1, "times": 9})
    stand.http.delete("/sandbox/wechat/_control/faults")
    assert code(stand.api("menu/get")) == 46003
    bad = stand.http.post("/sandbox/wechat/_control/faults", json={"api": "menu/get", "delay": "long"})
    assert bad.status_code == 400


def test_reset_forgets_everything_but_never_repeats_an_id(stand: Stand) -> None:
    patient = stand.patient()
    patient.say("一")
    first = stand.hospital.received[-1].id
    stand.control("reset", {})
    names = [one["nickname"] for one in stand.http.get("/phone/api/state").json()["patients"]]
    assert names == ["小林", "陈阿姨", "王大爷"]
    again = stand.patient()
    again.say("一")
    assert stand.hospital.received[-1].id > first


def test_no_secret_is_logged(stand: Stand) -> None:
    stand.token()
    assert "s" * 32 not in str(stand.look("calls"))


def test_an_account_may_come_with_a_menu_which_it_can_replace(stand: Stand) -> None:
    first, second = ({"button": [{**LEAF, "key": key}]} for key in ("first", "second"))
    for _ in range(2):  # a restart brings nothing back that was replaced
        assert SandboxDb(stand.settings.data_dir / "sandbox.db", first).wipe() is None
        assert stand.api("menu/get")["menu"] == first
        stand.api("menu/create", second)
        with SandboxDb(stand.settings.data_dir / "sandbox.db", first).read():
            assert stand.api("menu/get")["menu"] == second
