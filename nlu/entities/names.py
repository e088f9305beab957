"""Which departments and doctors a message names, by full name, alias, surname and title, homophone or near miss."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nlu.entities.phrasebook import Mention, Word
from nlu.entities.sounds import sound, sounds
from nlu.lexicon import DoctorEntry, Lexicon

_SUFFIX = ("科", "门诊", "中心", "堂", "馆", "室", "学科")
_TITLE = r"(?:副主任医师|副主任|主任医师|主任|主治医师|主治|住院医师|教授|专家|医生|医师|大夫|博士|院长|老师|医|先生(?=的号))"
_SOFT_BEFORE = re.compile(
    r"(?:[的挂约看号去到找退换改是选要查天午早晚日上诊晌后前末做有来想能给里个在一二三四五六,。;!? ]|可以|预约|一下|一个|[一二三四五六]|^)\Z"
)
_SOFT_AFTER = re.compile(
    r"$|[的号,。;!?、 吧呢啊吗]|专家|主任|医生|大夫|教授|科|有[没号]|周|星期|礼拜|明|今天|下[午周个]|上午|后天|\d|还有|能|可以|预约|挂|约|看|门诊|普通|那边|哪|在|怎么|和|跟|或|[王李张刘陈赵]"
)
_FAMILY = re.compile(
    r"(?:那个|那位|哪个|找|挂|约)姓(欧阳|上官|司马|诸葛|东方|皇甫|慕容|司徒|[\u4e00-\u9fff])的(?!病|患|人)"
    r"|姓(欧阳|上官|司马|诸葛|东方|皇甫|慕容|司徒|[\u4e00-\u9fff])的?(?:女|男)?(?:医生|大夫|主任|专家|教授|医师)"
)
_PARTIAL = re.compile(r"(?:副|主任|主治|教授|专家|医生|大夫|医师)")


@dataclass(frozen=True, slots=True)
class Named:
    """Departments and doctors of one message."""

    department: str | None = None
    group: tuple[str, ...] = ()
    """Departments of a group that was named (内科)."""
    doctor: str | None = None
    doctors: tuple[str, ...] = ()
    said: str | None = None
    spans: tuple[tuple[int, int, str], ...] = ()
    denied: frozenset[str] = frozenset()


class Names:
    """One hospital's names, indexed."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._by_name: dict[str, list[DoctorEntry]] = defaultdict(list)
        self._by_surname: dict[str, list[DoctorEntry]] = defaultdict(list)
        for doctor in lexicon.doctors:
            self._by_name[doctor.name].append(doctor)
            self._by_surname[_surname(doctor.name)].append(doctor)
        surnames = sorted(self._by_surname, key=len, reverse=True)
        family = "|".join(map(re.escape, surnames)) or r"(?!)"
        self._titled = re.compile(
            rf"({family})({_TITLE})|([\u4e00-\u9fff])(副?主任(?:医师)?|教授|医生|大夫|医师)"
        )
        self._doctor_sounds: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for name in self._by_name:
            self._doctor_sounds[sounds(name)].append(name)
        self._department_sounds = {
            sounds(word): d.name
            for d in lexicon.departments
            for word in (d.name, *d.aliases)
            if len(word) >= 2 and word.endswith("科")
        }
        self._department_words = {
            sounds(word): word
            for d in lexicon.departments
            for word in (d.name, *d.aliases)
            if len(word) >= 2 and word.endswith("科")
        }

    def words(self) -> list[tuple[str, Word]]:
        """For the phrasebook."""
        out: list[tuple[str, Word]] = []
        for department in self._lexicon.departments:
            for word in dict.fromkeys((department.name, *department.aliases)):
                out.append((word.lower(), Word("department", department.name, not word.endswith(_SUFFIX))))
        known = {text for text, _ in out}
        for word, group in self._lexicon.groups:
            if word not in known:
                out.append((word, Word("group", group, not word.endswith(_SUFFIX))))
        for name, entries in self._by_name.items():
            aliases = {alias for entry in entries for alias in entry.aliases}
            out.extend((word, Word("doctor", name)) for word in (name, *aliases))
        return out

    def read(self, text: str, mentions: Sequence[Mention]) -> Named:
        """Everyone and everything named."""
        spans: list[tuple[int, int, str]] = []
        departments: list[str] = []
        groups: list[str] = []
        denied: set[str] = set()
        doctors: list[Mention] = []
        for mention in mentions:
            if mention.kind == "doctor":
                if not _refused(text, mention.start):
                    doctors.append(mention)
                spans.append((mention.start, mention.end, "doctor"))
            elif mention.kind in ("department", "group"):
                if mention.soft and not _in_company(text, mention):
                    continue
                spans.append((mention.start, mention.end, mention.kind))
                if _refused(text, mention.start):
                    denied.add(mention.value)
                else:
                    (departments if mention.kind == "department" else groups).append(mention.value)
        if not departments and not groups:
            for start, end, name in self._misspelt_departments(text):
                departments.append(name)
                spans.append((start, end, "department"))
        department = departments[-1] if departments else None
        children = tuple(c for g in groups for c in self._lexicon.children(g)) if department is None else ()
        named = self._doctors(text, doctors, department, children, spans)
        return Named(department, children, *named, tuple(sorted(spans)), frozenset(denied))

    def _doctors(
        self,
        text: str,
        mentions: Sequence[Mention],
        department: str | None,
        children: tuple[str, ...],
        spans: list[tuple[int, int, str]],
    ) -> tuple[str | None, tuple[str, ...], str | None]:
        """(the one, everyone it may be, the words)."""
        if mentions:
            last = mentions[-1]
            names = tuple(dict.fromkeys(m.value for m in mentions))
            if len(names) > 1 and not re.search(r"和|跟|或|都|还是|、", text[mentions[0].end : last.start]):
                names = (last.value,)
            return (names[0] if len(names) == 1 else None), names, text[last.start : last.end]
        near = self._near(text, spans)
        if near is not None:
            return near
        found: tuple[str | None, tuple[str, ...], str | None] = (None, (), None)
        if family := _FAMILY.search(text):
            names = self._titled_doctors(family.group(1) or family.group(2), "医生", department, children)
            found = (names[0] if len(names) == 1 else None), names, family.group()
        for match in self._titled.finditer(text):
            surname, title = match.group(1), match.group(2)
            if surname is None:
                surname, title = match.group(3), match.group(4)
                if not self._is_surname(surname, text, match.start(3)):
                    continue
            spans.append((match.start(), match.end(), "doctor"))
            if _refused(text, match.start()):
                continue
            names = self._titled_doctors(surname, title, department, children)
            found = (names[0] if len(names) == 1 else None), names, match.group()
        return found

    def _is_surname(self, char: str, text: str, at: int) -> bool:
        """A surname nobody here has: still a doctor the patient asks for (no 主任医生, 女医生, 找医生)."""
        if char in _SURNAMES:
            return at == 0 or text[at - 1] not in "小老" or True
        homophones = [s for s in self._by_surname if len(s) == 1 and sound(s) == sound(char)]
        return bool(homophones) and char not in _NOT_SURNAMES and not _PARTIAL.match(text, at)

    def _titled_doctors(
        self, surname: str, title: str, department: str | None, children: tuple[str, ...]
    ) -> tuple[str, ...]:
        """王主任: the chief physicians of that name, or their deputies where there is no chief."""
        entries = self._by_surname.get(surname, [])
        if not entries and surname not in _SURNAMES:
            entries = [d for s, ds in self._by_surname.items() if sounds(s) == sounds(surname) for d in ds]
        if department is not None:
            entries = [d for d in entries if d.department == department]
        elif children:
            entries = [d for d in entries if d.department in children]
        return tuple(dict.fromkeys(d.name for d in _by_title(entries, title)))

    def _near(
        self, text: str, spans: Sequence[tuple[int, int, str]]
    ) -> tuple[str | None, tuple[str, ...], str | None] | None:
        """王健国 → 王建国: same sounds; with a doctor's title beside it also one wrong character."""
        heard = [sound(c) for c in text[:200]]
        for size in (4, 3, 2):
            for i in range(len(heard) - size + 1):
                names = self._doctor_sounds.get(tuple(heard[i : i + size]))
                if names and self._plausible(text, i, size, names):
                    said = text[i : i + size]
                    if isinstance(spans, list):
                        spans.append((i, i + size, "doctor"))
                    return (names[0] if len(names) == 1 else None), tuple(names), said
        return self._one_off(text, spans)

    def _plausible(self, text: str, i: int, size: int, names: Sequence[str]) -> bool:
        said = text[i : i + size]
        same = max(sum(a == b for a, b in zip(said, name, strict=False)) for name in names)
        cued = bool(_PARTIAL.match(text, i + size)) or text[max(0, i - 1) : i] in tuple("挂约找看")
        if size >= 3:
            return same >= 1 or cued
        return same >= 1 and cued and said[0] in _SURNAMES

    def _one_off(
        self, text: str, spans: Sequence[tuple[int, int, str]]
    ) -> tuple[str | None, tuple[str, ...], str | None] | None:
        for match in re.finditer(r"([\u4e00-\u9fff]{3})(?=主任|医生|大夫|教授|医师|副主任)", text):
            said = match.group(1)
            close = [
                name
                for name in self._by_name
                if len(name) == 3
                and name[0] == said[0]
                and sum(a == b for a, b in zip(said, name, strict=True)) == 2
            ]
            if close:
                if isinstance(spans, list):
                    spans.append((match.start(1), match.end(1), "doctor"))
                return (close[0] if len(close) == 1 else None), tuple(close), said
        return None

    def _misspelt_departments(self, text: str) -> Iterable[tuple[int, int, str]]:
        """骨可, 耳鼻候科: same sounds, and at least one character (but for 科) or half of them right."""
        for match in re.finditer(r"[科课颗棵柯客克]|可(?!以|能|是|不|否|爱|怜|惜|怕)", text[:200]):
            end = match.end()
            for size in range(min(7, end), 1, -1):
                said = text[end - size : end]
                heard = tuple(sound(c) for c in said)
                name = self._department_sounds.get(heard)
                if name is None:
                    continue
                right = self._department_words[heard]
                same = sum(a == b for a, b in zip(said, right, strict=True))
                follows_cue = re.search(r"[挂约看去]个?\Z", text[: end - size])
                if (size >= 3 and same >= 1) or (same == 1 and (follows_cue or said[-1] in "课可")):
                    yield end - size, end, name
                    return


