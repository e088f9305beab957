"""One person registered twice: found, compared masked, made one; the old document leads to who is left."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.domain.accounts import AccountRef
from bot.domain.commands import Guardian
from bot.domain.outcomes import IdentityConflict, Refused, Registered
from bot.domain.roles import Role, Scope
from bot.domain.states import AppointmentState
from bot.domain.views import PatientView, Relation
from bot.services.appointments import upcoming
from bot.services.desk_booking import whom
from bot.services.merging import candidates, carrying, holdings
from bot.services.merging.carrying import Merged, NotMerged
from bot.services.merging.comparing import compare
from bot.services.people import patients_of, plain
from bot.services.rights import erasing
from bot.services.tables import table
from bot.store.base import Base
from bot.store.models import Appointment, AuditEntry, Guardianship, LegalGuardian, Patient
from bot.store.push_models import Push
from tests.integration.console.stand import Stand, Visitor
from tests.integration.console.test_cost import counted
from tests.integration.services.town import Town, id_number, phone_number, registration

OLD, NEW = id_number(1), id_number(2)


@pytest.fixture
def town(both: Stand) -> Town:
    return Town.found(both.db, both.clock)


def person(town: Town, account: AccountRef, number: int, phone: int = 0, **other: Any) -> PatientView:
    """王小明, born 1990-03-07, under the identity number of this number."""
    command = replace(
        registration(number, key=f"r-{account.id}-{number}"), phone=phone_number(phone or number), **other
    )
    outcome = town.hospital.execute(command, account)
    assert isinstance(outcome, Registered), outcome
    return outcome.patient


@pytest.fixture
def two(town: Town) -> tuple[PatientView, PatientView]:
    """Each with a visit; one account looks after both, one after the first alone."""
    slots = town.clinic(seats=6)
    other = town.clinic("周明", seats=3)
    mine, theirs = town.account("o-1"), town.account("o-2")
    goes, stays = person(town, mine, 1), person(town, mine, 2)
    person(town, theirs, 1)
    town.book(mine, slots[0], goes)
    town.book(theirs, other[0], goes)
    return stays, goes


def merge(town: Town, stays: PatientView, goes: PatientView, mark: str = "") -> Merged | NotMerged:
    context = town.hospital.acting("staff:9003")
    with town.db.read() as uow:
        seen = compare(uow, context, stays.id, goes.id)
    mark = mark or (seen.mark if seen else "")
    return town.db.run(lambda uow: carrying.merge(uow, context, stays.id, goes.id, mark, "twice"))


def row(town: Town, patient: PatientView) -> Patient:
    with town.db.read() as uow:
        return uow.session.get_one(Patient, patient.id)


def test_no_table_that_names_a_patient_is_forgotten() -> None:
    """A new table with patients in it has to say what becomes of its rows."""
    known = {(each.table.name, "patient_id") for each in holdings.MOVED} | set(holdings.SPECIAL.items())
    named = {
        (one.name, column.name)
        for one in Base.metadata.tables.values()
        for column in one.columns
        if column.name in ("patient_id", "merged_into")
        or any(key.column.table.name == "patients" for key in column.foreign_keys)
    }
    assert named == known


def test_everything_moves_and_the_old_document_finds_who_is_left(
    town: Town, two: tuple[PatientView, PatientView]
) -> None:
    stays, goes = two
    pushes = town.count(Push, Push.patient_id == goes.id)
    assert pushes > 0
    assert isinstance(merge(town, stays, goes), Merged)
    assert row(town, goes).merged_into == stays.id
    for each in holdings.MOVED:
        with town.db.read() as uow:
            left = uow.session.execute(select(each.table).where(each.table.c.patient_id == goes.id)).all()
        assert left == [], each.table.name
    assert town.count(Appointment, Appointment.patient_id == stays.id) == 2
    assert town.count(Push, Push.patient_id == stays.id) >= pushes
    live = Guardianship.ended_at.is_(None)
    assert town.count(Guardianship, live, Guardianship.patient_id == stays.id) == 2, "one for each account"
    mine, theirs = town.account("o-1"), town.account("o-2")
    with town.db.read() as uow:
        today = town.hospital.acting("x").today
        directory = town.hospital.acting("x").directory
        assert [seen.id for seen in patients_of(uow, mine.id, today)] == [stays.id]
        assert [seen.id for seen in patients_of(uow, theirs.id, today)] == [stays.id]
        assert len(upcoming(uow, directory, theirs.id, town.clock.now())) == 2
    (entry,) = audits(town, "patient.merged")
    assert entry.subject == f"patient:{stays.id}"
    assert entry.detail["appointments"] == "2"
    assert merge(town, stays, goes, "x") == NotMerged("gone"), "once"


def audits(town: Town, action: str) -> list[AuditEntry]:
    with town.db.read() as uow:
        return list(uow.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_registering_by_the_old_document_finds_who_is_left(
    town: Town, two: tuple[PatientView, PatientView]
) -> None:
    stays, goes = two
    merge(town, stays, goes)
    third, fourth = town.account("o-3"), town.account("o-4")
    assert person(town, third, 1).id == stays.id, "the phone of the old record"
    assert person(town, fourth, 1, phone=2).id == stays.id, "the phone of the one that is left"
    stranger = replace(registration(1, key="s"), phone=phone_number(77))
    assert town.hospital.execute(stranger, town.account("o-5")) == Refused(IdentityConflict())
    context = town.hospital.acting("staff:1")
    with town.db.read() as uow:
        for said in (OLD, NEW, phone_number(1), "王小明"):
            found = whom.patients(uow, context, Scope(everything=True), whom.read(uow, context, said))
            assert [each.id for each in found] == [stays.id], said
        opened = whom.patient(uow, context, Scope(everything=True), goes.id)
    assert opened is not None
    assert opened.id == stays.id


def test_one_person_cannot_be_twice_in_one_clinic(town: Town, two: tuple[PatientView, PatientView]) -> None:
    stays, goes = two
    with town.db.read() as uow:
        slot = uow.session.scalars(select(Appointment.slot_id).order_by(Appointment.id)).first()
    assert slot is not None
    town.book(town.account("o-1"), slot, stays)
    assert merge(town, stays, goes) == NotMerged("visits")
    assert row(town, goes).merged_into is None


def test_who_died_is_not_made_one_with_who_lives(town: Town, two: tuple[PatientView, PatientView]) -> None:
    stays, goes = two
    with town.db.write() as uow:
        uow.session.execute(update(Patient).where(Patient.id == goes.id).values(deceased_at=uow.now))
    assert merge(town, stays, goes) == NotMerged("deceased")


def test_what_was_seen_is_what_is_done(town: Town, two: tuple[PatientView, PatientView]) -> None:
    stays, goes = two
    context = town.hospital.acting("staff:1")
    with town.db.read() as uow:
        seen = compare(uow, context, stays.id, goes.id)
    assert seen is not None
    assert seen.shared == 1
    assert seen.accounts == 2
    more = town.clinic("张敏", seats=2)
    town.book(town.account("o-1"), more[0], stays)
    assert merge(town, stays, goes, seen.mark) == NotMerged("stale")


def test_a_guardian_is_sealed_anew(town: Town) -> None:
    parent = town.account("o-1")
    guardian = Guardian("李梅", id_number(500, "19850101"), phone_number(5))
    goes = person(
        town, parent, 0, 3, id_number=id_number(3, "20200101"), guardian=guardian, relation=Relation.CHILD
    )
    stays = person(
        town, parent, 0, 4, id_number=id_number(4, "20200101"), guardian=guardian, relation=Relation.CHILD
    )
    table_ = table(LegalGuardian)
    with town.db.write() as uow:
        uow.connection.execute(table_.delete().where(table_.c.patient_id == stays.id))
    assert isinstance(merge(town, stays, goes), Merged)
    with town.db.read() as uow:
        kept = uow.session.scalars(select(LegalGuardian)).one()
        assert kept.patient_id == stays.id
        assert uow.keys.decrypt(kept.name, f"legal_guardians.name:{stays.id}").decode() == "李梅"


def test_a_chain_of_merges_ends_at_the_last(town: Town, two: tuple[PatientView, PatientView]) -> None:
    stays, goes = two
    last = person(town, town.account("o-1"), 3)
    merge(town, stays, goes)
    merge(town, last, stays)
    assert row(town, goes).merged_into == last.id
    assert person(town, town.account("o-6"), 1).id == last.id


def test_who_is_deleted_is_deleted_under_every_document(
    town: Town, two: tuple[PatientView, PatientView]
) -> None:
    stays, goes = two
    merge(town, stays, goes)
    with town.db.write() as uow:
        uow.session.execute(update(Appointment).values(state=AppointmentState.DONE))
    context = town.hospital.acting("staff:1")
    town.db.run(lambda uow: erasing.erase(uow, context, stays.id))
    for each in (stays, goes):
        record = row(town, each)
        assert record.erased_at is not None
        with town.db.read() as uow:
            assert plain(uow.keys, "id_number", each.id, record.id_number) == ""
    assert person(town, town.account("o-9"), 1).id not in (stays.id, goes.id), "they may come back"


def test_candidates_have_the_name_and_one_thing_more(
    town: Town, two: tuple[PatientView, PatientView]
) -> None:
    stays, goes = two
    person(town, town.account("o-7"), 7, id_number=id_number(7, "19700101"))  # same name alone
    same_phone = person(town, town.account("o-8"), 8, phone=2, id_number=id_number(8, "19710101"))
    context = town.hospital.acting("staff:1")
    with town.db.read() as uow:
        found = candidates.of_patient(uow, context, Scope(everything=True), stays.id)
        assert {each.id for each in found} == {goes.id, same_phone.id}
        assert len(candidates.pairs(uow, context, Scope(everything=True))) == 2
        assert candidates.pairs(uow, context, Scope()) == ()
    merge(town, stays, goes)
    with town.db.read() as uow:
        found = candidates.of_patient(uow, context, Scope(everything=True), stays.id)
        assert [each.id for each in found] == [same_phone.id], "who is merged is on no list"


# -- the pages ----------------------------------------------------------------------------------------


@pytest.fixture
def desk(both: Stand) -> Visitor:
    return both.signed_in(Role.DESK, staff_no="9003")


def test_from_the_search_to_one_record(
    both: Stand, town: Town, desk: Visitor, two: tuple[PatientView, PatientView]
) -> None:
    stays, goes = two
    assert "在全院查找" in desk.get("/patients/duplicates").text
    assert "比较" in desk.post("/patients/duplicates").text
    assert goes.id in desk.get(f"/patients/{stays.id}").text
    assert goes.id in desk.post(f"/patients/{stays.id}/other", text=OLD).text
    path = f"/patients/{stays.id}/merge/{goes.id}"
    with counted(both) as asked:
        page = desk.get(path).text
    assert len(asked) <= 12, asked
    for hidden in (OLD, NEW, phone_number(1), "王小明"):
        assert hidden not in page
    assert "姓名一样" in page
    assert "手机号不一样" in page
    assert "预约 2 条" in page
    assert "2 个微信、支付宝账号能看到" in page
    mark = re.search(r'name="mark" value="(\w+)"', page)
    assert mark is not None
    assert desk.post(path, mark=mark[1]).status_code == 400, "no reason"
    assert desk.post(path, mark="0", reason="twice").status_code == 409
    assert desk.post(path, mark=mark[1], reason="twice").status_code == 303
    assert desk.get(f"/patients/{goes.id}").headers["Location"].endswith(stays.id)
    assert desk.get(path).status_code == 404
    found = desk.post("/patients/find", text=OLD).text
    assert f"/patients/{stays.id}" in found
    assert goes.id not in found


def test_merging_wants_the_password(both: Stand, desk: Visitor, two: tuple[PatientView, PatientView]) -> None:
    stays, goes = two
    both.clock.advance(timedelta(minutes=11))
    sent = desk.post(f"/patients/{stays.id}/merge/{goes.id}", mark="x", reason="twice")
    assert sent.status_code == 401
    assert 'name="password_again"' in sent.text
