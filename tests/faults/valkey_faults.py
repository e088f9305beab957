"""Proof 3: Valkey is restarted (and empty), flushed, and frozen for half a minute, during dialogs and sends.

Conversations may have to begin again; every patient ends with exactly one appointment, every notice arrives.
"""

import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import redis

from tests.faults.arrivals import arrived, falsely_sent
from tests.faults.chat import Correspondent, Webhook, insist, one_each, open_hospital, visitors
from tests.faults.report import Proof, command, seconds
from tests.faults.stage import Stage

DATABASES = ("postgres", "sqlite")
SMALL = ("sqlite",)


def prove(stage: Stage) -> Proof:
    number, people, freeze = stage.scale(30, 3000), stage.scale(1, 6), stage.scale(2, 30)
    waits = {"delays": stage.scale(5, 20) / 100}
    proof = Proof(
        "3 Valkey faults",
        f"restart, FLUSHALL, {freeze} s SIGSTOP, each while {people} patients book and {number} notices go out "
        f"(retries' delays ×{waits['delays']})",
    )
    stage.gateway.behave(latency=0.08)
    accounts = stage.accounts(3 * number, "onotice")
    server = stage.ground.valkey

    def restart() -> None:
        server.end(signal.SIGKILL)
        server.start()

    def flush() -> None:
        with redis.Redis.from_url(server.url) as client:
            client.flushall()

    def freezes() -> None:
        assert server.process is not None
        server.process.send_signal(signal.SIGSTOP)
        time.sleep(freeze)
        server.process.send_signal(signal.SIGCONT)

    with closing(Webhook(open_hospital(stage))) as webhook:
        for role in ("worker", "scheduler"):
            stage.start(role, **waits)
        phones = visitors(stage, webhook, 3 * people)
        for step, fault in enumerate((restart, flush, freezes)):
            chosen = phones[step * people : (step + 1) * people]
            stage.messages(accounts[step * number : (step + 1) * number], name=fault.__name__)
            took = _under(fault, chosen)
            stage.settled(200)
            proof.figures[fault.__name__] = f"{seconds(took)} for the dialogs"
        proof.claim("every process is still the same", not any(each.gone() for each in stage.processes))
        calls: list[Correspondent] = [each.patient for each in phones]  # type: ignore[misc]
        proof.figures |= {
            "answers that came late": sum(each.late for each in calls),
            "messages said again": sum(each.excuses for each in phones),
            "slowest webhook": seconds(max(each.slowest for each in calls)),
        }  # fmt: skip
    one_each(proof, stage, 3 * people)
    falsely_sent(proof, stage, stage.gateway.seen())
    return arrived(proof, stage, 3 * number, faults=3, to="onotice")


def _under(fault: Callable[[], None], people: list[object]) -> float:
    """They begin to talk, then it strikes; how long until everybody has an appointment."""
    began = time.monotonic()
    with ThreadPoolExecutor(len(people)) as pool:
        talks = [pool.submit(insist, each, pause=0.1) for each in people]  # type: ignore[arg-type]
        time.sleep(0.3)
        fault()
        assert all(talk.result() for talk in talks), "somebody got no appointment"
    return time.monotonic() - began


if __name__ == "__main__":
    command("tests.faults.valkey_faults", DATABASES, prove)
