"""注销 (个人信息保护法 第四十七条): who it was is taken away; what a law keeps stays behind without a name.

First `preview`, in numbers, with what stands in the way; then `erase`, in one transaction.
"""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, literal, or_, select, update

from bot.domain.followup import FOLLOWUP, OPEN, FollowupState
from bot.domain.masking import ERASED
from bot.domain.rights import Ask
from bot.domain.states import LIVE_APPOINTMENTS, HandoffState, OutboxState, PhoneTaskState
from bot.domain.survey import SurveyState
from bot.domain.tickets import TicketState
from bot.domain.views import Relation
from bot.questionnaires.filling import Filling, dumps
from bot.questionnaires.model import Free
from bot.services.appointments import A
from bot.services.context import Context, audit
from bot.services.flags.rows import LIVE as LIVE_FLAGS
from bot.services.flags.rows import R as FLAG
from bot.services.followup.discharges import D, F
from bot.services.people import A as ACCOUNT
from bot.services.people import G, P, sealed
from bot.services.rights import withdrawing
from bot.services.rights.blanking import emptied, index_of_nothing
from bot.services.rights.withdrawing import C
from bot.services.surveys import responses
from bot.services.surveys.responses import R
from bot.services.tables import table
from bot.store.care_models import Contact, Ticket
from bot.store.db import UnitOfWork
from bot.store.models import AppointmentEvent, Handoff, InboxMessage, LegalGuardian, OutboxMessage
from bot.store.push_models import PhoneTask
from bot.store.rights_models import PrivacyRequest

T, _CONTACT, _EVENT = table(Ticket), table(Contact), table(AppointmentEvent)
_O, _I, _H, _CALL, _GUARDIAN, _ASKED = (
    table(model) for model in (OutboxMessage, InboxMessage, Handoff, PhoneTask, LegalGuardian, PrivacyRequest)
)
REASON = "erased"
_OVER = (TicketState.CONFIRMED, TicketState.CLOSED)
_REFUSABLE = tuple(state for state in OPEN if FollowupState.REFUSED in FOLLOWUP[state])


