"""What an operator checks before an SMS goes out: signature, template, number, frequency, credit, a number's fate."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from sqlite3 import Connection, Row

from bot.domain.clock import HOSPITAL_TZ
from bot.sandbox.sms.account import SmsAccount

API = "sms"
"""The name under which faults and limits are planned."""
REPEAT_SECONDS = 30
PARAM_MOST = 35
_PHONE = re.compile(r"1[3-9]\d{9}")
_VARIABLE = re.compile(r"\{(\w+)\}")

Params = tuple[str, ...] | Mapping[str, str]
"""By position, or by name."""


class Refused(Exception):
    """``reason``: phone | signature | template | params | repeated | minute | day | balance | blocked, or what a
    door asks for itself: key | sign | stale | nonce | app | shape."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Asked:
    """One SMS as a door understood it."""

    phone: str
    """Eleven digits."""
    signature: str
    template: str
    params: Params
    key: str
    """What the caller wants to see again in the report."""
    once: bool = False
    """The same key again is the same SMS; vendors do not offer that, the sandbox's own door does."""


def take(con: Connection, now: float, account: SmsAccount, door: str, asked: Asked) -> int:
    """The id of the SMS, shown on the phone; or `Refused`."""
    if asked.once and (known := _known(con, asked)):
        return known
    text = _text(con, account, asked)
    _check_frequency(con, now, asked.phone, text)
    row = con.execute(
        "INSERT INTO sms (at, door, phone, template, text, key) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        (now, door, asked.phone, asked.template, text, asked.key),
    ).fetchone()
    return int(row[0])


def fate(con: Connection, phone: str, stage: str) -> str:
    """The reason why this number fails at ``stage`` (send | report), counted down where it lasts but a while."""
    row = con.execute(
        "UPDATE sms_fates SET left_over = left_over - (left_over > 0) WHERE id = (SELECT id FROM sms_fates"
        " WHERE phone IN (?, '*') AND stage = ? AND left_over != 0 ORDER BY id LIMIT 1) RETURNING reason",
        (phone, stage),
    ).fetchone()
    return str(row[0]) if row else ""


def _known(con: Connection, asked: Asked) -> int:
    row = con.execute(
        "SELECT id FROM sms WHERE phone = ? AND key = ? AND key != ''", (asked.phone, asked.key)
    ).fetchone()
    return int(row[0]) if row else 0


def _text(con: Connection, account: SmsAccount, asked: Asked) -> str:
    """The approved text with its variables filled in."""
    if asked.signature != account.signature:
        raise Refused("signature")
    approved = _approved(con, account, asked.template)
    if _PHONE.fullmatch(asked.phone) is None:
        raise Refused("phone")
    names = tuple(dict.fromkeys(_VARIABLE.findall(approved)))
    given = asked.params if isinstance(asked.params, Mapping) else _named(names, asked.params)
    if set(names) - set(given) or any(not 0 < len(given[name]) <= PARAM_MOST for name in names):
        raise Refused("params")
    return f"【{asked.signature}】" + _VARIABLE.sub(lambda match: given[match[1]], approved)


def _named(names: tuple[str, ...], values: tuple[str, ...]) -> Mapping[str, str]:
    if len(names) != len(values):
        raise Refused("params")
    return dict(zip(names, values, strict=True))


def _approved(con: Connection, account: SmsAccount, code: str) -> str:
    row: Row | None = con.execute(
        "SELECT text, approved FROM sms_templates WHERE code = ?", (code,)
    ).fetchone()
    text = account.templates.get(code) if row is None else row["text"] if row["approved"] else None
    if text is None:
        raise Refused("template")
    return str(text)


def _check_frequency(con: Connection, now: float, phone: str, text: str) -> None:
    """The same words within half a minute; and what the controls allow a number by the minute and by the day."""
    limits = {
        row["span"]: row["n"] for row in con.execute("SELECT span, n FROM limits WHERE api = ?", (API,))
    }
    midnight = datetime.combine(datetime.fromtimestamp(now, HOSPITAL_TZ), time(), HOSPITAL_TZ).timestamp()
    if limits.get("day") and _sent(con, phone, midnight, now) >= limits["day"]:
        raise Refused("day")
    if limits.get("minute") and _sent(con, phone, now - 60, now) >= limits["minute"]:
        raise Refused("minute")
    if _sent(con, phone, now - REPEAT_SECONDS, now, text):
        raise Refused("repeated")


def _sent(con: Connection, phone: str, since: float, now: float, text: str = "") -> int:
    row = con.execute(
        "SELECT count(*) FROM sms WHERE phone = ? AND at > ? AND at <= ? AND ? IN ('', text)",
        (phone, since, now, text),
    ).fetchone()
    return int(row[0])
