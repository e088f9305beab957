"""The newest SMS, for the phone page."""

from datetime import UTC, datetime
from sqlite3 import Connection
from typing import Any

NEWEST = 30


def newest(con: Connection, phone: str = "") -> list[dict[str, Any]]:
    """Newest first; ``phone``: of one number."""
    rows = con.execute(
        "SELECT id, at, phone, text FROM sms WHERE ? IN ('', phone) ORDER BY id DESC LIMIT ?",
        (phone, NEWEST),
    ).fetchall()
    return [
        dict(row) | {"at": datetime.fromtimestamp(row["at"], UTC).isoformat(timespec="seconds")}
        for row in rows
    ]
