"""A questionnaire half filled in: what is answered, what was passed over, and which question is looked at again."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.questionnaires.evaluate import Refusal, pruned, questions, refusal, upcoming
from bot.questionnaires.model import Answers, Coded, Free, Item, Questionnaire, Value


@dataclass(frozen=True, slots=True)
class Filling:
    """Immutable; every step gives another one."""

    answers: Answers = field(default_factory=dict)
    skipped: frozenset[str] = frozenset()
    at: str = ""
    """The linkId that was gone back to; empty: the next open question."""


def current(form: Questionnaire, filling: Filling) -> Item | None:
    """The question that is open now; None: all is said."""
    if filling.at:
        asked = next((i for i in questions(form, filling.answers) if i.link_id == filling.at), None)
        if asked is not None:
            return asked
    return upcoming(form, filling.answers, filling.skipped)


def give(form: Questionnaire, filling: Filling, link_id: str, values: tuple[Value, ...]) -> Filling | Refusal:
    """``values`` as the answer to ``link_id``; what they close is forgotten (`pruned`)."""
    asked = _asked(form, filling, link_id)
    if asked is None:
        return Refusal("kind")
    why = refusal(asked, values)
    if why is not None:
        return why
    answers = pruned(form, {**filling.answers, link_id: values})
    return Filling(answers, filling.skipped - {link_id})


def skip(form: Questionnaire, filling: Filling, link_id: str) -> Filling | Refusal:
    """Pass over a question that need not be answered; an answer it had is taken back."""
    asked = _asked(form, filling, link_id)
    if asked is None:
        return Refusal("kind")
    if asked.required:
        return Refusal("required")
    answers = {key: given for key, given in filling.answers.items() if key != link_id}
    return Filling(pruned(form, answers), filling.skipped | {link_id})


def back(form: Questionnaire, filling: Filling) -> Filling:
    """To the question before the open one; at the first one nothing changes."""
    order = [item.link_id for item in questions(form, filling.answers)]
    open_now = current(form, filling)
    place = order.index(open_now.link_id) if open_now is not None else len(order)
    return replace(filling, at=order[place - 1]) if place else filling


def jump(form: Questionnaire, filling: Filling, number: int) -> Filling | None:
    """To the ``number``th question, as the patient counts; None: there is none, or it has not been reached."""
    order = [item.link_id for item in questions(form, filling.answers)]
    if not 1 <= number <= len(order):
        return None
    upto = upcoming(form, filling.answers, filling.skipped)
    reached = len(order) if upto is None else order.index(upto.link_id) + 1
    return replace(filling, at=order[number - 1]) if number <= reached else None


def _asked(form: Questionnaire, filling: Filling, link_id: str) -> Item | None:
    return next((item for item in questions(form, filling.answers) if item.link_id == link_id), None)


def dumps(filling: Filling) -> str:
    """As JSON, for the encrypted column."""
    answers = {key: [_told(value) for value in given] for key, given in filling.answers.items()}
    return json.dumps(
        {"answers": answers, "skipped": sorted(filling.skipped), "at": filling.at}, ensure_ascii=False
    )


def loads(text: str) -> Filling:
    """What `dumps` wrote."""
    raw = json.loads(text)
    answers = {key: tuple(map(value_from, given)) for key, given in raw["answers"].items()}
    return Filling(answers, frozenset(raw["skipped"]), raw["at"])


def told(values: tuple[Value, ...]) -> list[Any]:
    """An answer as JSON, for a dialog's session."""
    return [_told(value) for value in values]


def heard(raw: list[Any]) -> tuple[Value, ...]:
    """What `told` wrote."""
    return tuple(map(value_from, raw))


def _told(value: Value) -> Any:
    match value:
        case bool():
            return value
        case Decimal():
            return {"number": str(value)}
        case date():
            return {"day": value.isoformat()}
        case Coded(code):
            return {"code": code}
        case Free(text):
            return {"text": text}


def value_from(raw: Any) -> Value:
    """One value, as `told` wrote it; raises `ValueError` for anything else."""
    if isinstance(raw, bool):
        return raw
    match raw:
        case {"number": str(number)}:
            return Decimal(number)
        case {"day": str(day)}:
            return date.fromisoformat(day)
        case {"code": str(code)}:
            return Coded(code)
        case {"text": str(text)}:
            return Free(text)
    raise ValueError(f"no answer: {raw!r}")


def by_number(form: Questionnaire, answers: Answers) -> Iterator[tuple[int, Item, tuple[Value, ...]]]:
    """Every open question with its number and what was answered; for a read-back, a page, a sheet."""
    for number, item in enumerate(questions(form, answers), start=1):
        yield number, item, answers.get(item.link_id, ())


def spoken(item: Item, values: tuple[Value, ...], *, none: str = "（没有回答）") -> str:
    """An answer in words, as the patient chose it."""
    return "、".join(in_words(item, value, unit=item.unit) for value in values) or none


def in_words(item: Item, value: Value, *, yes: str = "是", no: str = "否", unit: str) -> str:
    """One value, as the patient chose it."""
    match value:
        case bool():
            return yes if value else no
        case Decimal():
            return f"{value.normalize():f}{unit}"
        case date():
            return f"{value.year}年{value.month}月{value.day}日"
        case Coded(code):
            option = item.option(code)
            return option.display if option else code
        case Free(text):
            return text


def same(left: Mapping[str, tuple[Value, ...]], right: Mapping[str, tuple[Value, ...]]) -> bool:
    """Whether two sets of answers say the same."""
    return dict(left) == dict(right)
