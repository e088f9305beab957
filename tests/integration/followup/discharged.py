"""Shortcuts for importing discharges and looking at what came of them.  It is Monday 2026-11-23, 10:00."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from sqlalchemy import select

from bot.domain.commands import RegisterPatient
from bot.domain.followup import FollowupState
from bot.domain.outcomes import Registered
from bot.domain.states import PushState
from bot.domain.views import Relation
from bot.services.followup.importing import Imported, import_discharges
from bot.services.followup.plans import load_plans
from bot.services.hospital import Hospital
from bot.services.sheets import Sheet
from bot.store.followup_models import Discharge, Followup, FollowupPlan
from bot.store.models import Patient
from bot.store.push_models import Push
from tests.integration.services.town import AGREED, Town, id_number, phone_number

GOOD = {
    "姓名": "王小明", "身份证号": id_number(1), "住院号": "Z1001", "科室": "心血管内科", "病区": "心内一病区",
    "出院诊断": "肺部感染", "手术": "", "入院日期": "2026-11-10", "出院日期": "2026-11-20", "离院方式": "医嘱离院",
    "联系电话": "13800000001", "家庭地址": "示例市幸福路1号",
}  # fmt: skip
"""Planned by 出院 3–7 天: from the 23rd, due on the 25th, until the 27th."""


@dataclass
class Ward:
    """Discharges of a town."""

    town: Town
    pushes: bool = True

    def __post_init__(self) -> None:
        settings = self.town.hospital.settings.model_copy(update={"followup_pushes": self.pushes})
        self.hospital = Hospital(
            self.town.db, clock=self.town.clock, rng=Random(1), settings=settings, recheck=0
        )
        self.plans: Mapping[str, Mapping[str, Any]] = load_plans()

    # -- arranging ------------------------------------------------------------------------------

    def run(self, *rows: Mapping[str, str], dry_run: bool = False) -> Imported:
        """Rows of `GOOD` with what differs."""
        filled = [GOOD | dict(row) for row in rows]
        head = tuple(dict.fromkeys(key for row in filled for key in row))
        cells = tuple((n, tuple(row.get(key, "") for key in head)) for n, row in enumerate(filled, start=2))
        return self.sheet(Sheet(head, cells), dry_run=dry_run)

    def sheet(self, sheet: Sheet, *, dry_run: bool = False) -> Imported:
        context = self.hospital.acting("cli")
        return import_discharges(self.town.db, context, sheet, self.plans, dry_run=dry_run)

    def register(
        self, number: int = 1, name: str = "王小明", openid: str = "o-1", relation: Relation = Relation.SELF
    ) -> str:
        """A patient with an account; the patient's id."""
        account = self.hospital.account("wechat", "wx1", openid, following=True)
        outcome = self.hospital.execute(
            RegisterPatient(
                key=f"r-{openid}-{number}", name=name, id_kind="resident_id", id_number=id_number(number),
                phone=phone_number(number), relation=relation, consents=AGREED,
            ),
            account,
        )  # fmt: skip
        assert isinstance(outcome, Registered), outcome
        return outcome.patient.id

    # -- looking --------------------------------------------------------------------------------

    def discharge(self, number: str = "Z1001") -> Discharge:
        with self.town.db.read() as uow:
            return uow.session.scalars(select(Discharge).where(Discharge.admission_no == number)).one()

    def steps(self, number: str = "Z1001") -> list[tuple[str, str, date | None, FollowupState]]:
        """(plan, step, due, state), in their order."""
        with self.town.db.read() as uow:
            query = (
                select(FollowupPlan.name, Followup.step, Followup.due_on, Followup.state)
                .join(FollowupPlan, FollowupPlan.id == Followup.plan_id)
                .join(Discharge, Discharge.id == Followup.discharge_id)
                .where(Discharge.admission_no == number)
                .order_by(FollowupPlan.id, Followup.position)
            )
            return [(row[0], row[1], row[2], row[3]) for row in uow.session.execute(query)]

    def states(self, number: str = "Z1001") -> list[FollowupState]:
        return [state for _, _, _, state in self.steps(number)]

    def invited(self, state: PushState = PushState.PLANNED) -> list[Push]:
        with self.town.db.read() as uow:
            query = select(Push).where(Push.kind == "followup_due", Push.state == state).order_by(Push.id)
            return list(uow.session.scalars(query))

    def patient(self, patient_id: str) -> Patient:
        with self.town.db.read() as uow:
            return uow.session.scalars(select(Patient).where(Patient.id == patient_id)).one()
