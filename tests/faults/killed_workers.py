"""Proof 1: kill -9 of a random worker in the middle of a broadcast.

Nothing is lost; what is doubled was under way when its worker died, and went out again under the same client_msg_id,
by which the platform knows it.
"""

import random
import time

from tests.faults.arrivals import arrived
from tests.faults.report import Proof, command, seconds
from tests.faults.stage import Stage

DATABASES = ("postgres", "sqlite")
WORKERS = 2
HASTY = {"lease": 2.0, "reap": 0.3}


def prove(stage: Stage) -> Proof:
    number, kills = stage.scale(160, 10_000), stage.scale(2, 10)
    waits = {} if stage.full else HASTY
    proof = Proof(
        "1 killed workers", f"kill -9 of one of {WORKERS} workers ×{kills} while {number} notices go out"
    )
    dice = random.Random(20261123)
    stage.gateway.behave(latency=0.08)
    stage.messages(stage.accounts(number))
    began = time.monotonic()
    workers = [stage.start("worker", **waits) for _ in range(WORKERS)]
    stage.start("scheduler", **waits)
    for kill in range(kills):
        _until_sent(stage, number * (kill + 1) // (kills + 2))
        dies = dice.randrange(WORKERS)
        stage.kill(workers[dies])
        workers[dies] = stage.start("worker", **waits)
    stage.settled(200)
    proof.figures["all settled after"] = seconds(time.monotonic() - began)
    return arrived(proof, stage, number, faults=kills)


def control(stage: Stage) -> Proof:
    """Without the lease and the fixed client_msg_id: rows are claimed again while they are being sent."""
    proof = Proof("1 control", "no lease to speak of, client_msg_id by chance")
    stage.gateway.behave(latency=0.5)
    stage.messages(stage.accounts(40))
    waits = {"lease": 0.05, "reap": 0.1, "keys": 1}
    for role in ("scheduler", "worker"):
        stage.start(role, **waits)
    stage.until(lambda: len(stage.gateway.seen()) > 60, 30, "doubled")
    return arrived(proof, stage, 40, faults=0)


def _until_sent(stage: Stage, number: int) -> None:
    def sent() -> bool:
        return int(stage.gateway.ask("figures")["taken"]) >= number

    stage.until(sent, 120, f"{number} sent", every=0.02)


if __name__ == "__main__":
    command("tests.faults.killed_workers", DATABASES, prove)
