"""stable_token: 7200 s, renewed 5 minutes early, both valid meanwhile; forced: 20 a day, 30 s apart, old one dead."""

import secrets
from typing import Any

from bot.sandbox import quota
from bot.sandbox.api.call import Call
from bot.sandbox.errors import ApiError

LIFETIME = 7200
OVERLAP = 300
FORCED_PER_DAY = 20
FORCED_APART = 30


def stable_token(call: Call) -> dict[str, Any]:
    """The account's token; asking again within its life gives the same one."""
    if call.body.get("grant_type") != "client_credential":
        raise ApiError(40002)
    account = call.work.account
    if call.text("appid", 41002) != account.app_id:
        raise ApiError(40013)
    if call.text("secret", 41004) != account.secret:
        raise ApiError(40125)
    con, now = call.work.con, call.work.now
    current = con.execute(
        "SELECT token, issued_at, expires_at FROM tokens WHERE NOT revoked ORDER BY rowid DESC LIMIT 1"
    ).fetchone()
    if call.body.get("force_refresh") is True:
        if current is not None and 0 <= now - current["issued_at"] < FORCED_APART and _was_forced(call):
            raise ApiError(45011)
        quota.spend(con, "stable_token:forced", now, daily=FORCED_PER_DAY)
        con.execute("UPDATE tokens SET revoked = 1")
    elif current is not None and current["expires_at"] - now > OVERLAP:
        return {
            "access_token": current["token"],
            "expires_in": min(LIFETIME, int(current["expires_at"] - now)),
        }
    token = f"{secrets.randbelow(90) + 10}_{secrets.token_urlsafe(400)}"[:512]
    con.execute(
        "INSERT INTO tokens (token, issued_at, expires_at) VALUES (?, ?, ?)", (token, now, now + LIFETIME)
    )
    con.execute("DELETE FROM tokens WHERE rowid <= (SELECT max(rowid) FROM tokens) - 50")
    return {"access_token": token, "expires_in": LIFETIME}


def check(call: Call) -> None:
    """41001 missing, 42001 too old, 40001 revoked or never issued.

    A token that was followed by a newer one keeps its last five minutes: it is renewed that much early.
    """
    token = call.args.get("access_token", "")
    if not token:
        raise ApiError(41001)
    row = call.work.con.execute("SELECT expires_at, revoked FROM tokens WHERE token = ?", (token,)).fetchone()
    if row is None or row["revoked"]:
        raise ApiError(40001)
    if row["expires_at"] <= call.work.now:
        raise ApiError(42001)


def _was_forced(call: Call) -> bool:
    return quota.spent(call.work.con, "stable_token:forced", call.work.now) > 0
