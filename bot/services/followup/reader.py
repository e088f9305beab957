"""The reader of ``followup:…``: is the step still to be asked?"""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from bot.domain.followup import FollowupState
from bot.domain.survey import SurveyState
from bot.pushes import survey_ways
from bot.services.context import Context
from bot.services.facts import Answer, Due, Facts, Gone
from bot.services.followup.discharges import D, F
from bot.services.followup.inviting import INVITED, scope_of
from bot.services.surveys.links import page_url
from bot.services.surveys.responses import R
from bot.services.surveys.subjects import LATE
from bot.services.tables import Record
from bot.store.db import UnitOfWork

_STEP = (
    select(
        F.c.id, F.c.state, F.c.version, F.c.overdue_on, F.c.reached_at, D.c.patient_id, D.c.died_on,
        R.c.state.label("answering"),
    )
    .join_from(F, D, D.c.id == F.c.discharge_id)
    .outerjoin(R, R.c.followup_id == F.c.id)
)  # fmt: skip
_ASKED_IN = (*INVITED, FollowupState.CONTACTING)


def read_followups(uow: UnitOfWork, context: Context, pushes: Sequence[Due]) -> Mapping[int, Answer]:
    ids = {push.subject for push in pushes}
    steps = {row.id: row for row in uow.connection.execute(_STEP.where(F.c.id.in_(ids)))}
    return {push.id: _answer(push, steps.get(push.subject), uow, context) for push in pushes}


def _answer(push: Due, step: Record | None, uow: UnitOfWork, context: Context) -> Answer:
    """Hospital and masked patient are everybody's facts; of the illness nothing is said (R24)."""
    if not context.settings.followup_pushes:
        return Gone("switched_off")
    if step is None or step.patient_id != push.patient_id:
        return Gone("no_followup")
    if step.died_on is not None:
        return Gone("deceased")  # R30
    if step.version != push.version:
        return Gone("changed")
    if step.state not in _ASKED_IN:
        return Gone(str(step.state))
    if step.reached_at is not None and step.answering is None:
        return Gone("reached")  # on the phone
    scope, begun = scope_of(step.id), step.answering is SurveyState.ASKING
    url = ""
    if push.account_id is not None:
        url = page_url(context.settings, uow.keys, scope, push.account_id, step.overdue_on + LATE)
    return Facts({}, survey_ways.options(begun=begun), survey_ways.offer_id(scope), url)
