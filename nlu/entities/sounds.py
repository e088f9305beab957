"""How a character sounds, tone-less and with the confusions of dialects evened out (n/ng, zh/z, l/n, f/h)."""

import os
from functools import cache

_PAIRS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ing", "in"), ("eng", "en"), ("ang", "an"))
_FIRST = {"l": "n", "f": "h"}
_TONES = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ", "aaaaeeeeiiiioooouuuuvvvvvnnnm")


@cache
def _readings() -> dict[int, str]:
    # pypinyin reads 20 MB of phrases at import; only single characters are asked for here
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    from pypinyin.constants import PINYIN_DICT

    return PINYIN_DICT


def _plain(reading: str) -> str:
    return reading.split(",")[0].translate(_TONES)


def syllable(char: str) -> str:
    """The most usual reading as typed without tones; the character itself where it has none."""
    reading = _readings().get(ord(char))
    return char if reading is None else _plain(reading)


@cache
def sound(char: str) -> str:
    """The most usual reading, evened out; the character itself where it has none."""
    reading = _readings().get(ord(char))
    if reading is None:
        return char
    return evened(_plain(reading))


def evened(letters: str) -> str:
    """A syllable typed in letters as ``sound`` gives it."""
    for old, new in _PAIRS:
        letters = letters.replace(old, new)
    return _FIRST.get(letters[:1], letters[:1]) + letters[1:]


def sounds(word: str) -> tuple[str, ...]:
    return tuple(sound(c) for c in word)
