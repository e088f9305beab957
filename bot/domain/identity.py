"""Who somebody is on paper: GB 11643 identity numbers, other documents, names and phones."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from bot.domain.views import Sex

ID_KINDS = (
    "resident_id",
    "passport",
    "hk_macao_permit",
    "taiwan_permit",
    "foreign_permanent_id",
    "birth_certificate",
)
"""Documents one may register with; only the first tells sex and birth by law, the new 五星卡 does too."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_PROVINCES = frozenset(
    [
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        81,
        82,
        83,
    ]
)
"""81–83: residence permits of people from 香港, 澳门 and 台湾, which follow GB 11643 too."""
_SHAPES = {
    "passport": re.compile(r"(?=.*[0-9])[A-Z0-9]{5,17}"),
    "hk_macao_permit": re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?"),
    "taiwan_permit": re.compile(r"[0-9]{8}(?:[0-9]{2})?"),
    "foreign_permanent_id": re.compile(r"[A-Z]{3}[0-9]{12}"),
    "birth_certificate": re.compile(r"[A-Z][0-9]{9}"),
}
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_PHONE = re.compile(r"1[3-9][0-9]{9}")
_HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN_NAME = re.compile(rf"[{_HAN}]{{2,15}}|[{_HAN}]{{1,10}}(?:·[{_HAN}]{{1,10}}){{1,4}}")
_OTHER_NAME = re.compile(rf"(?!.*[{_HAN}])[^\W\d_](?:[^\W\d_]|[ ,.'’-]){{1,59}}")


@dataclass(frozen=True, slots=True)
class Identity:
    """A document number that can be; ``sex`` and ``birth_date`` where the number tells them."""

    kind: str
    number: str
    sex: Sex | None = None
    birth_date: date | None = None


@dataclass(frozen=True, slots=True)
class BadIdentity:
    """A document number that cannot be, and why."""

    reason: str
    """kind | shape | region | birth_date | checksum"""


def read_identity(kind: str, text: str, today: date) -> Identity | BadIdentity:
    """The identity that ``text`` is, as a document of this ``kind``."""
    number = normalise_id_number(text)
    if kind == "resident_id":
        return _eighteen(kind, number, today)
    if kind == "foreign_permanent_id" and number[:1] == "9":  # 五星卡 of 2023: GB 11643's layout
        return _eighteen(kind, number, today)
    if kind not in _SHAPES:
        return BadIdentity("kind")
    return Identity(kind, number) if _SHAPES[kind].fullmatch(number) else BadIdentity("shape")


def _eighteen(kind: str, number: str, today: date) -> Identity | BadIdentity:
    if not _EIGHTEEN.fullmatch(number):
        return BadIdentity("shape")
    if kind == "resident_id" and int(number[:2]) not in _PROVINCES:
        return BadIdentity("region")
    if check_digit(number[:17]) != number[17]:
        return BadIdentity("checksum")
    birth = _date(number[6:14])
    if birth is None or not date(1900, 1, 1) <= birth <= today:
        return BadIdentity("birth_date")
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return Identity(kind, number, sex, birth)


def check_digit(body: str) -> str:
    """GB 11643 / ISO 7064 MOD 11-2 over the first 17 digits."""
    return _CHECK[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True)) % 11]


def _date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def normalise_id_number(text: str) -> str:
    """Half-width, upper-case, without spaces and dashes; × is how some phones type X."""
    half = unicodedata.normalize("NFKC", text).replace("×", "X").upper()
    return re.sub(r"[\s\-—_.·]", "", half)


def normalise_phone(text: str) -> str:
    """Eleven digits of a mainland mobile number, without +86, spaces and dashes."""
    half = re.sub(r"[\s\-—()]", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"^(?:\+|00)?86(?=1[0-9]{10}$)", "", half)


def normalise_name(text: str) -> str:
    """Inner spaces of a Chinese name dropped, of a Latin one made single; the middle dot unified."""
    half = "".join(
        unicodedata.normalize("NFKC", c) if "\uff00" <= c <= "\uffef" or c == "\u3000" else c for c in text
    )
    name = re.sub(r"\s+", " ", half).strip()
    if re.search(rf"[{_HAN}]", name):
        name = re.sub(r"\s*[•∙・‧．.]\s*", "·", name).replace(" ", "")
    return name


def valid_phone(number: str) -> bool:
    return _PHONE.fullmatch(number) is not None


def valid_name(name: str) -> bool:
    """A name as documents have it: Chinese (also 阿依古丽·买买提, 䶮, 𠮷) or in letters."""
    return (_HAN_NAME.fullmatch(name) or _OTHER_NAME.fullmatch(name)) is not None


def same_name(one: str, other: str) -> bool:
    """Whether two spellings are one name."""
    return normalise_name(one).casefold() == normalise_name(other).casefold()


def age_on(day: date, birth: date) -> int:
    """Whole years; who is born on 29 February is a year older on 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
