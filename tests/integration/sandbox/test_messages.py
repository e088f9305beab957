"""客服消息 of the stand-in: how many, how long, to whom, what; what is tapped and what is uploaded."""

from datetime import timedelta

from tests.integration.sandbox.calls import code, text
from tests.integration.sandbox.conftest import Stand


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