def _surname(name: str) -> str:
    return name[:2] if name[:2] in _DOUBLE and len(name) > 2 else name[:1]


def _by_title(entries: Sequence[DoctorEntry], title: str) -> Sequence[DoctorEntry]:
    if title.startswith("副主任"):
        return [d for d in entries if d.title.startswith("副主任")]
    if title.startswith("主任"):
        return [d for d in entries if d.title == "主任医师"] or [
            d for d in entries if d.title == "副主任医师"
        ]
    if title in ("教授", "专家"):
        return [d for d in entries if "主任" in d.title] or list(entries)
    if title.startswith("主治"):
        return [d for d in entries if d.title == "主治医师"] or list(entries)
    return entries


def _in_company(text: str, mention: Mention) -> bool:
    return bool(
        _SOFT_AFTER.match(text, mention.end)
        and (
            _SOFT_BEFORE.search(text[: mention.start])
            or mention.start == 0
            or mention.end - mention.start > 2
        )
    )


def _refused(text: str, start: int) -> bool:
    """不是眼科, 不挂内科了, 别约王主任."""
    before = text[max(0, start - 5) : start]
    return bool(
        re.search(r"(?:(?<!是)不是|不要|不想[挂看约找]|不挂|别[挂约找要]|不看|不去|不约|不找|除了)\Z", before)
    )


_DOUBLE = frozenset(
    [
        "欧阳",
        "上官",
        "司马",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "司徒",
        "夏侯",
        "端木",
        "南宫",
        "长孙",
        "宇文",
        "独孤",
        "闻人",
        "轩辕",
        "钟离",
    ]
)
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊"
    "金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺水"
) - frozenset("时成位来都和应全明木台水单强关管简计保左商原官左辛常")
_NOT_SURNAMES = frozenset("是个的位女男好找看老大小新主副名任给挂约换这那哪有没要请和跟问见做当叫让")
