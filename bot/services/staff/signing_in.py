"""Signing in: 工号 and password, then the code; slowed down after wrong tries, and written down every time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, update

from bot.domain.staff import NotSignedIn, SignedIn, SignInOutcome
from bot.services.staff import codes, passwords
from bot.services.staff.rows import G, S, W, find, opened
from bot.services.staff.sessions import Sessions
from bot.store.db import Database, UnitOfWork

TRIES = 5
"""Wrong tries that cost nothing; each further one doubles the waiting."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=15)

_O = SignInOutcome


@dataclass(frozen=True, slots=True)
class From:
    """Where a try came from."""

    address: str
    agent: str


class Door:
    """Lets staff in.  ``now`` is real time everywhere: a demo clock moved by days signs nobody out."""

    def __init__(self, db: Database, sessions: Sessions) -> None:
        self._db, self._sessions = db, sessions

    def sign_in(self, staff_no: str, password: str, come: From, now: datetime) -> SignedIn | NotSignedIn:
        """The password is compared outside of any transaction: that takes its time on purpose."""
        with self._db.read() as uow:
            row = find(uow, staff_no)
        right = passwords.matches(None if row is None else row.password, password)
        wrong = _refusal(row, right, now)
        if row is None or wrong is not None:
            return self._refused(row, wrong or _O.UNKNOWN, come, now)
        fresh = passwords.hashed(password) if passwords.is_outdated(row.password) else row.password

        def work(uow: UnitOfWork) -> SignedIn:
            needs_code = row.totp is not None
            values: dict[str, Any] = {"password": fresh} if needs_code else {"password": fresh, **_CLEAN}
            uow.connection.execute(
                update(S).where(S.c.id == row.id, S.c.password == row.password).values(values)
            )
            self._note(uow, row.staff_no, _O.CODE_ASKED if needs_code else _O.SIGNED_IN, come, now)
            return SignedIn(self._sessions.begin(uow, row.id, now, proved=not needs_code), needs_code)

        return self._db.run(work)

    def show_code(
        self, staff_no: str, session_id: int, code: str, come: From, now: datetime
    ) -> SignedIn | NotSignedIn:
        """The second half: the session that waited for it gives way to a new one."""
        with self._db.read() as uow:
            row = find(uow, staff_no)
        if row is None or row.totp is None or not row.active:
            return self._refused(row, _O.WRONG_CODE, come, now)
        if _is_locked(row, now):
            return self._refused(row, _O.LOCKED, come, now)
        step = codes.step_of(opened(self._db.keys, row, "totp"), code, now, row.totp_step)
        if step is None:
            return self._refused(row, _O.WRONG_CODE, come, now)

        def work(uow: UnitOfWork) -> SignedIn | None:
            mine = update(S).where(S.c.id == row.id, S.c.totp_step < step)
            if not uow.connection.execute(mine.values(totp_step=step, **_CLEAN)).rowcount:
                return None  # the same code from another place, a moment ago
            ended = update(W).where(W.c.id == session_id).values(ended_at=now, ended_why="replaced")
            uow.connection.execute(ended)
            self._note(uow, row.staff_no, _O.SIGNED_IN, come, now)
            return SignedIn(self._sessions.begin(uow, row.id, now, proved=True), needs_code=False)

        return self._db.run(work) or self._refused(row, _O.WRONG_CODE, come, now)

    def prove_again(
        self, staff_no: str, session_id: int, password: str, come: From, now: datetime
    ) -> NotSignedIn | None:
        """Before a dangerous act: the password once more; None if it is right."""
        with self._db.read() as uow:
            row = find(uow, staff_no)
        right = passwords.matches(None if row is None else row.password, password)
        wrong = _refusal(row, right, now)
        if wrong is not None:
            return self._refused(row, wrong, come, now)
        proved = update(W).where(W.c.id == session_id, W.c.proved_at.is_not(None)).values(proved_at=now)
        self._db.run(lambda uow: uow.connection.execute(proved))
        return None

    def _refused(self, row: Row[Any] | None, why: SignInOutcome, come: From, now: datetime) -> NotSignedIn:
        counts = why in (_O.WRONG_PASSWORD, _O.WRONG_CODE)

        def work(uow: UnitOfWork) -> datetime | None:
            until: datetime | None = None if row is None else row.locked_until
            if row is not None and counts:
                more = (
                    update(S)
                    .where(S.c.id == row.id)
                    .values(failures=S.c.failures + 1)
                    .returning(S.c.failures)
                )
                until = _until(uow.connection.execute(more).scalar_one(), now)
                if until is not None:
                    uow.connection.execute(update(S).where(S.c.id == row.id).values(locked_until=until))
            self._note(uow, "" if row is None else row.staff_no, why, come, now)
            return until

        until = self._db.run(work)
        return NotSignedIn(_O.LOCKED if until is not None and until > now else why, until)

    def _note(
        self, uow: UnitOfWork, staff_no: str, outcome: SignInOutcome, come: From, now: datetime
    ) -> None:
        row = {
            "at": now, "staff_no": staff_no, "outcome": outcome.value, "address": come.address[:45],
            "agent": come.agent[:200],
        }  # fmt: skip
        uow.connection.execute(insert(G).values(row))


_CLEAN: dict[str, Any] = {"failures": 0, "locked_until": None}


def _refusal(row: Row[Any] | None, right: bool, now: datetime) -> SignInOutcome | None:
    """Why not.  Whether an account is disabled is told to nobody without its password."""
    checks: tuple[tuple[SignInOutcome, Callable[[Row[Any]], bool]], ...] = (
        (_O.LOCKED, lambda found: _is_locked(found, now)),
        (_O.WRONG_PASSWORD, lambda found: not right),
        (_O.DISABLED, lambda found: not found.active),
        (_O.PASSWORD_EXPIRED, lambda found: found.password_until is not None and now >= found.password_until),
    )
    if row is None:
        return _O.UNKNOWN
    return next((outcome for outcome, holds in checks if holds(row)), None)


def _is_locked(row: Row[Any], now: datetime) -> bool:
    return bool(row.locked_until is not None and now < row.locked_until)


def _until(failures: int, now: datetime) -> datetime | None:
    """The fifth wrong try costs a minute, the sixth two, at most fifteen."""
    if failures < TRIES:
        return None
    wait: timedelta = min(FIRST_WAIT * 2 ** min(failures - TRIES, 10), LONGEST_WAIT)
    return now + wait
