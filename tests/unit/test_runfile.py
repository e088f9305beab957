"""One supervisor per data directory; what a killed one left is recognised and ended, and nobody else."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.processes import alive, started_at
from bot.runfile import AlreadyRunning, RunFile

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
]


def test_the_second_one_learns_where_the_first_one_is(tmp_path: Path) -> None:
    with RunFile(tmp_path, url="http://127.0.0.1:1") as first:
        first.note({})
        with pytest.raises(AlreadyRunning) as told:
            RunFile(tmp_path, url="http://127.0.0.1:2")
        assert told.value.url == "http://127.0.0.1:1"
    with RunFile(tmp_path, url="http://127.0.0.1:2"):
        pass
    assert not (tmp_path / "serve.json").exists()


@pytest.mark.parametrize("command", [SLEEPER, DEAF], ids=["willing", "deaf"])
def test_leftovers_are_ended(tmp_path: Path, command: list[str]) -> None:
    with subprocess.Popen(command, stdout=subprocess.PIPE) as left:
        try:
            if command is DEAF:
                assert left.stdout is not None
                left.stdout.readline()
            began = started_at(left.pid)
            (tmp_path / "serve.json").write_text(
                json.dumps({"pid": 1, "children": {"web": [left.pid, began]}})
            )
            with RunFile(tmp_path, url="") as now:
                now.clear_leftovers(patience=0.5)
            assert not alive(left.pid)
        finally:
            left.kill()


def test_a_stranger_with_the_same_pid_is_let_be(tmp_path: Path) -> None:
    with subprocess.Popen(SLEEPER) as stranger:
        try:
            state = {"pid": 1, "children": {"web": [stranger.pid, "1"], "worker": [stranger.pid, None]}}
            (tmp_path / "serve.json").write_text(json.dumps(state))
            with RunFile(tmp_path, url="") as now:
                now.clear_leftovers(patience=0.1)
            assert alive(stranger.pid)
        finally:
            stranger.kill()


@pytest.mark.parametrize("nonsense", ["", "[]", "{", '"x"'])
def test_a_broken_state_file_is_no_obstacle(tmp_path: Path, nonsense: str) -> None:
    (tmp_path / "serve.json").write_text(nonsense)
    with RunFile(tmp_path, url="") as now:
        now.clear_leftovers()
