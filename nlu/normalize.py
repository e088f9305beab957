"""One way of writing: half-width, simplified, lower-case, no stretched punctuation; every character keeps its offset.

Patients type full-width digits, traditional characters and 「！！！」; entities are found over the normalised text, and
what must be shown as typed (a person's name) is cut out of the original by offset.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from nlu.data import load_yaml

MAX_LENGTH = 64 * 1024
"""Longer input is cut: no channel delivers more."""

_PLAIN = re.compile(r"[\n\x20-\x7e。、\u4e00-\u9fff]*\Z")
_STRETCHED = re.compile(r"([!?。,~.、;:…\-=_ ])\1+|([呢啊呀吧哈嗯哦呜嘿嘻])\2\2+")
_APART = re.compile(
    r"(?:(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff](?: |$))|(?<=^[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])|(?<= [\u4e00-\u9fff]) (?=[\u4e00-\u9fff]))"
    r"|(?<=\d) (?=[年月日号点时:])|(?<=[年月点:周]) (?=[\d一二三四五六日天])"
)
"""Blanks between single characters (明 天 下 午, 11 月 25 号), as voice input and some old people write."""
_DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me"}


@dataclass(frozen=True, slots=True)
class Normal:
    """Normalised text and where each of its characters came from."""

    original: str
    text: str
    offsets: tuple[int, ...] | None = None
    """None: one to one, the usual case."""

    def source(self, start: int, end: int) -> str:
        """The patient's own writing of ``text[start:end]``."""
        if self.offsets is None:
            return self.original[start:end]
        if start >= end:
            return ""
        return self.original[self.offsets[start] : self.offsets[end - 1] + 1]


def normalize(text: str) -> Normal:
    """Never fails, whatever Unicode holds."""
    if len(text) > MAX_LENGTH:
        text = text[:MAX_LENGTH]
    table, typos = _table(), _typos()
    plain = text.translate(table)
    offsets: list[int] | None = None
    if len(plain) != len(text) or not _PLAIN.match(plain):
        plain, offsets = _slowly(text, table)
    if _STRETCHED.search(plain) or plain[:1] == " " or plain[-1:] == " ":
        plain, offsets = _squeeze(plain, offsets)
    if _APART.search(plain):
        plain, offsets = _close_up(plain, offsets)
    if typos is not None and typos.search(plain):
        plain = typos.sub(_right, plain)
    return Normal(text, plain, None if offsets is None else tuple(offsets))


def _slowly(text: str, table: dict[int, str]) -> tuple[str, list[int]]:
    """Character by character: one may become several (㈠) or none (a zero-width space, a variation selector)."""
    out: list[str] = []
    offsets: list[int] = []
    for i, char in enumerate(text):
        if char in "\r\t\u3000\xa0\x0b\x0c":
            char = " "
        elif char != "\n" and unicodedata.category(char) in _DROPPED:
            continue
        for piece in unicodedata.normalize("NFKC", char).lower():
            if piece == "\n" or unicodedata.category(piece) not in _DROPPED:
                out.append(table.get(ord(piece), piece))
                offsets.append(i)
    return "".join(out), offsets


def _squeeze(text: str, offsets: list[int] | None) -> tuple[str, list[int]]:
    """！！！ → ！, 好好好吧吧吧 stays 好好好吧; outer blanks go."""
    kept: list[int] = []
    last = 0
    for match in _STRETCHED.finditer(text):
        kept.extend(range(last, match.start() + 1))
        last = match.end()
    kept.extend(range(last, len(text)))
    while kept and text[kept[0]] == " ":
        del kept[0]
    while kept and text[kept[-1]] == " ":
        kept.pop()
    return "".join([text[i] for i in kept]), [i if offsets is None else offsets[i] for i in kept]


def _close_up(text: str, offsets: list[int] | None) -> tuple[str, list[int]]:
    gaps = {match.start() for match in _APART.finditer(text)}
    kept = [i for i in range(len(text)) if i not in gaps]
    return "".join([text[i] for i in kept]), [i if offsets is None else offsets[i] for i in kept]


@cache
def _table() -> dict[int, str]:
    """One-to-one replacements: full-width → half-width, upper → lower, traditional → simplified."""
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table.update({0x3000: " ", 0x2014: "-", 0x2013: "-", 0x2212: "-", 0x301C: "~", 0xFF0C: ","})
    table.update(
        {ord(a): b for a, b in zip("\u201c\u201d\u2018\u2019「」『』【】《》", '""\'\'""""[]<>', strict=True)}
    )
    table.update({ord("\r"): "\n", ord("\t"): " ", ord("\xa0"): " ", ord("｡"): "。"})
    for code, char in list(table.items()):
        table[code] = char.lower()
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        table[ord(letter)] = letter.lower()
    table.update(_traditional())
    return table


def _traditional() -> dict[int, str]:
    """OpenCC's character table.  Its phrase tables change the length of a text, and with it the offsets."""
    lines = (
        files("opencc").joinpath("dictionary", "TSCharacters.txt").read_text(encoding="utf-8").splitlines()
    )
    table: dict[int, str] = {}
    for line in lines:
        old, _, new = line.strip().partition("\t")
        choices = new.split()
        if len(old) == 1 and choices and len(choices[0]) == 1 and old not in choices:
            table[ord(old)] = choices[0]
    table.update(
        {ord("乾"): "干", ord("著"): "着", ord("妳"): "你", ord("喺"): "在", ord("俾"): "给", ord("拾"): "十"}
    )
    return table


@cache
def _typo_map() -> dict[str, str]:
    """Same-length typing mistakes (下舞 → 下午), reviewed in data/typos.yaml."""
    return {wrong: right for wrong, right in load_yaml("typos.yaml").items() if len(wrong) == len(right)}


@cache
def _typos() -> re.Pattern[str] | None:
    words = sorted(_typo_map(), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words))) if words else None


def _right(match: re.Match[str]) -> str:
    return _typo_map()[match.group()]
