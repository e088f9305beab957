"""注销: nothing that was theirs can be read any more, what the law keeps is there without a name, nobody writes to them."""

from sqlalchemy import select, update

from bot.domain.commands import AskPrivacy
from bot.domain.outcomes import Registered
from bot.domain.rights import Ask, AskState, PrivacyAsked
from bot.domain.roles import Scope
from bot.domain.states import PushState
from bot.services import phone_tasks
from bot.services.desk_booking import whom
from bot.services.pushes import plan
from bot.services.readers import standard
from bot.services.rights import answering, board, erasing
from bot.services.rights.erasing import Blocked
from bot.services.rights.requests import Stale
from bot.services.tables import table
from bot.store import outbox
from bot.store.care_models import SurveyResponse, Ticket
from bot.store.followup_models import Discharge
from bot.store.models import (
    Account,
    Appointment,
    AuditEntry,
    Consent,
    Guardianship,
    InboxMessage,
    OutboxMessage,
)
from bot.store.push_models import PhoneTask, Push
from bot.store.words import open_outbox, outbox_aad
from scheduler.planner import Planner
from tests.integration.rights.person import SECRETS, Person
from tests.integration.services.town import registration


def asked_for(person: Person, key: str = "d") -> int:
    person.cancel()
    asked = person.do(AskPrivacy(key, Ask.DELETE, person.id))
    assert isinstance(asked, PrivacyAsked)
    return asked.number


def settle_tickets(person: Person) -> None:
    with person.db.write() as uow:
        uow.connection.execute(update(table(Ticket)).values(state="closed", closed_at=uow.now))


def erased(person: Person, number: int, version: int = 1) -> object:
    context = person.hospital.acting("staff:0012")
    return person.db.run(lambda uow: answering.erase(uow, context, number, version))


def test_nothing_of_them_can_be_read_but_what_the_law_keeps(person: Person) -> None:
    person.do(AskPrivacy("w", Ask.CORRECT, person.id, f"姓名：{SECRETS[0]}"))
    number = asked_for(person)
    settle_tickets(person)
    before = person.readable(*SECRETS)
    assert ("privacy_requests", "words", SECRETS[0]) in before
    assert {secret for _, _, secret in before} == set(SECRETS)  # it could be read
    assert erased(person, number) == "chat"
    left = person.readable(*SECRETS)
    # 医疗机构病历管理规定: the stay's record keeps its name and number for thirty years; 投诉资料 three
    allowed = {("discharges", "name"), ("discharges", "id_number"), ("tickets", "text")}
    assert {(table_, column) for table_, column, _ in left} <= allowed
    patient = person.patient()
    assert patient.erased_at is not None and patient.birth_date is None
    assert person.town.count(Guardianship, Guardianship.ended_at.is_(None)) == 0
    assert person.town.count(Consent, Consent.withdrawn_at.is_(None)) == 0
    assert person.town.count(InboxMessage) == 0
    assert person.town.count(Appointment, Appointment.patient_id == person.id) == 1
    assert (
        person.town.count(Discharge, Discharge.patient_id == person.id) == 0
    )  # no way from the visit to the name
    done = person.request(number)
    assert done.state == AskState.PARTLY
    assert done.done_by == "staff:0012" and set(done.result) == {"gone", "kept"}
    assert person.town.count(AuditEntry, AuditEntry.action == "patient.erased") == 1


def test_answers_keep_what_was_chosen_and_lose_what_was_written(person: Person) -> None:
    with person.db.read() as uow:
        row = uow.connection.execute(select(table(SurveyResponse))).one()
    number = asked_for(person)
    settle_tickets(person)
    erased(person, number)
    with person.db.read() as uow:
        after = uow.connection.execute(select(table(SurveyResponse))).one()
        filling = uow.keys.decrypt(after.filling, f"responses.filling:{row.id}").decode()
    assert "recovery" in filling and "安静" not in filling


def test_the_patient_is_told_once_in_the_chat(person: Person) -> None:
    number = asked_for(person)
    settle_tickets(person)
    erased(person, number)
    with person.db.read() as uow:
        row = uow.connection.execute(
            select(table(OutboxMessage)).where(table(OutboxMessage).c.kind == "privacy_answer")
        ).one()
        said = open_outbox(uow.keys, row.body, outbox_aad(row.key))
    assert isinstance(said, tuple) and "已经删掉了" in said[0].text
    assert erased(person, number) == Stale()


