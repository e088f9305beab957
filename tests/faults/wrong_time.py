"""Proof 6: the clock of the machine that sends jumps an hour ahead, then an hour behind, in the middle of sending.

On PostgreSQL the database's clock counts: nothing goes out early, twice or never.  On SQLite the machine's clock is all
there is: what it says is due goes out, nothing is lost, and a jump doubles at most what was under way.  What an hour ahead
took for lost is due again in that hour: it goes out when the hour has come.  The ticks go on.
"""

from datetime import timedelta

from sqlalchemy import update

from bot.domain.speech import Reply
from bot.domain.states import OutboxState
from bot.store.models import OutboxMessage
from bot.store.outbox import Message, put_many
from tests.faults import wrong_clock
from tests.faults.arrivals import arrived
from tests.faults.report import Proof, command, seconds
from tests.faults.stage import Stage

DATABASES = ("postgres", "sqlite")
CONTROL = "nothing goes out before its time"
"""The claim that the control breaks."""
HOUR = 3600.0


def prove(stage: Stage) -> Proof:
    number, later = stage.scale(150, 4000), stage.scale(20, 200)
    proof = Proof(
        "6 clock ±1 h",
        f"worker and scheduler jump +1 h, then −1 h, then back while {number} notices go out and {later} are due in 30 min",
    )
    stage.gateway.behave(latency=0.08)
    stage.messages(stage.accounts(number, "onow"))
    _later(stage, stage.accounts(later, "olater"))
    clock = stage.folder / "clock"
    wrong_clock.tell(clock, 0)
    for role in ("worker", "scheduler"):
        stage.start(role, clock=str(clock), reap=0.5)
    for share, hours in ((0.2, +1), (0.5, -1), (0.8, 0)):
        if (
            hours or stage.dialect == "postgres"
        ):  # set back, SQLite has nothing due until the hour is made up for
            _taken(stage, int(number * share))
        wrong_clock.tell(clock, hours * HOUR)
        if hours < 0:
            proof.figures["a tick after the jump back"] = seconds(_tick_comes(stage))
    stage.until(lambda: _open(stage, "n:") == _put_off(stage, "n:"), 150, "all due sent")
    jumps = 0 if stage.dialect == "postgres" else 3
    proof.figures["put off by the wrong hour"] = put_off = _put_off(stage, "n:")
    proof.claim("the wrong hour puts nothing off on PostgreSQL", stage.dialect == "sqlite" or not put_off)
    if put_off:
        wrong_clock.tell(clock, HOUR + 60)
        jumps += 1
        stage.until(lambda: _open(stage, "n:") == 0, 150, "what was put off sent when its hour had come")
    early = sum(each.to.startswith("olater") for each in stage.gateway.seen())
    proof.figures["due in 30 min and sent"] = early
    if stage.dialect == "postgres":
        proof.claim("nothing goes out before its time", early == 0)
    proof.claim("every process is still the same", not any(each.gone() for each in stage.processes))
    return arrived(proof, stage, number, faults=jumps, to="onow", keys="n:")


def control(stage: Stage) -> Proof:
    """Where the clock of the sending machine counted, an hour ahead would send what is due in half an hour."""
    proof = Proof("6 control", "the messages' time has come by the database's clock too")
    stage.messages(stage.accounts(5, "onow"))
    _later(stage, stage.accounts(5, "olater"))
    with stage.db.write() as uow:
        uow.session.execute(update(OutboxMessage).values(due_at=uow.now - timedelta(minutes=1)))
    stage.start("worker")
    stage.until(lambda: stage.open() == 0, 120, "sent")
    early = sum(each.to.startswith("olater") for each in stage.gateway.seen())
    proof.claim("nothing goes out before its time", early == 0)
    return proof


def _later(stage: Stage, accounts: list[int]) -> None:
    with stage.db.write() as uow:
        due = uow.now + timedelta(minutes=30)
        put_many(uow, [
            Message(f"later:{n}", "late_reply", account, (Reply("三十分钟后"),), due_at=due)
            for n, account in enumerate(accounts)
        ])  # fmt: skip


def _tick_comes(stage: Stage) -> float:
    """A lease that ended long ago is found: the scheduler does not sleep for the hour it was set back."""
    (account,) = stage.accounts(1, "olost")
    with stage.db.write() as uow:
        put_many(uow, [Message("lost:0", "late_reply", account, (Reply("掉队"),), priority=3)])
        lost = {"state": OutboxState.SENDING, "lease_token": "x", "lease_until": uow.now - timedelta(hours=2)}
        uow.session.execute(update(OutboxMessage).where(OutboxMessage.key == "lost:0").values(**lost))
    return stage.until(lambda: _open(stage, "lost:") == 0, 120, "reaped")


def _open(stage: Stage, prefix: str) -> int:
    going = (OutboxState.PENDING, OutboxState.SENDING)
    return sum(row.key.startswith(prefix) and row.state in going for row in stage.rows())


def _put_off(stage: Stage, prefix: str) -> int:
    """Reaped while the clock was an hour ahead, and due in that hour."""
    soon = stage.clock.now() + timedelta(minutes=20)
    return sum(
        row.key.startswith(prefix) and row.state is OutboxState.PENDING and row.due_at > soon
        for row in stage.rows()
    )


def _taken(stage: Stage, number: int) -> None:
    stage.until(lambda: stage.gateway.ask("figures")["taken"] >= number, 150, f"{number} sent", every=0.02)


if __name__ == "__main__":
    command("tests.faults.wrong_time", DATABASES, prove)
