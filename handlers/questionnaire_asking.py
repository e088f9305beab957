"""A question of a questionnaire as the chat asks it: where one is, the words, what may be tapped."""

from collections.abc import Iterator, Sequence

from bot.dialog.frame import Values
from bot.dialog.speech import Json, Option, Reply
from bot.domain.survey import SurveyState, SurveyView
from bot.domain.world import World
from bot.pushes.survey_ways import Way
from bot.questionnaires.evaluate import enabled, progress, questions
from bot.questionnaires.filling import current
from bot.questionnaires.model import CHOICES, Coded, Item, Type, Value
from handlers import questionnaire_moves as moves
from handlers.texts import answers as told
from handlers.texts import questionnaire as texts

GOING: dict[str, Json] = {"going": True}
"""Set with the first answer of a conversation: after it nothing is said of where one was."""


def whom(world: World, values: Values) -> Reply:
    """Several are open: which one?"""
    words = {
        "self": ("我自己", "本人", "我的"),
        "parent": ("我妈", "我爸", "妈妈", "爸爸", "老人"),
        "child": ("孩子", "儿子", "女儿", "宝宝"),
        "spouse": ("老公", "老婆", "爱人", "老伴", "丈夫", "妻子"),
    }
    relations = {patient.id: patient.relation.value for patient in world.patients()}
    return Reply(
        texts.WHOM,
        tuple(
            Option(texts.label(seen), seen.scope, words.get(relations.get(seen.patient_id or "", ""), ()))
            for seen in world.surveys()
        ),
    )


def opening(world: World, values: Values) -> Reply:
    """Who asks and why, and whether to begin (R24)."""
    seen = moves.view(world, values)
    if seen is None:
        return Reply(texts.GONE)
    begun = seen.state is not SurveyState.OFFERED
    labels = (texts.START_AGAIN if begun else texts.START, texts.FAMILY, texts.LATER, texts.REFUSE)
    options = tuple(
        Option(label, way.value) for way, label in zip(Way, labels, strict=True)
    )  # as below the push
    if begun:
        return Reply(texts.go_on(seen), options)
    return Reply(texts.opening(seen, world.hospital, len(questions(seen.form, {}))), options)


def opening_again(world: World, values: Values) -> str:
    seen = moves.view(world, values)
    if seen is None:
        return ""
    if values.get("invited") is True and seen.state is SurveyState.OFFERED:
        return texts.opening_invited(seen, world.hospital, len(questions(seen.form, {})))
    return texts.opening_again(seen)


def question(world: World, values: Values) -> Reply:
    """The open question, with all that is said before it."""
    return _question(world, values)


def again(world: World, values: Values) -> str:
    """Without what is said when one begins, or comes back."""
    return "" if values.get("going") else _question(world, {**values, **GOING}).text


def example(world: World, values: Values) -> str:
    seen = moves.view(world, values)
    item = current(seen.form, seen.filling) if seen is not None else None
    return told.example(item) if item is not None else "「改第2题」"


def _question(world: World, values: Values) -> Reply:
    seen = moves.view(world, values)
    if seen is None:
        return Reply(texts.GONE)
    if moves.giving_up(values):
        return Reply(
            texts.SURE, (Option(texts.GIVE_UP, moves.STOP), Option(texts.GO_ON, None, sets={"doubt": None}))
        )
    item = current(seen.form, seen.filling)
    if item is None and not values.get("edit"):  # completed elsewhere meanwhile
        return Reply(texts.over(seen, world.phone))
    if item is None:
        return Reply(texts.which_to_change(seen), (Option(texts.KEEP, moves.tell("keep")),))
    if unsure := moves.among(item, values):
        return _which(item, unsure)
    chosen = moves.chosen(item, values)
    if chosen:
        return Reply(texts.and_more(told.spoken(item, chosen)), tuple(_ticked(item, chosen)))
    lines = (*_lead(seen, item, values), texts.question(item, *_place(seen, item)), *_how(seen, item))
    return Reply("\n".join(lines), tuple(_options(seen, item)))


def _place(seen: SurveyView, item: Item) -> tuple[int, int]:
    return progress(seen.form, seen.filling.answers, item.link_id)


