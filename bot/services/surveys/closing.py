"""Whether a questionnaire may be answered (any more), and why not."""

from datetime import timedelta

from bot.domain.followup import FollowupState
from bot.domain.survey import Back, Give, Jump, Move, Skip, Start, Stop, Submit, SurveyState
from bot.services.context import Context
from bot.services.surveys.responses import Response
from bot.services.surveys.subjects import Subject

CORRECTED_FOR = timedelta(hours=24)
"""So long after the last answer its author may still correct it, while nobody has reviewed it."""
_S = FollowupState
_OVER = {
    _S.DECEASED: "deceased",
    _S.READMITTED: "readmitted",
    _S.REFUSED: "stopped",
    _S.CLOSED: "stopped",
    _S.REVIEWED: "completed",
}
_CORRECTS = (Give, Skip, Back, Jump, Submit)


def closed(subject: Subject, response: Response | None, context: Context) -> str:
    """``why`` of `SurveyClosed`; empty: it may be answered."""
    if subject.deceased:
        return "deceased"  # R30
    if why := _OVER.get(subject.state or _S.DUE):
        return why
    if response is None:
        return "completed" if subject.state is _S.ANSWERED else _out_of_days(subject, context)
    if response.state is SurveyState.STOPPED:
        return "stopped"
    if response.state is SurveyState.COMPLETED:
        return "" if correctable(response, context) else "completed"
    return _out_of_days(subject, context)


def closed_to(move: Move, subject: Subject, response: Response | None, context: Context) -> str:
    """What this move cannot do, though another could."""
    if response is None:
        begins = isinstance(move, Start | Stop) or (context.account is None and isinstance(move, Submit))
        return "" if begins else "stale"  # nobody has agreed to anything yet
    over = response.state is SurveyState.COMPLETED or subject.state is _S.ANSWERED
    if over and not isinstance(move, _CORRECTS):
        return "completed"
    if isinstance(move, Submit) and move.revision != response.revision:
        return "stale"
    return ""


def correctable(response: Response, context: Context) -> bool:
    """By whoever gave the answers, for a day."""
    if response.completed_at is None or context.now > response.completed_at + CORRECTED_FOR:
        return False
    if context.account is None:
        return response.staff_no is not None and context.actor == f"staff:{response.staff_no}"
    return response.account_id == context.account_id


def _out_of_days(subject: Subject, context: Context) -> str:
    """Staff may ask before its days, and after them: they know why."""
    if context.account is None:
        return ""
    if subject.opens_on is None or context.today < subject.opens_on:
        return "unknown"
    return "expired" if subject.ends_on is not None and context.today > subject.ends_on else ""
