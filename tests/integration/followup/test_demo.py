"""The demo has somebody for every plan that is on, and a death; a hospital's own database is left alone."""

from random import Random

from sqlalchemy import select

from bot.domain.discharge import WayOut
from bot.services import demo
from bot.services.followup.demo import discharge
from bot.services.followup.plans import load_plans
from bot.services.hospital import Hospital
from bot.settings import load
from bot.store.db import Database
from bot.store.followup_models import Discharge, Followup, FollowupPlan
from tests.conftest import FixedClock
from tests.integration.services.town import Town


def test_every_plan_that_is_on_has_somebody(db: Database, clock: FixedClock) -> None:
    demo.seed(db, clock)
    hospital = Hospital(db, clock=clock, rng=Random(1), settings=load(), recheck=0)
    assert discharge(hospital) == 11
    assert discharge(hospital) == 0
    with db.read() as uow:
        used = uow.session.scalars(
            select(FollowupPlan.name).join(Followup, Followup.plan_id == FollowupPlan.id).distinct()
        ).all()
        assert set(used) == {name for name, data in load_plans().items() if data.get("enabled", True)}
        assert uow.session.scalars(select(Discharge.way).where(Discharge.died_on.is_not(None))).all() == [
            WayOut.DIED
        ]
        women = uow.session.scalars(select(Discharge.admission_no).where(Discharge.sex == "female")).all()
        assert set(women) == {
            "ZY260003", "ZY260005", "ZY260007", "ZY260008",
        }, "as their names sound"  # fmt: skip


def test_a_hospitals_own_database_is_left_alone(town: Town) -> None:
    assert discharge(town.hospital) == 0