@dataclass(frozen=True, slots=True)
class Preview:
    """What would go, what would stay, and what has to be done before; by table and by reason, in numbers."""

    gone: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    blockers: dict[str, int] = field(default_factory=dict)
    """visits | flags | tickets | ward"""
    accounts: int = 0
    """WeChat accounts that look after them now."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """Nothing was deleted: this has to be settled first."""

    blockers: dict[str, int]


def preview(uow: UnitOfWork, patient_id: str) -> Preview:
    own = _own_accounts(patient_id)
    steps = select(F.c.id).join_from(F, D, D.c.id == F.c.discharge_id).where(D.c.patient_id == patient_id)
    gone = {
        "patients": _n(P.c.id == patient_id, P.c.erased_at.is_(None)),
        "guardianships": _n(G.c.patient_id == patient_id, G.c.ended_at.is_(None)),
        "legal_guardians": _n(_GUARDIAN.c.patient_id == patient_id),
        "consents": _n(C.c.patient_id == patient_id, C.c.withdrawn_at.is_(None)),
        "inbox": _n(_words_of(own)),
        "handoffs": _n(_H.c.account_id.in_(own), _H.c.state == HandoffState.CLOSED),
        "outbox": _n(_messages_of(patient_id)),
        "contacts": _n(_CONTACT.c.followup_id.in_(steps)),
        "followups": _n(F.c.id.in_(steps), F.c.state.in_(_REFUSABLE)),
        "phone_tasks": _n(_calls_to_make(patient_id)),
    }
    kept = {
        "appointments": _n(A.c.patient_id == patient_id),
        "discharges": _n(D.c.patient_id == patient_id),
        "responses": _n(R.c.patient_id == patient_id),
        "red_flags": _n(FLAG.c.patient_id == patient_id),
        "tickets": _n(T.c.patient_id == patient_id),
    }
    blockers = _blockers(patient_id)
    accounts = _n(G.c.patient_id == patient_id, G.c.ended_at.is_(None))
    parts = [*gone.values(), *kept.values(), *blockers.values(), accounts]
    row = uow.connection.execute(select(*(part.scalar_subquery() for part in parts))).one()
    found = iter(row)
    return Preview(
        {name: n for name in gone if (n := next(found))},
        {name: n for name in kept if (n := next(found))},
        {name: n for name in blockers if (n := next(found))},
        next(found),
    )


def erase(uow: UnitOfWork, context: Context, patient_id: str) -> Preview | Blocked:
    """Carry it out; what was found.  Once done, again changes nothing."""
    uow.connection.execute(select(P.c.id).where(P.c.id == patient_id).with_for_update())
    found = preview(uow, patient_id)
    if found.blockers:
        return Blocked(found.blockers)
    withdrawing.void_pushes(uow, context, patient_id, reason=REASON)
    _stop_work(uow, context, patient_id)
    _take_words(uow, context, patient_id)
    _take_identity(uow, context, patient_id)
    _take_stays(uow, context, patient_id)
    audit(uow, context, "patient.erased", f"patient:{patient_id}")
    return found


def _n(*which: ColumnElement[bool]) -> Select[Any]:
    return select(func.count()).where(*which)


def _blockers(patient_id: str) -> dict[str, Select[Any]]:
    return {
        "visits": _n(A.c.patient_id == patient_id, A.c.state.in_(LIVE_APPOINTMENTS)),
        "flags": _n(FLAG.c.patient_id == patient_id, FLAG.c.state.in_(LIVE_FLAGS)),
        "tickets": _n(T.c.patient_id == patient_id, T.c.state.not_in(_OVER)),
        "ward": _n(D.c.patient_id == patient_id, D.c.discharged_on.is_(None)),
    }


def _own_accounts(patient_id: str) -> Select[Any]:
    """Whose chat is the patient's own: the words in it are theirs."""
    return select(G.c.account_id).where(G.c.patient_id == patient_id, G.c.relation == Relation.SELF.value)


def _words_of(accounts: Select[Any]) -> ColumnElement[bool]:
    """What was answered already; a message just being worked on has to be finished."""
    mine = select(literal(1)).where(
        ACCOUNT.c.id.in_(accounts), ACCOUNT.c.openid == _I.c.user, ACCOUNT.c.channel == _I.c.channel
    )
    return mine.exists() & _I.c.done_at.is_not(None)


def _messages_of(patient_id: str) -> ColumnElement[bool]:
    over = (OutboxState.SENT, OutboxState.DEAD, OutboxState.VOID, OutboxState.STAFF)
    mine = or_(
        _O.c.patient_id == patient_id,
        _O.c.account_id.in_(_own_accounts(patient_id)) & _O.c.push_id.is_(None),
    )
    return mine & _O.c.state.in_(over)


def _calls_to_make(patient_id: str) -> ColumnElement[bool]:
    """Also those that somebody has taken."""
    mine = _CALL.c.state.in_((PhoneTaskState.OPEN, PhoneTaskState.TAKEN))
    return mine & (_CALL.c.patient_id == patient_id)


def _stop_work(uow: UnitOfWork, context: Context, patient_id: str) -> None:
    """Nobody calls them, asks them or writes to them any more."""
    run = uow.connection.execute
    calls = update(_CALL).where(_calls_to_make(patient_id))
    run(calls.values(state=PhoneTaskState.CANCELLED, closed_at=context.now))
    stays = select(D.c.id).where(D.c.patient_id == patient_id)
    steps = update(F).where(F.c.discharge_id.in_(stays), F.c.state.in_(_REFUSABLE))
    run(steps.values(state=FollowupState.REFUSED, reason=REASON, next_call_at=None, changed_at=context.now))
    asking = update(R).where(R.c.patient_id == patient_id, R.c.state == SurveyState.ASKING)
    run(asking.values(state=SurveyState.STOPPED, revision=R.c.revision + 1, changed_at=context.now))


