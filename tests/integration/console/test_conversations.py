"""人工会话: a patient's way from the queue to an answer and back to the bot, what is shown to whom, two at once."""

import re
from datetime import timedelta

from sqlalchemy import select, update

from bot.domain.accounts import AccountRef
from bot.domain.commands import CallHuman, LeaveHuman, RegisterPatient
from bot.domain.inbound import Inbound, Kind
from bot.domain.roles import Role
from bot.domain.speech import Reply
from bot.domain.states import OutboxState
from bot.domain.views import Relation
from bot.services.tables import table
from bot.store.inbox import Inbox, New
from bot.store.models import AuditEntry, Handoff, OutboxMessage
from bot.store.push_models import PhoneTask
from tests.integration.console.stand import Stand, Visitor
from tests.integration.console.test_cost import counted

SAID = "我想退费，刚才胸口很痛喘不上气"


def patient(stand: Stand, user: str = "anna", words: str = SAID) -> AccountRef:
    """Has written, been answered by the bot, and waits for a person."""
    account = stand.console.hospital.account("wechat", "gh_demo", user)
    inbox = Inbox(stand.db)
    inbound = Inbound(
        channel="wechat", app_id="gh_demo", user=user, kind=Kind.TEXT, at=stand.clock.now(), dedup=f"{user}:1", text=words
    )  # fmt: skip
    claim = inbox.claim(inbound, timedelta(seconds=5))
    assert isinstance(claim, New)
    inbox.finish(claim.id, (Reply("好的，正在为您转人工。"),))
    stand.console.hospital.execute(CallHuman(f"{user}:k", "退费"), account)
    return account


def registered(stand: Stand, account: AccountRef) -> None:
    stand.console.hospital.execute(
        RegisterPatient(
            key="r", relation=Relation.SELF, name="王小兰", id_kind="resident_id", id_number="110101199003070126",
            phone="13800138000", consents=("privacy", "health_data"),
        ),
        account,
    )  # fmt: skip


def audited(stand: Stand, action: str) -> int:
    with stand.db.read() as uow:
        return len(uow.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all())


def once(visitor: Visitor) -> str:
    assert visitor.last is not None
    found = re.search(r'name="once" value="(\w+)"', visitor.last.text)
    assert found is not None
    return found[1]


def test_answered_and_handed_back(both: Stand) -> None:
    patient(both)
    desk = both.signed_in(Role.DESK, staff_no="9003")
    queue = desk.get("/conversations").text
    assert "在等人工" in queue
    assert SAID not in queue, "a list says nothing that anybody said"
    shown = desk.get("/conversations/1").text
    assert SAID in shown
    assert "好的，正在为您转人工" in shown
    assert "危险信号：胸痛" in shown
    assert audited(both, "handoff.read") == 1
    key = once(desk)
    for _ in range(2):  # pressed twice
        assert desk.post("/conversations/1/answer", words="请到一楼窗口退费", once=key).status_code == 303
    shown = desk.get("/conversations/1").text
    assert shown.count("工号9003：请到一楼窗口退费") == 1
    assert "正在发送" in shown
    assert desk.post("/conversations/1/close").status_code == 303
    after = desk.get("/conversations/1").text
    assert "会话已经结束" in after
    assert SAID not in after, "what is over is nobody's business any more"
    assert "没有患者在等人工" in desk.get("/conversations").text


def test_only_what_is_new_is_sent_and_all_of_it_is_audited(both: Stand) -> None:
    patient(both)
    desk = both.signed_in(Role.DESK)
    found = re.search(r'hx-get="(/console/conversations/1\?seen=\w+)"', desk.get("/conversations/1").text)
    assert found is not None
    asked = {"HX-Request": "true", "X-Background": "1"}
    assert desk.get(found[1], **asked).status_code == 204
    assert audited(both, "handoff.read") == 1
    inbound = Inbound(
        channel="wechat", app_id="gh_demo", user="anna", kind=Kind.IMAGE, at=both.clock.now(), dedup="anna:2"
    )
    Inbox(both.db).claim(inbound, timedelta(seconds=5))
    part = desk.get(found[1], **asked)
    assert part.status_code == 200
    assert "【图片】" in part.text
    assert "<html" not in part.text
    assert audited(both, "handoff.read") == 2
    assert desk.get("/conversations/1?seen=made-up", **asked).status_code == 200
    assert audited(both, "handoff.read") == 3, "no way of asking gets words without a trace"


def test_a_colleague_is_faster(both: Stand) -> None:
    patient(both)
    first, second = both.signed_in(Role.DESK, staff_no="9001"), both.signed_in(Role.DESK, staff_no="9002")
    assert first.post("/conversations/1/take").status_code == 303
    late = second.post("/conversations/1/answer", words="您好，请讲", once="a")
    assert late.status_code == 409
    assert "工号 9001 正在接待" in late.text
    assert "您好，请讲" in late.text, "what was typed stays"
    assert first.post("/conversations/1/back").status_code == 303
    assert second.post("/conversations/1/answer", words="您好，请讲", once="a").status_code == 303


