"""What we exchange with the browser beside the pages: cookies, the CSRF token, its address, the security headers."""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass

from flask import Request, Response

from bot.services.staff.signing_in import From
from bot.web.console.pages import PREFIX

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HSTS = "max-age=31536000"
_FLASH = "suizhen_note"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Browser:
    """The rules of one installation."""

    secure: bool
    """Only over HTTPS; the demo also speaks plain HTTP."""
    proxies: int = 0

    @property
    def cookie(self) -> str:
        """``__Host-``: no other site and no subdomain can plant one."""
        return "__Host-suizhen" if self.secure else "suizhen_console"

    def token(self, request: Request) -> str:
        return request.cookies.get(self.cookie, "")

    def keep(self, response: Response, token: str) -> None:
        """Until the browser closes; when it ends before that, the server knows."""
        response.set_cookie(
            self.cookie, token, secure=self.secure, httponly=True, samesite="Lax", path="/"
        )  # fmt: skip

    def forget(self, response: Response) -> None:
        response.delete_cookie(self.cookie, secure=self.secure, httponly=True, samesite="Lax", path="/")

    def came_from(self, request: Request) -> From:
        return From(self.address(request), request.user_agent.string)

    def address(self, request: Request) -> str:
        """The browser's: of what X-Forwarded-For says, only what our own proxies appended is believed."""
        told = [
            part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()
        ]
        if self.proxies and len(told) >= self.proxies:
            return told[-self.proxies][:45]
        return (request.remote_addr or "")[:45]

    def dress(self, response: Response) -> None:
        """The headers of every answer."""
        for name, value in _HEADERS.items():
            response.headers[name] = value
        if self.secure:
            response.headers["Strict-Transport-Security"] = _HSTS
        response.headers["Cache-Control"] = "no-store"

    def note(self, response: Response, level: str, text: str) -> None:
        """Say ``text`` on the next page, once.  Never a name or a password: it travels in a cookie."""
        packed = base64.urlsafe_b64encode(json.dumps([level, text]).encode()).decode()
        response.set_cookie(
            _FLASH, packed, secure=self.secure, httponly=True, samesite="Lax", path=PREFIX, max_age=60
        )  # fmt: skip


def stranger() -> str:
    """A cookie for somebody who is not signed in yet, so that the sign-in form has a CSRF token too."""
    return "anon." + secrets.token_urlsafe(16)


def csrf(token: str) -> str:
    """Bound to the cookie: who cannot read the cookie cannot make it."""
    return hmac.digest(token.encode(), b"suizhen console csrf", hashlib.sha256).hex() if token else ""


def is_forged(request: Request, token: str) -> bool:
    """An unsafe request that none of our own pages sent."""
    if request.method in _SAFE:
        return False
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return True
    told = request.headers.get("X-CSRF-Token") or request.form.get("csrf", "")
    return not token or not hmac.compare_digest(csrf(token).encode(), told.encode(errors="replace"))


def local_path(text: str) -> str:
    """``text`` if it is an address inside the console, else the console's start: nobody is sent elsewhere."""
    ours = text.startswith(f"{PREFIX}/") and not any(bad in text for bad in ("\\", "//", "\r", "\n", ".."))
    return text if ours else f"{PREFIX}/"


def noted(request: Request) -> tuple[str, str] | None:
    """What the page before wanted said."""
    try:
        level, text = json.loads(base64.urlsafe_b64decode(request.cookies.get(_FLASH, "")))
    except (ValueError, TypeError, RecursionError):  # whatever somebody put into the cookie
        return None
    return (level if level in ("good", "bad", "warn") else "good", str(text)[:200])


def unnote(response: Response) -> None:
    response.delete_cookie(_FLASH, path=PREFIX)
