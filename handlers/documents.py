"""Identity documents and phone numbers as patients type them: checked at once, with the reason in plain words."""

import re
from datetime import date

from bot.dialog.frame import Heard, Known, Values, Wrong
from bot.dialog.speech import Json
from bot.domain.identity import (
    BadIdentity,
    Identity,
    normalise_id_number,
    normalise_phone,
    read_identity,
    valid_phone,
)
from bot.domain.world import World
from handlers.texts import register as texts
from handlers.texts import words
from nlu.understood import Understood

_KINDS = (
    ("passport", "护照"),
    ("hk_macao_permit", "回乡证|港澳|来往内地"),
    ("taiwan_permit", "台胞证|台湾"),
    ("foreign_permanent_id", "外国人|永久居留|永居|五星卡"),
    ("birth_certificate", "出生(医学)?证"),
    ("resident_id", "身份证"),
)
_BIRTH = re.compile(r"((?:19|20)\d\d)\s*[年./\-]?\s*(\d{1,2})\s*[月./\-]?\s*(\d{1,2})")


def read(kind: str, number: Json, today: date) -> Identity | None:
    """The identity of a number that was already accepted."""
    found = read_identity(kind, number, today) if isinstance(number, str) else None
    return found if isinstance(found, Identity) else None


def digits(said: str) -> str:
    """The digits of a number as typed, with a last X."""
    return re.sub(r"[^0-9X]", "", normalise_id_number(said))


def check(said: str, kind: str, today: date) -> Heard:
    """A document's number, or what is wrong with it (GB 11643)."""
    found = read_identity(kind, said, today)
    if isinstance(found, Identity):
        return Known(found.number)
    if kind != "resident_id":
        return Wrong(texts.NUMBER_SHAPE.format(document=words.DOCUMENTS[kind]))
    return Wrong(_what_is_wrong(found, digits(said)))


def _what_is_wrong(found: BadIdentity, number: str) -> str:
    if len(number) == 15:
        return texts.NUMBER_OLD
    if len(number) != 18:
        return texts.number_length(len(number))
    return texts.NUMBER_BIRTH if found.reason == "birth_date" else texts.NUMBER_CHECK


def kind_said(understood: Understood, world: World, values: Values) -> Heard:
    """用护照: another document than the identity card."""
    said = understood.normalized
    kind = next((kind for kind, pattern in _KINDS if re.search(pattern, said)), None)
    if kind is None or (kind == "resident_id" and not values.get("id_kind")):
        return None
    return None if re.search(r"没有?带?" + r"(?:" + dict(_KINDS)[kind] + ")", said) else Known(kind)


def check_phone(said: str) -> Heard:
    number = normalise_phone(said)
    return Known(number) if valid_phone(number) else Wrong(texts.PHONE_WRONG)


def phone_said(understood: Understood, world: World, values: Values) -> Heard:
    """A bare number, as the answer to the question for it."""
    if not re.search(r"\d", understood.normalized):
        return None
    return check_phone(re.sub(r"^[^\d+]*|[^\d]*$", "", understood.text) or understood.text)


def birth_date(said: str) -> date | None:
    """1956年3月8日, 1956-3-8, 19560308."""
    match = _BIRTH.search(said)
    if match is None:
        return None
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        return None
