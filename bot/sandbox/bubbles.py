"""What stands in a patient's chat: storing bubbles, and reading WeChat's links out of a text."""

import json
import re
import sqlite3
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.sandbox.reply import Shown

_LINK = re.compile(
    r"""<a\s+href\s*=\s*(["'])(?P<href>[^"'<>]*)\1[^<>]*>(?P<label>[^<]*)</a>""", re.IGNORECASE
)


def add(
    con: sqlite3.Connection, openid: str, at: float, side: str, shown: Shown, *, post_id: int | None = None
) -> int:
    """One more bubble; ``side`` is patient, account or system."""
    row = con.execute(
        "INSERT INTO bubbles (openid, at, side, kind, body, post_id) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        (openid, at, side, shown.kind, json.dumps(shown.body, ensure_ascii=False), post_id),
    ).fetchone()
    return int(row[0])


def after(con: sqlite3.Connection, openid: str, after_id: int) -> list[dict[str, Any]]:
    """The chat's bubbles since ``after_id``, oldest first, at most the newest 500; with their tappable parts."""
    rows = con.execute(
        "SELECT * FROM (SELECT id, at, side, kind, body, post_id FROM bubbles WHERE openid = ? AND id > ?"
        " ORDER BY id DESC LIMIT 500) ORDER BY id",
        (openid, after_id),
    ).fetchall()
    return [
        dict(row) | {"body": _with_parts(row["side"], row["kind"], json.loads(row["body"]))} for row in rows
    ]


def _with_parts(side: str, kind: str, body: dict[str, Any]) -> dict[str, Any]:
    if kind == "text" and side == "account":
        return body | {"parts": parts(str(body["text"]))}
    if kind == "msgmenu":
        return body | {"parts": menu_parts(body)}
    return body


def parts(text: str) -> list[dict[str, str]]:
    """``text`` cut into plain text, tappable answers and web links; anything else that looks like HTML stays text."""
    found: list[dict[str, str]] = []
    rest = 0
    for link in _LINK.finditer(text):
        part = _link(link["href"], link["label"])
        if part is None:
            continue
        if link.start() > rest:
            found.append({"text": text[rest : link.start()]})
        found.append(part)
        rest = link.end()
    if rest < len(text):
        found.append({"text": text[rest:]})
    return found


def menu_parts(body: dict[str, Any]) -> list[dict[str, str]]:
    """A msgmenu message: head, one tappable line for each option, tail."""
    found: list[dict[str, str]] = [{"text": f"{body['head_content']}\n"}] if body.get("head_content") else []
    for number, option in enumerate(body["list"]):
        if number:
            found.append({"text": "\n"})
        found.append(
            {"tap": str(option["content"]), "content": str(option["content"]), "id": str(option["id"])}
        )
    if body.get("tail_content"):
        found.append({"text": f"\n{body['tail_content']}"})
    return found


def _link(href: str, label: str) -> dict[str, str] | None:
    href = href.replace("&amp;", "&")
    if href.startswith("weixin://bizmsgmenu?"):
        args = parse_qs(urlsplit(href).query)
        content = args.get("msgmenucontent", [""])[0]
        return {"tap": label, "content": content, "id": args.get("msgmenuid", [""])[0]} if content else None
    if href.startswith(("http://", "https://", "tel:")):
        return {"link": label, "href": href}
    return None
