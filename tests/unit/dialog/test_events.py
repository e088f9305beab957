"""Menu keys and QR scenes as meanings."""

import pytest

from bot.dialog.events import EVENTS, tapped, understood
from bot.domain.inbound import Kind


def test_the_kinds_are_the_channels_own() -> None:
    assert {Kind.MENU, Kind.SCAN, Kind.FOLLOW} == EVENTS


@pytest.mark.parametrize(
    ("kind", "key", "intent", "department", "doctor"),
    [
        ("menu", "intent:my_appointments", "my_appointments", None, None),
        ("menu", "intent:no_such", "unknown", None, None),
        ("scan", "book:department:心血管内科", "book", "心血管内科", None),
        ("follow", "qrscene_book:doctor:王建国", "book", None, "王建国"),
        ("follow", "", "greet", None, None),
        ("scan", "book:department:", "unknown", None, None),
        ("scan", "'; drop table", "unknown", None, None),
    ],
)
def test_meanings(kind: str, key: str, intent: str, department: str | None, doctor: str | None) -> None:
    found = understood(kind, key)
    assert found is not None and found.intent == intent
    assert (found.slots.department, found.slots.doctor) == (department, doctor)


@pytest.mark.parametrize("kind", ["text", "voice", "sticker", "image"])
def test_messages_have_to_be_parsed(kind: str) -> None:
    assert understood(kind) is None


def test_a_tap_below_a_push_means_what_the_menu_means() -> None:
    found = tapped("book:doctor:王建国")
    assert found is not None
    assert (found.intent, found.slots.doctor) == ("book", "王建国")
    assert tapped("intent:cancel") is not None


@pytest.mark.parametrize("tap", ["", "3f2a:1", "open:change:appointment:12", "intent:no_such"])
def test_other_taps_are_no_events(tap: str) -> None:
    assert tapped(tap) is None
