"""Proof 2: PostgreSQL is stopped immediately (as a crash would) and started again, in the middle of a broadcast; and the
line to it is reset, cut in mid-reply and falls silent.

The workers stay up, nothing is lost, and what was written down as sent was sent.
"""

import signal
import time
from contextlib import closing

from tests.faults.arrivals import arrived, falsely_sent
from tests.faults.proxy import Between
from tests.faults.report import Proof, command, seconds
from tests.faults.stage import Stage

DATABASES = ("postgres",)
HASTY = {"lease": 8.0, "reap": 0.5, "apart": 0.1}
SILENCE = 12.0
"""Seconds of a black hole: longer than TCP_USER_TIMEOUT, after which the kernel gives the line up."""


def prove(stage: Stage) -> Proof:
    number, restarts = stage.scale(120, 4000), stage.scale(1, 3)
    waits = {} if stage.full else HASTY
    tricks = (
        ({"reset": True}, {"cut_after": 20_000}, {"black_hole": True}) if stage.full else ({"reset": True},)
    )
    proof = Proof(
        "2 PostgreSQL restarts",
        f"immediate restart ×{restarts}, then the line {' / '.join(name for trick in tricks for name in trick)}, "
        f"while {number} notices go out",
    )
    server, faults = stage.ground.postgres, restarts + len(tricks)
    folder = server.url.rpartition("host=")[2]
    with closing(Between(f"{folder}/.s.PGSQL.5432")) as line:
        name = stage.database_url.partition("?")[0].rpartition("/")[2]
        stage.environment["DATABASE_URL"] = f"postgresql://postgres@127.0.0.1:{line.port}/{name}"
        stage.gateway.behave(latency=0.08)
        stage.messages(stage.accounts(number))
        began = time.monotonic()
        for role in ("worker", "worker", "scheduler"):
            stage.start(role, **waits)
        for step in range(restarts):
            _taken(stage, number * (step + 1) // (faults + 2))
            server.end(signal.SIGQUIT)
            time.sleep(stage.scale(0, 1))
            server.start()
            stage.db.engine.dispose()  # ours; theirs find out for themselves
        for step, trick in enumerate(tricks, restarts):
            _taken(stage, number * (step + 1) // (faults + 2))
            line.tell(**trick)
            time.sleep(SILENCE if "black_hole" in trick else 1)
            line.tell()
        stage.settled(200)
        proof.figures["all settled after"] = seconds(time.monotonic() - began)
        proof.claim("every process is still the same", not any(each.gone() for each in stage.processes))
        falsely_sent(proof, stage, stage.gateway.seen())
        return arrived(proof, stage, number, faults=faults)


def _taken(stage: Stage, number: int) -> None:
    stage.until(lambda: stage.gateway.ask("figures")["taken"] >= number, 100, f"{number} sent", every=0.02)


if __name__ == "__main__":
    command("tests.faults.postgres_restarts", DATABASES, prove)
