"""Posts delivery reports to the hospital: three tries, or held back until somebody asks for them in another order."""

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from sqlite3 import Connection, Row

import httpx

from bot.sandbox.db import SandboxDb
from bot.sandbox.sms import operator
from bot.sandbox.sms.door import Door

TRIES = 3


class Postman:
    """Works in the background: the hospital's sending must not wait for its own receiving."""

    def __init__(self, db: SandboxDb, url: str, doors: Mapping[str, Door], pause: float = 1.0) -> None:
        self._db, self._url, self._doors, self._pause = db, url, doors, pause
        self._guard = threading.Lock()
        self._threads: ThreadPoolExecutor | None = None
        self._http: httpx.Client | None = None

    def submit(self, ids: Sequence[int]) -> None:
        """These reports, in one request."""
        if self._url and ids:
            threads, http = self._started()
            threads.submit(self._deliver, tuple(ids), http)

    def deliver(self, ids: Sequence[int]) -> bool:
        """The same at once: whether the hospital took them."""
        return self._deliver(ids, self._started()[1])

    def close(self) -> None:
        with self._guard:
            threads, http = self._threads, self._http
            self._threads = self._http = None
        if threads is not None and http is not None:
            threads.shutdown(wait=True, cancel_futures=True)
            http.close()

    def _deliver(self, ids: Sequence[int], http: httpx.Client) -> bool:
        with self._db.read() as con:
            rows = [found for each in ids if (found := _row(con, each)) is not None]
        if not rows:
            return False
        for number in range(TRIES):
            if number:
                time.sleep(self._pause)
            answer = self._post(rows, http)
            with self._db.write() as con:
                con.executemany(
                    "UPDATE sms_reports SET tries = tries + 1, answer = ? WHERE id = ?",
                    [(answer or "taken", row["report"]) for row in rows],
                )
            if not answer:
                return True
        return False

    def _post(self, rows: Sequence[Row], http: httpx.Client) -> str:
        """What was wrong with the answer; nothing, if it was right."""
        door = self._doors[rows[0]["door"]]
        try:
            response = http.post(self._url, json=[door.report(row) for row in rows])
            answer = response.json() if response.status_code == 200 else None
        except (httpx.HTTPError, ValueError) as error:
            return type(error).__name__
        if not isinstance(answer, dict) or not door.heard(answer):
            return f"HTTP {response.status_code}"
        return ""

    def _started(self) -> tuple[ThreadPoolExecutor, httpx.Client]:
        """Made at first use, never before a fork."""
        with self._guard:
            if self._threads is None or self._http is None:
                self._threads = ThreadPoolExecutor(8, thread_name_prefix="sms-postman")
                self._http = httpx.Client(timeout=5, trust_env=False)
            return self._threads, self._http


def write(con: Connection, sms_id: int, phone: str) -> int:
    """The report on an SMS just taken; 0 if reports are held back for now."""
    if con.execute("SELECT 1 FROM sms_reports WHERE sms_id = ?", (sms_id,)).fetchone():
        return 0  # the same key again: it was reported the first time
    reason = operator.fate(con, phone, "report")
    held = bool(operator.fate(con, "*", "hold"))
    row = con.execute(
        "INSERT INTO sms_reports (sms_id, ok, reason, held) VALUES (?, ?, ?, ?) RETURNING id",
        (sms_id, not reason, reason, held),
    ).fetchone()
    return 0 if held else int(row[0])


def _row(con: Connection, report_id: int) -> Row | None:
    row: Row | None = con.execute(
        "SELECT r.id AS report, r.ok, r.reason, s.id, s.at, s.door, s.phone, s.key"
        " FROM sms_reports r JOIN sms s ON s.id = r.sms_id WHERE r.id = ?",
        (report_id,),
    ).fetchone()
    return row
