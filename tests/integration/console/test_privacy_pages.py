"""个人信息: the queue, one request from the window to its answer, deletion in numbers, the ledger, the nightly job."""

import json
import re

import pytest
from sqlalchemy import select, update

from bot.domain.commands import AskForCopy, AskPrivacy
from bot.domain.outcomes import PrivacyAsked
from bot.domain.rights import Ask, CopyReady
from bot.domain.roles import Role
from bot.services.rights import board
from bot.services.tables import table
from bot.store.care_models import Ticket
from bot.store.models import AuditEntry, Consent, Correction, OutboxMessage
from bot.store.push_models import PhoneTask
from bot.store.rights_models import PrivacyRequest, RetentionRun
from tests.integration.console.stand import Stand, Visitor
from tests.integration.console.test_cost import counted
from tests.integration.followup.discharged import Ward
from tests.integration.rights.person import Person
from tests.integration.services.town import Town, id_number

NUMBER = id_number(1)


@pytest.fixture
def person(stand: Stand) -> Person:
    return Person.of(Ward(Town.found(stand.db, stand.clock)))


@pytest.fixture
def admin(stand: Stand, person: Person) -> Visitor:
    return stand.signed_in(Role.ADMIN, staff_no="9001")


def asked(person: Person, kind: Ask, words: str = "") -> int:
    if kind is Ask.DELETE:
        person.cancel()
        with person.db.write() as uow:
            uow.connection.execute(update(table(Ticket)).values(state="closed", closed_at=uow.now))
    outcome = person.do(AskPrivacy(f"k-{kind}-{words}", kind, person.id, words))
    assert isinstance(outcome, PrivacyAsked), outcome
    return outcome.number


