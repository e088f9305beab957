"""One API call as the platform sees it, and the small checks its functions share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from sqlite3 import Row
from typing import Any

from bot.sandbox.core import Work
from bot.sandbox.errors import ApiError


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart request."""

    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """The request inside its transaction."""

    work: Work
    args: Mapping[str, str]
    body: Mapping[str, Any]
    upload: Upload | None = None

    def text(self, name: str, errcode: int) -> str:
        """A non-empty string of the body, else ``errcode``."""
        value = self.body.get(name)
        if not isinstance(value, str) or not value:
            raise ApiError(errcode)
        return value

    def user(self, openid: object) -> Row:
        """A known WeChat user (40003)."""
        row = self.work.con.execute("SELECT * FROM patients WHERE openid = ?", (str(openid),)).fetchone()
        if row is None:
            raise ApiError(40003)
        return row  # type: ignore[no-any-return]

    def follower(self, openid: object) -> Row:
        """A user who follows the account (43004)."""
        row = self.user(openid)
        if not row["following"]:
            raise ApiError(43004)
        return row


@dataclass(frozen=True, slots=True)
class Api:
    """An API function and what the platform asks before it runs."""

    run: Callable[[Call], dict[str, Any]]
    method: str = "POST"
    needs_token: bool = True
    daily: int = 0
    """Calls a day; 0: unlimited."""


OK: Mapping[str, Any] = {"errcode": 0, "errmsg": "ok"}
