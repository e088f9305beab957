"""What the audit log calls an act, in words; one that has none yet is shown as it is written."""

from collections.abc import Mapping

from bot.services.figures.kpi import FIGURES
from bot.web.console import act_values, booking_words

_THINGS: Mapping[str, str] = {
    "api_client": "系统接口",
    "account": "账号",
    "ask": "挂号意愿",
    "content": "内容",
    "evidence": "考核依据",
    "kpi": "指标",
    "names": "科室、医生的名称",
    "policy": "规则",
    "shift": "值班日记",
    "training": "培训与考核",
    "alert": "故障提醒",
    "archive": "随访档案",
    "appointment": "挂号",
    "bedside": "床旁二维码",
    "campaign": "群发",
    "clinic": "出诊",
    "discharge": "出院记录",
    "export": "导出",
    "flag": "红旗",
    "followup": "随访",
    "handoff": "人工服务",
    "import": "导入",
    "outbox": "消息",
    "patient": "就诊人",
    "phone_task": "通知电话",
    "consent": "同意",
    "privacy": "个人信息要求",
    "retention": "到期清理",
    "preference": "通知偏好",
    "register": "回访登记簿",
    "report": "报表",
    "review": "质控抽查",
    "seat": "号源",
    "staff": "员工",
    "survey": "问卷",
    "suspension": "停诊",
    "ticket": "意见投诉",
}
_DEEDS: Mapping[str, str] = {
    "asked": "要求生成",
    "attached": "加附件",
    "authorization_revoked": "撤回授权",
    "clinics": "出诊",
    "departments": "科室和医生",
    "discharges": "出院患者",
    "discarded": "放弃草稿",
    "drafted": "起草",
    "dry": "试算，没有清理",
    "escalated": "升级",
    "forgotten": "到期注销",
    "handed": "签出",
    "invited": "添加参加的人",
    "planned": "安排",
    "published": "发布",
    "raised": "报警",
    "recorded": "记结果",
    "reported": "记下上报",
    "retired": "停用",
    "reviewed": "复核",
    "saved": "保存草稿",
    "set": "改数字",
    "taken": "接手",
    "to_call": "转成电话",
    "unbound": "解除绑定",
    "unmet": "没约上",
    "written": "写日记",
    "acknowledged": "接手",
    "acted": "写下处理",
    "added": "添加",
    "agreement_signed": "签署保密协议",
    "answered": "答复",
    "awaiting": "等人批准",
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
    "locked": "锁号",
    "made": "生成",
    "no_show": "记为爽约",
    "no_show_undone": "撤销爽约",
    "merged": "合并档案",
    "merged_away": "并入另一份档案",
    "copied": "取出全部信息",
    "correct": "要求更正",
    "copy": "要求一份",
    "delete": "要求删除",
    "erased": "删除个人信息",
    "look": "看存了什么",
    "partly": "办结，依法留一部分",
    "refused": "答复不能办",
    "run": "清理",
    "taken_back": "患者撤回",
    "wrong_tail": "证件号后四位输错",
    "not_dead": "更正为健在",
    "off": "关闭",
    "on": "打开",
    "opened": "登记",
    "overdue": "超时",
    "password_changed": "修改密码",
    "password_reset": "重置密码",
    "phone_corrected": "更正电话",
    "paused": "暂停",
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
    "revoked": "收回",
    "running": "开始",
    "signed": "签字",
    "start": "开始",
    "stopped": "中止",
    "taken_over": "代填",
    "unfollowed": "取消关注",
    "unlinked": "解除关联",
    "unlocked": "放号",
    "week_copied": "复制一周",
    "withdraw": "撤回",
    "withdrawn": "撤回",
    "wrong": "核对不符",
}


_OF_APPOINTMENTS: Mapping[str, str] = {**booking_words.EVENTS, "booked": "预约"}
"""As their own page calls them."""


def said(action: str) -> str:
    """``patient.corrected`` → 就诊人：更正"""
    thing, _, deed = action.partition(".")
    if thing not in _THINGS:
        return action
    known = {**_DEEDS, **_OF_APPOINTMENTS} if thing == "appointment" else _DEEDS
    return f"{_THINGS[thing]}：{known.get(deed, deed)}"


def things() -> Mapping[str, str]:
    """What can be looked for, with the beginning of its acts."""
    return {f"{thing}.": words for thing, words in _THINGS.items()}


