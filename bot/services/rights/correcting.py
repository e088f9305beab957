"""Corrections by a person who has seen the document (个人信息保护法 第四十六条); counted for 信息准确率 (R14, R21)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, select, update

from bot.domain.identity import (
    BadIdentity,
    normalise_name,
    normalise_phone,
    read_identity,
    valid_name,
    valid_phone,
)
from bot.domain.views import Sex
from bot.services.context import Context, audit
from bot.services.people import P, sealed
from bot.services.register import number_index
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.models import Correction

FIELDS = ("name", "phone", "id_number", "sex", "birth_date")
_K = table(Correction)


@dataclass(frozen=True, slots=True)
class Bad:
    """Nothing was changed: why."""

    why: str
    """field | value | taken | document"""


def correct(
    uow: UnitOfWork, context: Context, patient_id: str, field: str, value: str, key: str
) -> Bad | None:
    """None: it is right now.  The same key again changes nothing."""
    row = uow.connection.execute(
        select(P).where(P.c.id == patient_id, P.c.erased_at.is_(None)).with_for_update()
    ).first()
    if row is None or field not in FIELDS:
        return Bad("field")
    if uow.connection.execute(select(_K.c.id).where(_K.c.key == key)).first() is not None:
        return None
    values = _values(uow, context, row, field, value)
    if isinstance(values, Bad):
        return values
    uow.connection.execute(update(P).where(P.c.id == patient_id).values(values))
    noted = {"key": key, "patient_id": patient_id, "field": field, "actor": context.actor, "at": context.now}
    uow.connection.execute(insert(_K), noted)
    audit(uow, context, "patient.corrected", f"patient:{patient_id}", field=field)
    return None


def _values(uow: UnitOfWork, context: Context, row: Record, field: str, value: str) -> dict[str, Any] | Bad:
    match field:
        case "name":
            name = normalise_name(value)
            return _indexed(uow, row, field, name) if valid_name(name) else Bad("value")
        case "phone":
            phone = normalise_phone(value)
            return _indexed(uow, row, field, phone) if valid_phone(phone) else Bad("value")
        case "sex":
            told_by_number = row.id_kind == "resident_id"
            known = value in (Sex.MALE.value, Sex.FEMALE.value)
            return Bad("document") if told_by_number else {"sex": value} if known else Bad("value")
        case "birth_date":
            return Bad("document") if row.id_kind == "resident_id" else _birth(context, value)
        case _:
            return _number(uow, context, row, value)


def _indexed(uow: UnitOfWork, row: Record, column: str, value: str) -> dict[str, Any]:
    index = uow.keys.index(f"patients.{column}", value)
    return {column: sealed(uow.keys, column, row.id, value), f"{column}_index": index}


def _birth(context: Context, value: str) -> dict[str, Any] | Bad:
    try:
        day = date.fromisoformat(value.strip())
    except ValueError:
        return Bad("value")
    return {"birth_date": day} if date(1900, 1, 1) <= day <= context.today else Bad("value")


def _number(uow: UnitOfWork, context: Context, row: Record, value: str) -> dict[str, Any] | Bad:
    """Another number of the same kind of document; sex and birth date follow it where it tells them."""
    person = read_identity(row.id_kind, value, context.today)
    if isinstance(person, BadIdentity):
        return Bad("value")
    index = number_index(uow, person)
    same = select(P.c.id).where(P.c.id_kind == person.kind, P.c.id_number_index == index, P.c.id != row.id)
    if uow.connection.execute(same).first() is not None:
        return Bad("taken")
    told: dict[str, Any] = {"sex": person.sex, "birth_date": person.birth_date}
    known = {name: value_ for name, value_ in told.items() if value_ is not None}
    return {
        "id_number": sealed(uow.keys, "id_number", row.id, person.number),
        "id_number_index": index,
        **known,
    }
