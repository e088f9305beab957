"""The account's menu: three entries, at most five below each; a key is what `bot.dialog.events` understands."""

from collections.abc import Mapping, Sequence
from typing import Any

Entry = tuple[str, str]
"""(name, key)"""

MENU: Sequence[tuple[str, Sequence[Entry]]] = (
    (
        "预约挂号",
        (
            ("挂号", "intent:book"),
            ("查号源", "intent:query_slots"),
            ("不知道挂哪科", "intent:triage"),
        ),
    ),
    (
        "我的",
        (
            ("我的挂号", "intent:my_appointments"),
            ("改约", "intent:change"),
            ("退号", "intent:cancel"),
            ("添加就诊人", "intent:register_patient"),
        ),
    ),
    (
        "帮助",
        (
            ("就诊指南", "intent:faq"),
            ("人工服务", "intent:human"),
            ("意见建议", "intent:complaint"),
            ("怎么使用", "intent:help"),
        ),
    ),
)


def definition() -> Mapping[str, Any]:
    """The menu as the API takes it."""
    return {
        "button": [
            {"name": name, "sub_button": [_click(*entry) for entry in entries]} for name, entries in MENU
        ]
    }


def _click(name: str, key: str) -> Mapping[str, str]:
    return {"type": "click", "name": name, "key": key}
