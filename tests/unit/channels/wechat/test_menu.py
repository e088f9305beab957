"""The menu's shape is the platform's, and every key of it means something to the dialogs."""

import pytest

from bot.channels.wechat.menu import MENU, definition
from bot.dialog.events import understood

ENTRIES = [entry for _, entries in MENU for entry in entries]


def test_three_by_five() -> None:
    assert 1 <= len(MENU) <= 3
    assert all(1 <= len(entries) <= 5 for _, entries in MENU)


@pytest.mark.parametrize(("name", "key"), ENTRIES)
def test_an_entry_is_short_and_understood(name: str, key: str) -> None:
    assert len(name) <= 8
    assert len(key.encode()) <= 128
    meaning = understood("menu", key)
    assert meaning is not None
    assert meaning.intent != "unknown"


def test_titles_fit_the_bar() -> None:
    assert all(len(name) <= 4 for name, _ in MENU)


def test_the_definition_holds_every_entry() -> None:
    shown = [sub for button in definition()["button"] for sub in button["sub_button"]]
    assert [(sub["name"], sub["key"]) for sub in shown] == ENTRIES
    assert {sub["type"] for sub in shown} == {"click"}
