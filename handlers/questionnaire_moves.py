"""Moves in a questionnaire as values of a dialog, and where the questionnaire stands."""

from collections.abc import Mapping, Sequence

from bot.dialog.frame import Values
from bot.dialog.speech import Json
from bot.domain.survey import Author, Back, Give, Jump, Move, Skip, Start, Stop, SurveyState, SurveyView
from bot.domain.world import World
from bot.pushes.survey_ways import Way
from bot.questionnaires.evaluate import questions
from bot.questionnaires.filling import current, heard, told
from bot.questionnaires.model import Coded, Item, Value

BACK: Json = {"back": True}
STOP: Json = {"stop": True}


def give(item: Item, values: Sequence[Value], **more: Json) -> Json:
    """``danger=True``: told in words that were answered as a danger; ``along=True``: told along with the
    answer before; ``partly=True``: not all that was listed is an option."""
    return {"give": item.link_id, "values": told(tuple(values)), **more}


def skip(item: Item) -> Json:
    return {"skip": item.link_id}


def jump(number: int) -> Json:
    return {"jump": number}


def tell(what: str) -> Json:
    """Nothing is written, something is said: left | answers | pause | first | who | keep."""
    return {"tell": what}


def asks(values: Values) -> str:
    """What `tell` made; empty: a move."""
    match values.get("move"):
        case {"tell": str(what)}:
            return what
    return ""


def marked(values: Values, mark: str) -> bool:
    """Whether `give` was told ``mark``."""
    move = values.get("move")
    return isinstance(move, Mapping) and move.get(mark) is True


def read(move: Json) -> Move | None:
    """What `give` and the others made; None: no move."""
    match move:
        case {"give": str(link_id), "values": list(raw)}:
            return Give(link_id, heard(raw))
        case {"skip": str(link_id)}:
            return Skip(link_id)
        case {"back": True}:
            return Back()
        case {"jump": int(number)}:
            return Jump(number)
        case {"stop": True}:
            return Stop()
    return None


def opening(values: Values) -> Move | None:
    """Beginning, or not: by the way chosen, where it still has to be chosen."""
    way, state = values.get("way"), values.get("state")
    if way in (Way.START.value, Way.FAMILY.value) and state == SurveyState.OFFERED.value:
        family = way == Way.FAMILY.value or not values.get("own")
        return Start(Author.FAMILY if family else Author.PATIENT)
    if way == Way.REFUSE.value and state in (SurveyState.OFFERED.value, SurveyState.ASKING.value):
        return Stop()
    return None


def view(world: World, values: Values) -> SurveyView | None:
    scope = values.get("scope")
    return world.survey(scope) if isinstance(scope, str) else None


def asked(seen: SurveyView, values: Values) -> Item | None:
    """The question as the patient was asked it: a message that comes again still answers that one."""
    link = values.get("asked")
    found = seen.form.item(link) if isinstance(link, str) else None
    return found or current(seen.form, seen.filling)


def before(seen: SurveyView, item: Item | None) -> Item | None:
    """The question before this one; of none, the last."""
    order = questions(seen.form, seen.filling.answers)
    places = [n for n, each in enumerate(order) if item is not None and each.link_id == item.link_id]
    place = places[0] if places else len(order)
    return order[place - 1] if place else None


# -- what is in doubt about the open question --------------------------------------------------


def unsure(item: Item, values: Sequence[Value]) -> Json:
    """One of these, and only the patient can say which."""
    return {"link": item.link_id, "which": told(tuple(values))}


def so_far(item: Item, chosen: Sequence[Value]) -> Json:
    """Of several at once, one tap after the other."""
    return {"link": item.link_id, "chosen": told(tuple(chosen))}


SURE: Json = {"sure": True}
"""Whether to give up answering."""


def among(item: Item, values: Values) -> tuple[Value, ...]:
    """What `unsure` made of this question."""
    return _of(item, values, "which")


def chosen(item: Item, values: Values) -> tuple[Coded, ...]:
    """What `so_far` made of this question."""
    return tuple(value for value in _of(item, values, "chosen") if isinstance(value, Coded))


def giving_up(values: Values) -> bool:
    return values.get("doubt") == SURE


def _of(item: Item, values: Values, kind: str) -> tuple[Value, ...]:
    doubt = values.get("doubt")
    if isinstance(doubt, Mapping) and doubt.get("link") == item.link_id:
        raw = doubt.get(kind)
        return heard(raw) if isinstance(raw, list) else ()
    return ()
