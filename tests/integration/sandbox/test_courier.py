"""From the phone to the hospital's webhook and back, over HTTP, in every mode."""

import threading
import time
from collections.abc import Callable

import pytest
from flask import Response

from bot.sandbox.courier import Patience
from bot.sandbox.patient import NoAnswer, PhoneError
from bot.sandbox.patients import UNSUPPORTED
from bot.sandbox.reply import UNAVAILABLE
from tests.integration.sandbox.conftest import Stand
from tests.integration.sandbox.hospital import Served

Make = Callable[..., Stand]


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
def test_a_text_there_and_an_answer_back(make_stand: Make, mode: str) -> None:
    stand = make_stand(mode)
    patient = stand.patient()
    assert patient.say("挂号 🏥䶮𠮷 <b>") == ["收到：挂号 🏥䶮𠮷 <b>"]
    args, body = stand.hospital.raw[-1]
    assert args["openid"] == patient.openid
    assert abs(int(args["timestamp"]) - time.time()) < 30
    assert ("encrypt_type" in args) == (mode != "plain")
    assert (b"<Content>" in body) == (mode != "safe")
    assert (b"<Encrypt>" in body) == (mode != "plain")


def test_hostile_words_arrive_as_typed_and_a_reply_they_break_is_not_shown(stand: Stand) -> None:
    patient = stand.patient()
    assert patient.say("x]]><MsgType>\x07y") == [UNAVAILABLE]  # wechatpy does not escape ]]> in its replies
    assert stand.hospital.received[-1].content == "x]]><MsgType>y"


def test_the_time_in_a_message_is_the_demos_and_the_signature_is_of_now(stand: Stand) -> None:
    patient = stand.patient()
    stand.http.post("/phone/api/clock", json={"advance": "2d"}).raise_for_status()
    patient.say("后天了吗")
    args, _ = stand.hospital.raw[-1]
    message = stand.hospital.received[-1]
    assert abs(message.time - time.time() - 2 * 86400) < 30
    assert abs(int(args["timestamp"]) - time.time()) < 30


def test_msg_ids_differ_and_a_tap_carries_its_id(stand: Stand) -> None:
    stand.hospital.answer = lambda message: (
        '1. <a href="weixin://bizmsgmenu?msgmenucontent=%E5%A5%BD&msgmenuid=o:1">好</a>'
    )
    patient = stand.patient()
    patient.say("一")
    patient.tap(1)
    first, second = stand.hospital.received[-2:]
    assert (second.content, second._data["bizmsgmenuid"]) == ("好", "o:1")
    assert first.id < second.id
    with pytest.raises(PhoneError):
        patient.tap(2)


def test_every_other_kind(stand: Stand) -> None:
    patient = stand.patient()
    seen = stand.hospital.received
    patient.voice("我想挂号")
    assert (seen[-1].type, seen[-1].recognition) == ("voice", "我想挂号")
    patient.voice()
    assert seen[-1].recognition is None
    for kind in ("image", "location", "link", "video"):
        patient.send(kind)
        assert seen[-1].type == kind
    patient.send_sticker()
    assert seen[-1].content == UNSUPPORTED
    assert stand.http.get(patient_picture(stand)).status_code == 200
    with pytest.raises(PhoneError):
        patient.send("telegram")


def patient_picture(stand: Stand) -> str:
    return str(next(message.image for message in stand.hospital.received if message.type == "image"))


def test_events(stand: Stand) -> None:
    patient = stand.patient(follows=False)
    seen = stand.hospital.received
    patient.scan("book:department:心血管内科")
    assert (seen[-1].event, seen[-1].scene_id) == ("subscribe_scan", "book:department:心血管内科")
    patient.scan("book:department:儿科")
    assert (seen[-1].event, seen[-1].scene_id) == ("scan", "book:department:儿科")
    patient.menu("intent:book")
    assert (seen[-1].event, seen[-1].key) == ("click", "intent:book")
    patient.unfollow()
    with pytest.raises(PhoneError, match="关注"):
        patient.say("在吗")
    patient.follow()
    assert seen[-1].event == "subscribe"


def test_three_tries_with_one_msg_id_then_the_excuse(make_stand: Make) -> None:
    stand = make_stand(patience=Patience(answer=0.2, pause=0.05))
    patient = stand.patient()
    release = threading.Event()
    stand.hospital.answer = lambda message: release.wait(5) and None
    assert patient.say("有人吗") == [UNAVAILABLE]
    release.set()
    tries = [message.id for message in stand.hospital.received if message.type == "text"]
    assert len(tries) == 3
    assert len(set(tries)) == 1
    assert [row["status"] for row in stand.look("attempts", post=patient.post)] == ["ReadTimeout"] * 3


