"""Every dialog under tests/dialogs/*.txt, played against the real parts."""

from pathlib import Path

import pytest

from tests.dialogs.runner import Transcript, play, transcripts
from tests.dialogs.stage import Stage


@pytest.mark.parametrize("transcript", transcripts(Path(__file__).parent), ids=str)
def test_transcript(transcript: Transcript, stage: Stage) -> None:
    play(transcript, stage)
