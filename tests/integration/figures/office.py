"""Rows written straight into the tables, so that every number can be counted by hand.  It is Monday 2026-11-23."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert

from bot.domain.clock import HOSPITAL_TZ
from bot.domain.discharge import WayOut
from bot.domain.followup import FollowupState
from bot.domain.survey import Author, SurveyState
from bot.domain.tickets import TicketKind, TicketSource, TicketState
from bot.questionnaires.filling import Filling, dumps
from bot.questionnaires.model import Value
from bot.services.followup.discharges import D, F, sealed
from bot.services.followup.editions import E
from bot.services.hospital import Hospital
from bot.services.tables import table
from bot.store.care_models import Contact, RedFlag, Review, SurveyResponse, Ticket
from bot.store.db import Database
from bot.store.followup_models import SEALED
from tests.conftest import FixedClock

S = FollowupState
PLAN = {"title": "出院后", "priority": 90, "steps": [
    {"name": "first", "title": "首次回访", "earliest": "3d", "due": "5d", "overdue": "7d", "questionnaire": "discharge-week"},
]}  # fmt: skip


def at(day: str, clock: str = "10:00") -> datetime:
    """A moment of the hospital's clock."""
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), HOSPITAL_TZ)


@dataclass
class Office:
    db: Database
    clock: FixedClock
    hospital: Hospital
    plan_id: int = 0
    numbers: dict[str, int] = field(default_factory=dict)

    def discharge(
        self, number: str, out: str, *, ward: str = "内一病区", doctor: str = "王建国", way: WayOut = WayOut.HOME,
        **told: str,
    ) -> str:  # fmt: skip
        """A stay that ended on ``out``; its id."""
        key = f"{len(self.numbers) + 1:032d}"
        self.numbers[number] = len(self.numbers)
        texts = {
            "name": "王小明", "id_number": "11010119900307109X", "admission_diagnosis": "胸闷待查",
            "diagnosis": "高血压病", "surgery": "", "phone": "13800000001", "address": "示例市幸福区和平路1号",
            "extra": "{}",
        } | told  # fmt: skip
        day = date.fromisoformat(out)
        row: dict[str, Any] = {
            "id": key, "admission_no": number, "record_no": f"B{number}", "patient_id": None, "sex": "male",
            "birth_date": date(1990, 3, 7), "id_kind": "resident_id", "id_number_index": key.encode(),
            "department": "心血管内科", "ward": ward, "doctor": doctor, "surgery_on": None,
            "admitted_on": day - timedelta(days=5), "discharged_on": day, "way": way, "died_on": None,
            "created_at": self.clock.now(), "changed_at": self.clock.now(),
        }  # fmt: skip
        row |= {name: sealed(self.db.keys, name, key, texts[name]) for name in SEALED}
        with self.db.write() as uow:
            uow.connection.execute(insert(D).values(row))
        return key

    def step(
        self, discharge_id: str, due: str, state: FollowupState = S.PLANNED, *, name: str = "first", slack: int = 2,
        attempted: datetime | None = None, reached: datetime | None = None, completed: datetime | None = None,
        reason: str = "", questionnaire: str = "discharge-week",
    ) -> int:  # fmt: skip
        """A follow-up due on a day, on time until ``slack`` days later; its id."""
        day = date.fromisoformat(due)
        row = {
            "discharge_id": discharge_id, "plan_id": self._plan(), "step": name, "position": 0, "state": state,
            "reason": reason, "version": 1, "earliest_on": day - timedelta(days=2), "due_on": day,
            "overdue_on": day + timedelta(days=slack), "audience": "patient", "questionnaire": questionnaire,
            "owner": "attending", "kind": "followup_due", "retries": 2, "attempted_at": attempted,
            "reached_at": reached, "completed_at": completed, "created_at": self.clock.now(),
            "changed_at": reached or self.clock.now(),
        }  # fmt: skip
        with self.db.write() as uow:
            return int(uow.connection.execute(insert(F).values(row).returning(F.c.id)).scalar_one())

    def answer(
        self, followup_id: int | None, form: str, answers: Mapping[str, tuple[Value, ...]], when: datetime, *,
        staff_no: str | None = None,
    ) -> str:  # fmt: skip
        """A completed questionnaire."""
        key = f"{self._next():032x}"
        found = self.hospital.forms.newest(form)
        assert found is not None
        sealed_ = self.db.keys.encrypt(dumps(Filling(dict(answers))).encode(), f"responses.filling:{key}")
        self._insert(SurveyResponse, {
            "id": key, "scope": f"followup:{followup_id or key}", "followup_id": followup_id,
            "questionnaire": found.canonical, "state": SurveyState.COMPLETED, "author": Author.PATIENT,
            "staff_no": staff_no, "filling": sealed_, "started_at": when, "changed_at": when, "completed_at": when,
        })  # fmt: skip
        return key

    def contact(self, followup_id: int, outcome: str, when: datetime, staff_no: str | None = None) -> None:
        key = f"c{self._next()}"
        self._insert(Contact, {
            "key": key, "followup_id": followup_id, "road": "phone", "outcome": outcome, "staff_no": staff_no,
            "at": when,
        })  # fmt: skip

    def ticket(
        self, opened: datetime, due: datetime, *, answered: datetime | None = None, text: str = "饭菜凉",
        measure: str = "", followup_id: int | None = None, kind: TicketKind = TicketKind.COMPLAINT,
        category: str = "饮食", department: str = "膳食科",
    ) -> None:  # fmt: skip
        key = f"t{self._next()}"
        keys = self.db.keys
        self._insert(Ticket, {
            "key": key, "number": key, "kind": kind, "category": category, "department": department,
            "source": TicketSource.CHAT, "followup_id": followup_id, "state": TicketState.OPEN,
            "text": keys.encrypt(text.encode(), f"tickets.text:{key}"),
            "measure": keys.encrypt(measure.encode(), f"tickets.measure:{key}") if measure else None,
            "opened_at": opened, "due_at": due, "answered_at": answered,
        })  # fmt: skip

    def flag(
        self, raised: datetime, minutes: int, acknowledged: datetime | None = None, title: str = "切口流脓"
    ) -> None:
        key = f"f{self._next()}"
        self._insert(RedFlag, {
            "key": key, "rule": "wound", "title": title, "level": "urgent", "source": "chat", "ward": "内一病区",
            "detail": b"", "raised_at": raised, "deadline_at": raised + timedelta(minutes=minutes),
            "acknowledged_at": acknowledged,
        })  # fmt: skip

    def review(
        self, followup_id: int, when: datetime, *, timely: bool, accurate: bool, staff_no: str = "0200"
    ) -> None:
        self._insert(Review, {
            "followup_id": followup_id, "timely": timely, "accurate": accurate, "staff_no": staff_no, "at": when,
        })  # fmt: skip

    def _insert(self, model: Any, values: Mapping[str, Any]) -> None:
        with self.db.write() as uow:
            uow.connection.execute(insert(table(model)).values(**values))

    def _next(self) -> int:
        number = self.numbers.get("", 0) + 1
        self.numbers[""] = number
        return number

    def _plan(self) -> int:
        if not self.plan_id:
            row = {"name": "after_discharge", "version": 1, "data": PLAN, "created_at": self.clock.now()}
            with self.db.write() as uow:
                self.plan_id = uow.connection.execute(insert(E).values(row).returning(E.c.id)).scalar_one()
        return self.plan_id
