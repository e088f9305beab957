"""What became of a patient's words, and how they are tidied before they are compared."""

import re
import unicodedata
from dataclasses import dataclass

from bot.questionnaires.evaluate import Refusal
from bot.questionnaires.model import Value


@dataclass(frozen=True, slots=True)
class Understood:
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Which:
    """One of these, and only the patient can say which (「三四分」)."""

    options: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """Understood, and it cannot be (382 degrees)."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Signal:
    """Said about answering, not an answer: ``unknown`` (不知道) or ``skip`` (跳过)."""

    what: str


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    pass


Heard = Understood | Which | Refused | Signal | NotUnderstood

_ENDS = re.compile(r"(?:[吧啊呀呢的哦噢嘛哈啦咯哟喽嗯哎唉]|谢谢|了)+$")
_STARTS = re.compile(
    r"^(?:嗯+|呃+|额+|哦+|那个|这个|应该|可能|大概|好像|其实|基本上?|目前|现在|最近|这几天|我自己|[我俺咱]们?|他|她|孩子|老人家?"
    r"|总体|总的来说|感觉|觉得|还是|算是?|就是|选择?|回答|答案?是?|医生|护士|您好|你好|都(?!没|不))+"
)
_ENDS_SOFT = re.compile(r"[啊呀呢哦噢嘛哈啦]+$")
CLAUSES = re.compile(r"[,。;!?\n]+|但是?|不过|只是|就是(?!了)|除了")
_AGAIN = re.compile(r"^(.{1,4}?)\1+$")
_BLANK = re.compile(r"\s+")
_ASKS = re.compile(
    r"\?|[吗么]$|(?<![不没])怎么|怎样|(?<![没不])什么(?!不|大)|哪|谁|多久|多少|几[点号]|[周期]几|要等几|[能可会]不[能可会]"
    r"|(?<!没)有没有|是不是|要不要|好不好|行不行|[号换改退挂约诊成取]不$"
    r"|^(?:请|麻烦)?(?:你们?|您)?(?:再|先)?(?:帮|给|替)|^我?(?:想(?!死|过|不)|要(?!人|帮|靠|别人|家|老|儿[子女]|女[儿婿]|孩))|请问|想问|麻烦|告诉我|通知我"
    r"|挂号|挂[个一]|退号|预约|约[个一]|登记|改[到成]|取消"
)
"""A clause that asks or wants something answers nothing."""
_UNKNOWN = re.compile(
    r"(?:真的?|我|也|还|都|有点|自己|这个|早就?|全|搞|[哎唉])*(?:不知道|不晓得|晓不得|不清楚|不太清楚|不(?:太|大)?记得|记不(?:太|大)?清楚?|记不得|记不住"
    r"|没记住|想不起来?|忘(?:记|光|干净|得一干二净)?"
    r"|说不清楚?|说不好|不好说|不确定|没注意|没留意|搞不清楚?|弄不清楚?|没印象)(?:怎么说|怎么回答|多少|是多少|几次)?"
)
_EXCUSE = re.compile(
    r".{0,4}(?:(?:记性|脑子|记忆力?).{0,3}(?:不好|不行|不灵|差|坏)|年纪大|老糊涂|太久|时间长|好久).{0,2}|[哎唉]+"
)
"""Beside 忘了 it says nothing more."""
_SKIP = re.compile(
    r"(?:先|就|我|请|这题|这个|这道题|这道)*(?:跳过|略过|过|pass|不想说|不想回答|不想答|不回答|不答|不说|下一题|下一个|保密|不方便说|不便说"
    r"|不愿意说|不愿意回答)(?:吧|这题|这个|这道题)?"
)
_NEAR = {"。": ".", "，": ",", "；": ";", "！": "!", "？": "?", "：": ":", "～": "~", "—": "-", "–": "-"}


def tidy(text: str) -> str:
    """Half-width, lower-case, Chinese commas and stops as ASCII."""
    plain = unicodedata.normalize("NFKC", text).lower().strip()
    plain = re.sub(r"(?<!\d)\.|\.(?!\d)|。", "。", plain)
    return "".join(each if each == "。" else _NEAR.get(each, each) for each in plain)


def core(text: str) -> str:
    """Without what surrounds an answer: 我觉得还行吧 → 还行."""
    bare = _BLANK.sub("", re.sub(r"(?<=\d)\s+(?=\d)", "、", text)).strip(",。;!?~…'\"「」“”()[]:、-")
    for _ in range(3):
        shorter = _STARTS.sub("", bare)
        bare = shorter or bare
        shorter = _ENDS.sub("", bare).strip(",。;!?~…")
        bare = shorter or bare
    return _AGAIN.sub(r"\1", bare)


def clauses(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in CLAUSES.split(text) if part.strip())


def answering(text: str) -> str:
    """Without the clauses that ask or want something: 三四分，要不要紧？ → 三四分."""
    parts = re.findall(r"[^,。;!?\n]+\??", text)
    return ",".join(part.strip() for part in parts if not _ASKS.search(_ENDS_SOFT.sub("", part.strip())))


def signal(text: str) -> Signal | None:
    """For the whole of what was said, not for a part of it."""
    bare = core(text)
    told = [part for each in clauses(text) if (part := core(each)) and not _EXCUSE.fullmatch(part)]
    if told and all(_UNKNOWN.fullmatch(part) for part in told):
        return Signal("unknown")
    return Signal("skip") if _SKIP.fullmatch(bare) else None
