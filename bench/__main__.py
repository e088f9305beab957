"""Every speed claim of docs/performance.md, one after the other; fails if a seat was sold twice or a push not sent."""

import subprocess
import sys
import time

BENCHES = (
    "bench.startup",
    "bench.seats",
    "bench.turns",
    "bench.push",
    "bench.suspend",
    "bench.nlu_dates",
    "bench.console",
)
PATIENCE = 420.0
"""Seconds each may take."""


def main() -> None:
    failed = [name for name in BENCHES if not _run(name)]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def _run(name: str) -> bool:
    print(f"\n== python -m {name}", flush=True)
    began = time.monotonic()
    try:
        code = subprocess.run([sys.executable, "-m", name], timeout=PATIENCE).returncode
    except subprocess.TimeoutExpired:
        code = -1
    print(f"   {time.monotonic() - began:.0f} s, exit code {code}", flush=True)
    return code == 0


if __name__ == "__main__":
    main()
