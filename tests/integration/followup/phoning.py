"""Shortcuts for staff at work: a call, a take, what a step looks like afterwards."""

from typing import Any

from sqlalchemy import func, select

from bot.domain.commands import FillSurvey
from bot.domain.contacts import Outcome
from bot.domain.survey import Submit, SurveyMoved
from bot.questionnaires.filling import Filling
from bot.questionnaires.model import Coded
from bot.services.followup.assigning import Assignment, take
from bot.services.followup.calls import Call, NotRecorded, Recorded, record_call
from bot.store.care_models import Contact
from bot.store.followup_models import Discharge, Followup
from bot.store.models import AuditEntry
from tests.integration.followup.discharged import Ward

HEALTHY = {
    "recovery": Coded("good"), "signs": Coded("none"), "medicine": Coded("none"), "diet": Coded("well"),
    "exercise": Coded("done"), "care": Coded("yes"), "revisit": Coded("none"), "mood": Coded("good"),
    "life": Coded("self"),
}  # fmt: skip


def step_of(ward: Ward, number: str = "Z1001", position: int = 0) -> Followup:
    with ward.town.db.read() as uow:
        query = (
            select(Followup)
            .join(Discharge, Discharge.id == Followup.discharge_id)
            .where(Discharge.admission_no == number)
            .order_by(Followup.position)
        )
        return list(uow.session.scalars(query))[position]


def call(
    ward: Ward, outcome: Outcome, *, staff: str = "0012", step: Followup | None = None, key: str = "", **said: Any
) -> Recorded | NotRecorded:  # fmt: skip
    step = step or step_of(ward)
    made = f"call-{len(calls_of(ward, step))}-{step.id}"
    context = ward.hospital.acting(f"staff:{staff}")
    return ward.town.db.run(
        lambda uow: record_call(uow, context, step.id, Call(outcome, **said), key=key or made)
    )


def taken(ward: Ward, step_id: int, staff: str) -> Assignment:
    context = ward.hospital.acting(f"staff:{staff}")
    return ward.town.db.run(lambda uow: take(uow, context, step_id))


def calls_of(ward: Ward, step: Followup) -> list[Contact]:
    with ward.town.db.read() as uow:
        query = select(Contact).where(Contact.followup_id == step.id).order_by(Contact.id)
        return list(uow.session.scalars(query))


def audited(ward: Ward, action: str) -> int:
    with ward.town.db.read() as uow:
        return uow.session.execute(
            select(func.count()).select_from(AuditEntry).where(AuditEntry.action == action)
        ).scalar_one()


def fill(ward: Ward, staff: str, number: str = "Z1001") -> SurveyMoved:
    """The whole questionnaire at once, as the nurse's sheet sends it."""
    answers = Filling({key: (value,) for key, value in HEALTHY.items()})
    told = FillSurvey(
        f"sheet-{number}", f"followup:{step_of(ward, number).id}", Submit(answers, 0), face="phone"
    )
    done = ward.hospital.execute(told, None, actor=f"staff:{staff}")
    assert isinstance(done, SurveyMoved), done
    return done
