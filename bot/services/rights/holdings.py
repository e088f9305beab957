"""你们存了我什么: what is stored about a patient or an account, by kind, counted in one question to the database."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, String, bindparam, func, literal, select, union_all

from bot.domain.rights import Ask, Holding
from bot.services.rights.catalogue import catalogue
from bot.services.tables import table
from bot.store import care_models as care
from bot.store import followup_models as stays
from bot.store import models as m
from bot.store.db import UnitOfWork
from bot.store.push_models import PhoneTask, Push
from bot.store.rights_models import PrivacyRequest

_P: Any = bindparam("patient")
_MINE = (
    ("guardian", m.LegalGuardian), ("consents", m.Consent), ("visits", m.Appointment), ("stays", stays.Discharge),
    ("answers", care.SurveyResponse), ("flags", care.RedFlag), ("tickets", care.Ticket), ("messages", Push),
    ("calls", PhoneTask), ("corrections", m.Correction),
)  # fmt: skip


def of_patient(uow: UnitOfWork, patient_id: str) -> tuple[Holding, ...]:
    """Kinds that there is something of; 身份信息 first."""
    return _told(_counts(uow, _patient_counts(), {"patient": patient_id}))


def of_account(uow: UnitOfWork, account_id: int) -> tuple[Holding, ...]:
    """What belongs to the chat and to nobody's record."""
    return _told(_counts(uow, _account_counts(), {"account": account_id}))


def _patient_counts() -> Sequence[Select[Any]]:
    patients, links, followups = table(m.Patient), table(m.Guardianship), table(stays.Followup)
    discharges, asked = table(stays.Discharge), table(PrivacyRequest)
    steps: Any = select(literal("followups", String), func.count()).join_from(
        followups, discharges, discharges.c.id == followups.c.discharge_id
    )
    return (
        _count("identity", (patients.c.id == _P) & patients.c.erased_at.is_(None)),
        _count("links", (links.c.patient_id == _P) & links.c.ended_at.is_(None)),
        steps.where(discharges.c.patient_id == _P),
        _count("requests", (asked.c.patient_id == _P) & (asked.c.kind != Ask.LOOK.value)),
        *(_count(name, table(model).c.patient_id == _P) for name, model in _MINE),
    )


def _account_counts() -> Sequence[Select[Any]]:
    accounts, inbox, desk = table(m.Account), table(m.InboxMessage), table(m.Handoff)
    mine: Any = bindparam("account")
    said: Any = select(literal("chat", String), func.count()).join_from(
        inbox, accounts, (accounts.c.openid == inbox.c.user) & (accounts.c.channel == inbox.c.channel)
    )
    return (
        _count("account", accounts.c.id == mine),
        said.where(accounts.c.id == mine),
        _count("chat", desk.c.account_id == mine),
    )


def _count(name: str, which: ColumnElement[bool]) -> Select[Any]:
    counted: Any = select(literal(name, String), func.count())
    return cast("Select[Any]", counted.where(which))


def _counts(uow: UnitOfWork, parts: Sequence[Select[Any]], wanted: Mapping[str, Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, count in uow.connection.execute(union_all(*parts), wanted):
        found[name] = found.get(name, 0) + count
    return found


def _told(counts: Mapping[str, int]) -> tuple[Holding, ...]:
    kinds = catalogue().kinds
    return tuple(
        Holding(name, kind.title, counts[name], kind.why) for name, kind in kinds.items() if counts.get(name)
    )
