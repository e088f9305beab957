"""What is handed in on a sheet, by the patient on the page or a nurse on the phone: the move, and its outcome."""

import hashlib
from datetime import date

from bot.domain.survey import Submit, SurveyRefused, SurveyView
from bot.questionnaires.evaluate import Refusal
from bot.questionnaires.filling import dumps
from bot.web.survey.reading import Read
from bot.web.survey.sheet import by_link


def handed_in(view: SurveyView, told: Read, *, final: bool) -> Submit:
    """Completes it only where nothing is wrong, and nothing has just opened."""
    return Submit(told.filling, view.revision, final=final and told.clean)


def key_of(move: Submit) -> str:
    """The same for the same sheet: pressed twice, it is kept once."""
    kept = hashlib.sha256(f"{dumps(move.filling)}{move.final}".encode()).hexdigest()[:16]
    return f"{move.revision}:{kept}"


def refused(outcome: SurveyRefused, told: Read) -> Read:
    """What the hospital itself would not have, told beside its question."""
    bounded = outcome.limit if isinstance(outcome.limit, int | date) else None
    return by_link({outcome.item.link_id: Refusal(outcome.why, bounded)}, told)
