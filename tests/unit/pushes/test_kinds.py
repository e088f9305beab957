"""The kinds as data: what ships, what a hospital may change, and what is refused."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.pushes.kinds import Dialog, Kinds, KindsError, Quiet
from tests.integration.services.town import TODAY, TOMORROW, at


def test_the_shipped_kinds() -> None:
    kinds = Kinds.load()
    suspension, soon, care = kinds["suspension"], kinds["visit_soon"], kinds["care"]
    assert (suspension.priority, suspension.dialog, suspension.quiet) == (0, Dialog.INTERRUPTS, Quiet.NONE)
    assert not suspension.optional
    assert not kinds["booked"].optional
    assert suspension.ladder[-1] == "phone"
    assert (soon.priority, soon.dialog) == (2, Dialog.PASSIVE)
    assert soon.optional
    assert soon.quiet is Quiet.EARLIER
    assert (care.priority, care.cap, care.workdays) == (3, True, True)
    assert kinds["publication"].group.asked_for


def test_timing_is_seen_from_the_event() -> None:
    kinds = Kinds.load()
    visit = at(14, 30, TOMORROW)
    assert kinds["visit_tomorrow"].timing.due(visit) == at(19, 0, TODAY)
    assert kinds["visit_soon"].timing.due(visit) == at(12, 30, TOMORROW)


def test_a_hospital_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    own = tmp_path / "kinds.yaml"
    own.write_text('cap: {a_day: 1}\nkinds: {visit_tomorrow: {lives: 60, timing: {days: -1, at: "18:00"}}}\n')
    kinds = Kinds.load(own)
    changed = kinds["visit_tomorrow"]
    assert kinds.a_day == 1
    assert changed.timing.due(at(14, 30, TOMORROW)) == at(18, 0, TODAY)
    assert changed.lives == timedelta(hours=1)
    assert changed.ladder == Kinds.load()["visit_tomorrow"].ladder
    assert kinds["care"] == Kinds.load()["care"]


def test_a_hospital_adds_a_kind(tmp_path: Path) -> None:
    own = tmp_path / "kinds.yaml"
    own.write_text(
        "kinds: {vaccination: {title: 接种提醒, priority: 2, group: reminder, lives: 60, ladder: [sms]}}\n"
    )
    assert Kinds.load(own).ladders["vaccination"] == ("sms",)


@pytest.mark.parametrize(
    "text",
    [
        "kinds: {care: {ladder: [pigeon]}}",
        "kinds: {care: {ladder: [phone, sms]}}",
        "kinds: {care: {ladder: []}}",
        "kinds: {care: {group: nobody}}",
        "kinds: {care: {priority: 7}}",
        "kinds: {care: {quiet: perhaps}}",
        "kinds: {care: {loud: true}}",
        "kinds: {own: {title: 我们}}",
        'quiet: {from: "late"}',
        "kinds: [",
        "- kinds",
    ],
)
def test_what_is_wrong_is_said_at_the_start(text: str, tmp_path: Path) -> None:
    own = tmp_path / "kinds.yaml"
    own.write_text(text)
    with pytest.raises(KindsError):
        Kinds.load(own)
