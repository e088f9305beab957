"""What is wrong with a plan, in words for whoever writes it."""

from collections.abc import Callable, Mapping

from bot.domain.followup import Step
from bot.services.followup.checking import MOST_STEPS, NAME, TITLE, WORD
from bot.services.followup.plan_text import LONGEST
from bot.web.console import care

_FIELDS: Mapping[str, str] = {
    "earliest": "最早", "due": "应做", "overdue": "最晚", "anchor": "从哪天算", "audience": "问谁", "owner": "该谁做",
}  # fmt: skip
_WHY: Mapping[str, str] = {
    "shape": "要有 title、priority、cohort、steps 这几项。",
    "unreadable": "读不懂：{of}",
    "title": f"请写名称（不超过 {TITLE} 个字）。",
    "priority": "先后应是 0 到 999 的整数，小的先试。",
    "truth": "应是 true 或 false。",
    "no_steps": "至少要有一次随访。",
    "many_steps": f"最多 {MOST_STEPS} 次随访。",
    "cohort": "读不懂给谁用。",
    "list": f"每行一个，每个不超过 {WORD} 个字。",
    "ways": "没有这种离院方式。",
    "step": "读不懂这一次随访。",
    "name": f"代号不能为空，不超过 {NAME} 个字。",
    "twice": "代号 {of} 用了两次。",
    "step_title": f"请写这一次叫什么（不超过 {TITLE} 个字）。",
    "choice": "请选{of}。",
    "questionnaire": "没有这份在用的问卷，请另选一份。",
    "kind": "没有这种邀请消息，请另选。",
    "retries": "再打几次应是 0 到 9 的整数。",
    "span": "{of}应写成几天、几周或几个月（3d、1w、1m）。",
    "order": "要先最早、再应做、最后最晚，日子不能倒过来。",
    "unknown": "不认识「{of}」这一项。",
    "long": f"太长了，最多 {LONGEST} 个字符。",
    "anchors": "这里不能用 &、* 和 ! 开头的写法。",
    "yaml": "这一行的写法不对：看看缩进、冒号后面有没有空格、括号是不是成对。",
    "text": "读不懂这段文本。",
}


def different(was: Step, now: Step, forms: Mapping[str, str], kinds: Mapping[str, str]) -> str:
    """What of a step a draft changes: 最早 3 天改成 2 天，该谁做 护士改成 主管医师."""
    told: tuple[tuple[str, Callable[[Step], str]], ...] = (
        ("叫什么", lambda step: step.title),
        ("从哪天算", lambda step: care.ANCHORS[step.anchor]),
        ("最早", lambda step: care.span(step.earliest)),
        ("应做", lambda step: care.span(step.due)),
        ("最晚", lambda step: care.span(step.overdue)),
        ("问卷", lambda step: forms.get(step.questionnaire, step.questionnaire)),
        ("问谁", lambda step: care.AUDIENCES[step.audience]),
        ("该谁做", lambda step: care.OWNERS[step.owner]),
        ("邀请消息", lambda step: kinds.get(step.kind, step.kind)),
        ("再打几次算失访", lambda step: str(step.retries)),
    )
    pairs = ((name, words(was), words(now)) for name, words in told)
    return "；".join(f"{name} {old} 改成 {new}" for name, old, new in pairs if old != new)


def said(why: str, of: str) -> str:
    return _WHY[why].replace("{of}", _FIELDS.get(of, of))
