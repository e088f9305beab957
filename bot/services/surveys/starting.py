"""Somebody has agreed to answer: the response begins, or goes on with whoever answers now."""

from dataclasses import replace

from bot.domain.survey import Author
from bot.services import consents
from bot.services.context import Context, audit
from bot.services.surveys import responses, steps
from bot.services.surveys.responses import Response
from bot.services.surveys.subjects import Subject
from bot.store.db import UnitOfWork

CONSENT = "followup"
"""Its kind in the ledger: answers about one's health, for the medical staff only."""


def begin(
    uow: UnitOfWork, context: Context, subject: Subject, response: Response, author: Author, key: str
) -> Response:
    """Revision 0 has not been written yet."""
    author = Author.NURSE if context.account is None else author
    if response.revision == 0:
        first = replace(
            response, author=author, staff_no=_staff(context), revision=1, consented_at=context.now
        )
        responses.add(uow, first)
        steps.reached(uow, context, subject)
        steps.silence(uow, subject, "begun")
        _agreed(uow, context, subject, key)
        audit(uow, context, "survey.begun", f"response:{first.id}", scope=subject.scope, author=author)
        return first
    if (author, context.account_id) == (response.author, response.account_id):
        return response
    if context.account_id != response.account_id:
        _agreed(uow, context, subject, key)
    audit(uow, context, "survey.taken_over", f"response:{response.id}", scope=subject.scope, author=author)
    return replace(
        response, author=author, account_id=context.account_id or response.account_id,
        staff_no=_staff(context) or response.staff_no, revision=response.revision + 1,
    )  # fmt: skip


def _agreed(uow: UnitOfWork, context: Context, subject: Subject, key: str) -> None:
    """The ledger is of accounts; what was agreed to on the phone stands in the response and in the call."""
    if context.account_id is not None and subject.patient_id is not None:
        consents.give(uow, context, (CONSENT,), patient_id=subject.patient_id, evidence=key)


def _staff(context: Context) -> str | None:
    return context.actor.removeprefix("staff:") if context.account is None else None
