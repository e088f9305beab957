"""``python -m bot.sandbox``: the stand-in as a program of its own."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bot.sandbox.patient import Patient
from tests.house import ROOT, clean_environment
from tests.integration.sandbox.conftest import Stand
from tests.integration.sandbox.hospital import Hospital, Served

ACCOUNT = {
    "WECHAT_APP_ID": "wxdemo000000",
    "WECHAT_SECRET": "s" * 32,
    "WECHAT_TOKEN": "demo-token",
    "WECHAT_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
}


def program(webhook: str, data: Path, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "bot.sandbox", "--port", "0", "--webhook", webhook],
        cwd=ROOT,
        env=clean_environment(SUIZHEN_DATA_DIR=str(data), **environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_it_talks_to_any_server(make_stand: Callable[..., Stand], tmp_path: Path) -> None:
    hospital = Hospital(make_stand().hospital.account)
    webhook = Served(hospital.app())
    process = program(f"{webhook.url}/wechat", tmp_path / "alone", **ACCOUNT)
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1].removesuffix("/phone")
        patient = Patient(address)
        patient.follow()
        assert patient.say("在吗") == ["收到：在吗"]
    finally:
        process.terminate()
        process.communicate(timeout=120)
        webhook.stop()


def test_without_an_account_it_says_what_is_missing(tmp_path: Path) -> None:
    process = program("http://127.0.0.1:9/wechat", tmp_path)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "WECHAT_APP_ID" in output
