"""A year of discharges and their follow-up: answered, called, lost, overdue; flags and tickets, a few of them open."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from bench.large.people import Person
from bench.large.rows import Row, write
from bench.year.answers import whole
from bot.domain.clock import local
from bot.domain.discharge import WayOut
from bot.domain.followup import FollowupState, Step
from bot.domain.survey import Author, SurveyState
from bot.questionnaires.catalogue import Catalogue
from bot.questionnaires.filling import dumps
from bot.services.flags.rows import sealed as sealed_flag
from bot.services.followup.discharges import sealed
from bot.services.followup.editions import keep_editions
from bot.services.followup.plans import load_plans
from bot.services.people import aad
from bot.services.tickets.rows import sealed as sealed_ticket
from bot.store.care_models import Contact, RedFlag, SurveyResponse, Ticket
from bot.store.db import Database
from bot.store.followup_models import Discharge, Followup

STEPS = 4
"""Follow-ups of one discharge."""
DEPARTMENTS = (
    "心血管内科",
    "呼吸内科",
    "消化内科",
    "神经内科",
    "内分泌科",
    "普外科",
    "骨科",
    "妇科",
    "产科",
    "儿科",
)
WARDS = tuple(f"{name}{number}病区" for number in "一二" for name in DEPARTMENTS)
_F = FollowupState
_PAST = (
    *(_F.ANSWERED,) * 60,
    *(_F.REVIEWED,) * 8,
    *(_F.CLOSED,) * 12,
    *(_F.LOST,) * 8,
    *(_F.REFUSED,) * 4,
    *(_F.OVERDUE,) * 8,
)
_AHEAD = (*(_F.PLANNED,) * 9, _F.DUE)


def found(db: Database, people: Sequence[Person], count: int, rng: Random, forms: Catalogue) -> None:
    """``count`` follow-ups, four of each discharge."""
    stays = count // STEPS
    write(db, Discharge, _discharges(db, people, stays, rng))
    with db.write() as uow:
        editions = keep_editions(uow, load_plans(), uow.now)
    steps = [(plan, step) for plan in editions.current.values() for step in editions.by_id[plan].steps]
    followups = list(_followups(stays, rng, steps, db.clock.now()))
    write(db, Followup, followups)
    write(db, SurveyResponse, _responses(db, followups, rng, forms))
    write(db, Contact, (
        {"key": f"large:{row['id']}", "followup_id": row["id"], "road": "phone", "outcome": "reached",
         "staff_no": f"{rng.randrange(1, 60):04d}", "at": row["attempted_at"]}
        for row in followups if row["attempted_at"]
    ))  # fmt: skip
    write(db, RedFlag, _flags(db, people, count // 25, rng))
    write(db, Ticket, _tickets(db, people, count // 15, rng))


def _discharges(db: Database, people: Sequence[Person], stays: int, rng: Random) -> Iterator[Row]:
    now = db.clock.now()
    for n in range(stays):
        who = people[n % len(people)]
        key, department = f"{n:032x}", _unit(n)
        left = local(now).date() - timedelta(days=rng.randrange(0, 350))
        words = {
            "name": who.name, "id_number": f"1101011990{n:08d}", "admission_diagnosis": "2型糖尿病 E11.900",
            "diagnosis": "2型糖尿病 E11.900", "surgery": "", "phone": who.phone, "address": "示例市幸福路1号",
            "extra": json.dumps({}),
        }  # fmt: skip
        died = rng.random() < 0.01
        yield {
            "id": key, "admission_no": f"ZY{n:08d}", "record_no": f"B{n:08d}", "patient_id": who.patient_id,
            "sex": "female", "birth_date": None, "id_kind": "resident_id", "department": department,
            "id_number_index": db.keys.index("patients.id_number", f"large:{n}"),
            "ward": WARDS[n % len(WARDS)], "doctor": f"医生{n % 60}",
            "surgery_on": None, "admitted_on": left - timedelta(days=7), "discharged_on": left,
            "way": WayOut.DIED if died else WayOut.HOME, "died_on": left if died else None,
            "created_at": now, "changed_at": now,
            **{column: sealed(db.keys, column, key, value) for column, value in words.items()},
        }  # fmt: skip


def _followups(
    stays: int, rng: Random, steps: Sequence[tuple[int, Step]], now: datetime
) -> Iterator[dict[str, Any]]:
    today = local(now).date()
    for n in range(stays * STEPS):
        plan, step = steps[(n // STEPS * 3 + n % STEPS) % len(steps)]
        due = today + timedelta(days=rng.randrange(-340, 30))
        state = rng.choice(_PAST if due < today else _AHEAD)
        done = now - timedelta(days=(today - due).days) if due < today else None
        reached = state in (_F.ANSWERED, _F.REVIEWED, _F.CLOSED)
        yield {
            "id": n + 1, "discharge_id": f"{n // STEPS:032x}", "plan_id": plan, "step": step.name,
            "position": n % STEPS, "state": state,
            "reason": "no_answer" if state is _F.LOST else "", "version": 1, "earliest_on": due - timedelta(days=2),
            "due_on": due, "overdue_on": due + timedelta(days=3), "audience": "patient",
            "questionnaire": step.questionnaire, "owner": "nurse", "kind": "followup", "retries": 3,
            "assigned_to": f"{rng.randrange(1, 60):04d}" if n % 3 else None, "calls": 1 if done else 0,
            "next_call_at": None, "attempted_at": done, "reached_at": done if reached else None,
            "completed_at": done if reached and state is not _F.CLOSED else None, "created_at": now,
            "changed_at": done or now,
        }  # fmt: skip


def _responses(
    db: Database, followups: Sequence[dict[str, Any]], rng: Random, forms: Catalogue
) -> Iterator[Row]:
    form = forms.newest("discharge-week")
    assert form is not None
    sheets = [dumps(whole(form, rng)).encode() for _ in range(200)]
    for row in followups:
        if row["completed_at"] is None:
            continue
        key = f"{row['id']:032x}"
        yield {
            "id": key, "scope": f"followup:{row['id']}", "followup_id": row["id"], "questionnaire": form.canonical,
            "state": SurveyState.COMPLETED, "author": Author.PATIENT, "revision": 9, "last_key": "",
            "filling": db.keys.encrypt(sheets[row["id"] % len(sheets)], aad("filling", key, "responses")),
            "consented_at": row["completed_at"], "started_at": row["completed_at"],
            "changed_at": row["completed_at"], "completed_at": row["completed_at"],
        }  # fmt: skip


def _flags(db: Database, people: Sequence[Person], count: int, rng: Random) -> Iterator[Row]:
    now = db.clock.now()
    for n in range(count):
        key, is_open = f"large:{n}", n < 25
        at = now - timedelta(minutes=n * 3 if is_open else rng.randrange(1, 500_000))
        yield {
            "key": key, "rule": "chest_pain", "title": "胸痛或胸闷", "level": "urgent" if n % 3 else "soon",
            "state": "open" if is_open else "closed", "source": "chat", "ward": f"{_unit(n)}一病区",
            "patient_id": people[n % len(people)].patient_id, "tier": 0, "told": 1,
            "detail": sealed_flag(db.keys, "detail", key, "胸口闷"),
            "raised_at": at, "deadline_at": at + timedelta(minutes=30), "outcome": "" if is_open else "advised",
            "closed_at": None if is_open else at, "closed_by": None if is_open else "0007",
        }  # fmt: skip


def _tickets(db: Database, people: Sequence[Person], count: int, rng: Random) -> Iterator[Row]:
    now = db.clock.now()
    for n in range(count):
        key, is_open = f"large:{n}", n < 80
        at = now - timedelta(minutes=rng.randrange(1, 3000 if is_open else 500_000))
        yield {
            "key": key, "number": f"GD{n:010d}", "kind": ("complaint", "suggestion", "praise")[n % 3],
            "category": "服务态度", "department": _unit(n), "anonymous": False, "source": "chat",
            "patient_id": people[n % len(people)].patient_id, "account_id": people[n % len(people)].account_id,
            "state": "open" if is_open else "closed", "version": 1, "assigned_to": "", "tier": 0,
            "text": sealed_ticket(db.keys, "text", key, "等了两个小时没人理"), "opened_at": at,
            "due_at": at + timedelta(days=5), "closed_at": None if is_open else at,
        }  # fmt: skip


def _unit(n: int) -> str:
    return DEPARTMENTS[n % len(DEPARTMENTS)]
