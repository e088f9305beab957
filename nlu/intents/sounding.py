"""How a sentence sounds: 推号 and tui hao as 退号.

Patients miss characters, not syllables.  The intents therefore hear every sentence a second time, as evened-out
syllables; letters are syllables where all of them belong to one.
"""

import re
from functools import cache

from nlu.entities.sounds import evened, sound

_LETTERS = re.compile(r"[a-z]{2,}")
_SYLLABLE = re.compile(
    r"(?:zh|ch|sh|[bpmfdtnlgkhjqxzcsryw])?"
    r"(?:i?ang|i?ong|uang|eng|ing|iao|i?an|uai|uan|[aeu]i|ao|ou|iu|[iuv]e|er|en|in|un|vn|u[ao]|ia|[aoeiuv])"
)
_LONGEST = 6
"""Letters of a syllable: zhuang."""
_RUN = 60
"""Of more letters in a row nobody makes words."""


def units(text: str) -> list[str]:
    """One per character, or per syllable of a run of letters that is nothing but syllables."""
    out: list[str] = []
    last = 0
    for run in _LETTERS.finditer(text):
        out.extend(map(sound, text[last : run.start()]))
        out.extend(map(evened, syllables(run.group()) or run.group()))
        last = run.end()
    out.extend(map(sound, text[last:]))
    return out


def spelt(text: str) -> str:
    """The text without its pinyin, which only sounds."""
    return _LETTERS.sub(lambda run: " " if syllables(run.group()) else run.group(), text)


@cache
def _is_syllable(letters: str) -> bool:
    return _SYLLABLE.fullmatch(letters) is not None


def syllables(run: str) -> list[str]:
    """The fewest syllables ``run`` is made of; none where a letter is left over."""
    if len(run) > _RUN:
        return []
    best: list[list[str] | None] = [[], *([None] * len(run))]
    for end in range(1, len(run) + 1):
        for start in range(max(0, end - _LONGEST), end):
            before, here = best[start], best[end]
            if before is None or not _is_syllable(run[start:end]):
                continue
            if here is None or len(before) + 1 < len(here):
                best[end] = [*before, run[start:end]]
    return best[len(run)] or []
