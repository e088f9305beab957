"""How somebody appears in a register: masked, unless whoever asks for more is written down (R15)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.domain.identity import age_on
from bot.domain.masking import mask_name, mask_phone
from bot.domain.views import Sex

_TOWN = re.compile(r".{2,}?[市县区旗州省]")
_NUMBER = re.compile(r"(?<!\d)(?:(?:0\d{2,3}[- ]?)?\d{7,}[Xx]?|1\d{2}[- ]\d{4}[- ]\d{4})(?!\d)")
_SEXES = {Sex.MALE: "男", Sex.FEMALE: "女"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a person stands in the columns."""

    name: str
    sex: str
    age: str
    phone: str
    address: str


def shown(
    told: Mapping[str, str], *, sex: str, born: date | None, on: date | None, reveal: bool
) -> Shown:  # fmt: skip
    """``told``: the opened columns of a discharge."""
    years = "" if born is None or on is None else str(age_on(on, born) or "不满1岁")
    sexes = {str(key): word for key, word in _SEXES.items()}
    if reveal:
        return Shown(told["name"], sexes.get(sex, ""), years, told["phone"], told["address"])
    phones = "、".join(mask_phone(part) for part in told["phone"].split("、"))
    return Shown(mask_name(told["name"]), sexes.get(sex, ""), years, phones, mask_address(told["address"]))


def mask_address(address: str) -> str:
    """示例市****: the town, not the house."""
    found = _TOWN.match(address)
    part = found[0] if found is not None and len(found[0]) < len(address) else address[:2]
    return f"{part}****" if address else ""


def mask_words(text: str, name: str) -> str:
    """What somebody wrote, without the patient's name and numbers that can be called."""
    without = text.replace(name, mask_name(name)) if len(name) > 1 else text
    return _NUMBER.sub(lambda found: found[0][:3] + "****", without)
