"""Proof 9: a suspension is announced while 100,000 surveys are queued: its notices do not stand in their line."""

import time

from sqlalchemy import select

from bot.store.models import OutboxMessage
from tests.faults.report import Proof, command, percentile, seconds
from tests.faults.stage import Stage

DATABASES = ("postgres", "sqlite")
WORKERS = 2
LATENCY = 0.08
FIRST, ALL = 2.0, 60.0
"""Seconds: the first notice, and 10,000 of them; held to at full scale."""


def prove(stage: Stage, *, priority: int = 0) -> Proof:
    surveys, notices = stage.scale(1500, 100_000), stage.scale(100, 10_000)
    proof = Proof(
        "9 suspension among surveys",
        f"{notices} suspension notices amid {surveys} queued surveys, {WORKERS} workers, gateway {LATENCY * 1000:.0f} ms",
    )
    stage.gateway.behave(latency=LATENCY)
    accounts = stage.accounts(surveys)
    stage.messages(accounts, name="survey", priority=3, text="问卷")
    for _ in range(WORKERS):
        stage.start("worker")
    stage.until(
        lambda: stage.gateway.ask("figures")["taken"] > surveys // 100, 60, "sending surveys", every=0.02
    )
    began = time.time()
    stage.messages(accounts[:notices], name="suspension", priority=priority, text="停诊")
    committed = time.time()
    stage.until(lambda: stage.open(priority=priority) == 0, 200, "all notices sent", every=0.2)
    waiting = stage.open(priority=3)
    with stage.db.read() as uow:
        wanted = select(OutboxMessage.id).where(OutboxMessage.key.startswith("suspension:"))
        ids = {str(each) for each in uow.connection.execute(wanted).scalars()}
    at = sorted(each.at - began for each in stage.gateway.seen() if each.key.partition(".")[0] in ids)
    proof.figures |= {
        "notices written in": seconds(committed - began), "first send": seconds(at[0]),
        "half": seconds(percentile(at, 0.5)), "all": seconds(at[-1]), "notices/s": round(len(at) / at[-1]),
        "surveys waiting then": waiting,
    }  # fmt: skip
    proof.claim("each notice went out once", len(at) == notices)
    proof.claim("surveys wait, not notices", waiting > 0)
    if stage.full:
        proof.claim(f"first send ≤ {FIRST:.0f} s", at[0] <= FIRST)
        proof.claim(f"all ≤ {ALL:.0f} s", at[-1] <= ALL)
    return proof


def control(stage: Stage) -> Proof:
    """As urgent as a survey: it stands in their line."""
    return prove(stage, priority=3)


if __name__ == "__main__":
    command("tests.faults.urgent_first", DATABASES, prove)
