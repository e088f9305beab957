"""What a move makes of the answers so far: no I/O, nothing of who answers or when."""

from bot.domain.survey import Back, Give, Jump, Skip, Submit, SurveyClosed, SurveyRefused
from bot.questionnaires import filling as fill
from bot.questionnaires.evaluate import Refusal, missing, pruned, questions, refusal, upcoming
from bot.questionnaires.filling import Filling
from bot.questionnaires.model import Questionnaire, Value

Answering = Give | Skip | Back | Jump | Submit
Refusing = SurveyRefused | SurveyClosed


def after(form: Questionnaire, now: Filling, move: Answering) -> Filling | Refusing:
    """The answers after the move, or why there are none."""
    match move:
        case Give(link_id, values):
            return _told(form, now, link_id, fill.give(form, now, link_id, values))
        case Skip(link_id):
            return _told(form, now, link_id, fill.skip(form, now, link_id))
        case Back():
            return fill.back(form, now)
        case Jump(number):
            there = fill.jump(form, now, number)
            return _no_such(form, now) if there is None else there
        case Submit(filling, _, final):
            return _whole_sheet(form, filling, final=final)


def whole(form: Questionnaire, now: Filling) -> bool:
    """Nothing is left to be asked, wherever one looks at the moment."""
    return upcoming(form, now.answers, now.skipped) is None and not missing(form, now.answers)


def _told(form: Questionnaire, now: Filling, link_id: str, told: Filling | Refusal) -> Filling | Refusing:
    """A question that is not asked (any more) belongs to a form that has changed under the patient's hands."""
    if isinstance(told, Filling):
        return told
    item = next((item for item in questions(form, now.answers) if item.link_id == link_id), None)
    return SurveyClosed("stale") if item is None else SurveyRefused(item, told.why, told.limit)


def _no_such(form: Questionnaire, now: Filling) -> Refusing:
    """The limit is how far one may go back to."""
    asked = questions(form, now.answers)
    open_now = upcoming(form, now.answers, now.skipped)
    reached = len(asked) if open_now is None else asked.index(open_now) + 1
    return SurveyRefused(asked[reached - 1], "number", reached) if asked else SurveyClosed("stale")


def _whole_sheet(form: Questionnaire, told: Filling, *, final: bool) -> Filling | Refusing:
    """Everything is looked at again: it comes from a browser."""
    answers: dict[str, tuple[Value, ...]] = {}
    for item in form.walk():
        given = told.answers.get(item.link_id, ())
        if given and (why := refusal(item, given)) is not None:
            return SurveyRefused(item, why.why, why.limit)
        if given:
            answers[item.link_id] = given
    answers = pruned(form, answers)
    asked = questions(form, answers)
    if final and (left := missing(form, answers)):
        return SurveyRefused(left[0], "required")
    passed = {i.link_id for i in asked if not i.required and i.link_id not in answers}
    skipped = passed if final else passed & told.skipped
    at = told.at if not final and any(i.link_id == told.at for i in asked) else ""
    return Filling(answers, frozenset(skipped), at)
