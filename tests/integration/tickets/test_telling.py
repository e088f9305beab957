"""The answer on its way to the patient: planner, words, recheck before sending."""

from datetime import timedelta

from sqlalchemy import select, update

from bot.domain.states import OutboxState
from bot.domain.tickets import TicketState
from bot.domain.world import Matter
from bot.pushes.preview import preview
from bot.pushes.templates import Templates
from bot.services import phone_tasks, readers
from bot.services.tables import table
from bot.store.models import OutboxMessage, Patient
from bot.store.push_models import PhoneTask, Push
from bot.store.words import open_outbox, outbox_aad
from scheduler.planner import Planner
from tests.integration.services.town import Town
from tests.integration.tickets.desk import ANSWER, Desk


def queued(town: Town) -> list[str]:
    """What waits in the outbox, as the chat would show it."""
    Planner(town.hospital, readers.standard()).tick()
    templates = Templates.load()
    with town.db.read() as uow:
        rows = uow.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "ticket_answer")).all()
        notices = [open_outbox(uow.keys, row.body, outbox_aad(row.key)) for row in rows]
    return [preview(templates, n.kind, "custom", n.fields) for n in notices]  # type: ignore[union-attr]


def test_the_answer_is_said_with_its_number(desk: Desk) -> None:
    ticket = desk.answered()
    (said,) = queued(desk.town)
    assert ticket.number in said and ANSWER in said and "投诉" in said


def test_a_patient_without_an_account_still_has_a_phone(desk: Desk) -> None:
    from tests.integration.tickets.test_opening import add

    patient = desk.town.register(desk.town.account())
    ticket_id = add(desk.town, "护士态度太差了", patient_id=patient.id)
    assert ticket_id is not None
    desk.confirm(ticket_id)
    desk.act(ticket_id)
    (said,) = queued(desk.town)
    assert ANSWER in said


def test_words_that_come_after_it_are_a_verdict(desk: Desk) -> None:
    """For ten days, and only once it has arrived."""
    ticket = desk.answered()
    queued(desk.town)
    assert _matters(desk) == []
    sent = update(OutboxMessage).values(state=OutboxState.SENT, sent_at=desk.town.clock.now())
    with desk.town.db.write() as uow:
        uow.session.execute(sent)
    (matter,) = _matters(desk)
    assert (matter.frame, matter.values) == (
        "ticket",
        {"ticket": ticket.id, "seen": desk.row(ticket.id).version},
    )
    assert matter.waits
    desk.town.clock.advance(timedelta(days=11))
    assert _matters(desk) == []


def _matters(desk: Desk) -> list[Matter]:
    with desk.town.hospital.world(desk.town.account()) as world:
        return list(world.matters())


def test_what_has_a_newer_answer_is_not_said(desk: Desk) -> None:
    ticket = desk.answered()
    desk.assign(ticket.id)
    desk.act(ticket.id, "第二次答复")
    (said,) = queued(desk.town)
    assert "第二次答复" in said


def test_reopened_before_it_went_out_it_is_not_said(desk: Desk) -> None:
    ticket = desk.answered()
    desk.judge(ticket.id, content=False, words="不行")
    assert queued(desk.town) == []


def test_at_night_it_waits_for_the_morning(desk: Desk) -> None:
    desk.town.clock.advance(timedelta(hours=13))
    desk.answered()
    assert queued(desk.town) == []
    desk.town.clock.advance(timedelta(hours=9))
    assert len(queued(desk.town)) == 1


def test_the_dead_get_no_message_people_call(desk: Desk) -> None:
    town = desk.town
    patient = town.register(town.account())
    ticket = desk.open(patient_id=patient.id)
    with town.db.write() as uow:
        dead = update(table(Patient)).where(table(Patient).c.id == patient.id)
        uow.connection.execute(dead.values(deceased_at=uow.now))
    desk.confirm(ticket.id)
    desk.act(ticket.id)
    assert queued(town) == [] and town.count(Push) == 0
    assert town.count(PhoneTask, PhoneTask.reason == "deceased") == 1


def test_who_died_before_the_morning_gets_no_message_and_people_call(desk: Desk) -> None:
    town = desk.town
    patient = town.register(town.account())
    town.clock.advance(timedelta(hours=13))
    ticket = desk.answered(patient_id=patient.id)
    _died(desk, patient.id)
    assert queued(town) == []
    town.clock.advance(timedelta(hours=9))
    assert queued(town) == []
    assert (desk.tick(), desk.tick()) == (1, 0)
    assert (
        town.count(PhoneTask, PhoneTask.reason == "deceased", PhoneTask.scope == f"ticket:{ticket.id}") == 1
    )


def test_who_died_while_the_message_waited_gets_none_and_people_call(desk: Desk) -> None:
    town = desk.town
    patient = town.register(town.account())
    desk.answered(patient_id=patient.id)
    assert len(queued(town)) == 1
    assert desk.tick() == 0
    _died(desk, patient.id)
    waits = OutboxMessage.kind == "ticket_answer"
    with town.db.write() as uow:  # what a worker does with what `bot.services.recheck` forbids
        uow.session.execute(
            update(OutboxMessage).where(waits).values(state=OutboxState.VOID, error="deceased")
        )
    assert (desk.tick(), desk.tick()) == (1, 0)
    assert town.count(PhoneTask, PhoneTask.reason == "deceased") == 1


def test_what_staff_have_not_said_yet_nobody_is_silent_about(desk: Desk) -> None:
    town = desk.town
    patient = town.register(town.account())
    ticket = desk.open(patient_id=patient.id)
    _died(desk, patient.id)
    desk.confirm(ticket.id)
    desk.act(ticket.id)
    town.clock.advance(timedelta(days=8))
    assert desk.tick() == 0 and desk.row(ticket.id).state is TicketState.ACTED
    (call,) = phone_tasks.open_tasks(town.db)
    phone_tasks.finish(town.db, call.id, outcome="told", staff_no="0012")
    assert desk.tick() == 1 and desk.row(ticket.id).state is TicketState.CLOSED


def _died(desk: Desk, patient_id: str) -> None:
    with desk.town.db.write() as uow:
        uow.session.execute(update(Patient).where(Patient.id == patient_id).values(deceased_at=uow.now))


def test_nothing_of_the_answer_stands_on_a_lock_screen() -> None:
    templates = Templates.load()
    for road in ("sms", "template", "subscribe"):
        shown = preview(
            templates, "ticket_answer", road, {"answer": "您的肝炎检查", "ticket": "T1", "title": "投诉"}
        )
        assert "肝炎" not in shown
