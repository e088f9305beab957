"""What came of the call that staff made because nobody had answered."""

from dataclasses import replace

from sqlalchemy import select

from bot.domain.accounts import AccountRef
from bot.domain.commands import AcceptOffer, ChooseOther, GiveUp
from bot.domain.outcomes import NotYours, Outcome, Refused
from bot.domain.suspension import CaseState
from bot.services.context import Context, audit
from bot.services.suspension.answers import accept, choose, decline
from bot.services.suspension.rows import one
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.models import Account

_ACC = table(Account)


def reached(
    uow: UnitOfWork, context: Context, case_id: int, answer: str, *, key: str, slot_id: int | None = None
) -> Outcome:
    """``answer``: accepted (the kept seat) | other (``slot_id``) | gave_up.  The case ends as reached by phone."""
    case = one(uow, case_id)
    if case is None:
        return Refused(NotYours())
    context = _for_the_patient(uow, context, case.account_id)
    audit(uow, context, "suspension.reached", f"case:{case_id}", answer=answer)
    if answer == "accepted":
        return accept(AcceptOffer(key, case_id, case.offers), uow, context, ended=CaseState.REACHED)
    if answer == "other" and slot_id is not None:
        return choose(ChooseOther(key, case_id, slot_id), uow, context, ended=CaseState.REACHED)
    return decline(GiveUp(key, case_id), uow, context, ended=CaseState.REACHED)


def _for_the_patient(uow: UnitOfWork, context: Context, account_id: int | None) -> Context:
    """Staff act, and the new visit is the account's all the same: it is who gets the reminders."""
    if account_id is None:
        return context
    wanted = select(_ACC.c.id, _ACC.c.channel, _ACC.c.app_id, _ACC.c.openid).where(_ACC.c.id == account_id)
    return replace(context, account=AccountRef(*uow.connection.execute(wanted).one()))
