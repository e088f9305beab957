"""问卷：先说是谁、为什么问（R24），一次一题，随时能停、能改；危险的回答先给要紧的话（R42）。

Where a questionnaire stands is in the database, not in the session: the frame knows only which one it is, and what is
in doubt about the open question.
"""

import re

from bot.dialog.frame import Frame, Heard, Known, Said, Slot, Values, Wrong, opens
from bot.dialog.speech import Json, Option, Reply
from bot.domain.commands import Command, FillSurvey
from bot.domain.outcomes import Outcome
from bot.domain.survey import Give, SurveyClosed, SurveyMoved, SurveyRefused, SurveyState, SurveyView
from bot.domain.world import World
from bot.pushes.survey_ways import Way
from bot.questionnaires.evaluate import progress, questions
from bot.questionnaires.filling import current
from handlers import questionnaire_advice as advising
from handlers import questionnaire_answering as answering
from handlers import questionnaire_asking as asking
from handlers import questionnaire_hearing as hearing
from handlers import questionnaire_moves as moves
from handlers import questionnaire_orders as orders
from handlers.texts import answers as told
from handlers.texts import questionnaire as texts
from nlu.understood import Understood

STEP = ("state", "invited", "way", "doubt", "asked", "move")
"""Forgotten after every move: they are of the question that was open."""
_BEGINS = re.compile(
    r"(?:嗯|好的?|行|可以|成|中|要得|我?方便|我?有空|我?来|开始|问|说|我?同意|我?愿意|没问题|是的?|ok|答|吧|呀|啊|啦|的|回答|答|了|现在|就|那|快点?|赶紧|有什么|你|您|尽管|一下|,|!)+"
)
_KIN = (
    r"(?:[我俺咱]们?)?是?(?:他|她|患者|病人|老人|[我俺]?[妈娘爸爹])?家?的?"
    r"(?:家属|家里人|女儿|闺女|姑娘|幺妹|儿子|娃儿?|老伴|爱人|老公|老婆|妻子|丈夫|孙子|孙女|儿媳妇?|女婿|妈妈?|爸爸?)(?:来[答填说]?)?"
)
_FOR_THEM = r"[^,]{0,3}(?:替|帮|代|给)[^,]{0,5}(?:答|填|说(?!说))[^,]{0,3}"
_FAMILY = re.compile(rf"{_KIN}|(?:.{{1,20}},)?(?:{_KIN})?{_FOR_THEM}")
_NO = re.compile(r"(?:不|不要|不用|不需要|不行|没兴趣|不了|不愿意)(?:了|吧|谢谢|,|，|。)*")


def _only(world: World, values: Values) -> Json:
    open_now = world.surveys()
    return open_now[0].scope if len(open_now) == 1 else None


def _some(world: World, values: Values) -> bool:
    return len(world.surveys()) > 0


def _state(world: World, values: Values) -> Json:
    seen = moves.view(world, values)
    return seen.state.value if seen is not None else None


def _own(world: World, values: Values) -> Json:
    seen = moves.view(world, values)
    return seen.own if seen is not None else None


def _offered(world: World, values: Values) -> bool:
    state = values.get("state")
    again = state == SurveyState.ASKING.value and values.get("invited") is True
    return again or state == SurveyState.OFFERED.value


def _asking(world: World, values: Values) -> bool:
    """A question is open, as far as the patient knows; once it is over, only where an answer is to be changed."""
    if values.get("way") in (Way.LATER.value, Way.REFUSE.value):
        return False
    state = values.get("state")
    return state == SurveyState.ASKING.value or (
        state == SurveyState.COMPLETED.value and bool(values.get("edit"))
    )


def _asked(world: World, values: Values) -> Json:
    """Which question is open: a message that comes again still answers that one."""
    seen = moves.view(world, values)
    item = current(seen.form, seen.filling) if seen is not None else None
    return item.link_id if item is not None else None


def _way(understood: Understood, world: World, values: Values) -> Heard:
    """The opening, answered in plain words."""
    plain, order = orders.bare(understood.text), orders.read(understood)
    if order is not None and order.kind == "who":
        seen = moves.view(world, values)
        return Wrong(texts.who(seen, world.hospital, world.phone)) if seen is not None else None
    if order is not None and order.kind == "pause":
        return Known(Way.LATER.value)
    if (order is not None and order.kind == "stop") or _NO.fullmatch(plain):
        return Known(Way.REFUSE.value)
    if _FAMILY.fullmatch(plain):
        return Known(Way.FAMILY.value)
    return Known(Way.START.value) if _BEGINS.fullmatch(plain) else None


