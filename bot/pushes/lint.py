"""What is wrong with a template before anybody gets it: the platform's limits, R24, and what a lock screen shows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.pushes import limits
from bot.pushes.limits import BadField
from bot.pushes.shapes import Card, Sms, Words
from bot.pushes.templates import SMS_PARAM, Template, Templates, facts
from bot.pushes.vocabulary import EXAMPLES, FOR_STAFF

FIELDS_MOST = 5
"""Fields of a template that the platform's library has, counted without first and remark."""
SMS_MOST = 500
CHAT_BYTES = 2047
TEXT_MOST = 300
"""Characters of a broadcast: on a phone, more is not read."""
_WHO = ("hospital",)
_DISEASE = re.compile(
    r"(?<!随访)(诊断|病情|肿瘤|癌|艾滋|梅毒|精神病|抑郁|结核|乙肝|怀孕|流产|化疗|确诊|阳性)"
)
"""Said on a lock screen, these tell others what somebody has."""
REASON_MOST = 40
"""Characters of a suspension's reason."""
_ILL = re.compile(r"生病|患病|病假|住院|手术|感冒|发烧|发热|骨折|隔离|产假|病危|去世|身体不适")
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_SELLING = re.compile(r"优惠|促销|特价|打折|抢购|中奖|免费领")


@dataclass(frozen=True, slots=True)
class Finding:
    """``blocks``: it must not be sent like this."""

    kind: str
    road: str
    text: str
    blocks: bool = True


def lint(templates: Templates) -> Iterator[Finding]:
    """Every finding in every template."""
    for kind in templates.kinds:
        template = templates.get(kind)
        assert template is not None  # it is one of theirs
        yield from check(template)


def said_by_staff(kind: str, *, title: str, text: str) -> Iterator[Finding]:
    """The findings in a title and a text that a member of staff wrote for a kind with ``{title}`` and ``{text}``."""
    if not title.strip() or len(title) > 20:
        yield Finding(kind, "", "标题要写明为什么发，1 到 20 个字")
    if not text.strip() or len(text) > TEXT_MOST:
        yield Finding(kind, "", f"正文要有内容，最多 {TEXT_MOST} 个字")
    whole = f"{title}\n{text}"
    if found := _DISEASE.search(whole):
        yield Finding(kind, "", f"锁屏上会看到「{found[0]}」，不能写病情（R24）")
    if _SELLING.search(whole):
        yield Finding(kind, "", "像广告：通知不能做推广")
    if _LINK.search(whole):
        yield Finding(kind, "", "不要放网址，容易被当成诈骗")
    if "{" in whole or "}" in whole:
        yield Finding(kind, "", "不要写 { }")
    for road, most in (("template", 20), ("sms", SMS_PARAM)):
        if len(text) > most:
            yield Finding(kind, road, f"正文只看得到前 {most} 个字，要紧的话写在前面", blocks=False)


def said_as_reason(text: str) -> Iterator[Finding]:
    """The findings in the reason that patients read of a suspension: why, and nobody's illness."""
    if not text.strip() or len(text) > REASON_MOST:
        yield Finding("suspension", "", f"请写明停诊原因，1 到 {REASON_MOST} 个字：患者会看到")
    if found := (_DISEASE.search(text) or _ILL.search(text)):
        yield Finding("suspension", "", f"患者会看到「{found[0]}」，不要写谁的病情，可以写“医生临时有事”")
    if _SELLING.search(text) or _LINK.search(text):
        yield Finding("suspension", "", "不要写网址，也不要写推广的话")
    if "{" in text or "}" in text or "\n" in text:
        yield Finding("suspension", "", "写成一句话，不要写 { }")


def check(template: Template) -> Iterator[Finding]:
    """The findings in one kind's templates."""
    if not template.roads():
        yield Finding(template.kind, "", "没有写任何渠道的内容")
    for road in template.roads():
        for text, blocks in _said(template, road):
            yield Finding(template.kind, road, text, blocks)


def _said(template: Template, road: str) -> Iterator[tuple[str, bool]]:
    whole = "\n".join(template.texts(road))
    unknown = [name for name in facts(whole) if name not in EXAMPLES]
    if unknown:
        yield f"没有这样的内容：{'、'.join(unknown)}", True
        return
    if found := _DISEASE.search(whole):
        yield f"锁屏上会看到「{found[0]}」，不能写病情（R24）", True
    if _SELLING.search(whole):
        yield "像广告：模板消息和通知短信不能做推广", True
    try:
        shape = Templates({template.kind: template}).render(template.kind, road, EXAMPLES)
    except BadField as error:
        yield f"放不进平台的格限：{error}", True
        return
    match shape:
        case Card():
            yield from _card(template, road)
        case Words(text):
            yield from _words(template.custom, text)
        case Sms():
            yield from _sms(template, shape)


def _card(template: Template, road: str) -> Iterator[tuple[str, bool]]:
    card = template.cards[road]
    if not card.title.strip():
        yield "没有标题：看不出为什么发（R24）", True
    if len(card.fields) > FIELDS_MOST:
        yield f"最多 {FIELDS_MOST} 个字段，现在 {len(card.fields)} 个", True
    for name, label, says in card.fields:
        if limits.kind(name) is None:
            yield f"{name}：平台没有这种字段", True
        if not label.strip():
            yield f"{name}：没有名称", True
        plain = re.sub(r"\{\w+\}", "", says)
        if len(plain) > 20 and name.startswith("thing"):
            yield f"{name}：固定文字超过 20 个字，会被截短", False


def _words(raw: str, text: str) -> Iterator[tuple[str, bool]]:
    first = raw.splitlines()[0]
    second = raw.splitlines()[1] if "\n" in raw else ""
    if not any(f"{{{name}}}" in first + second for name in _WHO):
        yield "开头要说是谁发的（R24）：写上 {hospital}", True
    if len(text.encode()) > CHAT_BYTES:
        yield f"太长：{len(text.encode())} 字节，最多 {CHAT_BYTES}", True


def _sms(template: Template, shape: Sms) -> Iterator[tuple[str, bool]]:
    raw = template.sms
    if "{phone}" not in raw and template.kind not in FOR_STAFF:
        yield "没有写咨询电话 {phone}", True
    if _LINK.search(raw):
        yield "短信里不要放网址，容易被当成诈骗", True
    if len(shape.text) > SMS_MOST:
        yield f"太长：{len(shape.text)} 个字，最多 {SMS_MOST}", True
    if len(shape.params) > 10:
        yield f"变量太多：{len(shape.params)} 个", False
