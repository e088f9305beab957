"""Labels in a copy of somebody's data: nothing in it is a code."""

from collections.abc import Mapping

SEALED = (("name", "姓名"), ("id_number", "证件号"), ("phone", "手机号"))
DOCUMENTS: Mapping[str, str] = {
    "resident_id": "居民身份证",
    "passport": "护照",
    "hk_macao_permit": "港澳居民来往内地通行证",
    "taiwan_permit": "台湾居民来往大陆通行证",
    "foreign_permanent_id": "外国人永久居留证",
    "birth_certificate": "出生医学证明",
}
SEXES: Mapping[str, str] = {"male": "男", "female": "女", "unknown": "没有登记"}
RELATIONS: Mapping[str, str] = {
    "self": "本人", "parent": "父母", "child": "子女", "spouse": "爱人", "other": "其他亲友",
}  # fmt: skip
CONSENTS: Mapping[str, str] = {
    "privacy": "用姓名、证件号和手机号挂号",
    "health_data": "用看病的信息",
    "followup": "回答出院回访的问卷",
}
VISITS: Mapping[str, str] = {
    "held": "占着号", "booked": "已预约", "checked_in": "已报到", "done": "已就诊", "cancelled": "已退号",
    "expired": "已过期", "no_show": "没有来", "suspended": "停诊", "rebooked": "停诊后改约", "refunded": "停诊后退费",
    "declined": "停诊后不看了",
}  # fmt: skip
FOLLOWUPS: Mapping[str, str] = {
    "planned": "还没到时间", "due": "到时间了", "contacting": "正在联系", "answered": "已回答", "reviewed": "已复核",
    "closed": "已结束", "lost": "没联系上", "refused": "不想参加", "deceased": "已停止", "readmitted": "又住院，已停止",
    "overdue": "过了时间",
}  # fmt: skip
ROADS: Mapping[str, str] = {
    "chat": "微信聊天", "page": "网页问卷", "phone": "电话", "sms": "短信", "visit": "上门", "letter": "信函",
}  # fmt: skip
PUSHES: Mapping[str, str] = {
    "planned": "还没发", "paused": "暂停", "queued": "已发出", "skipped": "没有发", "void": "已作废",
}  # fmt: skip
FIELDS: Mapping[str, str] = {
    "name": "姓名", "phone": "手机号", "sex": "性别", "birth_date": "出生日期", "id_number": "证件号",
}  # fmt: skip
ASKS: Mapping[str, str] = {
    "look": "看存了什么", "copy": "要一份", "correct": "更正", "withdraw": "撤回同意", "delete": "删除",
}  # fmt: skip
ASK_STATES: Mapping[str, str] = {
    "open": "办理中", "done": "已办", "partly": "已办，依法留了一部分", "refused": "没有办", "taken_back": "自己撤回了",
}  # fmt: skip
