"""Editions of a text: one draft at a time, one in force, nothing overwritten, every process notices."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from bot.services.content import editions
from bot.services.content.cache import Editions
from bot.services.content.editions import Drafted, Exists, Published, Retired, SameAuthor, Saved, Stale
from bot.services.directory import DirectoryCache
from bot.store.db import Database
from bot.store.models import AuditEntry

A, B = "staff:0001", "staff:0002"


def begun(db: Database, name: str = "停车", says: str = "有停车场", actor: str = A) -> int:
    with db.write() as uow:
        made = editions.draft(uow, actor, "faq", name, {"answer": says}, "改")
        assert isinstance(made, Drafted), made
        return made.id


def in_force(db: Database, kind: str = "faq") -> dict[str, object]:
    with db.read() as uow:
        return {name: each.body["answer"] for name, each in editions.active(uow, kind).items()}


def published(db: Database, id_: int, version: int = 1, actor: str = A) -> None:
    with db.write() as uow:
        assert editions.publish(uow, actor, id_, version) == Published(id_)


def test_a_draft_is_in_force_only_when_it_is_published(db: Database) -> None:
    id_ = begun(db)
    assert in_force(db) == {}
    with db.write() as uow:
        assert editions.save(uow, A, id_, 1, {"answer": "停车场在南门"}, "写清楚") == Saved(2)
    published(db, id_, 2)
    assert in_force(db) == {"停车": "停车场在南门"}
    assert in_force(db, "template") == {}


def test_the_next_edition_takes_its_place(db: Database) -> None:
    first = begun(db, says="一")
    published(db, first)
    second = begun(db, says="二")
    published(db, second)
    assert in_force(db) == {"停车": "二"}
    with db.write() as uow:
        assert editions.draft(uow, B, "faq", "停车", {"answer": "一"}, "还是原来的好") == Drafted(
            second + 1, 3
        )
    published(db, second + 1)
    assert in_force(db) == {"停车": "一"}
    with db.read() as uow:
        seen = [(each.number, each.state) for each in editions.history(uow, "faq", "停车")]
    assert seen == [(3, "active"), (2, "retired"), (1, "retired")]


def test_whoever_comes_second_overwrites_nothing(db: Database) -> None:
    id_ = begun(db)
    with db.write() as uow:
        assert editions.draft(uow, B, "faq", "停车", {"answer": "另一个"}, "") == Exists(id_)
        assert editions.save(uow, A, id_, 1, {"answer": "甲"}, "") == Saved(2)
        assert editions.save(uow, B, id_, 1, {"answer": "乙"}, "") == Stale()
        assert editions.publish(uow, B, id_, 1) == Stale()
        assert editions.discard(uow, B, id_, 1) == Stale()
    published(db, id_, 2)
    with db.write() as uow:
        assert editions.save(uow, A, id_, 3, {"answer": "在用的不能改"}, "") == Stale()
        assert editions.publish(uow, B, id_, 3) == Stale()
    assert in_force(db) == {"停车": "甲"}


def test_of_two_who_publish_at_once_one_does(db: Database) -> None:
    published(db, begun(db, says="旧"))
    id_ = begun(db, says="新")
    with ThreadPoolExecutor(2) as people:
        done = list(people.map(lambda who: db.run(lambda uow: editions.publish(uow, who, id_, 1)), (A, B)))
    assert sorted(map(repr, done)) == [repr(Published(id_)), repr(Stale())]
    assert in_force(db) == {"停车": "新"}


def test_with_four_eyes_nobody_publishes_their_own_words(db: Database) -> None:
    id_ = begun(db, actor=A)
    with db.write() as uow:
        assert editions.publish(uow, A, id_, 1, four_eyes=True) == SameAuthor()
        assert editions.save(uow, B, id_, 1, {"answer": "乙改过"}, "") == Saved(2)
        assert editions.publish(uow, B, id_, 2, four_eyes=True) == SameAuthor()
        assert editions.publish(uow, A, id_, 2, four_eyes=True) == Published(id_)


def test_retired_means_that_the_shipped_file_holds(db: Database) -> None:
    id_ = begun(db)
    published(db, id_)
    with db.write() as uow:
        assert editions.retire(uow, B, id_, 1) == Stale()
        assert editions.retire(uow, B, id_, 2) == Retired(id_)
    assert in_force(db) == {}


def test_a_thrown_away_draft_makes_room(db: Database) -> None:
    id_ = begun(db)
    with db.write() as uow:
        assert editions.discard(uow, A, id_, 1) == Saved(2)
        assert editions.draft(uow, B, "faq", "停车", {"answer": "新"}, "") == Drafted(id_ + 1, 2)


def test_every_process_notices(db: Database) -> None:
    seconds = [0.0]
    elsewhere = Editions(db, recheck=1.0, monotonic=lambda: seconds[0])
    assert elsewhere.active("faq") == {}
    before = elsewhere.active("template")
    published(db, begun(db))
    assert elsewhere.active("faq") == {}, "asked again within the second, it does not look"
    seconds[0] = 1.5
    assert list(elsewhere.active("faq")) == ["停车"]
    assert elsewhere.active("faq") is elsewhere.active("faq")
    assert elsewhere.active("template") is not before


def test_it_is_written_down_who_did_what(db: Database) -> None:
    published(db, begun(db), actor=B)
    with db.read() as uow:
        rows = uow.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(row.actor, row.action, row.detail["name"]) for row in rows] == [
        (A, "content.drafted", "停车"),
        (B, "content.published", "停车"),
    ]


def test_who_knows_something_waits_for_nobodys_look(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They may hold the connection that the look needs."""
    texts, directory = Editions(sqlite_db, recheck=0), DirectoryCache(sqlite_db, recheck=0)
    asks: tuple[Callable[[], object], ...] = (lambda: texts.active("faq"), directory.get)
    look = sqlite_db.read
    for ask in asks:
        known, meanwhile = ask(), list[object]()

        def looking(ask: Callable[[], object] = ask, seen: list[object] = meanwhile) -> object:
            seen.append(ask())  # somebody else, at the same moment
            return look()

        with monkeypatch.context() as patched:
            patched.setattr(sqlite_db, "read", looking)
            assert ask() is known
        assert meanwhile == [known]
