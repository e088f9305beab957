"""What a patient reads when a request about their data has been answered by a person."""

from collections.abc import Mapping

_ASKED: Mapping[str, str] = {
    "copy": "要一份自己的信息", "correct": "更正登记的信息", "withdraw": "撤回同意", "delete": "删除信息",
    "look": "看存了什么",
}  # fmt: skip
DONE = "已经办好了。"
ERASED = (
    "您要删的信息已经删掉了：姓名、证件号、手机号、聊天原话都没有了。\n"
    "依法要留的看病记录还在，挂号那边的已经不带姓名和号码。\n"
    "谢谢您用过这里。以后要挂号，重新登记就行。"
)
"""Said in the chat of whoever asked, as the last thing."""


def answer(kind: str, words: str) -> str:
    return f"您提的「{_ASKED.get(kind, '个人信息的要求')}」有答复了。\n{words}"