def audited(person: Person, action: str) -> list[AuditEntry]:
    with person.db.read() as uow:
        return list(uow.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_the_queue_shows_what_waits_masked_with_its_deadline(person: Person, admin: Visitor) -> None:
    assert "现在没有要办的" in admin.get("/privacy").text
    number = asked(person, Ask.CORRECT, "姓名：王晓明")
    page = admin.get("/privacy").text
    assert "王*明" in page and "还剩" in page and f"/privacy/requests/{number}" in page
    one = admin.get(f"/privacy/requests/{number}").text
    assert "姓名：王晓明" in one and "挂号记录" in one and "实名挂号" in one
    assert "王小明" not in page + one and NUMBER not in one and "发到患者的微信" in one
    read = audited(person, "privacy.read")
    assert [(row.actor, row.subject) for row in read] == [("staff:9001", f"privacy_request:{number}")]


def test_a_link_is_nobodys_work(person: Person, admin: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many nobody ever opens: what waits for people stands on the first page."""
    monkeypatch.setattr(board, "PAGE", 1)
    public = person.hospital.settings.model_copy(update={"public_url": "https://x.example"})
    person.hospital.settings = public
    assert isinstance(person.do(AskForCopy("link", person.id)), CopyReady)
    number = asked(person, Ask.CORRECT, "姓名：王晓明")
    page = admin.get("/privacy").text
    assert f"/privacy/requests/{number}" in page and "下一页" not in page
    assert "要一份自己的信息" in admin.get("/privacy?state=done").text


def test_a_correction_is_counted_and_the_patient_is_told(person: Person, admin: Visitor) -> None:
    number = asked(person, Ask.CORRECT, "姓名：王晓明")
    where = f"/privacy/requests/{number}"
    wrong = admin.post(f"{where}/correct", version=1, field="name", value="1")
    assert wrong.status_code == 422 and 'value="1"' in wrong.text and "写得不对" in wrong.text
    sex = admin.post(f"{where}/correct", version=1, field="sex", value="female")
    assert sex.status_code == 422 and "由身份证号决定" in sex.text
    assert admin.post(f"{where}/correct", version=1, field="name", value="王晓明").status_code == 303
    assert "答复已经发到患者的微信" in admin.get(where).text
    assert admin.post(f"{where}/correct", version=1, field="name", value="王大明").status_code == 409
    assert person.town.count(Correction, Correction.field == "name") == 1
    assert person.town.count(OutboxMessage, OutboxMessage.kind == "privacy_answer") == 1


def test_another_number_brings_its_sex_and_birthday(person: Person, admin: Visitor) -> None:
    number = asked(person, Ask.CORRECT)
    other = id_number(2, birth="19800102")
    admin.post(f"/privacy/requests/{number}/correct", version=1, field="id_number", value=other)
    assert str(person.patient().birth_date) == "1980-01-02"
    person.town.register(person.town.account("o-7"), 3)
    again = asked(person, Ask.CORRECT, "证件号又错了")
    taken = admin.post(f"/privacy/requests/{again}/correct", version=1, field="id_number", value=id_number(3))
    assert taken.status_code == 422 and "已经有人登记了" in taken.text


def test_a_copy_wants_a_reason_and_is_audited(person: Person, admin: Visitor) -> None:
    number = asked(person, Ask.COPY)
    where = f"/privacy/requests/{number}"
    assert admin.post(f"{where}/copy", reason="").status_code == 400
    shown = admin.post(f"{where}/copy", reason="request")
    assert "王小明" in shown.text and NUMBER in shown.text and "希望病房安静一点" in shown.text
    file = admin.post(f"{where}/file", reason="request")
    told = json.loads(file.data)
    assert {each["title"] for each in told["sections"]} >= {"登记的资料", "挂号", "住院登记", "您答过的问卷"}
    assert file.headers["Cache-Control"] == "no-store" and "attachment" in file.headers["Content-Disposition"]
    assert [row.detail["reason"] for row in audited(person, "privacy.copied")] == ["request", "request"]
    assert NUMBER not in str([row.detail for row in audited(person, "privacy.copied")])
    admin.get(where)
    done = admin.post(f"{where}/finish", version=1, said="请带证件到窗口来拿。")
    assert done.status_code == 303
    assert person.request(number).state == "done"


def test_a_no_has_its_reason_and_goes_to_the_desk_when_the_chat_is_shut(
    person: Person, admin: Visitor
) -> None:
    number = asked(person, Ask.CORRECT)
    where = f"/privacy/requests/{number}"
    empty = admin.post(f"{where}/finish", version=1, refused="1", reason="", said="核对不了")
    assert empty.status_code == 422 and "核对不了" in empty.text
    person.later(days=3)
    admin.sign_in("9001")
    admin.get(where)
    admin.post(f"{where}/finish", version=1, refused="1", reason="identity", said="请带身份证来窗口核对。")
    assert "待打电话" in admin.get(where).text
    assert person.request(number).state == "refused"
    assert person.town.count(PhoneTask, PhoneTask.kind == "privacy_answer") == 1
    assert person.town.count(OutboxMessage, OutboxMessage.kind == "privacy_answer") == 0


def test_a_deletion_is_shown_in_numbers_wants_the_password_and_is_final(
    stand: Stand, person: Person, admin: Visitor
) -> None:
    number = asked(person, Ask.DELETE)
    where = f"/privacy/requests/{number}/erase"
    page = admin.get(where).text
    assert "会删掉" in page and "聊天原话" in page and "15年" in page and "30年" in page
    assert admin.post(where, version=1).status_code == 422  # not ticked
    stand.clock.set(stand.clock.now().replace(minute=stand.clock.now().minute + 15))
    admin.get(where)
    late = admin.post(where, version=1, sure="1")
    assert late.status_code == 401, "the password was shown too long ago"
    assert person.patient().erased_at is None
    admin.sign_in("9001")
    admin.get(where)
    assert admin.post(where, version=1, sure="1").status_code == 303
    done = admin.get(f"/privacy/requests/{number}").text
    assert "已办，依法留了一部分" in done and "已注销" in done and "医疗机构病历管理规定" in done
    assert admin.post(where, version=1, sure="1").status_code == 409
    assert admin.post(f"/privacy/requests/{number}/copy", reason="request").status_code == 404


def test_what_stands_in_the_way_is_said_in_numbers(person: Person, admin: Visitor) -> None:
    number = asked(person, Ask.DELETE)
    person.complain()
    page = admin.get(f"/privacy/requests/{number}/erase").text
    assert "还有 1 件没办结的意见投诉" in page and 'name="sure"' not in page
    blocked = admin.post(f"/privacy/requests/{number}/erase", version=1, sure="1")
    assert blocked.status_code == 422 and "现在还不能删" in blocked.text


def test_a_request_is_opened_at_the_window(person: Person, admin: Visitor) -> None:
    assert "没有找到" in admin.post("/privacy/find", text="王大明").text
    found = admin.post("/privacy/find", text=NUMBER)
    assert "王*明" in found.text and NUMBER not in found.text.replace(f'value="{NUMBER}"', "")
    once = re.search(r'name="once" value="([0-9a-f]+)"', found.text)
    assert once is not None
    form = {"patient": person.id, "said": "不想再收问卷", "once": once[1]}
    unclear = admin.post("/privacy/new", **form)
    assert unclear.status_code == 422 and "不想再收问卷" in unclear.text
    assert admin.post("/privacy/new", kind="withdraw", **form).status_code == 303
    assert admin.post("/privacy/new", kind="withdraw", **form).status_code == 303  # pressed twice
    assert person.town.count(PrivacyRequest) == 1
    number = person.requests()[0].id
    where = f"/privacy/requests/{number}"
    assert "窗口或电话" in admin.get(where).text
    assert admin.post(f"{where}/withdraw", version=1, consent="followup").status_code == 303
    assert person.town.count(Consent, Consent.kind == "followup", Consent.withdrawn_at.is_(None)) == 0
    assert person.request(number).state == "done"


def test_the_ledger_and_the_nightly_job(person: Person, admin: Visitor) -> None:
    ledger = admin.get("/privacy/consents").text
    assert "用姓名、证件号和手机号挂号" in ledger and "王*明" in ledger and "2026-11" in ledger
    assert "没有同意记录" in admin.post("/privacy/consents", text="王大明").text
    assert "回答出院回访的问卷" in admin.post("/privacy/consents", text="王小明").text
    assert "还没有清理过" in admin.get("/privacy/retention").text
    assert admin.post("/privacy/retention/dry").status_code == 303
    page = admin.get("/privacy/retention").text
    assert "只算，没有清理" in page and "30 天" in page and "聊天原话" in page and "网络安全法" in page
    assert person.town.count(RetentionRun, RetentionRun.dry) == 1


def test_who_only_sees_acts_on_nothing(stand: Stand, person: Person) -> None:
    number = asked(person, Ask.DELETE)
    office = stand.signed_in(Role.OFFICE, staff_no="9002")
    page = office.get(f"/privacy/requests/{number}").text
    assert "删除</h2>" not in page and "登记一个要求" not in office.get("/privacy").text
    assert office.get(f"/privacy/requests/{number}/erase").status_code == 403
    assert office.post(f"/privacy/requests/{number}/erase", version=1, sure="1").status_code == 403
    assert (
        stand.signed_in(Role.NURSE, staff_no="9003", wards=["心内一病区"]).get("/privacy").status_code == 403
    )


@pytest.mark.parametrize(
    ("path", "most"),
    [("/privacy", 6), ("/privacy/requests/1", 10), ("/privacy/consents", 4), ("/privacy/retention", 4)],
)
def test_queries_of_a_page(stand: Stand, person: Person, admin: Visitor, path: str, most: int) -> None:
    asked(person, Ask.CORRECT)
    admin.get(path)
    with counted(stand) as statements:
        assert admin.get(path).status_code == 200
    assert len(statements) <= most, "\n".join(statements)
