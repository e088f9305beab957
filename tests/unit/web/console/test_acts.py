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
