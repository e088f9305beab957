"""Rotating the keys of a hospital that is open."""

from contextlib import closing
from datetime import timedelta

from sqlalchemy import select, update

from bot.domain.inbound import Inbound, Kind
from bot.domain.speech import Reply
from bot.store import outbox
from bot.store.db import Database
from bot.store.inbox import Answered, Inbox, New
from bot.store.keys import KeyRing
from bot.store.models import Handoff, LegalGuardian, Patient
from bot.store.outbox import Outbox
from bot.store.rotate import reencrypt
from tests.conftest import MONDAY, FixedClock
from tests.integration.store import people

OLD, NEW, INDEX = b"o" * 32, b"n" * 32, b"i" * 32
HELLO = (Reply("您好"),)


def ring(db_url: str, keys: KeyRing) -> Database:
    return Database(db_url, FixedClock(), keys)


def fill(db: Database) -> list[str]:
    ids = people.patients(db, 7)
    account = people.account(db)
    inbox = Inbox(db)
    for n in range(3):
        claimed = inbox.claim(
            Inbound("wechat", "gh_1", "o-1", Kind.TEXT, MONDAY, f"m{n}", text="hi"), timedelta(seconds=5)
        )
        assert isinstance(claimed, New)
        if n:
            inbox.finish(claimed.id, HELLO)
    with db.write() as uow:
        outbox.put(uow, key="k1", kind="late_reply", account_id=account, replies=HELLO)
        sealed = {
            c: db.keys.encrypt(c.encode(), f"legal_guardians.{c}:{ids[0]}")
            for c in ("name", "id_number", "phone")
        }
        told = db.keys.encrypt("退费".encode(), "handoffs.reason:h1")
        uow.session.add(Handoff(key="h1", account_id=account, reason=told, opened_at=uow.now))
        uow.session.add(LegalGuardian(patient_id=ids[0], created_at=uow.now, **sealed))
    return ids


def test_everything_is_under_the_new_key(database_url: str) -> None:
    with closing(ring(database_url, KeyRing({1: OLD}, INDEX))) as db:
        ids = fill(db)
    with closing(ring(database_url, KeyRing({2: NEW, 1: OLD}, INDEX))) as db:
        assert reencrypt(db, batch=2) == 7 * 3 + 3 + 3 + 2 + 1 + 1
        assert reencrypt(db, batch=2) == 0
    only_new = KeyRing({2: NEW}, INDEX)
    with closing(ring(database_url, only_new)) as db:
        with db.read() as uow:
            for patient in uow.session.scalars(select(Patient)):
                assert patient.id in ids
                assert only_new.decrypt(patient.name, f"patients.name:{patient.id}").decode() == "张三"
        again = Inbox(db).claim(
            Inbound("wechat", "gh_1", "o-1", Kind.TEXT, MONDAY, "m1"), timedelta(seconds=5)
        )
        assert again == Answered(HELLO)
        assert [m.replies for m in Outbox(db).claim(5, timedelta(seconds=5))] == [HELLO]


def test_a_correction_made_meanwhile_is_not_undone(database_url: str) -> None:
    with closing(ring(database_url, KeyRing({1: OLD}, INDEX))) as db:
        (patient,) = people.patients(db, 1)
    keys = KeyRing({2: NEW, 1: OLD}, INDEX)
    with closing(ring(database_url, keys)) as db:
        with db.read() as uow:
            wrong = uow.session.scalars(select(Patient.phone)).one()
        corrected = keys.encrypt(b"13900139000", f"patients.phone:{patient}")

        class Meddling(KeyRing):
            """Corrects the phone between the reading and the writing of the old one."""

            def is_current(self, blob: bytes) -> bool:
                if blob == wrong:
                    with db.write() as uow:
                        uow.session.execute(update(Patient).values(phone=corrected))
                return super().is_current(blob)

        db.keys = Meddling({2: NEW, 1: OLD}, INDEX)
        assert reencrypt(db) == 2
        with db.read() as uow:
            stored = uow.session.scalars(select(Patient.phone)).one()
        assert keys.decrypt(stored, f"patients.phone:{patient}") == b"13900139000"
