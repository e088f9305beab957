"""The stand-in as a whole: one account, one clock, one file, one courier."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from sqlite3 import Connection

from bot.domain.clock import Clock
from bot.sandbox import xml
from bot.sandbox.account import Account
from bot.sandbox.courier import Courier
from bot.sandbox.db import SandboxDb

MSG_ID_BASE = 23_000_000_000_000_000


@dataclass(frozen=True, slots=True)
class Work:
    """An open transaction and the messages to post once it is committed."""

    con: Connection
    now: float
    """The demo clock, seconds since 1970."""
    account: Account
    posts: list[int]

    def post(self, openid: str, fields: dict[str, xml.Value], *, visible: bool) -> int:
        """Queue a message or event for the webhook; messages get their MsgId here."""
        whole: dict[str, xml.Value] = {
            "ToUserName": self.account.original_id,
            "FromUserName": openid,
            "CreateTime": int(self.now),
        }
        row = self.con.execute(
            "INSERT INTO posts (openid, xml, visible, lease_until) VALUES (?, '', ?, ?) RETURNING id",
            (openid, visible, time.time() + 5),
        ).fetchone()
        post_id = int(row[0])
        whole |= fields
        if fields["MsgType"] != "event":
            menu_id = whole.pop("bizmsgmenuid", None)
            whole["MsgId"] = MSG_ID_BASE + post_id
            if menu_id:
                whole["bizmsgmenuid"] = menu_id
        self.con.execute("UPDATE posts SET xml = ? WHERE id = ?", (xml.build(whole), post_id))
        self.posts.append(post_id)
        return post_id


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Shared by the API, the phone page and the controls."""

    account: Account
    clock: Clock
    db: SandboxDb
    courier: Courier

    @contextmanager
    def work(self) -> Iterator[Work]:
        """One transaction; afterwards the courier goes out."""
        with self.db.write() as con:
            work = Work(con, self.clock.now().timestamp(), self.account, [])
            yield work
        for post_id in work.posts:
            self.courier.submit(post_id)
