"""What a proof shows: what was done, figures, and whether every claim held; printed for people, or as JSON."""

import argparse
import json
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from types import FrameType

LIMIT = 290
"""Seconds a proof may take at full scale."""


@dataclass
class Proof:
    """Filled while it runs."""

    name: str
    done: str
    figures: dict[str, object] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    """Claims that did not hold."""

    def claim(self, what: str, holds: bool) -> None:
        if not holds:
            self.broken.append(what)

    @property
    def holds(self) -> bool:
        return not self.broken

    @property
    def verdict(self) -> str:
        return "holds" if self.holds else "BROKEN: " + "; ".join(self.broken)

    @property
    def told(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self.figures.items())

    def __str__(self) -> str:
        return f"{self.name}\n  done:    {self.done}\n  figures: {self.told}\n  verdict: {self.verdict}"


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0.0


def seconds(value: float) -> str:
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


def command(module: str, databases: tuple[str, ...], prove: Callable[..., Proof]) -> None:
    """``python -m module [--full] [--db DATABASE] [--json]``: run, print, exit 1 if a claim does not hold."""
    from tests.faults.stage import Ground

    options = argparse.ArgumentParser(prog=f"python -m {module}")
    options.add_argument("--full", action="store_true", help="at full scale: minutes instead of seconds")
    options.add_argument("--db", choices=databases, default=databases[0])
    options.add_argument("--json", action="store_true", help="one line for a program")
    told = options.parse_args()
    for when in (signal.SIGALRM, signal.SIGTERM):
        signal.signal(when, _too_long)
    signal.alarm(LIMIT)
    began = time.monotonic()
    with Ground() as ground, ground.stage(told.db, full=told.full) as stage:
        proof = prove(stage)
    proof.figures["took"] = seconds(time.monotonic() - began)
    print(json.dumps(asdict(proof)) if told.json else f"{proof} ({told.db})")
    sys.exit(0 if proof.holds else 1)


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"stopped, or more than {LIMIT} s")
