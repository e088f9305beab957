"""Consents (个人信息保护法): which text was agreed to, when, in which message; withdrawn, never deleted."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import bindparam, insert, select

from bot.services.context import Context
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.models import Consent

TEXT_VERSION = "2026-11-22"
"""Of the consent texts in handlers/texts; raise it with their words."""
FOLLOWUP = "followup"
"""Answers about one's health (`bot.services.surveys.starting`); its messages' group has the same name."""
_T = table(Consent)
_SAID = select(_T.c.kind, _T.c.given_at, _T.c.withdrawn_at).where(_T.c.account_id == bindparam("account"))
_INSERT = insert(_T).inline()


def live_consents(uow: UnitOfWork, account_id: int | None) -> frozenset[str]:
    """Kinds the account has agreed to since it last withdrew one: whoever took a consent back is asked again, though
    they agreed for somebody else before."""
    given: dict[str, datetime] = {}
    withdrawn: dict[str, datetime] = {}
    for row in uow.execute(_SAID, {"account": account_id}):
        said, at = (given, row.given_at) if row.withdrawn_at is None else (withdrawn, row.withdrawn_at)
        said[row.kind] = max(at, said.get(row.kind, at))
    return frozenset(kind for kind, at in given.items() if kind not in withdrawn or at > withdrawn[kind])


def give(uow: UnitOfWork, context: Context, kinds: Iterable[str], *, patient_id: str, evidence: str) -> None:
    """Record consents for a patient; ``evidence`` is the key of the command, which names the message."""
    rows = [
        {
            "account_id": context.account_id,
            "patient_id": patient_id,
            "kind": kind,
            "text_version": TEXT_VERSION,
            "evidence": evidence,
            "given_at": context.now,
        }
        for kind in dict.fromkeys(kinds)
    ]
    if rows:
        uow.connection.execute(_INSERT, rows)


def withdrawn_followups(uow: UnitOfWork, patients: Collection[str]) -> frozenset[tuple[int, str]]:
    """(account, patient) pairs whose last word on questionnaires was no."""
    if not patients:
        return frozenset()
    said = select(_T.c.account_id, _T.c.patient_id, _T.c.withdrawn_at)
    mine = said.where(_T.c.patient_id.in_(patients), _T.c.kind == FOLLOWUP).order_by(_T.c.id)
    last = {(row.account_id, row.patient_id): row.withdrawn_at for row in uow.connection.execute(mine)}
    return frozenset(pair for pair, at in last.items() if at is not None)
