"""Discharges, follow-ups and red flags for the console's pages.  It is Wednesday 2026-11-25, 10:00."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.flags import FlagLevel
from bot.services.flags.raising import Danger, raise_flag
from bot.services.followup import linking
from tests.integration.console.stand import Stand
from tests.integration.followup.discharged import Ward
from tests.integration.followup.phoning import step_of
from tests.integration.services.town import Town, at, id_number

WARD, OTHER = "心内一病区", "骨科一病区"
SAID = "我胸口疼得厉害，我叫王小明"
"""Read by whoever opens the flag, and by nobody else."""


@dataclass
class Cases:
    """Two wards with somebody discharged from each; their first steps are due."""

    stand: Stand
    ward: Ward

    @classmethod
    def of(cls, stand: Stand) -> "Cases":
        ward = Ward(Town.found(stand.db, stand.clock))
        other = {"姓名": "李静", "身份证号": id_number(2), "住院号": "Z1002", "病区": OTHER, "科室": "骨科"}
        ward.run({}, other)
        made = cls(stand, ward)
        made.at(25)
        return made

    def at(self, day: int, hour: int = 10, month: int = 11) -> None:
        """That moment, and the scheduler's tick.  Whoever is signed in by then may have to sign in again."""
        self.stand.clock.set(at(hour, day=at(hour).date().replace(month=month, day=day)))
        context = self.stand.console.hospital.acting("system:scheduler")
        self.stand.db.run(lambda uow: linking.go_on(uow, context))

    @property
    def step(self) -> int:
        return step_of(self.ward).id

    @property
    def elsewhere(self) -> int:
        return step_of(self.ward, "Z1002").id

    def flag(self, key: str = "a", ward: str = WARD, followup: int | None = None) -> int:
        context = self.stand.console.hospital.acting("system:test")
        danger = Danger(
            f"response:{key}:chest", "chest", "胸痛", FlagLevel.URGENT, timedelta(minutes=30), "page", SAID,
            followup_id=followup, ward=ward,
        )  # fmt: skip
        found = self.stand.db.run(lambda uow: raise_flag(uow, context, danger))
        assert found is not None
        return found
