"""Faults on demand: an errcode, an HTTP 500, a delay or a cut connection, before or after the call took effect."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.db import SandboxDb


@dataclass(frozen=True, slots=True)
class Fault:
    """What to do to the next call of an API (``*``: of any)."""

    errcode: int = 0
    http: int = 0
    drop: bool = False
    """Cut the connection in the middle of the answer."""
    delay: float = 0.0
    after: bool = False
    """The call takes effect first: its caller cannot know."""
    lose: bool = False
    """For the webhook: the answer never reaches the platform, which asks again."""


NONE = Fault()


class BadFault(ValueError):
    """The description of a fault cannot be read."""


def read(spec: Mapping[str, Any]) -> Fault:
    """From the control's JSON."""
    known = {name: spec[name] for name in Fault.__dataclass_fields__ if name in spec}
    try:
        fault = Fault(**known)
        return Fault(
            int(fault.errcode),
            int(fault.http),
            bool(fault.drop),
            float(fault.delay),
            bool(fault.after),
            bool(fault.lose),
        )
    except (TypeError, ValueError):
        raise BadFault(f"cannot read {dict(spec)}") from None


def plan(con: sqlite3.Connection, api: str, spec: Mapping[str, Any], times: int) -> None:
    """The next ``times`` calls of ``api`` go wrong."""
    read(spec)
    con.execute(
        "INSERT INTO faults (api, spec, left_over) VALUES (?, ?, ?)", (api, json.dumps(dict(spec)), times)
    )


def take(db: SandboxDb, api: str) -> Fault:
    """The fault due for this call, counted down; `NONE` almost always."""
    wanted = "SELECT id FROM faults WHERE api IN (?, ?) AND left_over > 0 ORDER BY id LIMIT 1"
    other = "*" if api != "webhook" else api
    with db.read() as con:
        if con.execute(wanted, (api, other)).fetchone() is None:
            return NONE
    with db.write() as con:
        row = con.execute(
            f"UPDATE faults SET left_over = left_over - 1 WHERE id = ({wanted}) RETURNING spec", (api, other)
        ).fetchone()
    return read(json.loads(row[0])) if row else NONE
