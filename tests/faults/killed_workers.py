"""Proof 1: kill -9 of a random worker in the middle of a broadcast.

Nothing is lost; what is doubled was under way when its worker died, and went out again under the same client_msg_id,
by which the platform knows it.  What the broadcast says of itself adds up at every moment.
"""

import random
import time

from bot.domain.states import CampaignState, OutboxState
from tests.faults import campaign
from tests.faults.arrivals import arrived
from tests.faults.report import Proof, command, seconds
from tests.faults.stage import Stage

DATABASES = ("postgres", "sqlite")
CONTROL = "each double has the same client_msg_id"
"""The claim that the control breaks."""
WORKERS = 2
HASTY = {"lease": 8.0, "reap": 0.3, "apart": 0.1}
"""A busy machine must not let the lease of a living worker run out: that doubles too, and is no kill's fault."""


def prove(stage: Stage) -> Proof:
    number, kills = stage.scale(160, 10_000), stage.scale(2, 10)
    waits = {} if stage.full else HASTY
    proof = Proof(
        "1 killed workers",
        f"kill -9 of one of {WORKERS} workers ×{kills} in a broadcast to {number} patients",
    )
    dice = random.Random(20261123)
    stage.gateway.behave(latency=0.08)
    running = campaign.to_visitors(stage, stage.accounts(number))
    began = time.monotonic()
    workers = [stage.start("worker", **waits) for _ in range(WORKERS)]
    stage.start("scheduler", **waits)
    adds_up, claimed = [], 0
    for kill in range(kills):
        _until_sent(stage, number * (kill + 1) // (kills + 2))
        dies = dice.randrange(WORKERS)
        stage.kill(workers[dies])
        claimed += stage.states()[OutboxState.SENDING]
        adds_up.append(campaign.standing(stage, running).adds_up)
        workers[dies] = stage.start("worker", **waits)
    stage.until(lambda: campaign.standing(stage, running).state is CampaignState.DONE, 200, "done")
    proof.figures["done after"] = seconds(time.monotonic() - began)
    told = campaign.standing(stage, running)
    proof.figures["the broadcast says"] = f"{dict(told.places)} of {told.recipients}, {dict(told.by_road)}"
    proof.claim("the broadcast adds up at every kill", all(adds_up))
    proof.claim("it says that all are sent", told.adds_up and told.places == {"sent": number})
    proof.claim("all over its first road", told.by_road == {"template": number})
    return arrived(proof, stage, number, faults=kills, kind="broadcast", under_way=claimed)


def control(stage: Stage) -> Proof:
    """Without the lease and the fixed client_msg_id: rows are claimed again while they are being sent."""
    proof = Proof("1 control", "no lease to speak of, client_msg_id by chance")
    stage.gateway.behave(latency=0.5)
    stage.messages(stage.accounts(40))
    waits = {"lease": 0.05, "reap": 0.1, "apart": 0.01, "keys": 1}
    for role in ("scheduler", "worker"):
        stage.start(role, **waits)
    stage.until(lambda: len(stage.gateway.seen()) > 60, 150, "doubled")
    return arrived(proof, stage, 40, faults=0)


def _until_sent(stage: Stage, number: int) -> None:
    def sent() -> bool:
        return int(stage.gateway.ask("figures")["taken"]) >= number

    stage.until(sent, 120, f"{number} sent", every=0.02)


if __name__ == "__main__":
    command("tests.faults.killed_workers", DATABASES, prove)
