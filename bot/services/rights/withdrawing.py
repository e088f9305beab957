"""撤回同意 (个人信息保护法 第十五条): as easy as giving it, at once; what was done before stays lawful."""

from sqlalchemy import select, update

from bot.domain.commands import WithdrawConsent
from bot.domain.masking import mask_name
from bot.domain.outcomes import NotYours, Outcome, Refused
from bot.domain.rights import BASE_CONSENTS, Ask, AskState, ConsentWithdrawn
from bot.domain.states import OutboxState, PushState
from bot.domain.survey import SurveyState
from bot.services.consents import FOLLOWUP
from bot.services.context import Context, audit
from bot.services.people import G, patient_row, plain
from bot.services.pushes import T as PUSH
from bot.services.rights import requests
from bot.services.surveys.responses import R
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.models import Consent, OutboxMessage

C, _O = table(Consent), table(OutboxMessage)
REASON = "withdrawn"


def live(uow: UnitOfWork, account_id: int | None, patient_id: str) -> tuple[str, ...]:
    """Kinds this account has agreed to for this patient and not taken back."""
    mine = select(C.c.kind).where(
        C.c.account_id == account_id, C.c.patient_id == patient_id, C.c.withdrawn_at.is_(None)
    )
    return tuple(dict.fromkeys(uow.connection.execute(mine.order_by(C.c.id)).scalars()))


def withdraw(command: WithdrawConsent, uow: UnitOfWork, context: Context) -> Outcome:
    """In the chat: the account takes its own consent back; the same command again changes nothing."""
    account, patient_id, kind = context.account_id, command.patient_id, command.consent
    if account is None:
        return Refused(NotYours())
    if requests.by_key(uow, command.key) is None:
        if kind not in live(uow, account, patient_id):
            return Refused(NotYours())
        take(uow, context, account, patient_id, kind)
        requests.add(
            uow, context, key=command.key, kind=Ask.WITHDRAW, patient_id=patient_id, state=AskState.DONE,
            result={"consent": kind},
        )  # fmt: skip
    row = patient_row(uow, None, patient_id)
    assert row is not None  # the consent refers to them
    name = mask_name(plain(uow.keys, "name", patient_id, row.patient_name))
    return ConsentWithdrawn(kind, name, kind in BASE_CONSENTS)


def take(uow: UnitOfWork, context: Context, account_id: int, patient_id: str, kind: str) -> None:
    """The consent ends, and with it what rested on it."""
    ended = update(C).where(
        C.c.account_id == account_id, C.c.patient_id == patient_id, C.c.kind == kind, C.c.withdrawn_at.is_(None)
    )  # fmt: skip
    uow.connection.execute(ended.values(withdrawn_at=context.now))
    if kind in BASE_CONSENTS:
        _unlink(uow, context, account_id, patient_id)
    if kind in (*BASE_CONSENTS, FOLLOWUP):
        stop_surveys(uow, context, account_id, patient_id)
    audit(uow, context, "consent.withdrawn", f"patient:{patient_id}", kind=kind, account=str(account_id))


def void_pushes(
    uow: UnitOfWork, context: Context, patient_id: str, *, account_id: int | None = None, reason: str = REASON,
    groups: frozenset[str] | None = None,
) -> int:  # fmt: skip
    """What waits for this patient (through this account) is not sent; ``groups``: only these kinds of messages."""
    names = [
        kind.name for kind in context.kinds.by_name.values() if groups is None or kind.group.name in groups
    ]
    which = [PUSH.c.patient_id == patient_id, PUSH.c.kind.in_(names)]
    if account_id is not None:
        which.append(PUSH.c.account_id == account_id)
    queued = select(PUSH.c.id).where(*which, PUSH.c.state == PushState.QUEUED)
    late = update(_O).where(
        _O.c.push_id.in_(queued), _O.c.state.in_((OutboxState.PENDING, OutboxState.PAUSED))
    )
    stopped = uow.connection.execute(late.values(state=OutboxState.VOID, error=reason)).rowcount
    planned = update(PUSH).where(*which, PUSH.c.state.in_((PushState.PLANNED, PushState.PAUSED)))
    values = {"state": PushState.VOID, "reason": reason, "decided_at": context.now}
    return stopped + uow.connection.execute(planned.values(values)).rowcount


def stop_surveys(uow: UnitOfWork, context: Context, account_id: int, patient_id: str) -> None:
    """Questionnaires under way end where they are; invitations are void."""
    running = update(R).where(
        R.c.patient_id == patient_id, R.c.account_id == account_id, R.c.state == SurveyState.ASKING
    )
    uow.connection.execute(
        running.values(state=SurveyState.STOPPED, revision=R.c.revision + 1, changed_at=context.now)
    )
    void_pushes(uow, context, patient_id, account_id=account_id, groups=frozenset({FOLLOWUP}))


def _unlink(uow: UnitOfWork, context: Context, account_id: int, patient_id: str) -> None:
    """Nothing of this patient goes through this account any more; a booking asks for consent again."""
    link = update(G).where(G.c.account_id == account_id, G.c.patient_id == patient_id, G.c.ended_at.is_(None))
    if uow.connection.execute(link.values(ended_at=context.now)).rowcount:
        audit(uow, context, "patient.unlinked", f"patient:{patient_id}")
    rest = update(C).where(
        C.c.account_id == account_id, C.c.patient_id == patient_id, C.c.kind.in_((*BASE_CONSENTS, FOLLOWUP)),
        C.c.withdrawn_at.is_(None),
    )  # fmt: skip
    uow.connection.execute(rest.values(withdrawn_at=context.now))
    optional = frozenset(group.name for group in context.kinds.groups.values() if group.optional)
    void_pushes(uow, context, patient_id, account_id=account_id, groups=optional)