def test_a_late_server_answers_the_second_try(make_stand: Make) -> None:
    stand = make_stand(patience=Patience(answer=1.0, pause=0.05))
    patient = stand.patient()
    slow = iter([True])
    stand.hospital.answer = lambda message: (next(slow, False) and time.sleep(1.5)) or "来了"
    assert patient.say("有人吗") == ["来了"]


@pytest.mark.parametrize("answer", [b"ok", b'{"errcode":0}', b"<html/>", "号" * 683])
def test_an_answer_that_the_platform_cannot_read_is_its_excuse_at_once(
    stand: Stand, answer: str | bytes
) -> None:
    patient = stand.patient()
    stand.hospital.answer = lambda message: answer
    assert patient.say("在吗") == [UNAVAILABLE]
    assert len(stand.look("attempts", post=patient.post)) == 1


def test_a_broken_server_is_asked_three_times(stand: Stand) -> None:
    patient = stand.patient()
    stand.hospital.answer = lambda message: Response("oops", 500)
    assert patient.say("在吗") == [UNAVAILABLE]
    assert [row["status"] for row in stand.look("attempts", post=patient.post)] == ["HTTP 500"] * 3


def test_success_is_silence_and_a_push_may_follow(stand: Stand) -> None:
    patient = stand.patient()
    stand.hospital.answer = lambda message: None
    later = threading.Timer(
        0.3,
        lambda: stand.api(
            "message/custom/send", {"touser": patient.openid, "msgtype": "text", "text": {"content": "稍后"}}
        ),
    )
    later.start()
    assert patient.say("在吗") == ["稍后"]
    later.join()


def test_a_lost_answer_is_asked_for_again(stand: Stand) -> None:
    patient = stand.patient()
    stand.control("faults", {"api": "webhook", "lose": True})
    assert patient.say("重发") == ["收到：重发"]
    same = [message.id for message in stand.hospital.received if getattr(message, "content", "") == "重发"]
    assert len(same) == 2
    assert len(set(same)) == 1


def test_copies_at_once(stand: Stand) -> None:
    patient = stand.patient()
    patient.say("三份")
    stand.control("repeat", {"post": patient.post, "copies": 3})
    end = time.monotonic() + 60
    while len(stand.hospital.received) < 5 and time.monotonic() < end:
        time.sleep(0.02)
    assert [getattr(message, "content", "") for message in stand.hospital.received[1:]] == ["三份"] * 4
    assert patient.news() == []


def test_a_message_whose_courier_died_is_delivered_by_the_next(make_stand: Make) -> None:
    stand = make_stand()
    patient = stand.patient()
    with (
        stand.sandbox.db.write() as con
    ):  # as a killed process leaves it: at its first try, the lease run out
        con.execute(
            "INSERT INTO posts (openid, xml, visible, state, attempts, lease_until) SELECT openid, replace(xml,"
            " 'subscribe', 'unheard_of'), 1, 'posting', 1, 0 FROM posts ORDER BY id DESC LIMIT 1"
        )
    patient.wait_for("收到")
    assert stand.look("posts", openid=patient.openid)[-1]["state"] == "done"


def test_a_server_that_is_down_for_a_moment_loses_nothing(make_stand: Make) -> None:
    stand = make_stand(patience=Patience(answer=20.0, pause=0.05))
    patient = stand.patient()
    answer, down = stand.hospital.answer, iter([True, True])
    stand.hospital.answer = lambda message: (
        Response("restarting", 503) if next(down, False) else answer(message)
    )
    assert patient.say("重启中") == ["收到：重启中"]


def test_nobody_waits_for_ever(make_stand: Make) -> None:
    stand = make_stand()
    patient = stand.patient()
    stand.hospital.answer = lambda message: None
    patient._patience = 0.5
    with pytest.raises(NoAnswer):
        patient.say("在吗")


def test_many_patients_at_once(make_stand: Make) -> None:
    stand = make_stand(patience=Patience(answer=30.0, pause=0.1))
    patients = [stand.patient() for _ in range(8)]
    heard: dict[str, list[str]] = {}
    threads = [
        threading.Thread(target=lambda one=one: heard.update({one.openid: one.say(one.openid)}))
        for one in patients
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == {one.openid: [f"收到：{one.openid}"] for one in patients}


def test_two_processes_share_one_state(stand: Stand) -> None:
    """A second process over the same file sees the same patients, menu and clock."""
    from flask import Flask

    from bot.sandbox.app import mount, open_sandbox

    other = open_sandbox(stand.settings, stand.clock, stand.sandbox.courier._url)
    app = Flask("other", static_folder=None)
    app.register_blueprint(mount(other))
    served = Served(app)
    try:
        patient = stand.patient()
        patient.say("一")
        state = stand.http.get(f"{served.url}/phone/api/state", params={"openid": patient.openid}).json()
        assert [bubble["body"]["text"] for bubble in state["chat"]["bubbles"]][-1] == "收到：一"
    finally:
        served.stop()
        other.courier.close()
