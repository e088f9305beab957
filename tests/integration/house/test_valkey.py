"""The embedded Valkey keeps what it was told over a kill -9, and goes when asked."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis

from bot.embedded import Valkey
from bot.settings import BadSettings
from tests.house import wait_until


@contextmanager
def started(valkey: Valkey) -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen(valkey.command(), stdout=subprocess.DEVNULL) as server:
        try:
            wait_until(valkey.answers, 120, lambda: "it does not answer")
            yield server
        finally:
            server.kill()


def test_what_was_said_a_second_ago_survives_a_kill(tmp_path: Path) -> None:
    valkey = Valkey(tmp_path)
    with started(valkey) as server:
        Redis.from_url(valkey.url).set("session", "half done")
        time.sleep(2)  # appendfsync everysec
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
        assert not valkey.answers()
    with started(valkey):
        assert Redis.from_url(valkey.url).get("session") == b"half done"


def test_it_goes_when_asked(tmp_path: Path) -> None:
    valkey = Valkey(tmp_path)
    with started(valkey) as server:
        assert valkey.shut_down()
        assert server.wait(timeout=120) == 0


def test_nobody_else_may_read_along(tmp_path: Path) -> None:
    valkey = Valkey(tmp_path)
    with started(valkey):
        assert valkey.socket.stat().st_mode & 0o077 == 0


def test_a_deep_data_directory_still_has_a_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    valkey = Valkey(deep)
    with started(valkey):
        assert Redis.from_url(valkey.url).ping()
    assert Valkey(deep).url == valkey.url
    assert Valkey(tmp_path).url != valkey.url


def test_a_place_that_others_could_have_prepared_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path too long for a socket has its socket in the common /tmp."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    deep = tmp_path / ("d" * 120)
    assert Valkey(deep).socket.parent.parent == tmp_path
    Valkey(deep).socket.parent.chmod(0o777)
    with pytest.raises(BadSettings, match="not ours alone"):
        Valkey(deep)
