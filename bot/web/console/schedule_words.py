"""What changing the schedule is called on the pages: fields, refusals, what a copy would do."""

from collections.abc import Mapping

from bot.services.scheduling.copying import What
from bot.services.scheduling.seating import REASONS as REASONS

WHAT: Mapping[str, str] = {
    What.NEW: "新增", What.CHANGE: "已有，内容不同", What.SAME: "已有，一样", What.CONFLICT: "不能复制",
}  # fmt: skip
COLOURS: Mapping[str, str] = {What.NEW: "good", What.CHANGE: "warn", What.CONFLICT: "bad", What.SAME: ""}
FIELDS: Mapping[str, str] = {
    "kind": "号别", "fee": "费用", "location": "诊室", "department": "出诊科室", "seats": "号数",
    "division": "时段的划分",
}  # fmt: skip
CONFLICTS: Mapping[str, str] = {
    "source_closed": "原来那一周停诊，不照抄",
    "past": "日期已过",
    "left": "医生已停用",
    "odd": "原来的时段划分特殊，请单独添加",
    "suspended": "这一天停诊",
    "closed": "这次出诊已关闭",
    "divided": "已有人预约过，不能改时段的划分",
}
NO_STRETCH: Mapping[str, str] = {
    "none": "请先选要停诊的格子：在格子上拖动，或勾选格子里的方框。",
    "doctors": "一次只能停一位医生的诊。请只选同一位医生的格子。",
    "gaps": "选中的格子不连成一段：中间还有没选的出诊。请把中间的也选上，或者分几次停诊。",
    "nowhere": "停诊的页面还没有启用，请联系管理员。",
}
CANNOT: Mapping[str, str] = {
    "closed": "这次出诊已停诊或关闭，不能修改。撤销停诊后再改。",
    "stale": "您打开页面之后，这次出诊有了变化，刚才没有保存。您填的还在下面，请看看最新情况再决定。",
}