def test_the_patient_has_gone(both: Stand) -> None:
    account = patient(both)
    desk = both.signed_in(Role.DESK)
    desk.get("/conversations/1")
    both.console.hospital.execute(LeaveHuman("k2"), account)
    late = desk.post("/conversations/1/answer", words="请到窗口", once="a")
    assert late.status_code == 409
    assert "没有发出去" in late.text
    assert "请到窗口" in late.text
    assert SAID not in late.text


def test_after_48_hours_there_is_the_phone(both: Stand) -> None:
    registered(both, patient(both))
    desk = both.signed_in(Role.DESK)
    both.clock.advance(timedelta(hours=49))
    desk.sign_in("8001")
    assert "超过 48 小时" in desk.get("/conversations").text
    refused = desk.post("/conversations/1/answer", words="还在吗", once="a")
    assert refused.status_code == 422
    assert "微信不让再发" in refused.text
    assert "还在吗" in refused.text
    assert desk.post("/conversations/1/call").status_code == 303
    with both.db.read() as uow:
        assert uow.session.scalars(select(PhoneTask.kind)).one() == "desk_call"


def test_nobody_is_to_be_phoned_who_left_no_number(stand: Stand) -> None:
    patient(stand)
    stand.clock.advance(timedelta(hours=49))
    desk = stand.signed_in(Role.DESK)
    page = desk.get("/conversations/1").text
    assert "没有登记电话" in page
    assert "转成待打电话" not in page
    assert desk.post("/conversations/1/call").status_code == 422
    with stand.db.read() as uow:
        assert uow.session.scalars(select(PhoneTask.kind)).all() == []


def test_what_the_platform_refused_is_said_in_words(stand: Stand) -> None:
    patient(stand)
    desk = stand.signed_in(Role.DESK)
    desk.post("/conversations/1/answer", words="您好", once="a")
    with stand.db.write() as uow:
        message = table(OutboxMessage)
        uow.connection.execute(update(message).values(state=OutboxState.DEAD, error="45047"))
    shown = desk.get("/conversations/1").text
    assert "没有发出去" in shown
    assert "微信只让发 5 条" in shown


def test_a_number_is_shown_for_a_reason(both: Stand) -> None:
    account = patient(both)
    registered(both, account)
    desk = both.signed_in(Role.DESK)
    shown = desk.get("/conversations/1").text
    assert "13800138000" not in shown
    found = re.search(r'hx-post="(/console/conversations/1/phone/\w+)"', shown)
    assert found is not None
    assert desk.post(found[1]).status_code == 400
    desk.headers["HX-Request"] = "true"
    piece = desk.post(found[1], reason="contact").text
    assert "13800138000" in piece
    assert "<h1>" not in piece, "into the page that is there"
    assert audited(both, "patient.revealed") == 1
    patient(both, "bert")
    assert desk.post(found[1].replace("/1/", "/2/"), reason="contact").status_code == 404, (
        "not that account's"
    )
    both.console.hospital.execute(LeaveHuman("k2"), account)
    assert desk.post(found[1], reason="contact").status_code == 404, "in the queue no longer"


def test_who_only_looks_cannot_answer(stand: Stand) -> None:
    patient(stand, words="我的电话写错了，是13800138000")
    seen = stand.signed_in(Role.OFFICE).get("/conversations/1").text
    assert "我的电话写错了，是138****8000" in seen
    assert "回复患者" not in seen
    assert "13800138000" in stand.signed_in(Role.DESK, staff_no="8003").get("/conversations/1").text
    assert stand.signed_in(Role.NURSE, staff_no="8002").get("/conversations/1").status_code == 403


def test_usual_answers(stand: Stand) -> None:
    patient(stand)
    stand.console.answers = lambda: [("停车", "{hospital}门诊楼前有<车库>。")]
    shown = stand.signed_in(Role.DESK).get("/conversations/1").text
    hospital = stand.settings.hospital_name
    assert f'<option value="{hospital}门诊楼前有&lt;车库&gt;。">停车</option>' in shown


def test_queries(stand: Stand) -> None:
    for n in range(12):
        patient(stand, f"o-{n}")
    desk = stand.signed_in(Role.DESK)
    with stand.db.read() as uow:
        assert len(uow.session.scalars(select(Handoff)).all()) == 12
    for path, most in (("/conversations", 3), ("/conversations/1", 13)):
        with counted(stand) as asked:
            assert desk.get(path).status_code == 200
        assert len(asked) <= most, "\n".join(asked)
