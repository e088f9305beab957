"""待打电话 and 推送: calls taken and finished, faults acknowledged and closed, what did not go out sent again."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.domain.commands import RegisterPatient
from bot.domain.roles import Role
from bot.domain.speech import Reply
from bot.domain.states import AlertState, OutboxState, PhoneTaskState
from bot.domain.views import Relation
from bot.services import alerts, phone_tasks
from bot.services.tables import table
from bot.store import outbox
from bot.store.models import AuditEntry, OutboxMessage, Patient
from bot.store.push_models import Alert, PhoneTask
from tests.integration.console.stand import Stand
from tests.integration.console.test_cost import counted


def patient(stand: Stand) -> str:
    hospital = stand.console.hospital
    hospital.execute(
        RegisterPatient(
            key="r", relation=Relation.SELF, name="王小兰", id_kind="resident_id", id_number="110101199003070126",
            phone="13800138000", consents=("privacy", "health_data"),
        ),
        hospital.account("wechat", "gh_demo", "anna"),
    )  # fmt: skip
    with stand.db.read() as uow:
        return uow.session.scalars(select(Patient.id)).one()


def call(stand: Stand, key: str = "k", patient_id: str | None = None, minutes: int = 0, **more: Any) -> None:
    with stand.db.write() as uow:
        values = {"kind": "ticket_answer", "scope": "ticket:5", "reason": "no_road", **more}
        phone_tasks.open_task(
            uow, key=key, patient_id=patient_id, account_id=None, due_at=uow.now + timedelta(minutes=minutes), **values
        )  # fmt: skip


def task(stand: Stand, number: int = 1) -> PhoneTask:
    with stand.db.read() as uow:
        return uow.session.get_one(PhoneTask, number)


def audited(stand: Stand) -> list[str]:
    with stand.db.read() as uow:
        return [
            row.action
            for row in uow.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
            if row.action.startswith(("phone_task", "patient.revealed", "outbox", "alert"))
        ]


def test_a_call_from_the_list_to_its_outcome(both: Stand) -> None:
    call(both, patient_id=patient(both))
    desk = both.signed_in(Role.DESK, staff_no="9003")
    shown = desk.get("/calls").text
    assert "意见反馈答复" in shown
    assert "没有能发到的途径" in shown
    assert "13800138000" not in shown
    found = re.search(r'hx-post="(/console/calls/1/phone)"', shown)
    assert found is not None
    assert desk.post(found[1]).status_code == 400
    number = desk.post(found[1], reason="contact").text
    assert "13800138000" in number
    assert "王小兰" in number
    assert desk.post("/calls/1/take").status_code == 303
    assert desk.post("/calls/1/finish", outcome="").status_code == 400
    assert desk.post("/calls/1/finish", outcome="reached").status_code == 303
    done = task(both)
    assert (done.state, done.outcome, done.staff_no) == (PhoneTaskState.DONE, "reached", "9003")
    assert audited(both) == ["patient.revealed", "phone_task.claimed", "phone_task.done"]
    assert "没有要打的电话" in desk.get("/calls").text
    assert desk.post("/calls/1/take").status_code == 409
    assert desk.post("/calls/1/phone", reason="contact").status_code == 404


def test_who_calls_knows_before_that_the_patient_has_died(both: Stand) -> None:
    patient_id = patient(both)
    call(both, patient_id=patient_id, kind="visit_tomorrow", scope="appointment:5")
    desk = both.signed_in(Role.DESK)
    assert "患者已去世" not in desk.get("/calls").text
    with both.db.write() as uow:
        uow.session.execute(update(Patient).where(Patient.id == patient_id).values(deceased_at=uow.now))
    assert "患者已去世" in desk.get("/calls").text


def test_nobody_answered(both: Stand) -> None:
    call(both)
    desk = both.signed_in(Role.DESK)
    desk.post("/calls/1/take")
    assert desk.post("/calls/1/finish", outcome="again").status_code == 303
    again = task(both)
    assert (again.state, again.staff_no) == (PhoneTaskState.OPEN, None)
    assert again.due_at == both.clock.now() + timedelta(hours=2)


def test_two_who_want_the_same_call(both: Stand) -> None:
    call(both)
    first, second = both.signed_in(Role.DESK, staff_no="9001"), both.signed_in(Role.DESK, staff_no="9002")
    assert first.post("/calls/1/take").status_code == 303
    for act in ("take", "back", "finish"):
        late = second.post(f"/calls/1/{act}", outcome="reached")
        assert late.status_code == 409
        assert "工号 9001" in late.text
    assert first.post("/calls/1/back").status_code == 303
    assert second.post("/calls/1/take").status_code == 303


def test_a_nurse_gets_no_number_here(stand: Stand) -> None:
    call(stand, patient_id=patient(stand))
    nurse = stand.signed_in(Role.NURSE, wards=["一病区"])
    assert nurse.get("/calls").status_code == 403
    assert nurse.post("/calls/1/phone", reason="contact").status_code == 404
    assert audited(stand) == []


def test_filters_and_pages(stand: Stand) -> None:
    for n in range(60):
        call(stand, f"k{n}", minutes=n)
    call(stand, "other", kind="desk_call", scope="handoff:3", reason="no_window")
    desk = stand.signed_in(Role.DESK)
    assert "下一页" in desk.get("/calls").text
    assert desk.get("/calls?kind=desk_call").text.count("/take") == 1
    assert "没有要打的电话" in desk.get("/calls?mine=1").text


def test_a_message_that_did_not_go_out_is_sent_again(both: Stand) -> None:
    account = both.console.hospital.account("wechat", "gh_demo", "anna")
    with both.db.write() as uow:
        outbox.put(uow, key="k", kind="desk_reply", account_id=account.id, replies=(Reply("您好"),))
        uow.connection.execute(update(table(OutboxMessage)).values(state=OutboxState.DEAD, error="45047"))
    desk = both.signed_in(Role.DESK)
    shown = desk.get("/pushes").text
    assert "微信只让发 5 条" in shown
    assert "您好" not in shown
    assert desk.post("/pushes/resend", id="1").status_code == 303
    with both.db.read() as uow:
        assert uow.session.scalars(select(OutboxMessage.state)).one() == OutboxState.PENDING
    assert audited(both) == ["outbox.resent"]
    desk.post("/pushes/resend", id="1")
    assert audited(both) == ["outbox.resent"], "nothing was done twice"
    assert "没有能再发的" in desk.get("/pushes").text
    assert desk.post("/pushes/resend").status_code == 404


@pytest.mark.parametrize("acts", [("acknowledge", "close"), ("close",)])
def test_a_fault_is_mended(both: Stand, acts: tuple[str, ...]) -> None:
    with both.db.write() as uow:
        alerts.raise_alert(uow, "template_disabled", "template:care", "43116")
    desk = both.signed_in(Role.DESK, staff_no="9003")
    assert "模板被停用" in desk.get("/pushes").text
    for act in acts:
        assert desk.post(f"/pushes/alerts/1/{act}").status_code == 303
    with both.db.read() as uow:
        alert = uow.session.scalars(select(Alert)).one()
        assert (alert.state, alert.staff_no) == (AlertState.CLOSED, "9003")
    assert desk.post("/pushes/alerts/1/acknowledge").status_code == 409
    assert desk.post("/pushes/alerts/7/close").status_code == 404


def test_with_nothing_there(stand: Stand) -> None:
    shown = stand.signed_in(Role.DESK).get("/pushes").text
    for words in ("没有卡住的", "没有故障", "没有发送失败的消息"):
        assert words in shown


def test_queries(stand: Stand) -> None:
    for n in range(30):
        call(stand, f"k{n}", minutes=-5)
        with stand.db.write() as uow:
            alerts.raise_alert(uow, "bad_data", f"template:{n % 3}", "47003")
    desk = stand.signed_in(Role.DESK)
    for path, most in (("/calls", 4), ("/pushes", 24)):
        with counted(stand) as asked:
            assert desk.get(path).status_code == 200
        assert len(asked) <= most, "\n".join(asked)
