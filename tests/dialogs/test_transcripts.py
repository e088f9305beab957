"""Every dialog under tests/dialogs/*.txt, played against the real parts."""

from pathlib import Path

import pytest

from tests.dialogs.runner import Failed, Transcript, play, transcripts
from tests.dialogs.stage import Stage

ALL = transcripts(Path(__file__).parent)


@pytest.mark.parametrize("transcript", ALL, ids=[f"{t.path.stem}-{n}" for n, t in enumerate(ALL, 1)])
def test_transcript(transcript: Transcript, stage: Stage) -> None:
    told = None
    try:
        play(transcript, stage)
    except Failed as failed:
        told = str(failed)
    if told is not None:
        pytest.fail(told, pytrace=False)