_OTHERS: Mapping[str, str] = {
    "case": "停诊患者", "department": "科室", "doctor": "医生", "edition": "内容的一版", "hospital": "全院",
    "kind": "类别", "month": "月份", "privacy_request": "个人信息要求", "response": "问卷",
    "training_record": "培训记录", "ward": "病区", "wechat": "公众号", "week": "周", "year": "年份",
}  # fmt: skip
"""What an act may be about besides, or a part of it."""
_DETAILS: Mapping[str, str] = {
    "edition": "版本", "version": "版本", "roles": "角色", "reason": "理由", "why": "理由", "fields": "哪几项",
    "field": "哪一项", "term": "统计期", "count": "数量", "number": "第几版", "rows": "行数", "ward": "病区",
    "wards": "病区", "department": "科室", "departments": "科室", "doctor": "医生", "name": "名称", "state": "状态",
    "outcome": "结果", "key": "操作编号", "kind": "类别", "note": "备注", "day": "日期", "value": "数值",
    "from": "原来", "to": "改成", "rule": "规则", "permissions": "权限", "about": "关于", "account": "患者账号",
    "accurate": "准确", "added": "新增", "affected": "受影响的人", "answer": "回答", "author": "谁填的",
    "before": "原来的数值", "by": "按什么", "changed": "修改", "clinics": "出诊次数", "consent": "同意",
    "discharge": "出院记录", "discharges": "出院记录", "displaced": "受影响的人", "failures": "输错次数",
    "file": "附件", "gone": "并入的档案", "groups": "哪几类", "ids": "编号", "into": "并到", "level": "级别",
    "numbers": "几号", "request": "要求编号", "road": "渠道", "role": "谁签", "scope": "范围", "seats": "号数",
    "since": "从", "source": "来源", "steps": "随访次数", "taken": "清理行数", "target": "到", "tier": "第几级",
    "timely": "及时", "told": "通知了", "until": "到", "way": "方式", "what": "内容", "appointments": "挂号",
    "case": "停诊患者", "responses": "问卷", "red_flags": "红旗", "tickets": "意见投诉", "pushes": "通知",
    "phone_tasks": "通知电话",
    "corrections": "更正", "privacy_requests": "个人信息要求", "consents": "同意", "outbox": "消息",
    "booking_asks": "挂号意愿", "suspension_cases": "停诊患者", "guardianships": "账号绑定",
    "legal_guardians": "监护人", "page": "第几页", "did": "做法",
}  # fmt: skip
_LONG = 12


def who(actor: str) -> str:
    """``staff:0012`` → 工号 0012, ``account:7`` → 患者账号 7, ``api:his:0012`` → 系统接口 his，工号 0012."""
    kind, _, number = actor.partition(":")
    named = {"staff": "工号", "account": "患者账号", "api": "系统接口"}
    if kind in named:
        return f"{named[kind]} {number.replace(':', '，工号 ')}"
    return {"cli": "命令行", "system": "程序", "page": "患者的网页"}.get(kind, actor)


def about(subject: str) -> str:
    """``appointment:12`` → 挂号 12, ``policy:department:3`` → 规则 科室 3; a long id is shown by its beginning."""
    kind, _, rest = subject.partition(":")
    words = _THINGS.get(kind) or _OTHERS.get(kind)
    if words is None:
        return f"{subject[:8]}…" if len(subject) > _LONG else subject
    if kind == "hospital":
        return words  # there is one
    if kind == "kpi" and rest in FIGURES:
        return f"{words} {FIGURES[rest].title}"
    return f"{words} {about(rest)}".strip()


def detail(name: str, value: str) -> str:
    """``edition`` and 2026-11 → 版本：2026-11"""
    written = act_values.said(name, value)
    if written == value and ":" in value and value.partition(":")[0] in (_THINGS.keys() | _OTHERS.keys()):
        written = about(value)
    return f"{_DETAILS.get(name, name)}：{written or '—'}"


def actor_meant(text: str) -> str:
    """What somebody types as who: a 工号 will do, and what the list shows."""
    for words, kind in (("患者账号", "account"), ("系统接口", "api")):
        if text.startswith(words) and (rest := text.removeprefix(words).strip()):
            return f"{kind}:{rest.replace('，工号 ', ':')}"
    if text == "命令行":
        return "cli"
    number = text.removeprefix("工号").strip()
    return f"staff:{number}" if number and ":" not in number and number != "cli" else text


def subject_meant(text: str) -> str:
    """挂号 12 → ``appointment:12``."""
    for kind, title in _THINGS.items():
        number = text.removeprefix(title).strip()
        if text.startswith(title) and number:
            return f"{kind}:{number}"
    return text
