"""Identity numbers and phones as typed, with spaces, dashes and full-width digits."""

import re
from dataclasses import dataclass

_ID = re.compile(r"(?<![\da-z])(?:\d[ -]?){17}[\dx](?![\da-z])")
_PHONE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?(1[3-9]\d(?:[ -]?\d){8})(?!\d)")
_SPOKEN = re.compile(
    r"(?<![零〇一二三四五六七八九幺])[零〇一二三四五六七八九幺](?: ?[零〇一二三四五六七八九幺]){10,17}(?![零〇一二三四五六七八九幺])"
)
"""Voice input writes digits out."""
_DIGITS = str.maketrans("零〇一二三四五六七八九幺", "001234567891")
_DOTTED = re.compile(r"(?<=\d)[.。](?=\d{4})")
_GAPS = re.compile(r"[ -]")


@dataclass(frozen=True, slots=True)
class Numbers:
    id_number: str | None
    phone: str | None
    masked: str
    """The text with both blanked out, so that nobody reads a date in them."""


def numbers(text: str) -> Numbers:
    """GB 11643 shape only; the checksum is the domain's business."""
    if len(text) < 11:
        return Numbers(None, None, text)
    id_number = phone = None
    text = _DOTTED.sub("-", _SPOKEN.sub(lambda match: match.group().translate(_DIGITS), text))
    if match := _ID.search(text):
        id_number = _GAPS.sub("", match.group()).upper()
        text = _blank(text, match.start(), match.end())
    if match := _PHONE.search(text):
        phone = _GAPS.sub("", match.group(1))
        text = _blank(text, match.start(), match.end())
    return Numbers(id_number, phone, text)


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + "#" * (end - start) + text[end:]
