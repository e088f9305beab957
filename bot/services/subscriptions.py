"""Consents to subscription notices (订阅通知): each acceptance and each use in a ledger, what is left beside it.

What is left is reckoned anew from the ledger by the platform's own moments: events that come twice, late or in
another order make no difference.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.services.people import A
from bot.services.tables import table
from bot.store.db import Database, UnitOfWork
from bot.store.push_models import Subscription, SubscriptionEvent

_S, _E = table(Subscription), table(SubscriptionEvent)
_LOCK = select(A.c.id).where(A.c.id == bindparam("p_account")).with_for_update()
_LEDGER = (
    select(_E.c.what)
    .where(_E.c.account_id == bindparam("p_account"), _E.c.template == bindparam("p_template"))
    .order_by(_E.c.at, _E.c.id)
)
_STANDING = select(_S.c.template, _S.c.left_over, _S.c.long_term).where(
    _S.c.account_id == bindparam("p_account")
)

_COUNTED = select(_E.c.id).where(_E.c.key == bindparam("p_key"))


class What(StrEnum):
    """A line of the ledger."""

    ACCEPTED = "accepted"
    """One message may be sent."""
    LONG_TERM = "long_term"
    """Any number, till it is revoked."""
    REJECTED = "rejected"
    """The pop-up was declined; consents given before stay."""
    USED = "used"
    REVOKED = "revoked"
    """Switched off in WeChat's settings."""
    SPENT = "spent"
    """The platform said that there is none (43101)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of an account's consents to one template."""

    template: str
    left: int
    long_term: bool

    @property
    def any(self) -> bool:
        return self.long_term or self.left > 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a user decided about one template."""

    template: str
    what: What


def note(uow: UnitOfWork, account_id: int, answers: Iterable[Answer], *, key: str, at: datetime) -> None:
    """Append to the ledger under ``key``; the same event again changes nothing."""
    uow.execute(_LOCK, {"p_account": account_id})  # two events at once: the second reckons with the first
    for number, answer in enumerate(answers):
        _append(uow, account_id, answer.template, answer.what, f"{key}:{number}", at)
        _reckon(uow, account_id, answer.template)


def used(uow: UnitOfWork, account_id: int, template: str, key: str) -> None:
    """A notice went out under ``key``."""
    note(uow, account_id, (Answer(template, What.USED),), key=f"used:{key}", at=uow.now)


def spent(uow: UnitOfWork, account_id: int, template: str, key: str) -> None:
    """43101: whatever we thought, there is none left."""
    note(uow, account_id, (Answer(template, What.SPENT),), key=f"spent:{key}", at=uow.now)


def standing(uow: UnitOfWork, account_id: int) -> tuple[Standing, ...]:
    """What is left of each consent of an account."""
    rows = uow.execute(_STANDING, {"p_account": account_id})
    return tuple(Standing(row.template, row.left_over, row.long_term) for row in rows)


def revoke_all(uow: UnitOfWork, account_id: int, key: str) -> None:
    """The account is gone."""
    gone = [Answer(each.template, What.REVOKED) for each in standing(uow, account_id)]
    note(uow, account_id, gone, key=key, at=uow.now)


class Consents:
    """The ledger as the road of subscription notices sees it: each call a transaction of its own."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def left(self, account_id: int, template: str, key: str = "") -> bool:
        """Whether a notice may be sent; one whose consent has been counted already may be sent again (its
        acknowledgement was lost, and nothing goes out twice)."""
        with self._db.read() as uow:
            if any(each.any for each in standing(uow, account_id) if each.template == template):
                return True
            return uow.execute(_COUNTED, {"p_key": f"used:{key}:0"}).first() is not None

    def used(self, account_id: int, template: str, key: str) -> None:
        self._db.run(lambda uow: used(uow, account_id, template, key))

    def spent(self, account_id: int, template: str, key: str) -> None:
        self._db.run(lambda uow: spent(uow, account_id, template, key))


def _append(uow: UnitOfWork, account_id: int, template: str, what: What, key: str, at: datetime) -> None:
    insert = postgresql.insert if uow.dialect == "postgresql" else sqlite.insert
    row = {"key": key, "account_id": account_id, "template": template, "what": what.value, "at": at}
    uow.connection.execute(insert(_E).values(row).on_conflict_do_nothing(index_elements=[_E.c.key]))


def _reckon(uow: UnitOfWork, account_id: int, template: str) -> None:
    rows = uow.execute(_LEDGER, {"p_account": account_id, "p_template": template})
    left, long_term = reckoned([What(row.what) for row in rows])
    insert = postgresql.insert if uow.dialect == "postgresql" else sqlite.insert
    row = {
        "account_id": account_id, "template": template, "left_over": left, "long_term": long_term,
        "changed_at": uow.now,
    }  # fmt: skip
    changed = {name: row[name] for name in ("left_over", "long_term", "changed_at")}
    uow.connection.execute(
        insert(_S)
        .values(row)
        .on_conflict_do_update(index_elements=[_S.c.account_id, _S.c.template], set_=changed)
    )


def reckoned(ledger: Collection[What]) -> tuple[int, bool]:
    """(left, long-term) after the events of one template, oldest first."""
    left, long_term = 0, False
    for what in ledger:
        match what:
            case What.ACCEPTED:
                left += 1
            case What.LONG_TERM:
                long_term = True
            case What.USED if not long_term:
                left = max(left - 1, 0)
            case What.REVOKED | What.SPENT:
                left, long_term = 0, False
    return left, long_term
