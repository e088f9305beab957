"""Proof 9: clinics are suspended while 100,000 surveys are queued: the notices do not stand in their line.

From the saga's door (`Suspensions.start`) over its cases, the planner and the ladder to the gateway.
"""

import random
import time

from sqlalchemy import func, select

from bot.domain.states import OutboxState
from bot.domain.suspension import Started
from bot.services.hospital import Hospital
from bot.services.suspension.saga import Suspensions
from bot.store.models import OutboxMessage
from tests.faults.report import Proof, command, percentile, seconds
from tests.faults.stage import Stage
from tests.faults.visits import booked

DATABASES = ("postgres", "sqlite")
CONTROL = "surveys wait, not notices"
"""The claim that the control breaks."""
SMALL = ("postgres",)
WORKERS = 2
LATENCY = 0.08
FIRST, ALL = 2.0, 60.0
"""Seconds: the first notice, and 10,000 of them; held to at full scale."""
AS_A_SURVEY = "kinds: {suspension: {priority: 3}}\n"


def prove(stage: Stage) -> Proof:
    surveys, visits = stage.scale(1000, 100_000), stage.scale(40, 10_000)
    proof = Proof(
        "9 suspension among surveys",
        f"{visits} appointments suspended amid {surveys} queued surveys, {WORKERS} workers, one scheduler, "
        f"gateway {LATENCY * 1000:.0f} ms",
    )
    stage.gateway.behave(latency=LATENCY)
    if not stage.full:  # or the few surveys are gone before the notices are there
        stage.environment["DELIVERY_THREADS"] = "12"
    accounts = stage.accounts(surveys)
    scope = booked(stage.db, accounts[:visits])
    stage.messages(accounts, name="survey", priority=3, text="问卷")
    hospital = Hospital(stage.db, clock=stage.clock, rng=random.Random(1), settings=stage.settings)
    saga = Suspensions(hospital)
    for role in ("scheduler",) + ("worker",) * WORKERS:
        stage.start(role)
    stage.until(
        lambda: stage.gateway.ask("figures")["taken"] > surveys // 100, 150, "sending surveys", every=0.02
    )
    began = time.time()
    started = saga.start(scope, key="proof", reason="医生临时外出", actor="cli")
    confirmed = time.time()
    assert isinstance(started, Started)
    saga.work()  # as `python -m bot suspend` does
    worked = time.time()
    stage.until(lambda: _settled(stage) >= started.affected, 200, "all told", every=0.2)
    waiting = stage.open(priority=3)
    ids = _notices(stage)
    at = sorted(each.at - began for each in stage.gateway.seen() if each.key.partition(".")[0] in ids)
    proof.figures |= {
        "affected": started.affected, "confirmed in": seconds(confirmed - began), "offers kept after":
        seconds(worked - began), "first send": seconds(at[0]), "half": seconds(percentile(at, 0.5)),
        "all": seconds(at[-1]), "notices/s": round(len(at) / at[-1]), "surveys waiting then": waiting,
    }  # fmt: skip
    proof.claim("everybody with an appointment is affected", started.affected == visits)
    proof.claim("each is told once", len(at) == visits)
    proof.claim("surveys wait, not notices", waiting > 0)
    if stage.full:
        proof.claim(f"first send ≤ {FIRST:.0f} s", at[0] <= FIRST)
        proof.claim(f"all ≤ {ALL:.0f} s", at[-1] <= ALL)
    return proof


def control(stage: Stage) -> Proof:
    """As urgent as a survey: they stand in their line."""
    (stage.folder / "kinds.yaml").write_text(AS_A_SURVEY)
    return prove(stage)


def _settled(stage: Stage) -> int:
    done = (OutboxState.SENT, OutboxState.DEAD, OutboxState.STAFF)
    wanted = select(func.count()).where(OutboxMessage.kind == "suspension", OutboxMessage.state.in_(done))
    with stage.db.read() as uow:
        return int(uow.connection.execute(wanted).scalar_one())


def _notices(stage: Stage) -> set[str]:
    with stage.db.read() as uow:
        wanted = select(OutboxMessage.id).where(OutboxMessage.kind == "suspension")
        return {str(each) for each in uow.connection.execute(wanted).scalars()}


if __name__ == "__main__":
    command("tests.faults.urgent_first", DATABASES, prove)
