"""Rows for the outside, masked unless revealed, and a reveal is written down (R15)."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.commands import Book, Cancel, Change
from bot.domain.states import OutboxState
from bot.services import readers
from bot.services.exporting import KINDS, LATER, export
from bot.store.models import AuditEntry, OutboxMessage
from bot.store.push_models import Attempt
from scheduler.planner import Planner
from tests.integration.services.town import Town, id_number, phone_number


def rows(town: Town, kind: str, *, reveal: bool = False) -> list[dict[str, Any]]:
    found = [json.loads(json.dumps(row, ensure_ascii=False)) for row in export(town.db, kind, reveal=reveal)]
    return [dict(row) for row in found]


def test_an_appointment_says_everything_but_who(town: Town) -> None:
    account = town.account()
    booked = town.book(account, town.clinic()[1], town.register(account))
    (row,) = rows(town, "appointments")
    assert row["code"] == booked.code
    assert (row["state"], row["version"], row["number"]) == ("booked", 1, 4)
    assert (row["department"], row["doctor"], row["title"]) == ("心血管内科", "王建国", "主任医师")
    assert (row["day"], row["period"]) == ("2026-11-24", "pm")
    assert row["starts_at"] == "2026-11-24T14:30:00+08:00"
    assert (row["kind"], row["fee_fen"], row["channel"]) == ("专家号", 5000, "wechat")
    assert row["created_at"] == "2026-11-23T10:00:00+08:00"
    patient = row["patient"]
    assert (patient["name"], patient["phone"]) == ("王*明", "138****0001")
    assert patient["id_number"] == booked.patient.masked_id_number
    assert id_number(1) not in json.dumps(row)


def test_revealing_shows_and_is_written_down_first(town: Town) -> None:
    account = town.account()
    town.book(account, town.clinic()[0], town.register(account))
    (row,) = rows(town, "appointments", reveal=True)
    assert (row["patient"]["name"], row["patient"]["phone"]) == ("王小明", phone_number(1))
    assert row["patient"]["id_number"] == id_number(1)
    with town.db.read() as uow:
        entry = uow.session.scalars(select(AuditEntry).where(AuditEntry.action == "export.revealed")).one()
        assert (entry.subject, entry.actor) == ("export:appointments", "cli")


def test_states_versions_and_seats_follow_what_happened(town: Town) -> None:
    account = town.account()
    slots = town.clinic(seats=6)
    booked = town.book(account, slots[0], town.register(account))
    town.hospital.execute(Change("c", booked.id, slots[1]), account)
    town.hospital.execute(Cancel("x", booked.id), account)
    (row,) = rows(town, "appointments")
    assert (row["state"], row["version"]) == ("cancelled", 2)
    assert row["cancelled_at"] == "2026-11-23T10:00:00+08:00"
    states = [seat["state"] for seat in rows(town, "seats")]
    assert states == ["cooling", "free", "free", "cooling", "free", "free"]


def test_the_audit_can_be_read(town: Town) -> None:
    town.register(town.account())
    assert [row["action"] for row in rows(town, "audit")] == ["patient.registered"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_asked_for(town: Town, kind: str) -> None:
    found = rows(town, kind)
    assert found == [] or kind not in LATER


def test_an_unknown_kind_is_a_mistake(town: Town) -> None:
    with pytest.raises(ValueError, match="one of appointments"):
        list(export(town.db, "secrets"))


def test_pages_join_without_gap_or_repeat(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.services.exporting._PAGE", 2)
    town.clinic(seats=5)
    assert [row["number"] for row in rows(town, "seats")] == [1, 2, 3, 4, 5]


def test_a_push_from_its_plan_to_its_receipt(town: Town) -> None:
    account = town.account()
    booked = town.book(account, town.clinic()[0], town.register(account))
    Planner(town.hospital, readers.standard()).tick()
    with town.db.write() as uow:
        sent = uow.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "booked")).one()
        sent.state, sent.road, sent.rung, sent.receipt = OutboxState.SENT, "sms", 3, "delivered"
        for number, (road, code) in enumerate([("template", "43004"), ("sms", "")], start=1):
            uow.session.add(
                Attempt(
                    outbox_id=sent.id, number=number, road=road, code=code, client_id=f"{sent.id}.{number}",
                    at=uow.now,
                )
            )  # fmt: skip
    pushes = rows(town, "pushes")
    assert [(row["kind"], row["state"]) for row in pushes] == [
        ("booked", "queued"), ("booked_card", "queued"), ("visit_tomorrow", "planned"), ("visit_soon", "planned"),
    ]  # fmt: skip
    assert (pushes[2]["scope"], pushes[2]["due_at"]) == (
        f"appointment:{booked.id}", "2026-11-23T19:00:00+08:00",
    )  # fmt: skip
    delivery, _ = rows(town, "deliveries")
    assert (delivery["push_id"], delivery["channel"], delivery["state"]) == (
        pushes[0]["id"],
        "wechat",
        "sent",
    )
    assert (delivery["road"], delivery["rung"], delivery["receipt"]) == ("sms", 3, "delivered")
    assert [(a["number"], a["road"], a["code"]) for a in delivery["attempts"]] == [
        (1, "template", "43004"), (2, "sms", ""),
    ]  # fmt: skip
    assert "王" not in json.dumps([pushes, delivery], ensure_ascii=False)


def test_what_goes_by_sms_alone_is_exported_too(town: Town) -> None:
    patient = town.register(town.account())
    town.hospital.execute(Book("desk", town.clinic()[0], patient.id), None, actor="staff:0012")
    Planner(town.hospital, readers.standard()).tick()
    (delivery,) = rows(town, "deliveries")
    assert (delivery["account_id"], delivery["channel"], delivery["attempts"]) == (None, None, [])
