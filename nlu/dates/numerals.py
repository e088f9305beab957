"""Numbers in digits and in characters, as far as dates and times need them (0–99)."""

_ONES = {c: i for i, c in enumerate("零一二三四五六七八九")} | {
    "两": 2,
    "俩": 2,
    "仨": 3,
    "叁": 3,
    "〇": 0,
    "日": 7,
    "天": 7,
    "末": 6,
    "泗": 4,
    "肆": 4,
    "思": 4,
    "伍": 5,
    "武": 5,
    "舞": 5,
    "陆": 6,
    "伞": 3,
    "曰": 7,
}
_TENS = {"廿": 20, "卅": 30}
_DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")


def number(word: str) -> int | None:
    """十五 → 15, 廿三 → 23, 二十 → 20, 15 → 15, 二十5 → 25; None for what is no number (几, 半)."""
    if word.isascii():
        return int(word) if word.isdigit() else None
    word = word.translate(_DIGITS)
    if word[0] in _TENS:
        rest = _ONES.get(word[1:], 0) if len(word) > 1 else 0
        return _TENS[word[0]] + rest
    if "十" in word:
        tens, _, ones = word.partition("十")
        if (tens and tens not in _ONES) or (ones and ones not in _ONES):
            return None
        return (_ONES[tens] if tens else 1) * 10 + (_ONES[ones] if ones else 0)
    return _ONES.get(word)


def weekday(word: str) -> int:
    """一 → 0 … 日, 天, 7 → 6."""
    value = number(word)
    return 0 if value is None else (value - 1) % 7
