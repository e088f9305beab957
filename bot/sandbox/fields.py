"""What a template field may hold, by the kind its name begins with (thing1, phrase2, time3 …)."""

import re

_SHAPES = {
    "thing": re.compile(r".{1,20}", re.DOTALL),
    "number": re.compile(r"\d{1,32}(\.\d+)?"),
    "letter": re.compile(r"[A-Za-z]{1,32}"),
    "symbol": re.compile(r"[^\w\s]{1,5}"),
    "character_string": re.compile(r"[\x21-\x7e ]{1,32}"),
    "time": re.compile(r"(\d{4}[年/-]\d{1,2}[月/-]\d{1,2}日? ?)?\d{1,2}:\d{2}(:\d{2})?([~ ]+.{4,20})?"),
    "date": re.compile(r"\d{4}[年/-]\d{1,2}[月/-]\d{1,2}日?( ?\d{1,2}:\d{2})?([~ ]+.{4,20})?"),
    "amount": re.compile(r"[¥￥$]?\d{1,10}(\.\d{1,2})?元?"),
    "phone_number": re.compile(r"[\d+\-() ]{1,17}"),
    "car_number": re.compile(r".{1,8}"),
    "name": re.compile(r"[\u3400-\u9fff·\U00020000-\U0003ffff]{1,10}|[A-Za-z .]{1,20}"),
    "phrase": re.compile(r"[\u3400-\u9fff]{1,5}"),
    "const": re.compile(r".{1,20}"),
}
_KIND = re.compile(r"([a-z_]+?)\d*$")


def fits(name: str, value: str) -> bool:
    """Whether ``value`` may stand in the field ``name``; `first` and `remark` have been ignored since 2023."""
    kind = _KIND.match(name)
    shape = _SHAPES.get(kind[1]) if kind else None
    return shape is not None and shape.fullmatch(value) is not None
