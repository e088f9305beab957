"""What staff do about themselves: change the password, set up the authenticator app, sign the agreement (R44)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import update

from bot.domain.staff import AGREEMENT, Viewer
from bot.services.context import write_audit
from bot.services.staff import codes, passwords
from bot.services.staff.rows import S, end_sessions, find, sealed
from bot.store.db import Database, UnitOfWork


class PasswordResult(StrEnum):
    CHANGED = "changed"
    WRONG = "wrong"
    SHORT = "short"
    LONG = "long"
    GUESSABLE = "guessable"
    SAME = "same"


def change_password(db: Database, viewer: Viewer, old: str, new: str, now: datetime) -> PasswordResult:
    """The other sessions of this person end."""
    with db.read() as uow:
        row = find(uow, viewer.staff_no)
    if row is None or not passwords.matches(row.password, old):
        return PasswordResult.WRONG
    if old == new:
        return PasswordResult.SAME
    weakness = passwords.weakness(new, (viewer.staff_no, viewer.name, "suizhen", "hospital"))
    if weakness:
        return PasswordResult(weakness)
    fresh = passwords.hashed(new)

    def work(uow: UnitOfWork) -> None:
        values = {"password": fresh, "must_change": False, "password_until": None}
        uow.connection.execute(update(S).where(S.c.id == row.id).values(values))
        end_sessions(uow, row.id, "password", now, but=viewer.session_id)
        _audit(uow, viewer, "staff.password_changed")

    db.run(work)
    return PasswordResult.CHANGED


def set_up_codes(db: Database, viewer: Viewer, secret: str, code: str, now: datetime) -> bool:
    """The app is theirs once it has shown one right code."""
    step = codes.step_of(secret, code, now, 0)
    if step is None:
        return False
    values = {"totp": sealed(db.keys, viewer.staff_no, "totp", secret), "totp_step": step}

    def work(uow: UnitOfWork) -> bool:
        mine = update(S).where(S.c.staff_no == viewer.staff_no, S.c.totp.is_(None))
        done = uow.connection.execute(mine.values(values)).rowcount == 1
        if done:
            _audit(uow, viewer, "staff.codes_set_up")
        return done

    return db.run(work)


def sign_agreement(db: Database, viewer: Viewer, now: datetime) -> None:
    def work(uow: UnitOfWork) -> None:
        values = {"agreement": AGREEMENT, "agreed_at": now}
        uow.connection.execute(update(S).where(S.c.staff_no == viewer.staff_no).values(values))
        write_audit(
            uow, at=uow.now, actor=viewer.actor, action="staff.agreement_signed",
            subject=viewer.actor, edition=AGREEMENT,
        )  # fmt: skip

    db.run(work)


def _audit(uow: UnitOfWork, viewer: Viewer, action: str) -> None:
    write_audit(uow, at=uow.now, actor=viewer.actor, action=action, subject=viewer.actor)
