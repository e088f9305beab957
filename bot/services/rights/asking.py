"""What a patient asks for in the chat about their data: answered at once, or written down for a person."""

from datetime import datetime, time, timedelta

from sqlalchemy import func, select

from bot.domain.clock import HOSPITAL_TZ
from bot.domain.commands import AskForCopy, AskPrivacy, LookAtData, TakeBackRequest
from bot.domain.identity import age_on
from bot.domain.masking import mask_name
from bot.domain.outcomes import NotYours, Outcome, Refused
from bot.domain.registration import ADULT
from bot.domain.rights import (
    Ask,
    AskState,
    CopyLimit,
    CopyReady,
    Holdings,
    PrivacyAsked,
    PrivacyTakenBack,
    RightsView,
    VisitsFirst,
    Whose,
)
from bot.domain.states import LIVE_APPOINTMENTS
from bot.domain.views import Relation
from bot.services.appointments import A
from bot.services.context import Context
from bot.services.people import patient_row, plain
from bot.services.rights import holdings, links, requests, withdrawing
from bot.services.tables import Record
from bot.store.db import UnitOfWork

COPIES_A_DAY = 3
LINK_HOURS = 24


def rights_of(uow: UnitOfWork, context: Context, patient_id: str) -> RightsView | None:
    """None: the account does not look after them."""
    row = patient_row(uow, context.account_id, patient_id) if context.account_id is not None else None
    if row is None:
        return None
    waiting = requests.waiting(uow, patient_id)
    deletion = waiting.get(Ask.DELETE)
    return RightsView(
        patient_id=patient_id,
        whose=whose(row, context),
        consents=withdrawing.live(uow, context.account_id, patient_id),
        visits=visits(uow, patient_id),
        open={kind: each.id for kind, each in waiting.items()},
        done_in=None if deletion is None else deletion.due_at,
        has_page=bool(context.settings.public_url),
    )


def whose(row: Record, context: Context) -> Whose:
    if row.relation == Relation.SELF.value:
        return Whose.OWN
    minor = row.patient_birth is not None and age_on(context.today, row.patient_birth) < ADULT
    return Whose.CHILD if minor and row.relation == Relation.CHILD.value else Whose.ADULT


def visits(uow: UnitOfWork, patient_id: str) -> int:
    """Appointments that are still to come."""
    live = select(func.count()).where(A.c.patient_id == patient_id, A.c.state.in_(LIVE_APPOINTMENTS))
    return uow.connection.execute(live).scalar_one()


def look(command: LookAtData, uow: UnitOfWork, context: Context) -> Outcome:
    row = patient_row(uow, context.account_id, command.patient_id) if context.account_id is not None else None
    if row is None or context.account_id is None or whose(row, context) is Whose.ADULT:
        return Refused(NotYours())
    if requests.by_key(uow, command.key) is None:
        requests.add(
            uow, context, key=command.key, kind=Ask.LOOK, patient_id=command.patient_id, state=AskState.DONE
        )
    found = (*holdings.of_patient(uow, command.patient_id), *holdings.of_account(uow, context.account_id))
    return Holdings(_masked(uow, row), found)


def copy(command: AskForCopy, uow: UnitOfWork, context: Context) -> Outcome:
    """A link to a page; it asks for the end of the identity number, so it is for the account's own patient only.

    The link is the answer: no person has to do anything more.
    """
    row = patient_row(uow, context.account_id, command.patient_id) if context.account_id is not None else None
    if row is None or whose(row, context) is not Whose.OWN or not context.settings.public_url:
        return Refused(NotYours())
    asked = requests.by_key(uow, command.key)
    if asked is None:
        if _copies_today(uow, context, command.patient_id) >= COPIES_A_DAY:
            return CopyLimit(COPIES_A_DAY)
        requests.add(
            uow, context, key=command.key, kind=Ask.COPY, patient_id=command.patient_id, state=AskState.DONE,
            result={"link": True, "tries": 0},
        )  # fmt: skip
        asked = requests.by_key(uow, command.key)
        assert asked is not None  # made above
    until = asked.opened_at + timedelta(hours=LINK_HOURS)
    return CopyReady(links.url(context.settings, uow.keys, asked.id), until)


def ask(command: AskPrivacy, uow: UnitOfWork, context: Context) -> Outcome:
    """A correction, a deletion, a copy at the window: one open request of a kind is enough."""
    row = patient_row(uow, context.account_id, command.patient_id) if context.account_id is not None else None
    asked = requests.by_key(uow, command.key)
    if asked is None:
        if row is None or whose(row, context) is Whose.ADULT:
            return Refused(NotYours())
        if command.kind is Ask.DELETE and (coming := visits(uow, command.patient_id)):
            return VisitsFirst(coming)
        asked = requests.waiting(uow, command.patient_id).get(command.kind)
    if asked is None:
        requests.add(
            uow,
            context,
            key=command.key,
            kind=command.kind,
            patient_id=command.patient_id,
            words=command.words,
        )
        asked = requests.by_key(uow, command.key)
        assert asked is not None  # made above
    elif command.words and asked.key != command.key:
        _more_words(uow, asked, command.words)
    whom = patient_row(uow, None, command.patient_id)
    assert whom is not None  # the request refers to them
    return PrivacyAsked(Ask(asked.kind), asked.id, requests.due_on(asked), _masked(uow, whom))


def take_back(command: TakeBackRequest, uow: UnitOfWork, context: Context) -> Outcome:
    """As long as nobody has carried it out."""
    row = requests.one(uow, command.number, lock=True)
    if row is None or not _theirs(uow, context, row):
        return Refused(NotYours())
    if row.state == AskState.OPEN.value:
        requests.finish(uow, context, row.id, row.version, AskState.TAKEN_BACK, row.result)
    elif row.state != AskState.TAKEN_BACK.value:
        return Refused(NotYours())
    return PrivacyTakenBack(Ask(row.kind))


def _theirs(uow: UnitOfWork, context: Context, row: Record) -> bool:
    """Whoever looks after the patient may; for an adult only they themselves."""
    if context.account_id is None or row.patient_id is None:
        return False
    mine = patient_row(uow, context.account_id, row.patient_id)
    return mine is not None and whose(mine, context) is not Whose.ADULT


def _more_words(uow: UnitOfWork, asked: Record, words: str) -> None:
    """What is said again is added; the same once more is not."""
    before = requests.words_of(uow, asked)
    if words.strip() in before:
        return
    both = requests.sealed(uow, asked.key, f"{before}\n{words}" if before else words)
    uow.connection.execute(requests.T.update().where(requests.T.c.id == asked.id).values(words=both))


def _copies_today(uow: UnitOfWork, context: Context, patient_id: str) -> int:
    since = datetime.combine(context.today, time(), HOSPITAL_TZ)
    made = select(func.count()).where(
        requests.T.c.patient_id == patient_id, requests.T.c.kind == Ask.COPY.value,
        requests.T.c.account_id == context.account_id, requests.T.c.opened_at >= since,
    )  # fmt: skip
    return uow.connection.execute(made).scalar_one()


def _masked(uow: UnitOfWork, row: Record) -> str:
    return mask_name(plain(uow.keys, "name", row.patient_id, row.patient_name))
