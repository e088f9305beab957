"""What the details of an audit line say, in words; what has none is shown as it is written."""

from collections.abc import Mapping

from bot.domain.api_clients import OFFERED
from bot.domain.contacts import OUTCOMES
from bot.domain.policy_words import WORDS
from bot.domain.roles import ROLES
from bot.web.console import care, delivery_words, schedule_words

_VALUES: Mapping[str, Mapping[str, str]] = {
    "answer": {"accepted": "换到预留的号", "other": "换别的时间或医生", "gave_up": "不看了"},
    "author": care.AUTHORS,
    "before": {"-": "没有规定过"},
    "by": {"department": "科室", "doctor": "医生", "ward": "病区", "channel": "渠道"},
    "consent": {"paper": "当面签了纸质同意书", "phone": "电话里口头同意"},
    "fields": {
        **schedule_words.FIELDS, "name": "名称", "aliases": "别名", "notes": "就诊须知", "specialty": "擅长",
    },
    "kind": {
        "faq": "常见问题", "template": "消息模板", "plan": "随访计划", "questionnaire": "问卷",
        "xlsx": "Excel 表", "print": "打印页",
    },
    "name": {name: word.title for name, word in WORDS.items()},
    "outcome": {
        **{each.value: how.title for each, how in OUTCOMES.items()}, **delivery_words.OUTCOMES,
        "reached": "联系上了", "no_answer": "没人接", "refused": "拒绝",
    },
    "reason": {
        "contact": "联系患者", "verify": "核对身份", "complaint": "处理投诉", "request": "患者本人要求",
        "own": "本人打开链接", "call": "打电话", "act": "处理红旗",
    },
    "field": {"name": "姓名", "phone": "手机号", "id_number": "证件号", "sex": "性别", "birth_date": "出生日期"},
    "roles": {role.value: rule.title for role, rule in ROLES.items()},
    "permissions": {permission.value: words for permission, words in OFFERED.items()},
    "road": care.ROADS,
    "scope": {"hospital": "全院", "department": "科室", "doctor": "医生"},
    "way": {"phone": "来电", "window": "到窗口"},
}  # fmt: skip
_SEVERAL = ("fields", "roles", "permissions")


def said(name: str, value: str) -> str:
    """``roles`` and nurse,admin → 回访护士、管理员"""
    known = _VALUES.get(name, {})
    parts = value.split(",") if name in _SEVERAL else [value]
    return "、".join(known.get(each, each) for each in parts)