class Survey(
    Frame,
    id="survey",
    version=2,
    title="问卷",
    intents=("survey",),
):
    """Opened by its intent, by a tap on the invitation, from the end of another one."""

    scope = Slot(ask=asking.whom, auto=_only, when=_some, title="哪一份", hint="1")
    edit = Slot()
    invited = Slot()
    """The words may answer a push: they are no answer to a question yet."""
    state = Slot(auto=_state, after=("scope",))
    own = Slot(auto=_own, after=("scope",))
    going = Slot(after=("scope",))
    told = Slot(after=("scope",))
    doubt = Slot(after=("scope",))
    way = Slot(
        ask=asking.opening,
        claim=_way,
        after=("scope",),
        when=_offered,
        hint="「开始」，或者「晚点再说」",
        again=asking.opening_again,
    )
    asked = Slot(auto=_asked, after=("scope",))
    move = Slot(
        ask=asking.question,
        claim=hearing.claim,
        answer=hearing.passes,
        keeps=hearing.keeps,
        auto=answering.told_along,
        after=("scope",),
        when=_asking,
        hint=asking.example,
        again=asking.again,
    )

    def unfinished(self, world: World) -> dict[str, Json] | None:
        begun = next((seen for seen in world.surveys() if seen.state is SurveyState.ASKING), None)
        return {"scope": begun.scope} if begun is not None else None

    def over(self, world: World, values: Values) -> bool:
        if not isinstance(values.get("scope"), str) or values.get("edit"):
            return False
        seen = moves.view(world, values)
        return seen is None or seen.state not in (SurveyState.OFFERED, SurveyState.ASKING)

    def commit(self, values: Values, key: str) -> Command | None:
        scope = values.get("scope")
        move = moves.read(values.get("move")) or moves.opening(values)
        if not isinstance(scope, str) or move is None or moves.asks(values):
            return None
        return FillSurvey(key, scope, move)

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        match outcome:
            case SurveyMoved():
                return _moved(outcome, world, values)
            case SurveyRefused(item=item, why=why, limit=limit):
                return Said(Reply(told.refused(item, why, limit)), done=False, clear=STEP)
            case SurveyClosed(why=why):
                return Said(Reply(texts.closed(why, world.phone)))
            case _:
                return _told(world, values)


def _moved(outcome: SurveyMoved, world: World, values: Values) -> Said:
    seen, danger = outcome.survey, moves.marked(values, "danger")
    if seen.state is SurveyState.STOPPED:
        return Said(Reply(texts.STOPPED))
    if seen.state is SurveyState.COMPLETED and not seen.filling.at:
        return Said(Reply(texts.KEPT_AND_DONE)) if danger else _finished(outcome, world, values)
    if danger:  # what to do was said just now, nothing follows it
        return Said(Reply(""), done=False, clear=(*STEP, "told"), quiet=True)
    advice = advising.heard(outcome)
    if advice.alone:
        go_on = Option(texts.GO_ON, opens("survey", {"scope": seen.scope}))
        options = (*advising.seats(advice, seen, world), go_on)
        return Said(Reply(advice.text, options), done=False, clear=(*STEP, "told"), quiet=True)
    clear = STEP if values.get("told") and not moves.marked(values, "along") else (*STEP, "told")
    text = f"{advice.text}\n{texts.GENTLY}" if advice.gently else advice.text
    return Said(Reply(f"{_heard_of_it(seen, values)}\n{text}".strip()), done=False, clear=clear)


def _heard_of_it(seen: SurveyView, values: Values) -> str:
    """What was written down, where more was listed than the question knows: nobody shall believe it was all heard."""
    match moves.read(values.get("move")):
        case Give(link_id, given) if moves.marked(values, "partly") and (item := seen.form.item(link_id)):
            return texts.heard_only(told.spoken(item, given))
    return ""


def _finished(outcome: SurveyMoved, world: World, values: Values) -> Said:
    seen, advice = outcome.survey, advising.heard(outcome)
    if values.get("edit"):
        return Said(Reply(f"{texts.CHANGED}\n{advice.text}".strip(), advising.seats(advice, seen, world)))
    others = [other for other in world.surveys() if other.scope != seen.scope]
    text = texts.finished(seen, world.phone, others)
    options = (*advising.seats(advice, seen, world), *advising.revisits(outcome, world), _change(seen))
    return Said(Reply(f"{advice.text}\n{text}".strip(), options))


def _change(seen: SurveyView) -> Option:
    words = texts.change_words(len(questions(seen.form, seen.filling.answers)))
    return Option(texts.CHANGE, opens("survey", {"scope": seen.scope, "edit": True}), words)


def _told(world: World, values: Values) -> Said:
    """Nothing was written: a word about answering, or why there is nothing to answer."""
    seen = moves.view(world, values)
    if seen is None:
        return Said(Reply(texts.GONE if values.get("scope") else texts.NONE_OPEN))
    if what := moves.asks(values):
        return _about(what, seen, world, values)
    if values.get("way") == Way.LATER.value:
        return Said(Reply(texts.later(seen)))
    if seen.state is SurveyState.COMPLETED:
        change = Option(
            texts.CHANGE, opens("survey", {"scope": seen.scope, "edit": True}), texts.CHANGE_WORDS
        )
        return Said(Reply(texts.over(seen, world.phone), (change,)))
    return Said(Reply(texts.STOPPED if values.get("way") == Way.REFUSE.value else texts.GONE))


def _about(what: str, seen: SurveyView, world: World, values: Values) -> Said:
    item = moves.asked(seen, values)
    match what:
        case "pause":
            return Said(Reply(texts.paused(seen)))
        case "keep":
            return Said(Reply(texts.KEPT))
        case "answers":
            text = texts.answers(seen)
        case "who":
            text = texts.who(seen, world.hospital, world.phone)
        case "first":
            text = texts.FIRST
        case _:
            number, of = (
                progress(seen.form, seen.filling.answers, item.link_id) if item is not None else (1, 1)
            )
            text = texts.left(number, of)
    return Said(Reply(text), done=False, clear=STEP)
