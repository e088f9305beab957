"""Planner rows: planned once, voided by version, together with what waits in the outbox."""

from datetime import timedelta

from sqlalchemy import insert, select

from bot.domain.states import OutboxState, PushState
from bot.pushes.kinds import Kinds
from bot.services import pushes
from bot.services.pushes import Planned
from bot.services.tables import table
from bot.store.models import OutboxMessage
from bot.store.push_models import Push
from tests.integration.services.town import Town, at

KINDS = Kinds.load()


def plan(town: Town, version: int = 1, scope: str = "appointment:1", kind: str = "visit_soon") -> bool:
    with town.db.write() as uow:
        return pushes.plan(
            uow, KINDS, town.clock.now(), kind=kind, scope=scope, version=version, patient_id=None,
            account_id=None, due_at=at(12),
        )  # fmt: skip


def rows(town: Town) -> dict[str, tuple[PushState, str]]:
    with town.db.read() as uow:
        return {row.key: (row.state, row.reason) for row in uow.session.scalars(select(Push))}


def test_the_same_push_is_planned_once(town: Town) -> None:
    assert plan(town)
    assert not plan(town)
    assert plan(town, version=2)
    with town.db.read() as uow:
        first = uow.session.scalars(select(Push).order_by(Push.id)).first()
        assert first is not None
        assert (first.key, first.priority, first.state) == (
            "visit_soon:appointment:1:1",
            2,
            PushState.PLANNED,
        )
        assert first.expires_at == at(12) + timedelta(hours=2)
        assert first.created_at == town.clock.now()


def test_ten_thousand_at_once(town: Town) -> None:
    many = [
        Planned("broadcast", "campaign:1", 1, None, None, at(12), extra_key=str(n)) for n in range(10_000)
    ]
    with town.db.write() as uow:
        assert pushes.plan_many(uow, KINDS, town.clock.now(), many) == 10_000
        assert pushes.plan_many(uow, KINDS, town.clock.now(), many[:777]) == 0
    assert town.count(Push) == 10_000


def test_a_newer_version_voids_what_was_planned_before_it(town: Town) -> None:
    plan(town, version=1)
    plan(town, version=2)
    plan(town, scope="appointment:2")
    with town.db.write() as uow:
        pushes.void(uow, "appointment:1", below_version=2, reason="changed")
    assert rows(town) == {
        "visit_soon:appointment:1:1": (PushState.VOID, "changed"),
        "visit_soon:appointment:1:2": (PushState.PLANNED, ""),
        "visit_soon:appointment:2:1": (PushState.PLANNED, ""),
    }


def test_what_waits_in_the_outbox_is_voided_and_what_was_sent_stays_sent(town: Town) -> None:
    kinds = ("booked", "visit_tomorrow", "visit_soon", "cancelled")
    for kind in kinds:
        plan(town, kind=kind)
    states = dict(
        zip(
            kinds,
            (OutboxState.SENT, OutboxState.PENDING, OutboxState.PAUSED, OutboxState.SENDING),
            strict=True,
        )
    )
    with town.db.write() as uow:
        for push in uow.session.scalars(select(Push)):
            push.state = PushState.QUEUED
            uow.session.execute(
                insert(table(OutboxMessage)).values(
                    key=push.key, kind=push.kind, push_id=push.id, body=b"", state=states[push.kind],
                    due_at=at(12), expires_at=at(14), created_at=at(9),
                )
            )  # fmt: skip
    with town.db.write() as uow:
        pushes.void(uow, "appointment:1", reason="cancelled")
    with town.db.read() as uow:
        outbox = {row.kind: row.state for row in uow.session.scalars(select(OutboxMessage))}
    assert outbox == {
        "booked": OutboxState.SENT,
        "visit_tomorrow": OutboxState.VOID,
        "visit_soon": OutboxState.VOID,
        "cancelled": OutboxState.SENDING,
    }
    assert {key.split(":")[0]: state for key, (state, _) in rows(town).items()} == {
        "booked": PushState.QUEUED,
        "visit_tomorrow": PushState.VOID,
        "visit_soon": PushState.VOID,
        "cancelled": PushState.QUEUED,
    }
