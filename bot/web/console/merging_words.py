"""What making two records one is called on the pages."""

from collections.abc import Mapping

HOLDS: Mapping[str, str] = {
    "appointments": "预约", "discharges": "住院", "responses": "问卷", "flags": "红旗警报", "tickets": "意见投诉",
    "pushes": "通知", "phone_tasks": "待打电话", "corrections": "更正记录", "privacy_requests": "个人信息请求",
    "consents": "同意书", "accounts": "看管他的微信、支付宝账号",
}  # fmt: skip
SAME: Mapping[str, str] = {"name": "姓名", "birth": "出生日期", "phone": "手机号", "sex": "性别"}
BLOCKERS: Mapping[str, str] = {
    "deceased": "一份登记了去世，另一份没有，不能合并。请先核对是不是同一个人、去世登记对不对。",
    "visits": "两份档案都约了同一次出诊，不能合并。请先退掉其中一个预约。",
}
REFUSED: Mapping[str, str] = {
    **BLOCKERS,
    "stale": "您打开页面之后，其中一份档案有了变化，没有合并。请再看一遍，再决定。",
}
