"""The account's approved templates (模板消息, 订阅通知), as its page on the platform lists them."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Card:
    """One approved template."""

    id: str
    kind: str
    """template | subscribe"""
    title: str
    fields: Mapping[str, str]
    """Name to label: thing1 → 就诊科室."""
    lasting: bool = False
    """Consent to it lasts (长期订阅)."""


def register(con: sqlite3.Connection, card: Card) -> None:
    """Approved at once; the same id again replaces it."""
    con.execute(
        "INSERT OR REPLACE INTO templates (id, kind, title, fields) VALUES (?, ?, ?, ?)",
        (card.id, card.kind, card.title, json.dumps(dict(card.fields), ensure_ascii=False)),
    )
    con.execute("DELETE FROM lasting WHERE id = ?", (card.id,))
    if card.lasting:
        con.execute("INSERT INTO lasting (id) VALUES (?)", (card.id,))


def read(given: Mapping[str, Any]) -> Card:
    """From the control's JSON."""
    return Card(
        str(given["id"]),
        str(given["kind"]),
        str(given["title"]),
        dict(given["fields"]),
        bool(given.get("lasting")),
    )


def offered(con: sqlite3.Connection, openid: str) -> list[dict[str, Any]]:
    """What a user may be asked to subscribe to, and what is left of earlier consents."""
    rows = con.execute(
        "SELECT t.id, t.title, l.id IS NOT NULL AS lasting, coalesce(c.left_over, 0) AS left,"
        " coalesce(c.long_term, 0) AS long_term FROM templates t LEFT JOIN lasting l ON l.id = t.id"
        " LEFT JOIN consents c ON c.template_id = t.id AND c.openid = ? WHERE t.kind = 'subscribe' ORDER BY t.rowid",
        (openid,),
    )
    return [dict(row) for row in rows]
