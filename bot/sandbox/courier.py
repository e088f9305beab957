"""Posting messages and events to the hospital's webhook: signed, encrypted, five seconds, three tries, one MsgId."""

import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from bot.domain.clock import Clock
from bot.sandbox import bubbles, crypto, faults, xml
from bot.sandbox.account import Account
from bot.sandbox.db import SandboxDb
from bot.sandbox.reply import UNAVAILABLE, BadReply, Shown, read

TRIES = 3


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the platform waits for an answer, and before it asks again; tests shorten both."""

    answer: float = 5.0
    pause: float = 1.0


@dataclass(frozen=True, slots=True)
class _Post:
    id: int
    openid: str
    xml: str
    visible: bool
    attempts: int


class Courier:
    """Works off the posts in the database; what a killed process left half-done is taken up by the next."""

    def __init__(
        self,
        db: SandboxDb,
        account: Account,
        clock: Clock,
        webhook_url: str,
        patience: Patience,
        threads: int = 32,
    ) -> None:
        self._db, self._account, self._clock = db, account, clock
        self._url, self._patience, self._threads = webhook_url, patience, threads
        self._guard = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._http: httpx.Client | None = None
        self._adopted_at = 0.0

    def submit(self, post_id: int) -> None:
        """Deliver in the background: the phone's request must not hold a thread the webhook needs."""
        self._started()[0].submit(self.deliver, post_id)

    def adopt(self) -> None:
        """Take up posts whose process died (looked for at most once a second)."""
        now = time.time()
        if now - self._adopted_at < 1:
            return
        self._adopted_at = now
        with self._db.read() as con:
            rows = con.execute(
                "SELECT id FROM posts WHERE state != 'done' AND lease_until < ?", (now,)
            ).fetchall()
        for row in rows:
            self.submit(row["id"])

    def deliver(self, post_id: int) -> None:
        """Up to three tries; then the reply, or the platform's excuse, is shown."""
        while (post := self._claim(post_id)) is not None:
            if post.attempts > TRIES:
                self._finish(post, Shown("error", {"text": UNAVAILABLE}), "no answer after 3 tries")
                return
            if self._attempt(post):
                return
            if post.attempts < TRIES:
                time.sleep(self._patience.pause)

    def repeat(self, post_id: int, copies: int) -> None:
        """Post a message ``copies`` times more at once, same MsgId, as after lost answers; what comes is not shown."""
        for _ in range(copies):
            self._started()[0].submit(self._repeat, post_id)

    def _repeat(self, post_id: int) -> None:
        with self._db.read() as con:
            row = con.execute("SELECT openid, xml FROM posts WHERE id = ?", (post_id,)).fetchone()
        try:
            status = str(self._send(row["openid"], row["xml"]).status_code)
        except httpx.HTTPError as error:
            status = type(error).__name__
        self._note(post_id, f"repeat {status}", 0)

    def close(self) -> None:
        with self._guard:
            if self._pool is not None and self._http is not None:
                self._pool.shutdown(wait=True, cancel_futures=True)
                self._http.close()
            self._pool = self._http = None

    def _claim(self, post_id: int) -> _Post | None:
        """The next try of a post that nobody else is at; the lease covers one try."""
        now = time.time()
        lease = now + self._patience.answer + self._patience.pause + 2
        with self._db.write() as con:
            row = con.execute(
                "UPDATE posts SET state = 'posting', attempts = attempts + 1, lease_until = ?"
                " WHERE id = ? AND (state IN ('queued', 'waiting') OR (state = 'posting' AND lease_until < ?))"
                " RETURNING id, openid, xml, visible, attempts",
                (lease, post_id, now),
            ).fetchone()
        return _Post(row[0], row[1], row[2], bool(row[3]), row[4]) if row else None

    def _attempt(self, post: _Post) -> bool:
        began = time.monotonic()
        try:
            response = self._send(post.openid, post.xml)
        except httpx.HTTPError as error:
            self._failed(post, type(error).__name__, began)
            return False
        if response.status_code != 200:
            self._failed(post, f"HTTP {response.status_code}", began)
            return False
        if faults.take(self._db, "webhook").lose:
            self._failed(post, "answer lost", began)
            return False
        self._note(post.id, "200", began)
        try:
            shown = read(response.content, self._account, post.openid, to_event="<Event>" in post.xml)
        except BadReply as error:
            self._finish(post, Shown("error", {"text": UNAVAILABLE}), str(error))
        else:
            self._finish(post, shown, "")
        return True

    def _send(self, openid: str, message: str) -> httpx.Response:
        args, body = self._envelope(openid, message)
        return self._started()[1].post(
            self._url, params=args, content=body.encode(), headers={"Content-Type": "text/xml"}
        )

    def _envelope(self, openid: str, message: str) -> tuple[dict[str, str], str]:
        """Query and body in the account's mode; signed by the real clock, which is what freshness is judged by."""
        account, stamp, nonce = self._account, str(int(time.time())), str(secrets.randbelow(10**10))
        args = {
            "signature": crypto.sign(account.token, stamp, nonce),
            "timestamp": stamp,
            "nonce": nonce,
            "openid": openid,
        }
        if account.mode == "plain":
            return args, message
        sealed = crypto.encrypt(message.encode(), account.aes_key, account.app_id)
        args |= {"encrypt_type": "aes", "msg_signature": crypto.sign(account.token, stamp, nonce, sealed)}
        if account.mode == "safe":
            return args, xml.build({"ToUserName": account.original_id, "Encrypt": sealed})
        return args, message.removesuffix("</xml>") + f"<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"

    def _failed(self, post: _Post, reason: str, began: float) -> None:
        self._note(post.id, reason, began)
        with self._db.write() as con:
            con.execute("UPDATE posts SET state = 'waiting', note = ? WHERE id = ?", (reason, post.id))

    def _finish(self, post: _Post, shown: Shown | None, note: str) -> None:
        with self._db.write() as con:
            if shown is not None and post.visible:
                bubbles.add(
                    con, post.openid, self._clock.now().timestamp(), "account", shown, post_id=post.id
                )
            con.execute("UPDATE posts SET state = 'done', note = ? WHERE id = ?", (note, post.id))

    def _note(self, post_id: int, status: str, began: float) -> None:
        spent = int((time.monotonic() - began) * 1000) if began else 0
        with self._db.write() as con:
            con.execute(
                "INSERT INTO attempts (post_id, status, ms) VALUES (?, ?, ?)", (post_id, status, spent)
            )

    def _started(self) -> tuple[ThreadPoolExecutor, httpx.Client]:
        """Made at first use, never before a fork."""
        with self._guard:
            if self._pool is None or self._http is None:
                self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="wechat-courier")
                self._http = httpx.Client(timeout=self._patience.answer, trust_env=False)
            return self._pool, self._http
