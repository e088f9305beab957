"""Proof 7: messages that can never be sent: one the gateway never takes, one nobody can read, one that kills its worker.

Each is dead after a known number of tries, and none of their neighbours waits for them.
"""

import time

from sqlalchemy import update

from bot.domain.states import OutboxState
from bot.store.models import OutboxMessage
from tests.faults.report import Proof, command, percentile, seconds
from tests.faults.stage import Stage

DATABASES = ("postgres", "sqlite")
SMALL = ("sqlite",)
TRIES = 7
"""Of a message the gateway never takes: the first, and six more (`scheduler.retries`)."""


def prove(stage: Stage) -> Proof:
    number, kills = stage.scale(200, 3000), stage.scale(6, 10)
    waits = {
        "lease": stage.scale(20, 30) / 10,
        "reap": 0.3,
        "delays": stage.scale(1, 5) / 1000,
        "deadly": 1,
        "apart": stage.scale(1, 5) / 10,
        "kills": kills,
    }
    proof = Proof(
        "7 poison messages",
        f"one that always gets 502, one unreadable, one that kills its worker, among {number} neighbours",
    )
    stage.gateway.behave(latency=stage.scale(2, 8) / 100, always={"opoison000000": 502})
    stage.messages(stage.accounts(number // 2, "obefore"), name="before")
    bad = {name: stage.accounts(1, f"o{name}")[0] for name in ("poison", "garbled", "deadly")}
    for name, account in bad.items():
        stage.messages([account], name=name)
    with stage.db.write() as uow:
        garbled = OutboxMessage.key == "garbled:0"
        uow.session.execute(update(OutboxMessage).where(garbled).values(body=b"\x01garbled"))
    stage.messages(stage.accounts(number - number // 2, "oafter"), name="after")
    began, killed = time.time(), 0
    workers = [stage.start("worker", **waits) for _ in range(2)]
    stage.start("scheduler", **waits)
    while stage.open() and killed <= kills and time.time() - began < 200:
        for worker in [each for each in workers if each.gone()]:
            killed += 1
            workers.remove(worker)
            stage.processes.remove(worker)
            workers.append(stage.start("worker", **waits))
        time.sleep(0.1)
    rows = {row.key: row for row in stage.rows()}
    neighbours = [row for key, row in rows.items() if key.startswith(("before", "after"))]
    tries = sum(each.to == "opoison000000" for each in stage.gateway.seen())
    waited = [each.at - began for each in stage.gateway.seen() if each.to.startswith(("obefore", "oafter"))]
    proof.figures |= {
        "refused": f"{rows['poison:0'].state} after {tries} tries",
        "unreadable": f"{rows['garbled:0'].state}",
        "deadly": f"{rows['deadly:0'].state} after {killed} workers",
        "neighbours sent": sum(row.state is OutboxState.SENT for row in neighbours),
        "median": seconds(percentile(waited, 0.5)), "last": seconds(max(waited)),
    }  # fmt: skip
    for name in bad:
        proof.claim(f"the {name} message is dead", rows[f"{name}:0"].state is OutboxState.DEAD)
    proof.claim(f"a refused one is tried at most {TRIES} times", 1 <= tries <= TRIES)
    proof.claim(f"a deadly one costs {kills} workers", killed == kills)
    proof.claim("every neighbour is sent", all(row.state is OutboxState.SENT for row in neighbours))
    return proof


if __name__ == "__main__":
    command("tests.faults.poison", DATABASES, prove)
