"""What was chosen and typed on the sheet → answers, by the same reading as in the chat; what cannot stand is told."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.questionnaires import words
from bot.questionnaires.evaluate import LONGEST, Refusal, missing, pruned, questions, refusal
from bot.questionnaires.filling import Filling
from bot.questionnaires.heard import NotUnderstood, Refused, Signal, Understood, Which
from bot.questionnaires.model import (
    ASKED,
    CHOICES,
    NUMBERS,
    Coded,
    Free,
    Item,
    Questionnaire,
    Type,
    Value,
)

Posted = Mapping[str, Sequence[str]]
"""A form as it was posted: every value of every field."""
YES, NO, NONE = "yes", "no", ""
"""The values of 是, 否 and 这题不答."""
CHOSEN, WRITTEN, SEEN = "a-", "w-", "seen"
"""Fields: ``a-linkId`` what was chosen or typed, ``w-linkId`` words of one's own beside options, ``seen`` each
question on the sheet."""
_LINE = 100
"""Characters in a field for a number or a day: more is none."""
_NUMBER = re.compile(r"[+-]?\d{1,9}(\.\d{1,6})?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Field:
    """One question's fields as they were left."""

    chosen: tuple[str, ...] = ()
    words: str = ""

    @property
    def empty(self) -> bool:
        return not any(self.chosen) and not self.words


@dataclass(frozen=True, slots=True)
class Read:
    """The sheet, read."""

    filling: Filling
    """What can stand."""
    typed: Mapping[str, Field]
    """Of every question that was on it."""
    problems: Mapping[str, Refusal]
    """By linkId: what was typed and cannot stand; ``required`` where the sheet was handed in without it."""
    fresh: frozenset[str]
    """Questions that these answers have opened: nobody has seen them yet."""

    @property
    def clean(self) -> bool:
        return not self.problems and not self.fresh


def read(form: Questionnaire, before: Filling, posted: Posted, *, final: bool) -> Read:
    """``before``: what is kept; it stands where a question was not on the sheet."""
    typed = dict(_typed(form, posted))
    answers = dict(before.answers)
    problems: dict[str, Refusal] = {}
    for item in form.walk():
        if item.link_id in typed:
            match answer(item, typed[item.link_id]):
                case Refusal() as why:
                    problems[item.link_id] = why
                    answers.pop(item.link_id, None)
                case values:
                    answers[item.link_id] = values
    answers = pruned(form, answers)
    asked = questions(form, answers)
    fresh = frozenset(item.link_id for item in asked if item.link_id not in typed)
    if final:
        lacking = (i.link_id for i in missing(form, answers) if i.link_id not in fresh | problems.keys())
        problems |= {link_id: Refusal("required") for link_id in lacking}
    live = {item.link_id for item in asked}
    passed = {i.link_id for i in asked if final and not i.required and i.link_id not in fresh}
    skipped = (before.skipped | passed) & live - answers.keys()
    shown = {link_id: why for link_id, why in problems.items() if link_id in live}
    return Read(Filling(answers, frozenset(skipped)), typed, shown, fresh)


def answer(item: Item, field: Field) -> tuple[Value, ...] | Refusal:
    """Empty: it was left out."""
    if item.type in CHOICES:
        values = _choices(item, field)
    elif item.type is Type.BOOLEAN:
        values = _yes_or_no(field)
    else:
        values = _text(item, field.chosen[0] if field.chosen else "")
    if isinstance(values, Refusal) or not values:
        return values
    return refusal(item, values) or values


def field_of(item: Item, values: tuple[Value, ...]) -> Field:
    """An answer as the fields show it; `answer` gives the same again."""
    chosen: list[str] = []
    own = ""
    for value in values:
        match value:
            case bool():
                chosen.append(YES if value else NO)
            case Decimal():
                chosen.append(f"{value:f}")
            case date():
                chosen.append(value.isoformat())
            case Coded(code):
                chosen.append(code)
            case Free(text) if item.type is Type.OPEN_CHOICE:
                own = text
            case Free(text):
                chosen.append(text)
    return Field(tuple(chosen), own)


def _typed(form: Questionnaire, posted: Posted) -> Iterator[tuple[str, Field]]:
    seen = set(posted.get(SEEN, ()))
    for item in form.walk():
        if item.type in ASKED and item.link_id in seen:
            chosen = tuple(map(_tidy, posted.get(CHOSEN + item.link_id, ())))
            own = posted.get(WRITTEN + item.link_id, ("",))
            yield item.link_id, Field(chosen, _tidy(own[0] if own else ""))


def _tidy(text: str) -> str:
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _choices(item: Item, field: Field) -> tuple[Value, ...] | Refusal:
    order = {option.code: place for place, option in enumerate(item.options)}
    codes = {code for code in field.chosen if code != NONE}
    if not codes <= order.keys():
        return Refusal("option")
    apart = {option.code for option in item.options if option.exclusive}
    if item.repeats and codes - apart:
        codes -= apart  # as the chat hears it: what was named counts more than 都没有
    chosen = tuple(Coded(code) for code in sorted(codes, key=order.__getitem__))
    if not field.words or item.type is not Type.OPEN_CHOICE:
        return chosen
    own = _text(item, field.words)
    if isinstance(own, Refusal):
        return own
    return chosen + tuple(value for value in own if value not in chosen)


def _yes_or_no(field: Field) -> tuple[Value, ...] | Refusal:
    said = {each for each in field.chosen if each != NONE}
    if not said <= {YES, NO}:
        return Refusal("option")
    return tuple(each == YES for each in sorted(said))


def _text(item: Item, text: str) -> tuple[Value, ...] | Refusal:
    """As the chat hears it: 三十八度二 in a field for numbers, 「没有」 where something else could be told."""
    if not text:
        return ()
    if item.type in NUMBERS and _NUMBER.fullmatch(plain := unicodedata.normalize("NFKC", text)):
        return (Decimal(plain),)
    longest = item.longest or LONGEST.get(item.type, _LINE)
    if len(text) > longest:
        return Refusal("long", longest)
    heard = words.understand(item, text, _days)
    match heard:
        case Understood(values):
            return values
        case Refused(why):
            return why
        case Signal():
            return ()
        case NotUnderstood() if item.type in (Type.STRING, Type.TEXT):
            return ()  # a stop, a dash
        case Which():
            return Refusal("which")
        case _:
            return Refusal("unread")


def _days(text: str) -> Sequence[date]:
    """What a date field sends, or who has no date field types."""
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", text).replace(" ", ""))
    try:
        return (date(*map(int, found.groups())),) if found else ()
    except ValueError:
        return ()
