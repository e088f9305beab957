"""Doctors' names as they are misheard and mistyped: 王健国, 陈志钢主任."""

import re
from collections import defaultdict
from collections.abc import Sequence

from nlu.entities import surnames
from nlu.entities.sounds import sound, sounds

_TITLED = re.compile(r"(?:副|主任|主治|教授|专家|医生|大夫|医师)")
_BEFORE_TITLE = re.compile(r"([\u4e00-\u9fff]{3})(?=主任|医生|大夫|教授|医师|副主任)")
_CUES = frozenset("挂约找看")
_HEARD = 200
Near = tuple[int, int, tuple[str, ...]]
"""(start, end, everyone it may be)"""


class NearNames:
    """Full names, by how they sound."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._by_sound: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for name in names:
            self._by_sound[sounds(name)].append(name)

    def find(self, text: str) -> Near | None:
        """The same sounds; with a doctor's title behind it also one wrong character of three."""
        heard = [sound(c) for c in text[:_HEARD]]
        for size in (4, 3, 2):
            for i in range(len(heard) - size + 1):
                names = self._by_sound.get(tuple(heard[i : i + size]))
                if names and _plausible(text, i, size, names):
                    return i, i + size, tuple(names)
        return self._one_off(text)

    def _one_off(self, text: str) -> Near | None:
        for match in _BEFORE_TITLE.finditer(text):
            said = match.group(1)
            close = tuple(
                name
                for name in self._names
                if len(name) == 3 and name[0] == said[0] and _same(said, name) == 2
            )
            if close:
                return match.start(1), match.end(1), close
        return None


def _same(said: str, name: str) -> int:
    return sum(a == b for a, b in zip(said, name, strict=False))


def _plausible(text: str, i: int, size: int, names: Sequence[str]) -> bool:
    """At least one character right, or a title or 挂, 找 beside it; a name of two characters needs both."""
    said = text[i : i + size]
    right = max(_same(said, name) for name in names) >= 1
    cued = bool(_TITLED.match(text, i + size)) or text[max(0, i - 1) : i] in _CUES
    if size >= 3:
        return right or cued
    return right and cued and said[0] in surnames.SINGLE
