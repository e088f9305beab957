"""The rows of `Discharge`: sealed, opened, and shown masked."""

from collections.abc import Sequence

from bot.domain.discharge import Stay, WayOut
from bot.services.people import aad
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.followup_models import SEALED, Discharge, Followup
from bot.store.keys import KeyRing

D, F = table(Discharge), table(Followup)
_OWNER = "discharges"


def sealed(keys: KeyRing, column: str, discharge_id: str, value: str) -> bytes:
    return keys.encrypt(value.encode(), aad(column, discharge_id, _OWNER))


def opened(keys: KeyRing, row: Record, columns: Sequence[str] = SEALED) -> dict[str, str]:
    """The encrypted columns of a row as text."""
    return {column: unsealed(keys, column, row.id, row._mapping[column]) for column in columns}


def unsealed(keys: KeyRing, column: str, discharge_id: str, blob: bytes) -> str:
    return keys.decrypt(blob, aad(column, discharge_id, _OWNER)).decode()


def stay_of(uow: UnitOfWork, row: Record) -> Stay:
    """What a plan is chosen by."""
    told = opened(uow.keys, row, ("admission_diagnosis", "diagnosis", "surgery"))
    way: WayOut = row.way
    return Stay(
        ward=row.ward,
        department=row.department,
        diagnosis=told["diagnosis"] or told["admission_diagnosis"],
        way=way,
        surgery=bool(told["surgery"]),
    )
