"""Accounts appear at first sight and remember the last message."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from bot.services import accounts
from bot.store.models import Account
from tests.integration.services.town import Town


def test_the_same_user_is_the_same_account(town: Town) -> None:
    first = town.account("o-1")
    assert town.account("o-1") == first
    assert town.account("o-2").id != first.id
    assert town.hospital.account("alipay", "gh_1", "o-1").id != first.id
    assert town.hospital.account("wechat", "gh_2", "o-1").id != first.id


def test_the_last_message_is_known_to_the_minute(town: Town) -> None:
    first = town.account()
    assert first.last_message_at == town.clock.now()
    town.clock.advance(timedelta(seconds=59))
    assert town.account().last_message_at == first.last_message_at
    town.clock.advance(timedelta(seconds=1))
    assert town.account().last_message_at == town.clock.now()
    town.clock.advance(timedelta(days=-3))
    assert town.account().last_message_at == town.clock.now(), "the demo clock was set back"


def test_leaving_opens_no_window(town: Town) -> None:
    joined = town.hospital.account("wechat", "gh_1", "o-1", following=True)
    assert joined.following
    town.clock.advance(timedelta(hours=1))
    left = town.hospital.account("wechat", "gh_1", "o-1", following=False)
    assert (left.following, left.last_message_at) == (False, joined.last_message_at)
    again = town.hospital.account("wechat", "gh_1", "o-1")
    assert not again.following, "a message alone is no follow"


def test_twenty_first_messages_at_once_make_one_account(town: Town) -> None:
    with ThreadPoolExecutor(8) as threads:
        ids = set(threads.map(lambda _: town.account().id, range(20)))
    assert len(ids) == 1
    assert town.count(Account) == 1


# -- what a push learns about an account --------------------------------------------------------------


def test_no_follower_after_all_until_they_write_again(town: Town) -> None:
    """WeChat 43004."""
    account = town.account("o-1")
    for _ in range(2):
        town.db.run(lambda uow: accounts.unfollowed(uow, account.id))
    assert not town.account("o-1").following
    assert town.hospital.account("wechat", "gh_1", "o-1", following=True).following


def test_an_unknown_openid_is_unbound_until_it_is_heard_of(town: Town) -> None:
    """WeChat 40003."""
    account = town.account("o-1")
    town.db.run(lambda uow: accounts.unbind(uow, account.id))
    with town.db.read() as uow:
        found = accounts.find(uow, "wechat", "gh_1", "o-1")
    assert found is not None and accounts.unbound(found)
    assert not accounts.unbound(town.hospital.account("wechat", "gh_1", "o-1", following=True))
