"""Consents (个人信息保护法): which text was agreed to, when, in which message; withdrawn, never deleted."""

from collections.abc import Iterable

from sqlalchemy import bindparam, insert, select

from bot.services.context import Context
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.models import Consent

TEXT_VERSION = "2026-11"
"""Of the consent texts in handlers/texts; raise it with their words."""
_T = table(Consent)
_LIVE = select(_T.c.kind).where(_T.c.account_id == bindparam("account"), _T.c.withdrawn_at.is_(None))
_INSERT = insert(_T).inline()


def live_consents(uow: UnitOfWork, account_id: int | None) -> frozenset[str]:
    """Kinds the account has agreed to and not withdrawn."""
    rows = uow.execute(_LIVE, {"account": account_id})
    return frozenset(row.kind for row in rows)


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