def _lead(seen: SurveyView, item: Item, values: Values) -> Iterator[str]:
    """Beginning, or where one was; then what the form says before the question."""
    filling = seen.filling
    if not values.get("going"):
        if filling.answers or filling.skipped or filling.at:
            yield texts.resumed(_place(seen, item)[0])
        else:
            yield texts.begin(seen)
    yield from _said_before(seen, item)


def _said_before(seen: SurveyView, item: Item) -> Iterator[str]:
    """Texts and headings between the question before and this one."""
    order = enabled(seen.form, seen.filling.answers)
    at = next((n for n, each in enumerate(order) if each.link_id == item.link_id), 0)
    start = at
    while start and order[start - 1].type in (Type.DISPLAY, Type.GROUP):
        start -= 1
    yield from (each.text for each in order[start:at] if each.text)


def _how(seen: SurveyView, item: Item) -> Iterator[str]:
    given = seen.filling.answers.get(item.link_id)
    if given:
        yield texts.answered_before(told.spoken(item, given))
    if item.repeats:
        yield texts.several()
    if item.type is Type.OPEN_CHOICE:
        yield texts.own_words()


def _options(seen: SurveyView, item: Item) -> Iterator[Option]:
    """None where the answer is a number: 「1」 has to mean 1."""
    given = seen.filling.answers.get(item.link_id)
    if item.type in CHOICES:
        yield from (_choice(item, option.code, option.display, option.exclusive) for option in item.options)
    elif item.type is Type.BOOLEAN:
        yes, no = told.yes_and_no(item)
        yield Option(yes, moves.give(item, (True,)), sets=GOING)
        yield Option(no, moves.give(item, (False,)), sets=GOING)
    elif item.type not in (Type.STRING, Type.TEXT):
        return
    if given:
        yield Option(texts.KEEP, moves.give(item, given), sets=GOING)
    elif not item.required:
        label = texts.NOTHING if item.type in (Type.STRING, Type.TEXT) else texts.SKIP
        yield Option(label, moves.skip(item), (texts.SKIP,), sets=GOING)


def _choice(item: Item, code: str, label: str, alone: bool) -> Option:
    """A tap on one of several is not the last word: there may be more."""
    value = Coded(code)
    if item.repeats and not alone:
        return Option(label, None, sets={**GOING, "doubt": moves.so_far(item, (value,))})
    return Option(label, moves.give(item, (value,)), sets=GOING)


def _ticked(item: Item, chosen: Sequence[Coded]) -> Iterator[Option]:
    """The same list, numbered as before, with what is chosen; the place of 都没有 ends it."""
    done = Option(texts.NO_MORE, moves.give(item, chosen), sets=GOING)
    for option in item.options:
        value = Coded(option.code)
        if option.exclusive:
            yield done
        elif value in chosen:
            yield Option(option.display + texts.TICKED, None, sets={"doubt": moves.so_far(item, chosen)})
        else:
            yield Option(option.display, None, sets={"doubt": moves.so_far(item, (*chosen, value))})
    if not any(option.exclusive for option in item.options):
        yield done


def _which(item: Item, unsure: Sequence[Value]) -> Reply:
    if item.repeats:  # the whole list, or its numbers would mean something else
        options = tuple(
            _choice(item, option.code, option.display, option.exclusive) for option in item.options
        )
        denied = [option.display for option in item.options if Coded(option.code) not in unsure]
        return Reply(texts.the_rest(denied) if denied else texts.PLEASE_PICK_SOME, options)
    labels = [told.spoken(item, (value,)) for value in unsure]
    text = texts.PLEASE_PICK if item.type in CHOICES else texts.which(labels)
    if clash(unsure):
        return Reply(text)
    options = tuple(
        Option(label, moves.give(item, (value,)), sets=GOING)
        for label, value in zip(labels, unsure, strict=True)
    )
    return Reply(text, options)


def clash(unsure: Sequence[Value]) -> bool:
    """两三分, as 「1. 2分 2. 3分」, would make 「2」 mean two things: then nothing is numbered."""
    return any(value == place for place in range(1, len(unsure) + 1) for value in unsure)
