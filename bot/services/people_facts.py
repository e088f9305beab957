"""Who the due pushes are for, read for many at once: accounts, patients, who looks after whom, what they had today."""

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_

from bot.domain.masking import mask_name
from bot.domain.states import OutboxState, PushState
from bot.pushes.kinds import Kinds
from bot.services.consents import FOLLOWUP, withdrawn_followups
from bot.services.facts import Due
from bot.services.people import PATIENT, A, G, P, plain
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.keys import BadKeys
from bot.store.models import OutboxMessage
from bot.store.push_models import Push

log = logging.getLogger(__name__)

_O, _PUSH = table(OutboxMessage), table(Push)
_SENT_OR_SENT_SOON = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.SENT)
Person = tuple[str, int | str]
"""Whom the cap protects: an account, or where there is none a patient."""


@dataclass(frozen=True, slots=True)
class Reached:
    """The patient a push is about."""

    masked_name: str
    phone: str
    deceased: bool
    erased: bool = False


@dataclass(frozen=True, slots=True)
class People:
    """Everybody a batch of pushes is for."""

    accounts: Mapping[int, Mapping[str, str]]
    """Preferences by account."""
    patients: Mapping[str, Reached]
    guarded: frozenset[tuple[int, str]]
    """(account, patient) pairs that hold today."""
    had_since: dict[Person, list[datetime]]
    """When each person got pushes that count into the cap; the planner adds its own."""
    withdrawn: frozenset[tuple[int, str]] = frozenset()
    """(account, patient) pairs that took back their consent to be asked (个人信息保护法 第十五条)."""

    def account_of(self, push: Due) -> int | None:
        """The push's account, unless it looks after the patient no more."""
        known = push.account_id in self.accounts
        mine = push.patient_id is None or (push.account_id, push.patient_id) in self.guarded
        return push.account_id if known and mine else None

    def preference(self, push: Due) -> str:
        """on | off | nothing said"""
        if push.account_id is None:
            return ""
        return self.accounts.get(push.account_id, {}).get(push.kind.group.name, "")

    def had(self, push: Due) -> list[datetime]:
        return self.had_since[person(push)]


def person(push: Due) -> Person:
    if push.account_id is not None:
        return "account", push.account_id
    return "patient", push.patient_id or ""


def read_people(
    uow: UnitOfWork, kinds: Kinds, pushes: Sequence[Due], since: datetime | None = None
) -> People:
    """``since``: from when capped pushes count; None: they are not counted."""
    capped = [push for push in pushes if push.kind.cap]
    accounts = {push.account_id for push in pushes if push.account_id is not None}
    patients = {push.patient_id for push in pushes if push.patient_id is not None}
    return People(
        accounts=_preferences(uow, accounts),
        patients=_patients(uow, patients),
        guarded=_guarded(uow, pushes),
        had_since=defaultdict(list) if since is None else _had(uow, kinds.capped, capped, since),
        withdrawn=_withdrawn(uow, pushes),
    )


def _withdrawn(uow: UnitOfWork, pushes: Sequence[Due]) -> frozenset[tuple[int, str]]:
    """Asked only where something invites to a questionnaire."""
    invited = {push.patient_id for push in pushes if push.kind.group.name == FOLLOWUP and push.patient_id}
    return withdrawn_followups(uow, invited)


def _preferences(uow: UnitOfWork, ids: set[int]) -> dict[int, Mapping[str, str]]:
    if not ids:
        return {}
    rows = uow.connection.execute(select(A.c.id, A.c.preferences).where(A.c.id.in_(ids)))
    return {row.id: row.preferences for row in rows}


def _patients(uow: UnitOfWork, ids: set[str]) -> dict[str, Reached]:
    if not ids:
        return {}
    rows = uow.connection.execute(select(*PATIENT, P.c.erased_at).where(P.c.id.in_(ids)))
    return {row.patient_id: _reached(row, uow) for row in rows}


def _reached(row: Record, uow: UnitOfWork) -> Reached:
    deceased, erased = row.patient_deceased_at is not None, row.erased_at is not None
    try:
        name = plain(uow.keys, "name", row.patient_id, row.patient_name)
        phone = plain(uow.keys, "phone", row.patient_id, row.patient_phone)
    except BadKeys:  # one row whose key is gone must not hold up the others
        log.error("patient.unreadable id=%s", row.patient_id)
        return Reached("", "", deceased, erased)
    return Reached(mask_name(name), phone, deceased, erased)


def _guarded(uow: UnitOfWork, pushes: Sequence[Due]) -> frozenset[tuple[int, str]]:
    pairs = {(p.account_id, p.patient_id) for p in pushes if p.account_id is not None and p.patient_id}
    if not pairs:
        return frozenset()
    held = select(G.c.account_id, G.c.patient_id).where(
        tuple_(G.c.account_id, G.c.patient_id).in_(pairs), G.c.ended_at.is_(None)
    )
    return frozenset((row.account_id, row.patient_id) for row in uow.connection.execute(held))


def _had(
    uow: UnitOfWork, names: Collection[str], capped: Sequence[Due], since: datetime
) -> dict[Person, list[datetime]]:
    """When each person got, or will get, pushes that count."""
    had: dict[Person, list[datetime]] = defaultdict(list)
    accounts = {push.account_id for push in capped if push.account_id is not None}
    patients = {push.patient_id for push in capped if push.account_id is None and push.patient_id}
    if accounts:
        by_account = select(_O.c.account_id.label("who"), _O.c.due_at.label("at")).where(
            _O.c.account_id.in_(accounts), _O.c.state.in_(_SENT_OR_SENT_SOON), _O.c.kind.in_(names),
            _O.c.due_at >= since,
        )  # fmt: skip
        for row in uow.connection.execute(by_account):
            had["account", row.who].append(row.at)
    if patients:
        by_patient = select(_PUSH.c.patient_id.label("who"), _PUSH.c.decided_at.label("at")).where(
            _PUSH.c.patient_id.in_(patients), _PUSH.c.state == PushState.QUEUED,
            _PUSH.c.account_id.is_(None), _PUSH.c.kind.in_(names), _PUSH.c.decided_at >= since,
        )  # fmt: skip
        for row in uow.connection.execute(by_patient):
            had["patient", row.who].append(row.at)
    return had