def test_what_is_open_has_to_be_settled_first(person: Person) -> None:
    asked = person.do(AskPrivacy("c", Ask.COPY, person.id))
    assert isinstance(asked, PrivacyAsked)
    person.complain()
    with person.db.read() as uow:
        assert erasing.preview(uow, person.id).blockers == {"visits": 1, "tickets": 2}
    context = person.hospital.acting("staff:0012")
    number = person.db.run(
        lambda uow: board.open_for(uow, context, key="k", kind=Ask.DELETE, patient_id=person.id, said="")
    )
    assert erased(person, number) == Blocked({"visits": 1, "tickets": 2})
    assert person.patient().erased_at is None
    assert erased(person, asked.number) == Stale()  # a copy is no deletion


def test_a_second_look_finds_another_version(person: Person) -> None:
    number = asked_for(person)
    assert erased(person, number, version=2) == Stale()
    assert person.patient().erased_at is None


def test_nobody_writes_to_or_calls_who_was_erased(person: Person) -> None:
    number = asked_for(person)
    settle_tickets(person)
    with person.db.write() as uow:  # as if something had been planned for later
        context = person.hospital.acting("system:test")
        plan(
            uow, context.kinds, context.now, kind="care", scope="followup:1", version=9, patient_id=person.id,
            account_id=None, due_at=context.now,
        )  # fmt: skip
        phone_tasks.open_task(
            uow, key="x", kind="followup_due", scope="followup:1", patient_id=person.id, account_id=None,
            reason="no_road", due_at=context.now,
        )  # fmt: skip
        uow.connection.execute(update(table(PhoneTask)).values(state="taken"))  # perhaps just calling
        assert erasing.preview(uow, person.id).gone["phone_tasks"] == 1
    erased(person, number)
    left = PhoneTask.state.in_(("open", "taken"))
    assert person.town.count(PhoneTask, left, PhoneTask.patient_id == person.id) == 0
    with person.db.write() as uow:  # planned by mistake afterwards: refused when it is due
        context = person.hospital.acting("system:test")
        plan(
            uow, context.kinds, context.now, kind="suspension", scope="case:77", version=1, patient_id=person.id,
            account_id=person.account.id, due_at=context.now,
        )  # fmt: skip
    person.later(days=1)
    planner = Planner(person.hospital, standard())
    for _ in range(3):
        planner.tick()
    assert person.town.count(Push, Push.patient_id == person.id, Push.state == PushState.PLANNED) == 0
    assert person.town.count(Push, Push.patient_id == person.id, Push.reason == "erased") >= 2
    waiting = (OutboxMessage.state == "pending", OutboxMessage.patient_id == person.id)
    assert person.town.count(OutboxMessage, *waiting) == 0


def test_nobody_finds_them_and_they_may_come_back(person: Person) -> None:
    number = asked_for(person)
    settle_tickets(person)
    erased(person, number)
    context = person.hospital.acting("staff:0012")
    with person.db.read() as uow:
        for text in ("王小明", "13800000001", registration(1).id_number):
            sought = whom.read(uow, context, text)
            assert whom.patients(uow, context, Scope(everything=True), sought) == ()
    again = person.do(registration(1, key="new-start"))
    assert isinstance(again, Registered) and not again.linked and again.patient.id != person.id
    assert person.town.count(Account) >= 1


def test_a_relatives_chat_is_not_touched(person: Person) -> None:
    """The daughter's words are hers; they fade with the inbox's own rule."""
    daughter = person.asked.relative("o-2")
    with person.db.write() as uow:
        outbox.put(uow, key="her", kind="late_reply", account_id=daughter.id)
        uow.connection.execute(update(table(OutboxMessage)).values(state="sent"))
    number = asked_for(person)
    settle_tickets(person)
    erased(person, number)
    assert person.town.count(OutboxMessage, OutboxMessage.key == "her") == 1
    with person.hospital.world(daughter) as world:
        assert world.patients() == ()
