"""One-time codes of an authenticator app (TOTP, RFC 6238): the second thing somebody shows."""

import base64
from datetime import datetime
from unicodedata import normalize

import pyotp

from bot.store.keys import KeyRing

ISSUER = "随诊"
_STEP = 30
_DRIFT = 1
"""Steps a telephone's clock may be off."""


def offered(keys: KeyRing, session_id: int, staff_no: str) -> str:
    """The secret that a session is offered: always the same, so that a page loaded twice shows the same QR code, and
    nobody's who has not the keys."""
    secret = keys.index("staff.totp", f"{session_id}:{staff_no}")[:20]
    return base64.b32encode(secret).decode()


def uri(secret: str, staff_no: str) -> str:
    """What the QR code says."""
    return pyotp.TOTP(secret).provisioning_uri(name=staff_no, issuer_name=ISSUER)


def step_of(secret: str, code: str, now: datetime, used: int) -> int | None:
    """The time step this code belongs to; None if it is wrong, or not newer than the one ``used`` last."""
    said = "".join(normalize("NFKC", code).split())  # full-width digits of a Chinese keyboard are digits
    if not (len(said) == 6 and said.isascii() and said.isdigit()):
        return None
    totp, current = pyotp.TOTP(secret), int(now.timestamp()) // _STEP
    for step in range(current - _DRIFT, current + _DRIFT + 1):
        if step > used and totp.verify(said, for_time=step * _STEP):
            return step
    return None
