"""The phone script: who calls and why, who is spoken to, the step's own questionnaire with what was answered already,
what to say where there is danger, how to end (R24, R42, R45).  The sentences are in ``script.yaml``."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import yaml
from sqlalchemy import select

from bot.domain.followup import Audience
from bot.domain.survey import SurveyView
from bot.questionnaires.advice import say
from bot.questionnaires.evaluate import enabled
from bot.questionnaires.filling import spoken
from bot.questionnaires.model import ASKED, Item, Questionnaire, Type
from bot.questionnaires.preview import said
from bot.services.context import Context
from bot.services.followup.assigning import staff_of
from bot.services.followup.discharges import D, F
from bot.services.followup.inviting import scope_of
from bot.services.followup.numbers import Number, numbers_of
from bot.services.surveys.looking import survey
from bot.settings import BadSettings
from bot.store.db import UnitOfWork

FILE = "script.yaml"


@dataclass(frozen=True, slots=True)
class Question:
    """One question as it is read out."""

    link_id: str
    number: int
    """0: a heading, nothing is asked."""
    text: str
    options: tuple[str, ...]
    hint: str
    """When it is asked, whether it may be passed over."""
    answer: str
    """What was answered before; empty: nothing."""
    open: bool
    """As the answers stand, it is asked."""


@dataclass(frozen=True, slots=True)
class Danger:
    """A red flag of the questionnaire, and the approved text to be read."""

    title: str
    level: str
    advice: str


@dataclass(frozen=True, slots=True)
class Script:
    """What staff have before them while they speak.  The numbers are masked: `revealing.reveal` shows them."""

    followup_id: int
    masked_name: str
    greeting: tuple[str, ...]
    questions: tuple[Question, ...]
    remark: str
    """What to say to questions that are not ours to answer."""
    danger: str
    dangers: tuple[Danger, ...]
    closing: tuple[str, ...]
    numbers: tuple[Number, ...]
    survey: SurveyView
    """What `FillSurvey` fills."""


def script(uow: UnitOfWork, context: Context, followup_id: int) -> Script | None:
    """None: there is nothing (any more) to be asked."""
    row = uow.connection.execute(
        select(F.c.audience, D.c.id, D.c.phone, D.c.patient_id, D.c.ward, D.c.discharged_on)
        .join_from(F, D, D.c.id == F.c.discharge_id)
        .where(F.c.id == followup_id)
    ).first()
    seen = survey(uow, context, scope_of(followup_id))
    if row is None or seen is None:
        return None
    day = row.discharged_on
    texts = _Texts(
        load_texts(context.settings.data_dir / FILE),
        {
            "hospital": context.settings.hospital_name,
            "ward": row.ward,
            "staff": staff_of(context),
            "discharged": f"{day.month}月{day.day}日" if day is not None else "",
            "purpose": seen.form.purpose,
            "phone": context.settings.hospital_phone,
        },
    )
    hello = "greeting_family" if row.audience == Audience.FAMILY else "greeting_patient"
    return Script(
        followup_id=followup_id,
        masked_name=seen.patient,
        greeting=tuple(texts(key) for key in (hello, "identity", "why", "not_now")),
        questions=tuple(questions_of(seen)),
        remark=texts("question"),
        danger=texts("danger"),
        dangers=tuple(_dangers(seen.form, context)),
        closing=tuple(texts(key) for key in ("watch", "revisit", "goodbye")),
        numbers=numbers_of(uow, row.id, row.phone, row.patient_id),
        survey=seen,
    )


def questions_of(seen: SurveyView) -> Iterator[Question]:
    """All of them, in order; which are open depends on the answers."""
    number, answers = 0, seen.filling.answers
    live = {item.link_id for item in enabled(seen.form, answers)}
    for item in seen.form.walk():
        asked = item.type in ASKED
        number += asked
        given = answers.get(item.link_id, ())
        yield Question(
            item.link_id, number if asked else 0, item.text, _options(item), _hint(seen.form, item),
            spoken(item, given, none=""), item.link_id in live,
        )  # fmt: skip


def load_texts(own: Path) -> Mapping[str, str]:
    """The house's sentences, replaced one by one by the hospital's own."""
    texts = _read(files(__package__).joinpath(FILE).read_text(encoding="utf-8"))
    if own.is_file():
        mine = _read(own.read_text(encoding="utf-8"))
        if unknown := set(mine) - set(texts):
            raise BadSettings(f"{FILE}: unknown {', '.join(sorted(unknown))}")
        texts |= mine
    return texts


@dataclass(frozen=True, slots=True)
class _Texts:
    """The sentences with their words put in."""

    texts: Mapping[str, str]
    words: Mapping[str, str]

    def __call__(self, key: str) -> str:
        told = self.texts[key]
        for word, value in self.words.items():
            told = told.replace("{" + word + "}", value)
        return told


def _read(text: str) -> dict[str, str]:
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadSettings(f"{FILE}: not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(raw, dict) or not all(isinstance(each, str) for each in raw.values()):
        raise BadSettings(f"{FILE}: one sentence a line")
    return {str(key): value for key, value in raw.items()}


def _dangers(form: Questionnaire, context: Context) -> Iterator[Danger]:
    for rule in form.rules:
        text = say(context.forms.advice, rule.advice, phone=context.settings.hospital_phone)
        yield Danger(rule.title, rule.level, text)


def _options(item: Item) -> tuple[str, ...]:
    if item.type is Type.BOOLEAN:
        return "是", "否"
    return tuple(option.display for option in item.options)


def _hint(form: Questionnaire, item: Item) -> str:
    opened = (" 且 " if item.every else " 或 ").join(said(form, condition) for condition in item.when)
    bounds = f"{item.low}–{item.high}{item.unit}" if item.low is not None and item.high is not None else ""
    notes = (
        f"{opened} 时才问" if opened else "",
        bounds,
        "可多选" if item.repeats else "",
        "可跳过" if item.type in ASKED and not item.required else "",
    )
    return "，".join(filter(None, notes))
