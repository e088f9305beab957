"""Which departments a message names: by name, alias, homophone, or by the organ they look after (看眼睛的大夫)."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlu.entities.medical import organ_department
from nlu.entities.phrasebook import Mention, Word
from nlu.entities.sounds import sounds
from nlu.lexicon import Lexicon

_SUFFIX = ("科", "门诊", "中心", "堂", "馆", "室", "学科")
_SOFT_BEFORE = re.compile(
    r"(?:[的挂约看号去到找退换改是选要查问天午早晚日上诊晌后前末做有来想能给里个在搞整弄排订一二三四五六,。;!? ]|可以|预约|一下|[一二三四五六]|^)\Z"
)
_SOFT_AFTER = re.compile(
    r"$|[的号,。;!?、 吧呢啊吗就都也给帮再这那去找]|专家|主任|医生|大夫|教授|科|有[没号]|周|星期|礼拜|明|今天|下[午周个]|上午|后天|\d|还有|能|可以|预约|挂|约|看|门诊|普通|哪|在|怎么|和|跟|或"
)
_REFUSED = re.compile(r"(?:(?<!是)不是|不要|不想[挂看约找]|不挂|别[挂约找要]|不看|不去|不约|不找|除了)\Z")
_MISSPELT = re.compile(r"[科课颗棵柯客克壳刻]|可(?!以|能|是|不|否|爱|怜|惜|怕)")
_FOLLOWS_CUE = re.compile(r"[挂约看去]个?\Z")
_ALONE_AFTER = re.compile(r"$|[,。;! ]|的?号|[明今后下周]|有号|挂|约|预约|上午|星期|礼拜")
_LOOKS_AFTER = re.compile(
    r"(?:的|那个|那|这个|有关的)?(?:那个|这个)?(?:科室?|大夫|医生|专家|门诊)(?!室|学|院)"
)
"""眼睛那个科, 心脏的大夫."""
_HEARD = 200
"""Homophones are looked for in so many characters."""


@dataclass(frozen=True, slots=True)
class Departments:
    """One message's departments."""

    last: str | None = None
    """The one that counts: the last one named and not refused."""
    group: tuple[str, ...] = ()
    """Departments of a group that was named (内科), where no single one was."""
    spans: tuple[tuple[int, int, str], ...] = ()


class DepartmentFinder:
    """One hospital's departments, indexed."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._sounds: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
        for department in lexicon.departments:
            for word in (department.name, *department.aliases):
                if len(word) >= 2 and word.endswith("科"):
                    self._sounds[sounds(word)].append((word, department.name))
        self._known = frozenset(d.name for d in lexicon.departments)

    def words(self) -> Iterator[tuple[str, Word]]:
        """For the phrasebook."""
        known: set[str] = set()
        for department in self._lexicon.departments:
            for word in dict.fromkeys((department.name, *department.aliases)):
                known.add(word.lower())
                yield word.lower(), Word("department", department.name, not word.endswith(_SUFFIX))
        for word, group in self._lexicon.groups:
            if word not in known:
                yield word, Word("group", group, not word.endswith(_SUFFIX))

    def read(self, text: str, mentions: Sequence[Mention], doctors: frozenset[int]) -> Departments:
        """``doctors``: where the doctors named begin; 中医欧阳大夫 is company for 中医."""
        spans: list[tuple[int, int, str]] = []
        names: list[str] = []
        groups: list[str] = []
        for mention in mentions:
            if mention.kind not in ("department", "group"):
                continue
            if mention.soft and mention.end not in doctors and not _in_company(text, mention):
                continue
            spans.append((mention.start, mention.end, mention.kind))
            if not refused(text, mention.start):
                (names if mention.kind == "department" else groups).append(mention.value)
        if not names:
            spans, found = self._otherwise(text, mentions, spans)
            names.extend(found)
        children = () if names else tuple(c for g in groups for c in self._lexicon.children(g))
        return Departments(names[-1] if names else None, children, tuple(spans))

    def _otherwise(
        self, text: str, mentions: Sequence[Mention], spans: list[tuple[int, int, str]]
    ) -> tuple[list[tuple[int, int, str]], list[str]]:
        """A misspelt name (新血管内科, of which 内科 is only the end), or an organ's department."""
        for start, end, name in self._misspelt(text):
            inside = [s for s in spans if start <= s[0] and s[1] <= end and s[1] - s[0] < end - start]
            if len(inside) == len(spans):
                return [(start, end, "department")], [name]
        if not spans:
            for part in mentions:
                after = _LOOKS_AFTER.match(text, part.end) if part.kind == "part" else None
                its = organ_department(part.value, self._known) if after else None
                if after and its and not refused(text, part.start):
                    return [(part.start, after.end(), "department")], [its]
        return spans, []

    def _misspelt(self, text: str) -> Iterator[tuple[int, int, str]]:
        """骨可, 耳鼻候科: same sounds, and at least one character (but for 科) or half of them right."""
        for match in _MISSPELT.finditer(text[:_HEARD]):
            end = match.end()
            for size in range(min(7, end), 1, -1):
                said = text[end - size : end]
                entries = self._sounds.get(sounds(said))
                if entries is None:
                    continue
                same, _, right, name = max(
                    (_same(said, word), word == name, word, name) for word, name in entries
                )
                cued = (
                    _FOLLOWS_CUE.search(text[: end - size])
                    or said[-1] in "课可壳"
                    or _alone(text, end - size, end)
                )
                if said != right and ((size >= 3 and same >= 1) or (same == 1 and cued)):
                    yield end - size, end, name
                    break


def _same(said: str, word: str) -> int:
    return sum(a == b for a, b in zip(said, word, strict=True))


def _alone(text: str, start: int, end: int) -> bool:
    """谷科明天上午: nothing else it could be."""
    return (start == 0 or text[start - 1] in ",。; ") and _ALONE_AFTER.match(text, end) is not None


def _in_company(text: str, mention: Mention) -> bool:
    long = mention.end - mention.start > 2
    at_ease = mention.start == 0 or long or _SOFT_BEFORE.search(text[: mention.start])
    return bool(_SOFT_AFTER.match(text, mention.end) and at_ease)


def refused(text: str, start: int) -> bool:
    """不是眼科, 不挂内科了, 别约王主任."""
    return _REFUSED.search(text[max(0, start - 5) : start]) is not None
