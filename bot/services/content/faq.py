"""常见问题 as the console edits them: the editions over what files say, and what is wrong with a text (R42)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.domain import faq
from bot.domain.faq import Entries, Entry
from bot.services.content import editions
from bot.services.content.editions import Edition
from bot.store.db import UnitOfWork

KIND = "faq"
NAME = 20
"""Characters of a question's name."""
BYTES = 600
"""Of an answer: two hundred characters are a phone's screen."""
WAYS = 40
_NAME = re.compile(rf"[\u3400-\u9fffA-Za-z0-9（）()·-]{{1,{NAME}}}")
_HOLES = re.compile(r"\{(\w*)\}?|\}")
_LINK = re.compile(r"(?:https?://|www\.)\S*|[\w-]+\.(?:com|cn|net|org)\b\S*", re.IGNORECASE | re.ASCII)
_SELLING = re.compile(r"优惠|促销|特价|打折|抢购|中奖|免费领")
_ADVICE = re.compile(
    r"服用|口服|外敷|停药|加量|减量|剂量|毫克|毫升|\d+\s?(?:mg|ml|片|粒)|每[日天][一二三四两\d]+次|[一每][日天]吃"
    r"|偏方|根治|治好|治愈|包好|无需就医|不用(?:看医生|去医院|来医院)|(?<!要)不要紧|没有?大碍|不碍事|自己会好"
    r"|阿司匹林|布洛芬|头孢|阿莫西林|抗生素|消炎药|退烧药|止痛药|激素",
    re.IGNORECASE,
)
"""A nurse or a doctor says such things to somebody they know; an answer to everybody does not (R42)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """``blocks``: it must not be published like this."""

    text: str
    blocks: bool = True


@dataclass(frozen=True, slots=True)
class Topic:
    """One question, with everything there is about it."""

    name: str
    entry: Entry | None
    """What is in force; None: nothing is answered."""
    base: Entry | None
    """What the files say."""
    active: Edition | None
    draft: Edition | None

    @property
    def origin(self) -> str:
        """console | withdrawn | file | draft"""
        if self.active is not None:
            return "console" if self.entry else "withdrawn"
        return "file" if self.base else "draft"


def topics(uow: UnitOfWork, base: Entries) -> list[Topic]:
    """Every question, the console's own first, as they are asked."""
    running, drafts = editions.active(uow, KIND), editions.drafts(uow, KIND)
    below = {entry.id: entry for entry in base}
    names = dict.fromkeys([*drafts, *running, *below])
    return [
        Topic(
            name, in_force(running[name]) if name in running else below.get(name), below.get(name),
            running.get(name), drafts.get(name),
        )
        for name in names
    ]  # fmt: skip


def in_force(edition: Edition) -> Entry | None:
    """None where it withdraws the answer."""
    entry = faq.entry({"id": edition.name, **edition.body}, "edition")
    return entry if entry.words else None


def entries(found: Sequence[Topic], instead: Entry | None = None) -> Entries:
    """What patients get answers from; ``instead``: as it would be with this one."""
    own = [topic.entry for topic in found if topic.entry is not None and topic.active is not None]
    if instead is not None:
        own = [instead, *(each for each in own if each.id != instead.id)]
    gone = [Entry(topic.name, (), "") for topic in found if topic.active is not None and topic.entry is None]
    base = tuple(topic.base for topic in found if topic.base is not None)
    return faq.over([*own, *(each for each in gone if instead is None or each.id != instead.id)], base)


def body(words: Sequence[str], answer: str) -> dict[str, object]:
    """In the form of the file."""
    return {"words": list(words), "answer": answer}


def words_of(text: str) -> tuple[str, ...]:
    """One way of asking a line; a blank parts words that must all occur."""
    lines = (" ".join(line.lower().split()) for line in re.split(r"[\n,，、;；]", text.replace("\0", "")))
    return tuple(dict.fromkeys(line for line in lines if line))


def lint(name: str, words: Sequence[str], answer: str, others: Mapping[str, Entry]) -> Iterator[Finding]:
    """What is wrong with an answer and the ways to ask for it."""
    if not _NAME.fullmatch(name):
        yield Finding(f"名称要有，最多 {NAME} 个字，只用汉字、字母、数字")
    if not words:
        yield Finding("至少写一种问法")
    if len(words) > WAYS:
        yield Finding(f"问法最多 {WAYS} 种，现在 {len(words)} 种")
    yield from _asked(name, words, others)
    yield from _answered(answer)


def _asked(name: str, words: Sequence[str], others: Mapping[str, Entry]) -> Iterator[Finding]:
    taken = {
        frozenset(parts): entry.id for entry in others.values() if entry.id != name for parts in entry.words
    }
    for way in words:
        parts = way.split()
        if len("".join(parts)) < 2:
            yield Finding(f"问法「{way}」只有一个字，会抢别的问题")
        elif len(way) > 30:
            yield Finding(f"问法「{way[:12]}…」太长：写患者的话里会出现的几个词就行")
        if owner := taken.get(frozenset(parts)):
            yield Finding(f"问法「{way}」已经是「{owner}」的，程序分不清该答哪个")


def _answered(answer: str) -> Iterator[Finding]:
    size = len(answer.encode())
    if not answer.strip():
        yield Finding("请写答案")
    if size > BYTES:
        yield Finding(f"答案太长：相当于 {size // 3} 个字，最多 {BYTES // 3} 个字，手机上看不完")
    if found := _LINK.search(answer):
        yield Finding(f"不要放网址（{found[0][:20]}），患者分不清真假")
    if found := _ADVICE.search(answer):
        yield Finding(f"「{found[0]}」像在指导看病用药，这里不能写（R42），请让患者问医生")
    if found := _SELLING.search(answer):
        yield Finding(f"「{found[0]}」像广告")
    holes = {found[1] for found in _HOLES.finditer(answer)} - {"hospital", "phone"}
    if holes:
        yield Finding("大括号里只能写 {hospital}（医院名称）或 {phone}（医院电话）")
    if size > BYTES * 3 // 4 and size <= BYTES:
        yield Finding("答案偏长，先说结论，再说怎么做", blocks=False)
