"""Sessions in memory: saved by compare-and-set, kept as bytes."""

from bot.dialog.memory import MemorySessions


def test_only_the_first_of_two_saves_counts() -> None:
    store = MemorySessions()
    one, two = store.load("u"), store.load("u")
    one.failures, two.failures = 1, 2
    assert store.save("u", one) and not store.save("u", two)
    again = store.load("u")
    assert again.failures == 1 and again.revision == 1
    assert store.save("u", again) and store.load("u").revision == 2


def test_users_do_not_see_each_other() -> None:
    store = MemorySessions()
    session = store.load("a")
    session.failures = 1
    store.save("a", session)
    assert store.load("b").failures == 0


def test_a_loaded_session_is_a_copy() -> None:
    store = MemorySessions()
    store.save("a", store.load("a"))
    store.load("a").failures = 5
    assert store.load("a").failures == 0
