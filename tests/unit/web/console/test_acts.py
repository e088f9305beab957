"""The audit log in words: whatever the program writes down can be read by staff."""

import ast
from collections.abc import Iterator
from pathlib import Path

import bot
from bot.web.console import acts

SOURCES = Path(bot.__file__).parent
_WRITERS = {"audit", "write_audit", "_audit", "_apply", "_reset", "_change", "_changed", "bump", "_noted"}


def calls() -> Iterator[ast.Call]:
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _WRITERS:
                yield node


def actions() -> Iterator[str]:
    """Every action that a call names in so many words."""
    for node in calls():
        told = [*node.args, *(each.value for each in node.keywords if each.arg == "action")]
        yield from (
            each.value
            for each in told
            if isinstance(each, ast.Constant)
            and isinstance(each.value, str)
            and each.value.count(".") == 1
            and each.value.replace(".", "").replace("_", "").isalpha()
        )


def subjects() -> Iterator[str]:
    """What every act is about: the beginning of ``appointment:{id}``."""
    for node in calls():
        told = [*node.args, *(each.value for each in node.keywords if each.arg == "subject")]
        for each in told:
            first = each.values[0] if isinstance(each, ast.JoinedStr) else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value.endswith(":"):
                yield first.value


def details() -> Iterator[str]:
    """What audit rows tell besides."""
    for node in calls():
        if getattr(node.func, "id", "") in ("audit", "write_audit"):
            named = {each.arg for each in node.keywords if each.arg is not None}
            yield from named - {"at", "actor", "action", "subject"}


def test_every_act_has_words() -> None:
    found = set(actions())
    assert {"policy.set", "training.planned", "shift.handed", "patient.merged", "staff.disabled"} <= found
    unsaid = {each for each in found if acts.said(each).isascii() or acts.said(each)[-1].isascii()}
    assert unsaid == set()


def test_whatever_becomes_of_an_appointment_has_words() -> None:
    """Written by its kind, so that no call names it."""
    kinds = {
        str(each.value.value)
        for path in SOURCES.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record"
        for each in node.keywords
        if each.arg == "kind" and isinstance(each.value, ast.Constant)
    }
    assert {"booked", "rebooked", "given_up"} <= kinds
    told = [acts.said(f"appointment.{each}") for each in {*kinds, "suspended", "restored"}]
    assert [each for each in told if each[-1].isascii()] == []


def test_whatever_an_act_is_about_and_tells_has_words() -> None:
    about, told = set(subjects()), set(details())
    assert {"appointment:", "privacy_request:", "edition:"} <= about and {"reason", "displaced"} <= told
    assert {each for each in about if acts.about(f"{each}7").isascii()} == set()
    assert {
        each for each in told if acts.detail(each, "7").isascii() or acts.detail(each, "7").startswith(each)
    } == set()


def test_who_and_what_in_words() -> None:
    assert [acts.who(each) for each in ("staff:0012", "account:7", "api:his", "system:worker", "cli")] == [
        "工号 0012", "患者账号 7", "系统接口 his", "程序", "命令行",
    ]  # fmt: skip
    assert acts.about("appointment:12") == "挂号 12"
    assert acts.about("patient:" + "a" * 32) == "就诊人 aaaaaaaa…"
    assert acts.about("policy:department:3") == "规则 科室 3"
    assert acts.about("report:month:2026-11-01") == "报表 月份 2026-11-01"
    assert acts.who("api:phone:0012") == "系统接口 phone，工号 0012"
    assert acts.detail("roles", "nurse,admin") == "角色：回访护士、管理员"
    assert acts.detail("permissions", "appointments.see,schedule.edit") == "权限：看预约、放出诊、改排班"
    assert acts.detail("reason", "contact") == "理由：联系患者"
    assert acts.detail("fields", "seats,fee") == "哪几项：号数、费用"
    assert acts.detail("outcome", "hung_up") == "结果：拒接"
    assert acts.detail("name", "booking_window_days") == "名称：可以提前多少天预约"
    assert acts.detail("about", "handoff:1") == "关于：人工服务 1"
    assert acts.detail("scope", "doctor") == "范围：医生"
    assert acts.detail("source", "") == "来源：—"
    assert [acts.about(each) for each in ("policy:hospital:0", "kpi:success")] == [
        "规则 全院",
        "指标 预约成功率",
    ]
    assert [acts.said(f"appointment.{each}") for each in ("rebooked", "booked")] == [
        "挂号：停诊后改约",
        "挂号：预约",
    ]


def test_what_people_type_is_found() -> None:
    assert acts.actor_meant("0012") == acts.actor_meant("工号 0012") == "staff:0012"
    assert [acts.actor_meant(acts.who(each)) for each in ("account:7", "api:his", "api:phone:0012", "cli")] == [
        "account:7", "api:his", "api:phone:0012", "cli",
    ]  # fmt: skip
    assert [acts.actor_meant(each) for each in ("", "cli", "account:7")] == ["", "cli", "account:7"]
    assert acts.subject_meant("挂号 12") == acts.subject_meant("挂号12") == "appointment:12"
    assert [acts.subject_meant(each) for each in ("", "挂号", "appointment:12")] == [
        "",
        "挂号",
        "appointment:12",
    ]
