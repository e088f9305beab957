"""Wishes for appointments in chats, written down beside the turn: one statement each, never a turn's failure (R21)."""

import logging
import sqlite3
from collections.abc import Sequence
from datetime import datetime

import psycopg
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.accounts import AccountRef
from bot.domain.demand import Begun, Change, Moved, Over, Wanted
from bot.domain.views import AppointmentView
from bot.services import demand
from bot.services import demand_sql as sql
from bot.services.context import Context
from bot.services.demand import new_row
from bot.store.db import Database, UnitOfWork
from bot.store.direct import Direct

log = logging.getLogger(__name__)


class Wishes:
    """Safe to share between threads.  SQLite may forget a statement of its at a power cut: the booking makes up for it
    (`bot.services.demand.booked`)."""

    def __init__(self, db: Database) -> None:
        insert_new = postgresql.insert if db.dialect == "postgresql" else sqlite.insert
        self._begin = Direct(db, sql.begins(insert_new), durable=False)
        self._move = Direct(db, sql.moves(), durable=False)
        self._end = Direct(db, sql.ends(), durable=False)

    def note(self, account: AccountRef, changes: Sequence[Change], at: datetime) -> None:
        """What a turn changed, in most turns nothing.  A figure is not worth an unanswered patient."""
        for change in changes:
            try:
                self._note(account, change, at)
            except (SQLAlchemyError, sqlite3.Error, psycopg.Error):  # `Direct` gives the driver's own
                log.exception("wish.unwritten change=%s", type(change).__name__)

    def _note(self, account: AccountRef, change: Change, at: datetime) -> None:
        key = ask_key(account, change.key)
        match change:
            case Begun(wanted=wanted, hindrance=hindrance):
                row = new_row(key, account.channel, account.id, wanted, at, hindrance)
                self._begin({f"p_{name}": value for name, value in row.items()})
            case Moved(wanted=wanted, hindrance=hindrance):
                self._move({"p_key": key, "p_hindrance": hindrance, **_wanted(wanted)})
            case Over(wanted=wanted, outcome=outcome):
                self._end({"p_key": key, "p_outcome": outcome, "p_at": at, **_wanted(wanted)})


def granted(uow: UnitOfWork, context: Context, command_key: str, seen: AppointmentView) -> None:
    """In the booking's own transaction.  What staff and other systems book, they write down themselves."""
    if context.account is None:
        return
    dialog, _, _ = command_key.rpartition(":")
    demand.booked(
        uow, key=ask_key(context.account, dialog), command_key=ask_key(context.account, command_key),
        channel=context.account.channel, account_id=context.account.id, appointment_id=seen.id, at=context.now,
        wanted=Wanted(seen.doctor.department_id, seen.doctor.id, seen.patient.id),
    )  # fmt: skip


def ask_key(account: AccountRef, frame_key: str) -> str:
    """Of the dialog that the message began."""
    return f"{account.channel}:{frame_key}"


def _wanted(wanted: Wanted) -> dict[str, object]:
    return {
        "p_department_id": wanted.department_id,
        "p_doctor_id": wanted.doctor_id,
        "p_patient_id": wanted.patient_id,
    }
