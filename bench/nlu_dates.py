"""Days and times in patients' sentences: ours against jionlp and Microsoft's recognizers, in one run.

Everyone gets the same utterances nothing was learnt from (``nlu/data/dev`` and ``nlu/data/test``: those with a wish
for a day, and those with durations, ages and doses but none) over JSON lines, each in a process of its own. A peer's
spans are read as generously as possible: the union of its time points and ranges of at most 62 days, from today on;
a weekday with several readings counts as the coming one. ``exact`` means all the days and no other. ``this project``
is the whole understanding (intent, names, danger and days); ``its dates alone`` is the part the peers do. Peers are
installed from requirements-bench.txt into ``var/bench-venv`` (``BENCH_VENV`` names another place), never into the
project's own environment.
"""

import json
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlu.corpus import DEV, NOW, TEST, Line, read
from nlu.scoring import dates_judged, trap

ROOT = Path(__file__).parent.parent
PEERS = Path(__file__).with_name("nlu_dates_peer.py")
REQUIREMENTS = ROOT / "requirements-bench.txt"
PLACE = Path(os.environ.get("BENCH_VENV", ROOT / "var" / "bench-venv"))
NAMES = {"ours": "this project", "dates": "its dates alone", "jionlp": "jionlp", "ms": "ms-recognizers-text"}
OURS = ("ours", "dates")
INSTALL_SECONDS, RUN_SECONDS = 600, 600


@dataclass(frozen=True, slots=True)
class Result:
    """One reader's answers and what they cost."""

    days: list[list[str]]
    ms_each: float
    import_seconds: float
    memory_mb: float


def main() -> None:
    lines = [line for part in (DEV, TEST) for line in read(part) if dates_judged(line) or trap(line)]
    wishes = sum(map(dates_judged, lines))
    print(
        f"nlu dates: {len(lines)} utterances, {wishes} with a day, {len(lines) - wishes} without",
        flush=True,
    )
    peer, trouble = _peers()
    heads = f"{'days exact':>12}{'no false day':>14}{'ms each':>10}{'import s':>10}{'memory MB':>11}"
    print(f"  {'':22}{heads}", flush=True)
    ours: Result | None = None
    for name in NAMES:
        python = sys.executable if name in OURS else peer
        result = trouble if python is None else _run(python, name, lines)
        if isinstance(result, str):
            print(f"  {NAMES[name]:22} could not be measured: {result}", flush=True)
            continue
        ours = ours or result
        _show(name, lines, result, ours)


def _show(name: str, lines: list[Line], result: Result, ours: Result) -> None:
    exact, calm = [], []
    for line, days in zip(lines, result.days, strict=True):
        if dates_judged(line):
            exact.append(days == wanted(line))
        else:
            calm.append(not days)
    ratio = "" if result is ours else f"   {result.ms_each / ours.ms_each:5.1f} × our time"
    print(
        f"  {NAMES[name]:22}{sum(exact) / len(exact):12.1%}{sum(calm) / len(calm):14.1%}"
        f"{result.ms_each:10.2f}{result.import_seconds:10.2f}{result.memory_mb:11.0f}{ratio}",
        flush=True,
    )


def wanted(line: Line) -> list[str]:
    """Every day that is named, old and new: telling 从周三 from 改到周五 is asked of nobody here."""
    days = line.gold.days("dates") + line.gold.days("from")
    return sorted({day.isoformat() for day in days})


def _peers() -> tuple[str | None, str]:
    """The interpreter that has the peers, or why there is none."""
    python = PLACE / "bin" / "python"
    stamp = PLACE / "installed.txt"
    try:
        if not python.exists():
            venv.create(PLACE, with_pip=True)
        if not stamp.exists() or stamp.read_text() != REQUIREMENTS.read_text():
            command = [str(python), "-m", "pip", "install", "-q", "-r", str(REQUIREMENTS)]
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
            )
            if done.returncode:
                return None, _last(done.stderr)
            stamp.write_text(REQUIREMENTS.read_text())
    except (OSError, subprocess.SubprocessError) as error:
        return None, f"the virtual environment failed: {error}"
    return str(python), ""


def _run(python: str, name: str, lines: list[Line]) -> Result | str:
    """One process, all utterances; or why it failed."""
    asked = "".join(json.dumps({"text": line.text, "now": NOW.isoformat()}) + "\n" for line in lines)
    env = {**os.environ, "PYTHONPATH": str(ROOT) if name in OURS else ""}
    try:
        done = subprocess.run(
            [python, str(PEERS), name],
            input=asked, capture_output=True, text=True, timeout=RUN_SECONDS, env=env, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"no answer within {RUN_SECONDS} s"
    rows: list[dict[str, Any]] = [json.loads(r) for r in done.stdout.splitlines() if r.startswith("{")]
    if done.returncode or len(rows) != len(lines) + 1:
        return _last(done.stderr)
    *answers, cost = rows
    return Result(
        [sorted(a["days"]) for a in answers], cost["ms"] / len(lines), cost["import"], cost["memory"]
    )


def _last(errors: str) -> str:
    said = [line for line in errors.splitlines() if line.strip() and "WARNING" not in line]
    return said[-1].strip() if said else "it said nothing"


if __name__ == "__main__":
    main()
