"""What the end of a questionnaire sets going: it is complete, corrected afterwards, or not wanted."""

from dataclasses import replace

from sqlalchemy import bindparam, exists, select

from bot.domain.contacts import Outcome
from bot.domain.states import LIVE_APPOINTMENTS
from bot.domain.survey import SurveyState
from bot.questionnaires.model import Questionnaire
from bot.services.appointments import A, S
from bot.services.context import Context, audit
from bot.services.surveys import responses, steps
from bot.services.surveys.anchoring import count_from_answer
from bot.services.surveys.responses import Response
from bot.services.surveys.subjects import Subject
from bot.services.surveys.wishes import open_tickets
from bot.store.db import UnitOfWork
from bot.store.types import UtcDateTime

_COMING = select(
    exists().where(
        A.c.patient_id == bindparam("patient"),
        A.c.state.in_(LIVE_APPOINTMENTS),
        S.c.id == A.c.slot_id,
        S.c.starts_at > bindparam("now", type_=UtcDateTime),
    )
)


def complete(
    uow: UnitOfWork, context: Context, subject: Subject, form: Questionnaire, response: Response, road: str
) -> None:
    """All that had to be asked was answered."""
    steps.answered(uow, context, subject)
    steps.contacted(uow, context, subject, f"response:{response.id}", road, Outcome.COMPLETED)
    steps.silence(uow, subject, "answered")
    count_from_answer(uow, context, subject)
    open_tickets(uow, context, subject, form, response)
    audit(uow, context, "survey.completed", f"response:{response.id}", scope=subject.scope, road=road)


def corrected(
    uow: UnitOfWork, context: Context, subject: Subject, form: Questionnaire, response: Response
) -> None:
    """What is new in it is taken up as if it had been said at once; what was taken up already stays."""
    if response.state is SurveyState.COMPLETED:
        open_tickets(uow, context, subject, form, response)
    audit(uow, context, "survey.corrected", f"response:{response.id}", scope=subject.scope)


def stop(
    uow: UnitOfWork, context: Context, subject: Subject, response: Response, key: str, road: str
) -> Response:
    """Does not want to: nobody asks again about this step."""
    stopped = replace(
        response, state=SurveyState.STOPPED, last_key=key, revision=response.revision + 1, changed_at=context.now
    )  # fmt: skip
    (responses.add if response.revision == 0 else responses.save)(uow, stopped)
    steps.refused(uow, context, subject)
    steps.contacted(uow, context, subject, f"response:{stopped.id}", road, Outcome.REFUSED)
    steps.silence(uow, subject, "refused")
    audit(uow, context, "survey.stopped", f"response:{stopped.id}", scope=subject.scope)
    return stopped


def revisit(uow: UnitOfWork, context: Context, subject: Subject) -> bool:
    """Whether to offer booking the next visit (R33, R40): the department can be booked, and nothing is booked yet."""
    known = any(
        department.name == subject.department for department in context.directory.departments.values()
    )
    if subject.followup_id is None or subject.patient_id is None or not known:
        return False
    return not uow.execute(_COMING, {"patient": subject.patient_id, "now": context.now}).scalar_one()
