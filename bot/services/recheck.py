"""Right before a push is sent: is it still true, still wanted, and is it still day?  Many at once, in a few queries."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.domain.states import PushState
from bot.pushes.quiet import postponed
from bot.pushes.verdicts import Later, Verdict, Void
from bot.services.context import Context
from bot.services.due import refusal
from bot.services.facts import Answer, Broken, Due, Facts, Gone, Readers, read
from bot.services.hospital import Hospital
from bot.services.people_facts import People, read_people
from bot.services.pushes import T
from bot.services.tables import Record
from bot.store.outbox import Leased

_MEND = timedelta(minutes=5)
_ROW = select(
    T.c.id, T.c.key, T.c.kind, T.c.scope, T.c.version, T.c.patient_id, T.c.account_id, T.c.campaign_id,
    T.c.due_at, T.c.expires_at, T.c.state, T.c.reason,
)  # fmt: skip


class Recheck:
    """Safe to share between threads.  What a chat says is not asked about: it has no push."""

    def __init__(self, hospital: Hospital, readers: Readers) -> None:
        self._hospital, self._readers = hospital, readers

    def __call__(self, batch: Sequence[Leased]) -> Mapping[int, Verdict]:
        wanted = {leased.push_id: leased for leased in batch if leased.push_id is not None}
        if not wanted:
            return {}
        context = self._hospital.acting("system:delivery")
        with self._hospital.db.read() as uow:
            rows = uow.connection.execute(_ROW.where(T.c.id.in_(wanted))).fetchall()
            pushes = [_due(row, context) for row in rows if row.kind in context.kinds]
            people = read_people(uow, context.kinds, pushes)
            answers = read(uow, context, self._readers, pushes)
            now = uow.now
        verdicts: dict[int, Verdict] = {
            wanted[row.id].id: Void(row.reason or "void") for row in rows if row.state is PushState.VOID
        }
        for push in pushes:
            leased = wanted[push.id]
            verdict = _verdict(push, leased, answers[push.id], people, context, now)
            if verdict is not None:
                verdicts.setdefault(leased.id, verdict)
        return verdicts


def _due(row: Record, context: Context) -> Due:
    return Due(
        row.id, row.key, context.kinds[row.kind], row.scope, row.version, row.patient_id, row.account_id,
        row.campaign_id, row.due_at, row.expires_at,
    )  # fmt: skip


def _verdict(
    push: Due, leased: Leased, answer: Answer, people: People, context: Context, now: datetime
) -> Verdict | None:
    """None: it may go.  Whether the account still follows is the ladder's to find out."""
    if because := refusal(push, people, now):
        return Void(because)
    if leased.account is not None and people.account_of(push) != leased.account.id:
        return Void("unlinked")
    if isinstance(answer, Gone):
        return Void(answer.reason)
    if isinstance(answer, Facts) and _outdated(leased, answer):
        return Void("outdated")
    until = now + _MEND if isinstance(answer, Broken) else postponed(push.kind, now, context.kinds.quiet)
    if until <= now:
        return None
    return Later(until) if until < push.expires_at else Void("quiet")


def _outdated(leased: Leased, facts: Facts) -> bool:
    """Written yesterday it says 明天, and somebody would come a day late; the next reminder says it right."""
    said = {} if leased.notice is None else leased.notice.fields
    return "day" in said and said["day"] != facts.fields.get("day")
