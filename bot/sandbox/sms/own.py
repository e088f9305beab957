"""The sandbox's own door: plain JSON, no signature, a key sends once."""

from flask import Request

from bot.sandbox.sms.account import SmsAccount
from bot.sandbox.sms.door import Door, body, strings, text
from bot.sandbox.sms.operator import Asked


def _read(request: Request, account: SmsAccount, now: float) -> Asked:
    given = body(request)
    return Asked(
        phone=text(given, "phone"),
        signature=text(given, "signature"),
        template=text(given, "template"),
        params=strings(given.get("params")),
        key=text(given, "key"),
        once=True,
    )


OWN = Door(
    name="own",
    path="/send",
    read=_read,
    accepted=lambda sms_id, asked: {"id": f"S{sms_id}"},
    refused=lambda reason: ({"error": reason}, 200),
    report=lambda row: {
        "id": f"S{row['id']}",
        "key": row["key"],
        "ok": bool(row["ok"]),
        "reason": row["reason"],
    },
    heard=lambda answer: answer.get("ok") is True,
)
