"""Every frame has conversations that show it and a page that explains it."""

from pathlib import Path

import handlers

ROOT = Path(__file__).parents[2]
FRAMES = {frame.id for frame in handlers.frames()}


def test_every_frame_has_a_page() -> None:
    pages = {path.stem for path in (ROOT / "docs/dialogs").glob("*.md")} - {"README", "index"}
    assert FRAMES - pages == set(), "docs/dialogs/<frame>.md is missing"
    assert pages - FRAMES == set(), "a page about a frame that does not exist"


def test_every_frame_has_a_transcript() -> None:
    told = "\n".join(path.read_text() for path in (ROOT / "tests/dialogs").rglob("*.txt"))
    assert [frame for frame in sorted(FRAMES) if frame not in told] == [], "no transcript names the frame"


def test_there_are_enough_conversations() -> None:
    assert len(list((ROOT / "tests/dialogs").rglob("*.txt"))) >= 40
