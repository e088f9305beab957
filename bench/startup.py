"""How long the demo takes to come up, empty and again, and the memory of each of its processes."""

import os
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from bench.processes import family, free_port, memory, running


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("first start", "second start"):
            seconds, sizes = _start(folder)
            told = ", ".join(f"{role} {size} MB" for role, size in sizes)
            print(f"{name}: up after {seconds:.1f} s   {told}, {sum(size for _, size in sizes)} MB in all")


def _start(folder: str) -> tuple[float, list[tuple[str, int]]]:
    """Seconds until the web and, through it, both stores answer; and every process with its resident memory."""
    port = free_port()
    env = {**os.environ, "SUIZHEN_DATA_DIR": folder, "PORT": str(port), "LOG_LEVEL": "WARNING"}
    began = time.monotonic()
    with running([sys.executable, "-m", "bot", "serve", "--demo"], env, lambda: _well(port), 60) as pid:
        seconds = time.monotonic() - began
        time.sleep(2)  # worker and scheduler follow the web
        return seconds, [(_role(each), memory(each)) for each in family(pid)]


def _well(port: int) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1) as page:
        return bool(page.status == 200)
    return False


def _role(pid: int) -> str:
    """What a process is there for, by its command line."""
    line = Path(f"/proc/{pid}/cmdline").read_text()
    known = {"serve": "supervisor", "web": "web", "worker": "worker", "scheduler": "scheduler"}
    words = line.split("\0")
    if "valkey" in words[0] or "redis" in words[0]:
        return "valkey"
    return next((role for word, role in known.items() if word in words), "web's own process")


if __name__ == "__main__":
    main()
