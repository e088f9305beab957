"""What a push looks like on a phone, in plain text: for whoever writes or approves it."""

from collections.abc import Mapping

from bot.pushes.shapes import Assistant, Card, Sms, Words
from bot.pushes.templates import Templates, facts
from bot.pushes.vocabulary import EXAMPLES

NAMES: Mapping[str, str] = {
    "assistant": "就医助手",
    "template": "模板消息",
    "subscribe": "订阅通知",
    "custom": "聊天消息",
    "sms": "短信",
    "phone": "人工电话",
}
PART = 67
"""Characters a part of a long SMS holds; one of up to 70 is a single part."""


def parts(text: str) -> int:
    """How many SMS a text is charged as."""
    return 1 if len(text) <= 70 else -(-len(text) // PART)


def for_approval(text: str, vendor: str) -> str:
    """An SMS's words as the vendor's console wants them: Tencent numbers the variables, Alibaba names them."""
    names = facts(text)
    for number, name in enumerate(names, 1):
        text = text.replace(f"{{{name}}}", f"{{{number}}}" if vendor == "tencent" else f"${{{name}}}")
    return text


def preview(
    templates: Templates, kind: str, road: str, fields: Mapping[str, str] = EXAMPLES, signature: str = ""
) -> str:
    """The message as ``road`` shows it; raises `bot.pushes.limits.BadField` where it would be refused."""
    match templates.render(kind, road, fields):
        case Card(title, rows):
            return "\n".join([f"【{title}】", *(f"{label}：{value}" for _, label, value in rows)])
        case Assistant(status, info):
            return "\n".join(
                [f"【就医助手 {status}】", *(f"{name}：{value}" for name, value in info.items())]
            )
        case Words(text):
            return text
        case Sms(_, text):
            whole = f"【{signature or fields.get('hospital', '')}】{text}"
            return f"{whole}\n（{len(whole)} 字，按 {parts(whole)} 条计）"