def _take_words(uow: UnitOfWork, context: Context, patient_id: str) -> None:
    """Free words: of the chat, of the desk, of calls, of answers; in what was sent, everything."""
    run = uow.connection.execute
    own = _own_accounts(patient_id)
    run(delete(_I).where(_words_of(own)))
    closed = select(_H).where(_H.c.account_id.in_(own), _H.c.state == HandoffState.CLOSED)
    for row in run(closed).fetchall():
        run(update(_H).where(_H.c.id == row.id).values(emptied(uow.keys, _H, row, ("reason",))))
    for row in run(select(_O.c.id, _O.c.key).where(_messages_of(patient_id))).fetchall():
        run(update(_O).where(_O.c.id == row.id).values(emptied(uow.keys, _O, row, ("body",))))
    others = update(_ASKED).where(_ASKED.c.patient_id == patient_id, _ASKED.c.kind != Ask.DELETE.value)
    run(others.values(words=None))  # a correction says the name
    steps = select(F.c.id).join_from(F, D, D.c.id == F.c.discharge_id).where(D.c.patient_id == patient_id)
    run(update(_CONTACT).where(_CONTACT.c.followup_id.in_(steps)).values(note=None, dialled=None))
    visits = select(A.c.id).where(A.c.patient_id == patient_id)
    run(update(_EVENT).where(_EVENT.c.appointment_id.in_(visits)).values(reason=""))
    for row in run(select(R).where(R.c.patient_id == patient_id)).fetchall():
        answer = responses.opened(uow, row)
        bare = _without_words(answer.filling)
        values = {"filling": uow.keys.encrypt(dumps(bare).encode(), f"responses.filling:{row.id}")}
        run(update(R).where(R.c.id == row.id).values(values))


def _without_words(filling: Filling) -> Filling:
    """What was chosen and counted stays; what was written in own words goes."""
    kept = {
        link_id: chosen
        for link_id, values in filling.answers.items()
        if (chosen := tuple(value for value in values if not isinstance(value, Free)))
    }
    return Filling(kept, filling.skipped)


def _take_identity(uow: UnitOfWork, context: Context, patient_id: str) -> None:
    run = uow.connection.execute
    links = update(G).where(G.c.patient_id == patient_id, G.c.ended_at.is_(None))
    run(links.values(ended_at=context.now))
    given = update(C).where(C.c.patient_id == patient_id, C.c.withdrawn_at.is_(None))
    run(given.values(withdrawn_at=context.now))
    run(update(A).where(A.c.patient_id == patient_id).values(phone_index=index_of_nothing()))
    own = select(P.c.id).where(or_(P.c.id == patient_id, P.c.merged_into == patient_id))
    for record in run(own).scalars().all():
        _take_record(uow, context, record)


def _take_record(uow: UnitOfWork, context: Context, record: str) -> None:
    """Theirs, or one under another document that was merged into theirs: that one still has name and numbers."""
    run = uow.connection.execute
    run(delete(_GUARDIAN).where(_GUARDIAN.c.patient_id == record))
    values: dict[str, object] = {
        "name": sealed(uow.keys, "name", record, ERASED),
        "id_number": sealed(uow.keys, "id_number", record, ""),
        "phone": sealed(uow.keys, "phone", record, ""),
        **{f"{column}_index": index_of_nothing() for column in ("name", "id_number", "phone")},
        "birth_date": None,
        "erased_at": context.now,
    }
    run(update(P).where(P.c.id == record, P.c.erased_at.is_(None)).values(values))


def _take_stays(uow: UnitOfWork, context: Context, patient_id: str) -> None:
    """The record of a stay is kept by law, apart from everything else: no phone, no address, no link to the visits."""
    run = uow.connection.execute
    for row in run(select(D.c.id).where(D.c.patient_id == patient_id)).fetchall():
        emptied_ = emptied(uow.keys, D, row, ("phone", "address", "extra"))
        run(update(D).where(D.c.id == row.id).values(patient_id=None, **emptied_))
