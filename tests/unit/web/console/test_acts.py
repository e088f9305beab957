"""The audit log in words: whatever the program writes down can be read by staff."""

import ast
from collections.abc import Iterator
from pathlib import Path

import bot
from bot.web.console import acts

SOURCES = Path(bot.__file__).parent
_WRITERS = {"audit", "write_audit", "_audit", "_apply", "_reset", "_change", "_changed", "bump", "_noted"}


def actions() -> Iterator[str]:
    """Every action that a call names in so many words."""
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _WRITERS:
                told = [*node.args, *(each.value for each in node.keywords if each.arg == "action")]
                yield from (
                    each.value
                    for each in told
                    if isinstance(each, ast.Constant)
                    and isinstance(each.value, str)
                    and each.value.count(".") == 1
                    and each.value.replace(".", "").replace("_", "").isalpha()
                )


def test_every_act_has_words() -> None:
    found = set(actions())
    assert {"policy.set", "training.planned", "shift.handed", "patient.merged", "staff.disabled"} <= found
    unsaid = {each for each in found if acts.said(each).isascii() or acts.said(each)[-1].isascii()}
    assert unsaid == set()


def test_who_and_what_in_words() -> None:
    assert [acts.who(each) for each in ("staff:0012", "account:7", "api:his", "system:worker", "cli")] == [
        "工号 0012", "患者账号 7", "系统接口 his", "程序", "命令行",
    ]  # fmt: skip
    assert acts.about("appointment:12") == "挂号 12"
    assert acts.about("patient:" + "a" * 32) == "就诊人 aaaaaaaa…"
    assert acts.detail("roles", "nurse,admin") == "角色：回访护士、管理员"


def test_what_people_type_is_found() -> None:
    assert acts.actor_meant("0012") == acts.actor_meant("工号 0012") == "staff:0012"
    assert [acts.actor_meant(each) for each in ("", "cli", "account:7")] == ["", "cli", "account:7"]
    assert acts.subject_meant("挂号 12") == acts.subject_meant("挂号12") == "appointment:12"
    assert [acts.subject_meant(each) for each in ("", "挂号", "appointment:12")] == [
        "",
        "挂号",
        "appointment:12",
    ]
