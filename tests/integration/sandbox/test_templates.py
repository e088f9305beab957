"""Template messages and subscriptions of the stand-in, with their receipts."""

from datetime import timedelta

from tests.integration.sandbox.calls import code, notice, receipts, template
from tests.integration.sandbox.conftest import Stand


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
