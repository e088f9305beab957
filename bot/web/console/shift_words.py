"""What shifts and their diaries are called on the pages."""

from collections.abc import Mapping

STATES: Mapping[str | None, str] = {
    None: "没有写",
    "writing": "写了，没有签出",
    "handed": "已签出，等接班",
    "taken": "已接班",
}
KINDS: Mapping[str | None, str] = {None: "", "writing": "warn", "handed": "warn", "taken": "good"}
"""How a state's badge looks."""
NOT_HANDED = (None, "writing")
FIGURES: Mapping[str, str] = {
    "flags": "红旗没有处理完",
    "followups": "随访待做",
    "overdue": "随访已逾期",
    "redial": "该打的随访电话",
    "calls": "要打的通知电话",
    "calls_late": "电话已超时",
    "waiting": "等人工的患者",
    "tickets": "意见投诉待办",
    "tickets_late": "意见投诉已超时",
}
FASTER = "您打开页面之后，有同事先改了，这次没有保存。下面先是现在的内容，您写的还在，请合在一起再保存。"
CANNOT: Mapping[str, str] = {
    "empty": "还没有写内容。",
    "early": "这一班还没有开始。",
    "state": "这份日记已经签出，不能再改；要补充的请写补记。",
    "own": "这份日记是您写的，要由下一班的另一位同事接班签字。",
}
