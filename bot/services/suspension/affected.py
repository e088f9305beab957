"""Whom a suspension would reach and how, before it is started; nothing is written here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from bot.domain.clock import local
from bot.domain.masking import mask_name, mask_phone
from bot.domain.suspension import Scope
from bot.domain.views import DoctorView, Period
from bot.services.appointments import A, C, S
from bot.services.broadcast.audience import Recipient
from bot.services.broadcast.reach import Reach, reach
from bot.services.context import Context
from bot.services.people import A as U
from bot.services.people import G, P, plain
from bot.services.suspension.scope import affected
from bot.services.suspension.telling import NOTICE
from bot.store.db import UnitOfWork

PAGE = 50


@dataclass(frozen=True, slots=True)
class Person:
    """One affected visit; its patient masked."""

    appointment_id: int
    name: str
    phone: str
    doctor: DoctorView
    period: Period
    starts_at: datetime
    ends_at: datetime
    channel: str
    fee_fen: int


def people(uow: UnitOfWork, context: Context, scope: Scope, number: int = 1) -> tuple[Sequence[Person], bool]:
    """The nearest visits first; and whether there is a further page."""
    query = (
        affected(scope, context.directory, uow.now)
        .join(P, P.c.id == A.c.patient_id)
        .with_only_columns(
            A.c.id, A.c.channel, A.c.fee_fen, A.c.patient_id, S.c.starts_at, S.c.minutes, C.c.doctor_id,
            C.c.department_id, C.c.period, P.c.name, P.c.phone,
        )
        .order_by(S.c.starts_at, A.c.id)
    )  # fmt: skip
    rows = uow.connection.execute(query.limit(PAGE + 1).offset((number - 1) * PAGE)).fetchall()
    found = [
        Person(
            row.id, mask_name(plain(uow.keys, "name", row.patient_id, row.name)),
            mask_phone(plain(uow.keys, "phone", row.patient_id, row.phone)),
            context.directory.doctor(row.doctor_id, row.department_id), Period(row.period), local(row.starts_at),
            local(row.starts_at + timedelta(minutes=row.minutes)), row.channel, row.fee_fen,
        )
        for row in rows[:PAGE]
    ]  # fmt: skip
    return found, len(rows) > PAGE


def roads(
    uow: UnitOfWork, context: Context, scope: Scope, *, open_roads: Collection[str], sms_text: str
) -> Reach:
    """By the first rung that is open to each, as things stand now: every visit is told of by itself."""
    guardian = (
        select(func.min(G.c.account_id))
        .where(G.c.patient_id == A.c.patient_id, G.c.ended_at.is_(None))
        .scalar_subquery()
    )
    query = (
        affected(scope, context.directory, uow.now)
        .outerjoin(U, (U.c.id == func.coalesce(A.c.account_id, guardian)) & U.c.following)
        .with_only_columns(A.c.patient_id, U.c.id, U.c.last_message_at)
    )
    found = [Recipient(*row) for row in uow.connection.execute(query)]
    return reach(
        uow, context.kinds[NOTICE], found, open_roads=open_roads, sms_text=sms_text,
        sms_price_fen=context.settings.sms_fen_per_part,
    )  # fmt: skip
