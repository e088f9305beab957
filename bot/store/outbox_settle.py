"""What became of many leased messages, written in one transaction: a few statements, however many messages.

The rows travel as one JSON parameter; both databases read it as a table.  A row counts only while its lease does.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Integer, TextualSelect, bindparam, text

from bot.domain.states import OutboxState
from bot.store.db import UnitOfWork
from bot.store.outbox_types import Settled, Tried
from bot.store.types import UtcDateTime

_PHONE_KEY = 160
"""Characters that fit into ``phone_tasks.key``."""

_TOLD = ("id", "token", "state", "error", "due_at", "rung", "attempts", "platform_id", "road")
_TRIED = ("outbox_id", "nth", "road", "client_id", "code", "platform_id", "cost_fen", "at")
_CALLS = ("id", "key", "reason")
_TYPES = {
    "id": "integer", "outbox_id": "integer", "nth": "integer", "rung": "integer", "attempts": "integer",
    "cost_fen": "integer", "due_at": "timestamptz", "at": "timestamptz",
}  # fmt: skip
"""Of the columns that are no text, for PostgreSQL."""

STANDING = """
    CASE (SELECT c.state FROM campaigns c WHERE c.id = outbox.campaign_id)
    WHEN 'paused' THEN 'paused' WHEN 'withdrawn' THEN 'void' ELSE 'pending' END
"""
"""The state of a message that would be sent again: its broadcast may stand still, or have been withdrawn."""


def settle(uow: UnitOfWork, settled: Sequence[Settled]) -> set[int]:
    """The ids of those that counted: whose lease was over may have been sent by somebody else, and is left alone."""
    ordered = sorted(settled, key=lambda one: one.leased.id)  # all workers lock in one order
    statements = _STATEMENTS[uow.dialect]
    told = {"told": _json([_told(one) for one in ordered]), "now": uow.now}
    mine = {row[0] for row in uow.execute(statements["told"], told)}
    counted = [one for one in ordered if one.leased.id in mine]
    tried = [_tried(one.leased.id, n, each) for one in counted for n, each in enumerate(one.tried, 1)]
    if tried:
        uow.execute(statements["tried"], {"tried": _json(tried)})
    calls = [_call(one) for one in counted if one.state is OutboxState.STAFF]
    if calls:
        uow.execute(statements["calls"], {"calls": _json(calls), "now": uow.now})
    return mine


def _told(one: Settled) -> dict[str, Any]:
    road = one.road or (one.tried[-1].road if one.tried else "")
    return {
        "id": one.leased.id, "token": one.leased.token, "state": one.state.value, "error": _fit(one.error, 200),
        "due_at": one.due_at and _moment(one.due_at), "rung": one.rung, "attempts": one.attempts,
        "platform_id": _fit(one.platform_id, 64), "road": _fit(road, 16),
    }  # fmt: skip


def _tried(outbox_id: int, nth: int, one: Tried) -> dict[str, Any]:
    return {
        "outbox_id": outbox_id, "nth": nth, "road": _fit(one.road, 16), "client_id": _fit(one.client_id, 64),
        "code": _fit(one.code, 64), "platform_id": _fit(one.platform_id, 64), "cost_fen": one.cost_fen,
        "at": _moment(one.at),
    }  # fmt: skip


def _call(one: Settled) -> dict[str, Any]:
    key = f"phone:{one.leased.key}"
    if len(key) > _PHONE_KEY:
        key = f"phone:{one.leased.id}"
    return {"id": one.leased.id, "key": key, "reason": _fit(one.error, 64)}


def _fit(words: str, most: int) -> str:
    """What a platform says must not keep us from writing down that it was said."""
    return words.replace("\0", "")[:most]


def _moment(moment: datetime) -> str:
    """As `UtcDateTime` stores it on SQLite; PostgreSQL reads it too."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _json(rows: Sequence[dict[str, Any]]) -> str:
    return json.dumps(rows, ensure_ascii=False)


def _on_sqlite(name: str, columns: Sequence[str]) -> str:
    fields = ", ".join(f"json_extract(value, '$.{column}') AS {column}" for column in columns)
    return f"SELECT {fields} FROM json_each(:{name})"


def _on_postgres(name: str, columns: Sequence[str]) -> str:
    fields = ", ".join(f"{column} {_TYPES.get(column, 'text')}" for column in columns)
    return f"SELECT * FROM jsonb_to_recordset(CAST(:{name} AS jsonb)) AS given({fields})"


def _statements(given: Callable[[str, Sequence[str]], str]) -> dict[str, Any]:
    now = bindparam("now", type_=UtcDateTime)
    told: TextualSelect = (
        text(f"""
            WITH told AS ({given("told", _TOLD)})
            UPDATE outbox SET
                state = CASE WHEN told.state = 'pending' THEN {STANDING} ELSE told.state END,
                error = told.error, rung = told.rung, attempts = told.attempts,
                road = CASE WHEN told.road = '' THEN outbox.road ELSE told.road END,
                due_at = coalesce(told.due_at, outbox.due_at),
                platform_id = CASE WHEN told.state = 'sent' THEN told.platform_id ELSE outbox.platform_id END,
                sent_at = CASE WHEN told.state = 'sent' THEN :now ELSE outbox.sent_at END,
                receipt = CASE WHEN told.state = 'sent' THEN '' ELSE outbox.receipt END,
                lease_token = NULL, lease_until = NULL
            FROM told
            WHERE outbox.id = told.id AND outbox.lease_token = told.token AND outbox.state = 'sending'
            RETURNING outbox.id
        """)
        .bindparams(now)
        .columns(id=Integer)
    )
    tried = text(f"""
        WITH tried AS ({given("tried", _TRIED)})
        INSERT INTO attempts
            (outbox_id, number, road, client_id, code, platform_id, receipt, cost_fen, at)
        SELECT outbox_id,
            nth + coalesce((SELECT max(a.number) FROM attempts a WHERE a.outbox_id = tried.outbox_id), 0),
            road, client_id, code, platform_id, '', cost_fen, at
        FROM tried
    """)
    calls = text(f"""
        WITH calls AS ({given("calls", _CALLS)})
        INSERT INTO phone_tasks
            (key, kind, scope, patient_id, account_id, state, reason, outcome, due_at, opened_at)
        SELECT calls.key, outbox.kind, coalesce(pushes.scope, 'outbox:' || outbox.id), outbox.patient_id,
            outbox.account_id, 'open', calls.reason, '', :now, :now
        FROM calls JOIN outbox ON outbox.id = calls.id LEFT JOIN pushes ON pushes.id = outbox.push_id
        WHERE true
        ON CONFLICT (key) DO NOTHING
    """).bindparams(now)
    return {"told": told, "tried": tried, "calls": calls}


_STATEMENTS = {"sqlite": _statements(_on_sqlite), "postgresql": _statements(_on_postgres)}
