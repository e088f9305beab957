"""What a person does with a request: a copy handed over, a correction, consents taken back, deletion, or a no with its
reason.  Each closes the request as it was seen, and the patient is told."""

from collections.abc import Mapping

from sqlalchemy import select

from bot.domain.rights import Ask, AskState
from bot.pushes import privacy_words
from bot.services.context import Context, audit
from bot.services.rights import copying, correcting, erasing, requests, telling, withdrawing
from bot.services.rights.copying import Copy
from bot.services.rights.correcting import Bad
from bot.services.rights.erasing import Blocked
from bot.services.rights.requests import Stale
from bot.services.rights.withdrawing import C
from bot.services.tables import Record
from bot.store.db import UnitOfWork

REASONS = {"request": "本人要求", "verify": "核对身份", "complaint": "处理投诉"}
"""Why somebody looks at everything about a patient."""


def copy(uow: UnitOfWork, context: Context, number: int, reason: str) -> Copy | None:
    """Everything in full, for printing or a file: audited with its reason.  None: there is nothing to show."""
    if reason not in REASONS:
        raise ValueError(f"{reason}: {', '.join(REASONS)}")
    row = requests.one(uow, number)
    if row is None or row.patient_id is None or not copying.number_tail(uow, row.patient_id):
        return None
    audit(uow, context, "privacy.copied", f"patient:{row.patient_id}", reason=reason, request=str(number))
    return copying.make(uow, context, row.patient_id)


def correct(
    uow: UnitOfWork, context: Context, number: int, version: int, field: str, value: str
) -> str | Stale | Bad:
    """How the patient is told."""
    row = _open(uow, number, version)
    if isinstance(row, Stale) or row.kind != Ask.CORRECT.value:
        return Stale()
    bad = correcting.correct(uow, context, row.patient_id, field, value, f"privacy:{number}:{version}")
    if bad is not None:
        return bad
    return _close(uow, context, row, AskState.DONE, {"field": field})


def withdraw(uow: UnitOfWork, context: Context, number: int, version: int, kind: str) -> str | Stale:
    """For a caller or at the window: this consent of every account that gave it for them."""
    row = _open(uow, number, version)
    if isinstance(row, Stale) or row.kind != Ask.WITHDRAW.value:
        return Stale()
    given = select(C.c.account_id).where(
        C.c.patient_id == row.patient_id, C.c.kind == kind, C.c.withdrawn_at.is_(None)
    )
    accounts = list(dict.fromkeys(uow.connection.execute(given).scalars()))
    for account_id in accounts:
        withdrawing.take(uow, context, account_id, row.patient_id, kind)
    return _close(uow, context, row, AskState.DONE, {"consent": kind, "accounts": len(accounts)})


def erase(uow: UnitOfWork, context: Context, number: int, version: int) -> str | Stale | Blocked:
    """The deletion itself; what is left because of a law makes it 部分."""
    row = _open(uow, number, version)
    if isinstance(row, Stale) or row.kind != Ask.DELETE.value:
        return Stale()
    done = erasing.erase(uow, context, row.patient_id)
    if isinstance(done, Blocked):
        return done
    state = AskState.PARTLY if done.kept else AskState.DONE
    if not requests.finish(uow, context, row.id, row.version, state, {"gone": done.gone, "kept": done.kept}):
        return Stale()
    return telling.tell(uow, context, row, privacy_words.ERASED)


def finish(
    uow: UnitOfWork, context: Context, number: int, version: int, said: str, *, refused: bool, reason: str = ""
) -> str | Stale:  # fmt: skip
    """Handed over, or not done: what the patient is told is written by whoever answers."""
    row = _open(uow, number, version)
    if isinstance(row, Stale):
        return Stale()
    if not refused and row.kind not in (Ask.COPY.value, Ask.CORRECT.value):
        return Stale()  # what is carried out is not ticked off
    state = AskState.REFUSED if refused else AskState.DONE
    return _close(uow, context, row, state, {"reason": reason} if reason else {}, said)


def _open(uow: UnitOfWork, number: int, version: int) -> Record | Stale:
    row = requests.one(uow, number, lock=True)
    if row is None or row.version != version or row.state != AskState.OPEN.value:
        return Stale()
    return row


def _close(
    uow: UnitOfWork,
    context: Context,
    row: Record,
    state: AskState,
    result: Mapping[str, object],
    said: str = "",
) -> str | Stale:
    if not requests.finish(uow, context, row.id, row.version, state, result):
        return Stale()
    return telling.tell(uow, context, row, privacy_words.answer(row.kind, said or privacy_words.DONE))
