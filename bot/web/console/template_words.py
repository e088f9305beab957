"""What the form says of each road: what may be written here, and what the platform has to be asked for."""

from collections.abc import Mapping

_REGISTERED = (
    "标题和栏目是在公众平台申请下来的，这里改不了。要换标题或栏目，先到公众平台申请新模板，"
    "再请管理员把模板编号写进设置。这里能改每一栏填的字。"
)
ROADS: Mapping[str, str] = {
    "assistant": "就医助手的格式是微信定的，只能改每一格填什么。",
    "template": _REGISTERED,
    "subscribe": _REGISTERED,
    "custom": "患者 48 小时内来过消息才发得出去。字由本院写，不用申请。",
    "sms": "短信正文要先在短信平台报备。平台没有通过以前，患者收到的还是报备过的那一份；"
    "所以先去报备，通过以后再在这里发布。变量的个数和顺序不能变。",
}
FACTS: Mapping[str, str] = {
    "hospital": "医院名称", "phone": "医院电话", "patient": "患者（已打码）", "department": "科室", "doctor": "医生",
    "date": "日期", "day": "今天、明天", "time": "时段", "begins": "就诊时间（平台格式）", "place": "地点",
    "code": "凭证号", "number": "就诊序号", "fee": "费用", "notes": "就诊须知", "old_date": "原来的日期",
    "old_time": "原来的时段", "reason": "停诊原因", "offer": "替代的号", "deadline": "最晚什么时候答复",
    "refund": "退费", "title": "标题", "text": "正文", "open_days": "可约日期", "seats": "可约号数",
    "ticket": "工单编号", "answer": "答复", "ward": "病区", "level": "级别", "alert": "警报编号",
}  # fmt: skip
