"""Proof 4: a gateway that answers 502, not at all, with a reset, with errcodes inside a 200, and whose tokens end early.

Nothing is counted as sent that no patient has; each token's end costs one refresh, whatever the number of threads and
processes; an API that says 45009 is left alone.
"""

import time
from collections import Counter

from bot.domain.states import OutboxState
from tests.faults.arrivals import falsely_sent
from tests.faults.report import Proof, command, seconds
from tests.faults.stage import Stage

DATABASES = ("postgres", "sqlite")
SMALL = ("sqlite",)
WORKERS = 2
BAD = {"http_5xx": 0.3, "timeout": 0.1, "reset": 0.05, "errcodes": {"-1": 0.03, "45015": 0.01, "47003": 0.01}}
FOR_GOOD = ("45015", "47003")


def prove(stage: Stage) -> Proof:
    number, expiries, stopped = stage.scale(60, 3000), stage.scale(2, 6), stage.scale(20, 300)
    waits = {"lease": 30.0, "reap": 1.0, "delays": stage.scale(1, 4) / 1000, "timeout": stage.scale(1, 5)}
    proof = Proof(
        "4 bad gateway",
        f"30 % 502, 10 % no answer, 5 % resets, 5 % errcodes in a 200, {expiries} tokens ended early, for {number} "
        f"notices and {WORKERS} workers (retries' delays ×{waits['delays']}); then 45009 for {stopped}",
    )
    stage.gateway.behave(latency=0.05, **BAD)
    accounts = stage.accounts(number)
    stage.messages(accounts)
    began = time.monotonic()
    for role in ("worker",) * WORKERS + ("scheduler",):
        stage.start(role, **waits)
    for step in range(expiries):
        _seen(stage, number * (step + 1) // (expiries + 1))
        stage.gateway.ask("expire")
    stage.settled(200)
    proof.figures["all settled after"] = seconds(time.monotonic() - began)
    _judge(proof, stage, expiries)
    _quota(proof, stage, accounts[:stopped])
    return proof


def _judge(proof: Proof, stage: Stage, expiries: int) -> None:
    figures, rows, seen = stage.gateway.ask("figures"), stage.rows(), stage.gateway.seen()
    states = Counter(str(row.state) for row in rows)
    taken = Counter(each.key for each in seen if each.taken)
    shown = len({each.key for each in seen if each.taken})
    dead = [row for row in rows if row.state is OutboxState.DEAD]
    proof.figures |= {
        "requests": figures["seen"], "answers": figures["answers"], "rows": dict(states),
        "token refreshes": f"{figures['fetches']} for {expiries} ends and the start",
        "sent again after an unknown outcome": taken.total() - shown,
    }  # fmt: skip
    falsely_sent(proof, stage, seen)
    proof.claim("at most one refresh for each token's end", figures["fetches"] <= expiries + 1)
    proof.claim("what is dead says why", all(row.error for row in dead))
    refused = {each.key.partition(".")[0] for each in seen if str(each.answer) in FOR_GOOD}
    given_up = {str(row.id) for row in dead}
    proof.claim("what was refused for good is dead", refused <= given_up)
    proof.claim(
        "what is dead was refused, or tried seven times",
        all(str(row.id) in refused or row.attempts >= 7 for row in dead),
    )


def _quota(proof: Proof, stage: Stage, accounts: list[int]) -> None:
    """45009: after the first one and those under way nobody asks any more."""
    stage.gateway.ask("forget")
    stage.gateway.behave(latency=0.05, errcodes={"45009": 1.0})
    stage.messages(accounts, name="quota")
    stage.until(lambda: stage.states(error="45009").total() >= len(accounts), 150, "stopped by 45009")
    asked = stage.gateway.ask("figures")
    time.sleep(1)
    proof.figures["asked under 45009"] = f"{asked['seen']} of {len(accounts)}"
    proof.claim("an API that is used up is left alone", stage.gateway.ask("figures")["seen"] == asked["seen"])
    proof.claim("only what was under way was asked", asked["seen"] <= max(asked["most_at_once"] * 2, 1))


def _seen(stage: Stage, number: int) -> None:
    stage.until(lambda: stage.gateway.ask("figures")["seen"] >= number, 100, f"{number} asked", every=0.02)


if __name__ == "__main__":
    command("tests.faults.bad_gateway", DATABASES, prove)
