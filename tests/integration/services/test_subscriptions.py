"""The ledger of consents: each acceptance is one message, in whatever order the events come."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.services import subscriptions
from bot.services.subscriptions import Answer, Consents, What, reckoned
from bot.store.db import Database
from bot.store.push_models import SubscriptionEvent
from tests.conftest import MONDAY, FixedClock
from tests.integration.services import sent

T = "TMPL1"


def tell(
    db: Database, account: int, *whats: What, key: str = "e1", at: datetime = MONDAY, template: str = T
) -> None:
    answers = [Answer(template, what) for what in whats]
    db.run(lambda uow: subscriptions.note(uow, account, answers, key=key, at=at))


def left(db: Database, account: int, template: str = T) -> tuple[int, bool]:
    with db.read() as uow:
        found = {each.template: each for each in subscriptions.standing(uow, account)}
    return (found[template].left, found[template].long_term) if template in found else (0, False)


def lines(db: Database) -> int:
    with db.read() as uow:
        return uow.session.scalar(select(func.count()).select_from(SubscriptionEvent)) or 0


def test_one_acceptance_is_one_message(db: Database) -> None:
    account, consents = sent.account(db), Consents(db)
    assert not consents.left(account, T)
    tell(db, account, What.ACCEPTED)
    assert consents.left(account, T)
    consents.used(account, T, "7.2")
    assert not consents.left(account, T)


def test_a_use_told_twice_counts_once(db: Database) -> None:
    account = sent.account(db)
    tell(db, account, What.ACCEPTED, What.ACCEPTED)
    for _ in range(3):
        Consents(db).used(account, T, "7.2")
    assert left(db, account) == (1, False)


def test_the_webhook_three_times_at_once(db: Database) -> None:
    account = sent.account(db)
    with ThreadPoolExecutor(3) as copies:
        list(copies.map(lambda _: tell(db, account, What.ACCEPTED), range(3)))
    assert (left(db, account), lines(db)) == ((1, False), 1)


def test_different_events_at_once_all_count(db: Database) -> None:
    account = sent.account(db)
    with ThreadPoolExecutor(4) as events:
        list(events.map(lambda n: tell(db, account, What.ACCEPTED, key=f"e{n}"), range(8)))
    assert left(db, account) == (8, False)


def test_in_any_order(db: Database) -> None:
    """Accepted, switched off, accepted again: one is left, whichever event comes last."""
    story = [(What.ACCEPTED, 0), (What.REVOKED, 1), (What.ACCEPTED, 2), (What.REJECTED, 3)]
    for number, order in enumerate(itertools.permutations(story)):
        account = sent.account(db, f"o{number}")
        for what, minute in order:
            tell(db, account, what, key=f"{number}:{minute}", at=MONDAY + timedelta(minutes=minute))
        assert left(db, account) == (1, False)


def test_each_template_for_itself(db: Database) -> None:
    account = sent.account(db)
    tell(db, account, What.ACCEPTED, key="a")
    tell(db, account, What.ACCEPTED, key="b", template="TMPL2")
    Consents(db).spent(account, T, "7.2")
    assert (left(db, account), left(db, account, "TMPL2")) == ((0, False), (1, False))


def test_the_platform_knows_better(db: Database, clock: FixedClock) -> None:
    """43101 although we thought that there was one."""
    account = sent.account(db)
    tell(db, account, What.ACCEPTED, What.ACCEPTED)
    clock.advance(timedelta(minutes=1))
    Consents(db).spent(account, T, "7.2")
    assert left(db, account) == (0, False)
    clock.advance(timedelta(minutes=1))
    tell(db, account, What.ACCEPTED, key="e2", at=clock.now())
    assert left(db, account) == (1, False)


@pytest.mark.parametrize(
    ("ledger", "standing"),
    [
        ([], (0, False)),
        ([What.REJECTED], (0, False)),
        ([What.ACCEPTED, What.REJECTED], (1, False)),
        ([What.USED, What.ACCEPTED], (1, False)),
        ([What.LONG_TERM, What.USED, What.USED], (0, True)),
        ([What.ACCEPTED, What.LONG_TERM, What.USED], (1, True)),
        ([What.LONG_TERM, What.REVOKED], (0, False)),
        ([What.LONG_TERM, What.SPENT, What.ACCEPTED], (1, False)),
    ],
)
def test_what_the_ledger_adds_up_to(ledger: list[What], standing: tuple[int, bool]) -> None:
    assert reckoned(ledger) == standing
