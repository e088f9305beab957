"""How personal data look when they need not be known: the default everywhere (R15)."""

import re

ERASED = "已注销"
"""Stands where the name of somebody was who had their data deleted: nobody's name, so nothing to mask."""


def mask_name(name: str) -> str:
    """王*国, 王*, 欧**娜."""
    if name == ERASED:
        return name
    if len(name) <= 1:
        return "*" * len(name)
    if len(name) == 2:
        return name[0] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def mask_id_number(number: str) -> str:
    """1101**********1234; of a shorter document less is shown."""
    shown = 4 if len(number) >= 15 else 2 if len(number) >= 8 else 1
    if len(number) <= 2 * shown:
        return "*" * len(number)
    return number[:shown] + "*" * (len(number) - 2 * shown) + number[-shown:]


def mask_phone(phone: str) -> str:
    """138****5678."""
    if len(phone) < 8:
        return "*" * len(phone)
    return phone[:3] + "*" * (len(phone) - 7) + phone[-4:]


_NUMBERS = re.compile(r"\d(?:[ -]?\d){6,}[Xx]?", re.ASCII)
"""Long enough for a telephone or a document."""


def mask_numbers(text: str) -> str:
    """Phones and document numbers within words: 我的电话138****5678."""
    return _NUMBERS.sub(lambda match: (mask_id_number if len(match[0]) >= 15 else mask_phone)(match[0]), text)
