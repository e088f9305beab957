"""What follow-up and red flags are called on the pages."""

from collections.abc import Mapping

from bot.domain.contacts import OUTCOMES, WHOSE, Leads, Outcome
from bot.domain.discharge import Cohort
from bot.domain.flags import FlagLevel, FlagState
from bot.domain.followup import Span
from bot.services.followup.queue import Show

STATES: Mapping[str, str] = {
    "planned": "未到期", "due": "已到期", "contacting": "联系中", "answered": "已回答", "reviewed": "已复核",
    "closed": "已结束", "lost": "失访", "refused": "拒绝随访", "deceased": "已故，停止", "readmitted": "再次入院，停止",
    "overdue": "逾期",
}  # fmt: skip
KINDS: Mapping[str, str] = {
    "due": "warn", "overdue": "bad", "contacting": "warn", "answered": "good", "reviewed": "good", "lost": "bad",
}  # fmt: skip
"""How a state's badge looks."""
OWNERS: Mapping[str, str] = {"senior": "副主任医师以上", "attending": "主管医师", "nurse": "护士"}
AUDIENCES: Mapping[str, str] = {"patient": "患者", "family": "家属"}
ANCHORS: Mapping[str, str] = {"discharge": "出院", "surgery": "手术", "answer": "上次回答"}
WAYS: Mapping[str, str] = {
    "home": "医嘱离院", "transfer": "转院", "community": "转社区", "against_advice": "非医嘱离院", "died": "死亡",
    "other": "其他", "in_hospital": "在院",
}  # fmt: skip
SHOWN: Mapping[str, str] = {
    Show.FLAGGED: "有警报", Show.OVERDUE: "逾期", Show.REDIAL: "待打电话", Show.DUE: "到期", Show.WAITING: "等回音",
    Show.LOST: "失访",
}  # fmt: skip
ROADS: Mapping[str, str] = {
    "phone": "电话", "chat": "公众号", "page": "网页", "sms": "短信", "visit": "上门", "letter": "书信",
}  # fmt: skip
LEVELS: Mapping[str, str] = {FlagLevel.URGENT: "紧急", FlagLevel.SOON: "尽快"}
FLAG_STATES: Mapping[str, str] = {
    FlagState.OPEN: "没人接", FlagState.ACKNOWLEDGED: "处理中", FlagState.CLOSED: "已处理",
}  # fmt: skip
SOURCES: Mapping[str, str] = {"chat": "公众号聊天", "page": "网页问卷", "phone": "电话随访"}
AUTHORS: Mapping[str, str] = {"patient": "患者本人", "family": "家属", "nurse": "电话里由工作人员代填"}

REPORTS = (Outcome.DECEASED, Outcome.READMITTED)
"""Ends of a call that stop the whole stay: asked for twice, apart from the others."""
_GROUPS = (
    ("打通了", (Leads.REACHED, Leads.REFUSED)),
    ("没打通，以后再打", (Leads.REDIAL,)),
    ("号码用不了", (Leads.NUMBER_DEAD,)),
)
CALLS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = tuple(
    (title, tuple((str(code), each.title) for code, each in OUTCOMES.items() if each.leads in leads))
    for title, leads in _GROUPS
)
"""How a call may end, as they stand on the form."""

REFUSED: Mapping[str, str] = {
    "unknown": "没有这条随访。",
    "ended": "这条随访已经结束了，不用再记。",
    "early": "还没到可以联系的日子。",
    "note": "选「其他」要在备注里写明情况。",
    "number": "号码不对：还有别的号码没打过，请先打那一个。",
    "moment": "约好再打的时间要在现在以后，最远一年。",
    "unreached": "还没有联系上，不能复核。",
    "own": "这条随访您参与过（打过电话、代填过或在您手里），要由别人复核。",
    "twice": "已经复核过了。",
    "running": "这个月还没有过完，不能签字。",
    "ward": "没有这个病区。",
}


def outcome(code: str) -> str:
    """How a call ended, in words."""
    return OUTCOMES[Outcome(code)].title


def whose(source: str) -> str:
    """Where a number is from."""
    return WHOSE[source]


def span(length: Span) -> str:
    """7 天, 3 个月"""
    return f"{length.months} 个月" if length.months else f"{length.days} 天"


def cohort(cohort: Cohort) -> str:
    """For whom a plan is."""
    operated = {True: "做过手术", False: "没做手术", None: ""}[cohort.surgery]
    parts = (
        ("病区", cohort.wards),
        ("科室", cohort.departments),
        ("诊断含", cohort.words),
        ("诊断编码", cohort.codes),
        ("离院方式", tuple(WAYS[way] for way in cohort.ways)),
    )
    told = [f"{name} {'、'.join(values)}" for name, values in parts if values]
    told += [words for words in (operated, "诊断不明" if cohort.undiagnosed else "") if words]
    return "；".join(told) or "所有人"
