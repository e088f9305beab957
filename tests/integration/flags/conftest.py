"""The small hospital with phones on duty in 心内一病区.  It is Monday 2026-11-23, 10:00."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from bot.domain.accounts import AccountRef
from bot.domain.commands import ReportDanger
from bot.domain.flags import FlagLevel
from bot.domain.outcomes import DangerReported
from bot.services.alerts import AlertView
from bot.services.alerts import listing as alerts
from bot.services.flags import acting, escalating, raising
from bot.services.flags.duty_file import FILE
from bot.services.flags.raising import Danger
from bot.services.hospital import Hospital
from bot.settings import Settings, load
from bot.store.care_models import RedFlag
from bot.store.db import Database
from bot.store.models import AuditEntry, OutboxMessage
from bot.store.words import open_outbox, outbox_aad
from tests.conftest import FixedClock
from tests.integration.followup.discharged import Ward
from tests.integration.services.conftest import town
from tests.integration.services.town import Town

__all__ = ["on_duty", "town", "ward"]

WARD = "心内一病区"
NURSE, HEAD, DIRECTOR, OFFICE, DESK, NIGHT = (f"1390000000{n}" for n in range(1, 7))
DUTY: dict[str, Any] = {
    "hospital": {"desk": {"phone": DESK}, "medical_office": {"phone": OFFICE}},
    "wards": {WARD: {"nurse": NURSE, "head_nurse": HEAD, "director": DIRECTOR}},
}
WORDS = "我胸口疼得厉害，喘不上气，我叫王小明，电话13800000001"
"""What must not be read anywhere but by whoever opens the flag."""


@dataclass
class OnDuty:
    """A hospital whose duty phones are known, and shortcuts for raising and looking."""

    db: Database
    clock: FixedClock
    hospital: Hospital
    ward: Ward

    # -- arranging ------------------------------------------------------------------------------

    def danger(self, key: str = "response:r1:chest_pain", **changed: Any) -> Danger:
        told: dict[str, Any] = {
            "rule": "chest_pain", "title": "胸痛", "level": FlagLevel.URGENT, "within": timedelta(minutes=30),
            "source": "page", "detail": WORDS, "ward": WARD,
        }  # fmt: skip
        return Danger(key, **(told | changed))

    def raised(self, key: str = "response:r1:chest_pain", **changed: Any) -> int:
        found = self.raise_flag(key, **changed)
        assert found is not None
        return found

    def raise_flag(self, key: str = "response:r1:chest_pain", **changed: Any) -> int | None:
        context = self.hospital.acting("system:test")
        return self.db.run(lambda uow: raising.raise_flag(uow, context, self.danger(key, **changed)))

    def say(self, key: str, flag: str = "胸痛", account: AccountRef | None = None) -> DangerReported:
        outcome = self.hospital.execute(ReportDanger(key, flag, WORDS), account or self.account())
        assert isinstance(outcome, DangerReported)
        return outcome

    def account(self, openid: str = "o-1") -> AccountRef:
        return self.hospital.account("wechat", "wx1", openid)

    def stay(self, **row: str) -> None:
        """A discharge of 王小明, who has an account."""
        self.ward.run(row)

    # -- acting ---------------------------------------------------------------------------------

    def later(self, **span: float) -> int:
        """Time passes, the scheduler ticks; how many flags went up."""
        self.clock.advance(timedelta(**span))
        return escalating.escalate(self.hospital)

    def take(self, flag_id: int, staff: str = "0012") -> acting.Acted:
        context = self.hospital.acting(f"staff:{staff}")
        return self.db.run(lambda uow: acting.acknowledge(uow, context, flag_id))

    def give_back(self, flag_id: int, staff: str = "0012") -> acting.Acted:
        context = self.hospital.acting(f"staff:{staff}")
        return self.db.run(lambda uow: acting.give_back(uow, context, flag_id))

    def close(self, flag_id: int, outcome: str = "came", note: str = "", staff: str = "0012") -> acting.Acted:
        context = self.hospital.acting(f"staff:{staff}")
        return self.db.run(lambda uow: acting.close(uow, context, flag_id, outcome, note))

    # -- looking --------------------------------------------------------------------------------

    def flags(self) -> list[RedFlag]:
        with self.db.read() as uow:
            return list(uow.session.scalars(select(RedFlag).order_by(RedFlag.id)))

    def flag(self, flag_id: int) -> RedFlag:
        with self.db.read() as uow:
            return uow.session.scalars(select(RedFlag).where(RedFlag.id == flag_id)).one()

    def messages(self) -> list[OutboxMessage]:
        with self.db.read() as uow:
            return list(uow.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))

    def told(self) -> list[tuple[str, str, str]]:
        """(kind, phone, time) of every SMS that was put into the outbox."""
        found = []
        for message in self.messages():
            notice: Any = open_outbox(self.db.keys, message.body, outbox_aad(message.key))
            found.append((notice.kind, notice.phone, notice.fields["time"]))
        return found

    def phones(self) -> list[str]:
        return [phone for _, phone, _ in self.told()]

    def alerts(self) -> list[tuple[str, str, str]]:
        with self.db.read() as uow:
            found: list[AlertView] = list(alerts(uow))
        return sorted((each.kind, each.subject, each.code) for each in found)

    def events(self) -> list[tuple[str, str, dict[str, Any]]]:
        """(action, minutes since 10:00, detail) of what was written about flags."""
        with self.db.read() as uow:
            query = select(AuditEntry).where(AuditEntry.action.like("flag.%")).order_by(AuditEntry.id)
            rows = list(uow.session.scalars(query))
        return [(row.action, f"{row.at:%H:%M}", dict(row.detail)) for row in rows]


def hospital_of(
    db: Database, clock: FixedClock, folder: Path, duty: dict[str, Any] | None = None, **settings: Any
) -> Hospital:
    """One whose ``wards.yaml`` says ``duty``."""
    folder.mkdir(exist_ok=True)
    told = yaml.safe_dump(DUTY if duty is None else duty, allow_unicode=True)
    (folder / FILE).write_text(told, encoding="utf-8")
    known: Settings = load(**({"data_dir": folder, "sms_vendor": "sandbox"} | settings))
    return Hospital(db, clock=clock, rng=Random(1), settings=known, recheck=0)


@pytest.fixture
def ward(town: Town) -> Ward:
    return Ward(town)


@pytest.fixture
def on_duty(ward: Ward, tmp_path: Path) -> OnDuty:
    town = ward.town
    return OnDuty(town.db, town.clock, hospital_of(town.db, town.clock, tmp_path / "house"), ward)
