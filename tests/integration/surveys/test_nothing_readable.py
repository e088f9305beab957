"""A whole follow-up, and then: is anything of the patient readable in the log, or in any column that is not encrypted?
(R15)"""

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.domain.contacts import Outcome
from bot.domain.survey import SurveyMoved
from bot.questionnaires.model import Coded
from bot.services.figures import reports
from bot.services.flags import acting as flags
from bot.services.flags import escalating
from bot.services.followup import marking
from bot.services.followup.calls import Recorded
from bot.services.followup.revealing import reveal
from bot.services.readers import standard
from bot.services.tickets import acting, overdue
from bot.services.tickets.acting import Seen
from bot.store.base import Base
from bot.store.care_models import RedFlag, Ticket
from scheduler.planner import Planner
from tests.integration.followup.phoning import call, step_of
from tests.integration.surveys.asked import Asked, id_number, phone_number

WORDS = "我女儿王小花说我胸口疼得厉害，护士还骂人，态度太差了"
ANSWER, MEASURE, NOTE = "已经请护士长上门道歉", "科室晨会里批评教育", "邻居李大妈接的"
SECRETS = (
    "王小明", "小花", id_number(1), phone_number(1), "13800000001", "肺部感染", "幸福路", "胸口疼", "骂人", "护士长上门",
    "批评教育", "李大妈", "打回电话了",
)  # fmt: skip


def test_nothing_of_a_whole_followup_is_readable(asked: Asked, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    db, hospital = asked.ward.town.db, asked.hospital
    scheduler, nurse = hospital.acting("system:scheduler"), hospital.acting("staff:0012")
    Planner(hospital, standard()).tick()
    db.run(lambda uow: marking.mark(uow, scheduler))
    asked.start()
    asked.give("recovery", "bad")
    done = asked.answer_all(words=WORDS, signs=(Coded("chest"),))
    assert isinstance(done, SurveyMoved) and asked.flags()
    with db.read() as uow:
        raised = list(uow.session.scalars(select(RedFlag.id)))
        ticket = uow.session.scalars(select(Ticket)).one()
    escalating.escalate(hospital)
    for flag_id in raised:
        db.run(lambda uow, flag_id=flag_id: flags.acknowledge(uow, nurse, flag_id))  # type: ignore[misc]
        db.run(lambda uow, flag_id=flag_id: flags.close(uow, nurse, flag_id, "phone_back", "打回电话了"))  # type: ignore[misc]
    version = ticket.version
    for what, given in (
        (acting.take, {}),
        (acting.confirm, {"kind": ticket.kind, "category": "服务态度", "department": "心血管内科"}),
        (acting.assign, {"to": "护理部"}),
        (acting.act, {"measure": MEASURE, "answer": ANSWER}),
    ):
        seen = Seen(ticket.id, version)
        moved = db.run(lambda uow, what=what, seen=seen, given=given: what(uow, nurse, seen, **given))  # type: ignore[misc]
        version = moved.version
    Planner(hospital, standard()).tick()
    asked.ward.run({"住院号": "Z1002", "入院日期": "2026-11-20", "出院日期": "2026-11-21"})
    asked.at(26)
    assert isinstance(call(asked.ward, Outcome.OTHER, step=step_of(asked.ward, "Z1002"), note=NOTE), Recorded)
    db.run(lambda uow: reveal(uow, nurse, step_of(asked.ward, "Z1002").id, "call"))
    assert isinstance(call(asked.ward, Outcome.DECEASED, step=step_of(asked.ward, "Z1002")), Recorded)
    asked.ward.town.clock.advance(timedelta(days=40))
    overdue.work(hospital)
    assert reports.make_owed(hospital) > 0
    readable = [*_columns(asked), ("log", caplog.text)]
    assert {"audit.action", "alerts.kind", "outbox.key", "pushes.scope", "reports.figures", "log"} <= dict(
        readable
    ).keys()
    found = [(where, secret) for where, text in readable for secret in SECRETS if secret in text]
    assert not found


def _columns(asked: Asked) -> Iterator[tuple[str, str]]:
    """Whatever of the database is not bytes."""
    with asked.ward.town.db.read() as uow:
        for table in Base.metadata.sorted_tables:
            for row in uow.connection.execute(select(table)):
                for name, value in row._mapping.items():
                    if value is not None and not isinstance(value, bytes):
                        yield f"{table.name}.{name}", str(value)
