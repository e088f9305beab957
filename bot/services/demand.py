"""Who asked for an appointment, and what came of it: the denominator of 预约成功率 (R21, docs/figures.md).

For the booking window and for other systems:

    ask = asked(uow, key=…, channel="phone", patient_id=…, department_id=…, at=context.now)
    ended(uow, ask, refused_outcome(outcome), appointment_id=…, at=context.now)

One ask a dialog, call or request: the same key is the same ask.  Who gets an appointment of a department counts once
as booked, however often they tried on that day: their other tries become ``again``.  Chats are written down by
`bot.services.wishes`, and by `booked` in the transaction of the booking.
"""

from datetime import datetime, timedelta

from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.clock import local
from bot.domain.demand import BOOKED, OPEN, Wanted
from bot.domain.demand import refused_outcome as refused_outcome
from bot.services import demand_sql as sql
from bot.store.db import UnitOfWork

PATIENCE = timedelta(hours=24)
"""After this long without an end they have left."""


def asked(
    uow: UnitOfWork, *, key: str, channel: str, at: datetime, account_id: int | None = None,
    patient_id: str | None = None, department_id: int | None = None, doctor_id: int | None = None,
) -> int:  # fmt: skip
    """Somebody asks for an appointment; the ask's id.  ``key``: of the request that says so, 128 characters at most."""
    insert_new = postgresql.insert if uow.dialect == "postgresql" else sqlite.insert
    row = new_row(key, channel, account_id, Wanted(department_id, doctor_id, patient_id), at)
    uow.connection.execute(insert_new(sql.Q).values(row).on_conflict_do_nothing(index_elements=["key"]))
    return int(uow.execute(sql.BY_KEY, {"p_key": key}).scalar_one())


def ended(
    uow: UnitOfWork, ask: int, outcome: str, *, at: datetime, appointment_id: int | None = None
) -> None:
    """What came of it: ``booked``, or one of `bot.domain.demand.REASONS`.  What is booked stays booked."""
    if outcome != BOOKED:
        uow.execute(sql.END, {"p_id": ask, "p_outcome": outcome, "p_at": at})
        return
    row = uow.execute(sql.GOT, {"p_id": ask, "p_appointment": appointment_id, "p_at": at}).one()
    who = {"p_account": row.account_id, "p_patient": row.patient_id}
    uow.execute(sql.ABSORB, {"p_day": row.day, "p_department": row.department_id, **who})


def booked(
    uow: UnitOfWork, *, key: str, command_key: str, channel: str, account_id: int, wanted: Wanted,
    appointment_id: int, at: datetime,
) -> None:  # fmt: skip
    """In the transaction of a booking in the chat: the dialog's ask ends with this appointment.  Where none was written
    down (it began before a release, or the write was lost), it is made up for."""
    values = {
        "p_key": key, "p_account": account_id, "p_day": local(at).date(), "p_at": at, "p_appointment": appointment_id,
        "p_patient": wanted.patient_id, "p_department": wanted.department_id, "p_doctor": wanted.doctor_id,
    }  # fmt: skip
    if any(row.key == key for row in uow.execute(sql.ANSWER, values)):
        return
    row = new_row(command_key, channel, account_id, wanted, at)
    uow.execute(sql.INSERT, row | {"outcome": BOOKED, "appointment_id": appointment_id, "ended_at": at})


def close_left(uow: UnitOfWork, now: datetime) -> int:
    """Who has not answered for a day has left, because of what stood in the way, if something did; how many."""
    return uow.execute(sql.LEAVE, {"p_before": now - PATIENCE, "p_at": now}).rowcount


def new_row(
    key: str, channel: str, account_id: int | None, wanted: Wanted, at: datetime, hindrance: str = ""
) -> dict[str, object]:
    """An ask as it begins."""
    return {
        "key": key,
        "day": local(at).date(),
        "channel": channel,
        "account_id": account_id,
        "patient_id": wanted.patient_id,
        "department_id": wanted.department_id,
        "doctor_id": wanted.doctor_id,
        "outcome": OPEN,
        "hindrance": hindrance,
        "appointment_id": None,
        "asked_at": at,
        "ended_at": None,
    }
