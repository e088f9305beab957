"""How often an API may be called: by the day (45009) and by the minute (45011), on the demo clock."""

import sqlite3
from datetime import datetime

from bot.domain.clock import HOSPITAL_TZ
from bot.sandbox.errors import ApiError


def spend(con: sqlite3.Connection, api: str, now: float, *, daily: int = 0) -> None:
    """Count one call; a limit set by the test controls wins over ``daily``."""
    limits = {
        row["span"]: row["n"] for row in con.execute("SELECT span, n FROM limits WHERE api = ?", (api,))
    }
    _count(con, api, _day(now), limits.get("day", daily), 45009)
    if limits.get("minute"):
        _count(con, api, f"minute {int(now // 60)}", limits["minute"], 45011)


def spent(con: sqlite3.Connection, api: str, now: float) -> int:
    """Calls made today."""
    row = con.execute("SELECT n FROM counters WHERE api = ? AND span = ?", (api, _day(now))).fetchone()
    return int(row[0]) if row else 0


def _count(con: sqlite3.Connection, api: str, span: str, limit: int, errcode: int) -> None:
    row = con.execute(
        "INSERT INTO counters (api, span, n) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1 RETURNING n",
        (api, span),
    ).fetchone()
    if limit and row[0] > limit:
        raise ApiError(errcode)


def _day(now: float) -> str:
    return datetime.fromtimestamp(now, HOSPITAL_TZ).date().isoformat()
