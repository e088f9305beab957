"""What the audit log calls an act, in words; one that has none yet is shown as it is written."""

from collections.abc import Mapping

_THINGS: Mapping[str, str] = {
    "account": "账号",
    "alert": "故障提醒",
    "archive": "随访档案",
    "appointment": "挂号",
    "bedside": "床旁二维码",
    "campaign": "群发",
    "discharge": "出院记录",
    "export": "导出",
    "flag": "红旗",
    "followup": "随访",
    "handoff": "人工服务",
    "import": "导入",
    "outbox": "消息",
    "patient": "就诊人",
    "phone_task": "通知电话",
    "preference": "通知偏好",
    "register": "回访登记簿",
    "report": "报表",
    "review": "质控抽查",
    "staff": "员工",
    "survey": "问卷",
    "suspension": "停诊",
    "ticket": "意见投诉",
}
_DEEDS: Mapping[str, str] = {
    "acknowledged": "接手",
    "acted": "写下处理",
    "added": "添加",
    "agreement_signed": "签署保密协议",
    "answered": "答复",
    "assigned": "分派",
    "begun": "开始填写",
    "booked": "预约",
    "called": "拨打",
    "cancelled": "取消",
    "changed": "修改",
    "checked_in": "签到",
    "checked_in_undone": "撤销签到",
    "claimed": "认领",
    "closed": "办结",
    "codes_reset": "重设手机验证码",
    "codes_set_up": "启用手机验证码",
    "completed": "填完",
    "confirmed": "确认",
    "conflict": "资料不一致",
    "corrected": "更正",
    "created": "新建",
    "died": "登记去世",
    "disabled": "停用",
    "done": "完成",
    "enabled": "恢复使用",
    "expired": "超时释放",
    "exported": "导出",
    "file_read": "查看附件",
    "given_back": "退回",
    "left": "离开",
    "linked": "关联",
    "made": "生成",
    "no_show": "记为爽约",
    "no_show_undone": "撤销爽约",
    "not_dead": "更正为健在",
    "opened": "登记",
    "overdue": "超时",
    "password_changed": "修改密码",
    "password_reset": "重置密码",
    "phone_corrected": "更正电话",
    "queued": "排队",
    "reached": "电话联系到",
    "read": "查看内容",
    "readmitted": "登记再入院",
    "redialled": "安排重拨",
    "registered": "登记",
    "reopened": "重新打开",
    "resent": "重新发送",
    "resumed": "恢复随访",
    "revealed": "查看个人信息",
    "running": "开始",
    "signed": "签字",
    "start": "开始",
    "stopped": "中止",
    "taken_over": "代填",
    "unfollowed": "取消关注",
    "unlinked": "解除关联",
    "withdraw": "撤回",
    "withdrawn": "撤回",
    "wrong": "核对不符",
}


def said(action: str) -> str:
    """``patient.corrected`` → 就诊人：更正"""
    thing, _, deed = action.partition(".")
    if thing not in _THINGS:
        return action
    return f"{_THINGS[thing]}：{_DEEDS.get(deed, deed)}"


def things() -> Mapping[str, str]:
    """What can be looked for, with the beginning of its acts."""
    return {f"{thing}.": words for thing, words in _THINGS.items()}
