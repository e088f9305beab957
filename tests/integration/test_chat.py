"""``python -m bot chat``: the terminal goes the way of every message, on a machine where nothing runs."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def chat(data_dir: Path, *lines: str, user: str = "tester") -> str:
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "chat", "--as", user],
        input="\n".join(lines), capture_output=True, text=True, timeout=120, cwd=ROOT,
        env=environment | {"SUIZHEN_DATA_DIR": str(data_dir)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_conversation_survives_the_end_of_the_process(tmp_path: Path) -> None:
    first = chat(tmp_path, "/菜单 intent:book", "/点 1", "/贴图", "/重发", "/不认识")
    assert "1. 心血管内科" in first and "王建国" in first
    assert first.count("表情") == 2, "the retry did not get the stored reply"
    assert "/退出" in first
    again = chat(tmp_path, "/贴图", "/退出", "没人听见")
    assert "王建国" in again and "没人听见" not in again
    assert "王建国" not in chat(tmp_path, "/贴图", user="somebody else")


def test_no_valkey_is_left_behind(tmp_path: Path) -> None:
    chat(tmp_path, "/贴图")
    running = [p for p in Path("/proc").glob("[0-9]*/cmdline") if str(tmp_path).encode() in _read(p)]
    assert not running


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has just ended
        return b""
