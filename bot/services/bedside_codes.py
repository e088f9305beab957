"""The codes at the beds: made for a stay, good for some days, dead after too many wrong answers."""

import base64
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import bindparam, func, insert, select, update

from bot.domain.clock import HOSPITAL_TZ
from bot.services.context import Context, audit
from bot.services.followup.discharges import D
from bot.services.tables import Record, table
from bot.store.care_models import BedsideCode
from bot.store.db import UnitOfWork

PREFIX = "bed:"
TRIES = 5
"""Wrong answers, of all who scanned it together; four digits are soon guessed."""
LONGEST = timedelta(days=30)
"""As long as the platform keeps a temporary code; in the ward it lasts as long."""
AFTER = timedelta(days=3)
"""… and so long after the discharge."""
SHORTEST = timedelta(days=1)
"""Printed for somebody who left long ago."""
_BITS = 100
C = table(BedsideCode)
_OTHER = D.alias("other")
_DIED_ON = (
    select(func.min(_OTHER.c.died_on))
    .where(_OTHER.c.id_number_index == D.c.id_number_index)
    .correlate(D)
    .scalar_subquery()
    .label("died_on")
)
"""In whichever stay, as in `bot.services.followup.settling`."""
_STAY = select(D.c.id, D.c.discharged_on, _DIED_ON).where(D.c.admission_no == bindparam("number"))
_CODE = (
    select(
        C.c.scene, C.c.failures, C.c.last_key, C.c.expires_at, C.c.used_at, D.c.id, D.c.name, D.c.id_kind,
        D.c.id_number, D.c.id_number_index, D.c.phone, D.c.ward, D.c.department, D.c.sex, D.c.birth_date,
        _DIED_ON, D.c.patient_id,
    )
    .join_from(C, D, D.c.id == C.c.discharge_id)
    .where(C.c.scene == bindparam("of_scene"))
)  # fmt: skip
_CODE_LOCKED = _CODE.with_for_update(of=C, key_share=True)


class NoCode(StrEnum):
    """Why there is none."""

    UNKNOWN = "unknown"
    """No such 住院号."""
    DECEASED = "deceased"
    """R30"""


@dataclass(frozen=True, slots=True)
class Code:
    """To be printed."""

    scene: str
    expires_at: datetime


def make(uow: UnitOfWork, context: Context, admission_no: str) -> Code | NoCode:
    """A new code for the stay; earlier ones (a paper that was thrown away) are void."""
    stay = uow.execute(_STAY, {"number": admission_no}).first()
    if stay is None:
        return NoCode.UNKNOWN
    if stay.died_on is not None:
        return NoCode.DECEASED
    uow.connection.execute(
        update(C)
        .where(C.c.discharge_id == stay.id, C.c.expires_at > context.now)
        .values(expires_at=context.now)
    )
    code = Code(PREFIX + _unguessable(context), _until(stay, context.now))
    uow.connection.execute(
        insert(C).values(
            scene=code.scene, discharge_id=stay.id, failures=0, last_key="", made_by=context.actor,
            made_at=context.now, expires_at=code.expires_at,
        )
    )  # fmt: skip
    audit(uow, context, "bedside.made", f"discharge:{stay.id}")
    return code


def find(uow: UnitOfWork, scene: str, *, lock: bool = False) -> Record | None:
    """The code with its stay."""
    return uow.execute(_CODE_LOCKED if lock else _CODE, {"of_scene": scene}).first()


def dead(row: Record, now: datetime) -> str:
    """Why it is not good any more, as in `BedRefused`; empty: it is."""
    if row.died_on is not None:
        return "unknown"  # R30: nobody is asked for the dead
    if row.failures >= TRIES:
        return "locked"
    return "expired" if row.expires_at <= now else ""


def failed(uow: UnitOfWork, context: Context, row: Record, key: str) -> int:
    """Count a wrong answer, the same command's once; how many tries are left."""
    if row.last_key == key:
        return TRIES - int(row.failures)
    count = int(row.failures) + 1
    _change(uow, row, failures=count, last_key=key)
    audit(uow, context, "bedside.wrong", f"discharge:{row.id}", failures=str(count))
    return TRIES - count


def used(uow: UnitOfWork, context: Context, row: Record) -> None:
    """The first time is remembered; the family may scan it after the patient."""
    if row.used_at is None:
        _change(uow, row, used_at=context.now)


def _change(uow: UnitOfWork, row: Record, **values: object) -> None:
    uow.connection.execute(update(C).where(C.c.scene == row.scene).values(values))


def _until(stay: Record, now: datetime) -> datetime:
    if stay.discharged_on is None:
        return now + LONGEST
    gone = datetime.combine(stay.discharged_on + AFTER, time(), HOSPITAL_TZ) + timedelta(days=1)
    return min(max(gone, now + SHORTEST), now + LONGEST)


def _unguessable(context: Context) -> str:
    """The randomness is the system's outside tests (`bot.app`)."""
    raw = context.rng.getrandbits(_BITS).to_bytes(13)
    return base64.b32encode(raw).decode().rstrip("=").lower()
