"""The words that templates may use: the names of `Notice.fields`, each with an example for previews."""

EXAMPLES: dict[str, str] = {
    "hospital": "示例市人民医院",
    "phone": "0100-12345678",
    "patient": "王*国",
    "department": "心血管内科",
    "doctor": "王建国 主任医师",
    "date": "11月24日（周二）",
    "day": "明天",
    "time": "14:00–14:30",
    "begins": "2026年11月24日 14:00",
    "place": "门诊楼3层A区",
    "code": "K7M2Q9XA",
    "number": "12",
    "fee": "50元",
    "notes": "请带好以前的检查报告",
    "old_date": "11月23日（周一）",
    "old_time": "09:00–09:30",
    "reason": "医生临时外出",
    "offer": "11月25日（周三）14:00–14:30 王建国 主任医师",
    "deadline": "11月23日 20:00",
    "refund": "50元",
    "title": "门诊时间调整",
    "text": "下周起门诊开诊时间调整为早上7点半，请您留意。",
    "open_days": "11月24日至12月7日",
    "seats": "1280",
    "ticket": "T20261123-0007",
    "answer": "您反映的情况我们核实了，已请科室改进，给您添麻烦了。",
    "ward": "心血管内科一病区",
    "level": "紧急",
    "alert": "F12",
}
"""``begins`` is the platform's own form of a moment; every other one is as people write it."""

FOR_STAFF = frozenset({"red_flag", "red_flag_late", "ticket_overdue"})
"""Kinds that go to a duty phone: they name no patient, and need no number to ask at."""
