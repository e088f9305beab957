"""Carry out one move in answering a questionnaire: the answers, and what they set going, in one transaction."""

from dataclasses import replace
from uuid import uuid4

from bot.domain.commands import FillSurvey
from bot.domain.outcomes import Outcome
from bot.domain.survey import Advice, Author, Start, Stop, Submit, SurveyClosed, SurveyMoved, SurveyState
from bot.questionnaires.filling import Filling
from bot.questionnaires.model import Questionnaire
from bot.services.alerts import raise_alert
from bot.services.context import Context
from bot.services.surveys import dangers, ending, responses
from bot.services.surveys.answers import after, whole
from bot.services.surveys.closing import closed, closed_to
from bot.services.surveys.looking import form_of, view
from bot.services.surveys.responses import Response
from bot.services.surveys.starting import begin
from bot.services.surveys.subjects import Subject, find
from bot.store.db import UnitOfWork

NO_FORM = "questionnaire_missing"
"""The alert where a plan or a response names a questionnaire that is not there."""


def fill(command: FillSurvey, uow: UnitOfWork, context: Context) -> Outcome:
    """`SurveyMoved`, `SurveyRefused` or `SurveyClosed`; the same key again changes nothing."""
    subject = find(uow, context, command.scope, lock=True)
    if subject is None:
        return SurveyClosed("unknown")
    response = responses.of_scope(uow, command.scope, lock=True)
    form = form_of(subject, response, context)
    if form is None:
        raise_alert(uow, NO_FORM, subject.questionnaire if response is None else response.questionnaire)
        return SurveyClosed("unknown")
    if response is not None and response.last_key == command.key:
        advice = dangers.told_again(uow, context, subject, form, response)
        return _moved(uow, context, subject, response, advice)
    why = closed(subject, response, context) or closed_to(command.move, subject, response, context)
    return SurveyClosed(why) if why else _carry_out(command, uow, context, subject, form, response)


def _carry_out(
    command: FillSurvey, uow: UnitOfWork, context: Context, subject: Subject, form: Questionnaire,
    response: Response | None,
) -> Outcome:  # fmt: skip
    move = command.move
    if isinstance(move, Stop):
        response = response or _new(command, context, subject, form, subject.author)
        stopped = ending.stop(uow, context, subject, response, command.key, face_of(command, context))
        return _moved(uow, context, subject, stopped)
    now = Filling() if response is None else response.filling
    told = now if isinstance(move, Start) else after(form, now, move)
    if not isinstance(told, Filling):
        return told
    if response is None or isinstance(move, Start):
        author = move.author if isinstance(move, Start) else Author.NURSE
        response = response or _new(command, context, subject, form, author)
        response = begin(uow, context, subject, response, author, command.key)
    return _settled(command, uow, context, subject, form, response, told)


def _settled(
    command: FillSurvey, uow: UnitOfWork, context: Context, subject: Subject, form: Questionnaire,
    before: Response, filling: Filling,
) -> Outcome:  # fmt: skip
    """The answers as they are now are written down, what is dangerous is told, and what is over is ended."""
    face = face_of(command, context)
    told = (filling.answers, filling.skipped) != (before.filling.answers, before.filling.skipped)
    now = replace(before, filling=filling, last_key=command.key, changed_at=context.now)
    if told:
        now = replace(_by(context, subject, now), revision=before.revision + 1)
    done = whole(form, filling)
    was_done = before.state is SurveyState.COMPLETED
    ends = done and not was_done and not filling.at and _may_end(command, face)
    if ends:
        now = replace(now, state=SurveyState.COMPLETED, completed_at=context.now)
    elif was_done and not done:  # a correction has opened a question that must be answered
        now = replace(now, state=SurveyState.ASKING, completed_at=None)
    responses.save(uow, now)
    advice = dangers.raise_new(uow, context, subject, form, before.filling, now, face)
    if ends:
        ending.complete(uow, context, subject, form, now, face)
    elif was_done and told:
        ending.corrected(uow, context, subject, form, now)
    return _moved(uow, context, subject, now, advice)


def _may_end(command: FillSurvey, face: str) -> bool:
    """In the chat the last answer ends it; the page and the nurse say so."""
    move = command.move
    return move.final if isinstance(move, Submit) else face == "chat"


def face_of(command: FillSurvey, context: Context) -> str:
    return "phone" if context.account is None else command.face


def _by(context: Context, subject: Subject, response: Response) -> Response:
    """Who told the last answer; staff fill it on the phone."""
    if context.account is None:
        return replace(response, author=Author.NURSE, staff_no=context.actor.removeprefix("staff:"))
    taken_up = response.author is Author.NURSE
    return replace(
        response, account_id=context.account_id, author=subject.author if taken_up else response.author
    )


def _new(
    command: FillSurvey, context: Context, subject: Subject, form: Questionnaire, author: Author
) -> Response:
    """Not written yet."""
    return Response(
        id=uuid4().hex, scope=subject.scope, followup_id=subject.followup_id, patient_id=subject.patient_id,
        account_id=context.account_id, questionnaire=form.canonical, state=SurveyState.ASKING, author=author,
        staff_no=None, filling=Filling(), revision=0, last_key=command.key, consented_at=None,
        started_at=context.now, changed_at=context.now,
    )  # fmt: skip


def _moved(
    uow: UnitOfWork, context: Context, subject: Subject, response: Response, advice: tuple[Advice, ...] = ()
) -> Outcome:
    seen = view(subject, response, context)
    if seen is None:
        return SurveyClosed("unknown")
    just = response.state is SurveyState.COMPLETED and response.completed_at == response.changed_at
    return SurveyMoved(seen, advice, revisit=just and ending.revisit(uow, context, subject))
