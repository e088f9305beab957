"""到期清理: each rule takes what is old and nothing else; a dry run takes nothing; the audit log is left alone."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import insert, select, update

from bot.domain.speech import Reply
from bot.services.rights import retention
from bot.services.rights.catalogue import catalogue
from bot.services.tables import table
from bot.services.tickets import rows
from bot.store import outbox
from bot.store.base import Base
from bot.store.care_models import Ticket
from bot.store.followup_models import Discharge
from bot.store.models import Account, AuditEntry, Guardianship, InboxMessage, OutboxMessage, Patient
from bot.store.rights_models import RetentionRun
from bot.store.staff_models import SignIn
from bot.store.words import open_outbox, outbox_aad
from tests.integration.rights.person import SECRETS, WISH, Person


def counts(person: Person) -> dict[str, int]:
    with person.db.read() as uow:
        return {
            name: len(uow.connection.execute(select(of)).fetchall())
            for name, of in Base.metadata.tables.items()
        }


def ran(person: Person, *names: str, dry: bool = False) -> dict[str, tuple[int, int]]:
    found = retention.run(person.hospital, actor="cli", dry=dry, names=names)
    return {each.rule: (each.found, each.taken) for each in found}


def set_all(person: Person, model: type[Any], **values: object) -> None:
    with person.db.write() as uow:
        uow.connection.execute(update(table(model)).values(values))


def long_ago(person: Person, **span: float) -> datetime:
    return person.town.clock.now() - timedelta(**span)


def test_today_nothing_is_due(person: Person) -> None:
    assert set(ran(person).values()) == {(0, 0)}
    assert person.readable(*SECRETS)


def test_a_dry_run_writes_nothing_but_that_it_was(person: Person) -> None:
    person.later(days=400)
    before = counts(person)
    found = ran(person, dry=True)
    assert found["inbox"] == (1, 0) and found["handoff_words"] == (1, 0)
    after = counts(person)
    assert after.pop("retention_runs") == before.pop("retention_runs") + 1
    assert after.pop("audit") == before.pop("audit") + 1
    assert after == before
    with person.db.read() as uow:
        run = uow.session.scalars(select(RetentionRun)).one()
    assert run.dry and run.counts["inbox"] == {"found": 1, "taken": 0, "kept": 0}


def test_each_rule_takes_what_is_old(person: Person) -> None:
    with person.db.write() as uow:
        for days in (100, 200):
            row = {
                "at": uow.now - timedelta(days=days),
                "staff_no": "9",
                "outcome": "wrong",
                "address": "::1",
            }
            uow.connection.execute(insert(table(SignIn)), row | {"agent": ""})
    set_all(person, Ticket, state="closed", closed_at=long_ago(person, days=3 * 366 + 1))
    found = ran(person)
    assert found["sign_ins"] == (1, 1)  # 网络安全法: six months are kept
    assert found["ticket_words"] == (1, 1)
    with person.db.read() as uow:
        ticket = uow.connection.execute(select(table(Ticket))).one()
        assert rows.opened(uow.keys, "text", ticket) == ""
    assert ran(person)["ticket_words"] == (0, 0)  # done is done
    assert ("responses", "filling", WISH) in person.readable(WISH)  # the answer is a record: thirty years


def test_bodies_are_emptied_and_rows_stay(person: Person) -> None:
    with person.db.write() as uow:
        words = (Reply("您的身份证号看不清"),)
        outbox.put(uow, key="late:1", kind="late_reply", account_id=person.account.id, replies=words)
    set_all(person, OutboxMessage, state="sent", created_at=long_ago(person, days=181))
    rows_ = counts(person)["outbox"]
    assert rows_ >= 1
    assert ran(person, "message_bodies")["message_bodies"] == (rows_, rows_)
    with person.db.read() as uow:
        row = uow.connection.execute(select(table(OutboxMessage)).limit(1)).one()
        assert open_outbox(uow.keys, row.body, outbox_aad(row.key)) == ()
    assert counts(person)["outbox"] == rows_


def test_a_stay_is_forgotten_after_thirty_years_and_not_before(person: Person) -> None:
    for years, taken in ((29, 0), (31, 1)):
        day = long_ago(person, days=366 * years).date()
        set_all(person, Discharge, admitted_on=day - timedelta(days=3), discharged_on=day)
        assert ran(person, "stays")["stays"] == (taken, taken)
    assert not {place for place in person.readable(*SECRETS) if place[0] == "discharges"}


def test_a_patient_is_forgotten_when_both_terms_are_over(person: Person) -> None:
    """Fifteen years after the last visit, thirty after the last stay, and nobody looks after them."""
    person.cancel()
    set_all(person, Ticket, state="closed", closed_at=person.town.clock.now())
    set_all(person, Patient, created_at=long_ago(person, days=366 * 31))
    assert ran(person, "patients")["patients"] == (0, 0)
    set_all(person, Guardianship, ended_at=person.town.clock.now())
    assert ran(person, "patients")["patients"] == (0, 0)  # the visit is of this year
    person.later(days=366 * 16)
    assert ran(person, "patients")["patients"] == (0, 0)  # the stay is of sixteen years ago
    person.later(days=366 * 15)
    assert ran(person, "patients")["patients"] == (1, 1)
    assert person.patient().erased_at is not None


def test_a_merged_record_is_forgotten_with_the_one_it_became(person: Person) -> None:
    """Its old document still finds the patient, who has visits of this year."""
    other = person.town.register(person.account, 2).id
    with person.db.write() as uow:
        uow.connection.execute(
            update(table(Patient)).where(table(Patient).c.id == other).values(merged_into=person.id)
        )
    person.cancel()
    set_all(person, Ticket, state="closed", closed_at=person.town.clock.now())
    set_all(person, Guardianship, ended_at=person.town.clock.now())
    set_all(person, Patient, created_at=long_ago(person, days=366 * 31))
    assert ran(person, "patients")["patients"] == (0, 0)
    person.later(days=366 * 31)
    assert ran(person, "patients")["patients"] == (1, 1)
    with person.db.read() as uow:
        assert uow.session.get_one(Patient, other).erased_at is not None


def test_an_account_is_forgotten_a_year_after_it_left(person: Person) -> None:
    set_all(person, Account, following=False, created_at=long_ago(person, days=800), last_message_at=None)
    assert ran(person, "accounts")["accounts"] == (0, 0)  # it still looks after somebody
    set_all(person, Guardianship, ended_at=person.town.clock.now())
    assert ran(person, "accounts")["accounts"] == (1, 1)
    with person.db.read() as uow:
        assert uow.session.scalars(select(Account.openid)).one().startswith("closed:")


def test_the_audit_log_is_never_thinned(person: Person) -> None:
    person.later(days=366 * 40)
    before = person.town.count(AuditEntry)
    ran(person)
    assert person.town.count(AuditEntry) > before
    assert all(not rule.table.startswith("audit") for rule in catalogue().rules.values())


def test_the_tick_works_once_a_night(person: Person) -> None:
    person.later(days=60)
    assert retention.nightly(person.hospital) == 0  # ten in the morning
    person.later(hours=17)
    assert retention.nightly(person.hospital) == 1  # three at night
    assert person.town.count(InboxMessage) == 0
    person.later(minutes=15)
    assert retention.nightly(person.hospital) == 0
    assert person.town.count(RetentionRun) == 1
    person.later(days=1)
    retention.nightly(person.hospital)
    assert person.town.count(RetentionRun) == 2


def test_batches_go_on_until_all_is_gone(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 3)
    with person.db.write() as uow:
        for n in range(8):
            row = {
                "at": uow.now - timedelta(days=300 + n),
                "staff_no": "9",
                "outcome": "wrong",
                "address": "::1",
            }
            uow.connection.execute(insert(table(SignIn)), row | {"agent": ""})
    assert ran(person, "sign_ins")["sign_ins"] == (8, 8)


def test_who_has_to_wait_keeps_nobody_else(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """An open complaint stands in the way of the first patient's deletion, not of the second's."""
    monkeypatch.setattr(retention, "BATCH", 1)
    other = person.town.register(person.account, 2).id
    first, second = sorted((person.id, other))
    person.complain()
    person.cancel()
    set_all(person, Ticket, patient_id=first)
    set_all(person, Guardianship, ended_at=person.town.clock.now())
    person.later(days=366 * 31)
    assert ran(person, "patients")["patients"] == (2, 1)
    with person.db.read() as uow:
        assert uow.session.get_one(Patient, first).erased_at is None
        assert uow.session.get_one(Patient, second).erased_at is not None


def test_the_command_says_which_of_the_two() -> None:
    from bot.cli.retention import retention as command

    assert CliRunner().invoke(command, []).exit_code == 2
    assert CliRunner().invoke(command, ["--run", "--dry-run"]).exit_code == 2
    assert "no such rule" in CliRunner().invoke(command, ["--dry-run", "--rule", "nothing"]).output
