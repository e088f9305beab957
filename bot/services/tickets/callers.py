"""Whose a ticket is that staff write down: a registered patient, found by name and phone together (R15)."""

from enum import StrEnum

from sqlalchemy import select

from bot.domain.identity import normalise_name, normalise_phone
from bot.services.people import SURVIVOR, P
from bot.store.db import UnitOfWork


class Nobody(StrEnum):
    """Why nobody was found."""

    INCOMPLETE = "incomplete"
    UNKNOWN = "unknown"
    SEVERAL = "several"


def caller(uow: UnitOfWork, name: str, phone: str) -> str | Nobody | None:
    """The patient's id; None where nothing was asked for: a ticket needs no name."""
    if not name and not phone:
        return None
    if not name or not phone:
        return Nobody.INCOMPLETE
    keys = uow.keys
    ours = (P.c.name_index == keys.index("patients.name", normalise_name(name))) & (
        P.c.phone_index == keys.index("patients.phone", normalise_phone(phone))
    )
    found = list(uow.connection.execute(select(SURVIVOR).where(ours).distinct().limit(2)).scalars())
    if len(found) > 1:
        return Nobody.SEVERAL
    return str(found[0]) if found else Nobody.UNKNOWN
