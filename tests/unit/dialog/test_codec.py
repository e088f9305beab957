"""Stored sessions: every version is loadable for ever, and what cannot be read costs the open question only."""

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.dialog import codec
from bot.dialog.session import VERSION, FrameState, Session
from tests.unit.dialog.toys import Conversation

STORED = sorted((Path(__file__).parents[2] / "sessions").glob("v*/*.json"))


def test_every_version_has_stored_sessions() -> None:
    assert {p.parent.name for p in STORED} == {f"v{n}" for n in range(1, VERSION + 1)}


@pytest.mark.parametrize("path", STORED, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_stored_sessions_load_and_go_on(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    session = codec.loads(path.read_bytes())
    assert not caplog.records, "it was dropped"
    assert session.version == VERSION and session.touched_at is not None
    talk = Conversation()
    talk.session, talk.world.now = session, session.touched_at
    assert talk.say("呜哩哇啦") or session.human
    assert len(talk.session.stack) == len(session.stack)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"version": "x"}',
        b'{"version": 0}',
        b'{"version":1,"stack":7}',
        b"\xff\xfe",
    ],
)
def test_what_cannot_be_read_is_dropped_with_a_line(raw: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert codec.loads(raw) == Session()
    assert "session.unreadable" in caplog.text


def test_a_newer_release_may_add_fields() -> None:
    """While two releases run side by side, the older one reads what the newer one wrote."""
    stored = json.loads(codec.dumps(Session(failures=2))) | {"version": VERSION + 1, "new_field": [1]}
    assert codec.loads(json.dumps(stored).encode()).failures == 2


def test_older_versions_are_brought_forward(monkeypatch: pytest.MonkeyPatch) -> None:
    def renamed(stored: dict[str, Any]) -> dict[str, Any]:
        return {**stored, "failures": stored["misses"]}

    upgrades: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {0: renamed}
    monkeypatch.setattr(codec, "UPGRADES", upgrades)
    assert codec.loads(b'{"version": 0, "misses": 2}') == Session(failures=2)


def test_values_of_an_older_frame_are_brought_forward() -> None:
    talk = Conversation()
    talk.session.stack = [FrameState("booking", 1, "k", {"dept": "骨科"}, ["department", "gone"])]
    assert talk.say("张敏医生") == "哪一天？"
    assert talk.values["department"] == "骨科" and "gone" not in talk.session.stack[0].filled


def test_frames_that_are_gone_are_dropped_with_a_line(caplog: pytest.LogCaptureFixture) -> None:
    talk = Conversation()
    talk.say("挂号", "book")
    talk.session.stack.append(FrameState("dropped", 1, "k"))
    assert talk.say("骨科", department="骨科").startswith("哪位医生？")
    assert "dialog.dropped frame=dropped" in caplog.text
