"""The sheet as the template draws it: every open question, with what stands in it and what is wrong with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.domain.survey import SurveyView
from bot.questionnaires.evaluate import Refusal, enabled
from bot.questionnaires.filling import spoken
from bot.questionnaires.model import ASKED, CHOICES, NUMBERS, Answers, Item, Questionnaire, Type
from bot.web.survey import texts
from bot.web.survey.reading import CHOSEN, NO, NONE, WRITTEN, YES, Field, Read, field_of

_KINDS = {Type.BOOLEAN: "radio", Type.DATE: "date", Type.TEXT: "text"}


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    checked: bool
    alone: bool = False
    """It excludes the others (以上都没有)."""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a text, or a question."""

    id: str
    """The same whatever is open: a page in use finds its question again."""
    kind: str
    """heading | display | radio | checkbox | number | date | line | text"""
    text: str
    link_id: str = ""
    number: int = 0
    required: bool = False
    choices: tuple[Choice, ...] = ()
    name: str = ""
    value: str = ""
    unit: str = ""
    longest: int = 0
    own_name: str = ""
    """Where words of one's own may stand beside the options."""
    own_value: str = ""
    hint: str = ""
    problem: str = ""
    note: str = ""
    fresh: bool = False
    earliest: str = ""
    latest: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    blocks: tuple[Block, ...]
    answered: int
    total: int
    problems: tuple[Block, ...] = field(default=())


def sheet(view: SurveyView, read: Read | None = None, *, answers: Answers | None = None) -> Sheet:
    """``read``: what was just handed in, which stays as it was typed.  ``answers``: newer ones of another face, which
    stand wherever nothing was typed."""
    kept = view.filling.answers if answers is None else answers
    shown = kept if read is None else {**kept, **read.filling.answers}
    blocks = tuple(_blocks(view.form, shown, read, {} if answers is None else answers))
    asked = [block for block in blocks if block.number]
    done = sum(1 for block in asked if shown.get(block.link_id) and not block.problem)
    return Sheet(blocks, done, len(asked), tuple(block for block in asked if block.problem))


def _blocks(form: Questionnaire, answers: Answers, read: Read | None, newer: Answers) -> Iterator[Block]:
    places = {item.link_id: place for place, item in enumerate(form.walk(), start=1)}
    number = 0
    for item in enabled(form, answers):
        block_id = f"q{places[item.link_id]}"
        if item.type not in ASKED:
            yield Block(block_id, "heading" if item.type is Type.GROUP else "display", item.text)
            continue
        number += 1
        yield _question(item, block_id, number, answers, read, newer)


def _question(
    item: Item, block_id: str, number: int, answers: Answers, read: Read | None, newer: Answers
) -> Block:
    given = answers.get(item.link_id, ())
    typed = None if read is None else read.typed.get(item.link_id)
    why = None if read is None else read.problems.get(item.link_id)
    as_typed = typed is not None and not typed.empty and (why is not None or not given)
    stands = typed if typed is not None and as_typed else field_of(item, given)
    elsewhere = newer.get(item.link_id, ())
    differs = typed is not None and not typed.empty and bool(elsewhere) and given != elsewhere
    return Block(
        id=block_id,
        kind=_kind(item),
        text=f"{item.prefix} {item.text}".strip(),
        link_id=item.link_id,
        number=number,
        required=item.required,
        choices=tuple(_choices(item, stands)),
        name=CHOSEN + item.link_id,
        value=stands.chosen[0] if stands.chosen else "",
        unit=item.unit,
        longest=item.longest,
        own_name=WRITTEN + item.link_id if item.type is Type.OPEN_CHOICE else "",
        own_value=stands.words,
        hint=texts.hint(item),
        problem="" if why is None else texts.problem(item, why),
        note=f"您在别处答的是：{spoken(item, elsewhere)}" if differs else "",
        fresh=read is not None and item.link_id in read.fresh,
        earliest=_day(item.low),
        latest=_day(item.high),
    )


def _kind(item: Item) -> str:
    if item.type in CHOICES:
        return "checkbox" if item.repeats else "radio"
    return "number" if item.type in NUMBERS else _KINDS.get(item.type, "line")


def _choices(item: Item, stands: Field) -> Iterator[Choice]:
    if item.type is Type.BOOLEAN:
        yield Choice(YES, "是", YES in stands.chosen)
        yield Choice(NO, "否", NO in stands.chosen)
    for option in item.options:
        yield Choice(option.code, option.display, option.code in stands.chosen, option.exclusive)
    if _kind(item) == "radio" and not item.required:
        yield Choice(NONE, "这题不答", NONE in stands.chosen)


def _day(limit: object) -> str:
    return limit.isoformat() if isinstance(limit, date) else ""


def by_link(problems: Mapping[str, Refusal], read: Read) -> Read:
    """What the hospital itself refused, told beside its question."""
    return Read(read.filling, read.typed, {**read.problems, **problems}, read.fresh)
