"""What the proofs judge by can fail, and `make faults` then says so in its table and leaves with 1."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest

from bot.domain.states import OutboxState
from bot.store.models import OutboxMessage
from tests.faults import PROOFS
from tests.faults.__main__ import in_a_process, main
from tests.faults.arrivals import arrived, falsely_sent
from tests.faults.gateway import Seen
from tests.faults.report import Proof
from tests.faults.stage import Stage

SEEN = [Seen(0.0, "template", f"o{n}", f"{n}.0", 0, True) for n in (1, 2, 3)]
AGAIN = replace(SEEN[0], answer=40241)


@dataclass
class Evidence:
    """A stage after the play: what the gateway saw, and our rows."""

    requests: list[Seen]
    attempts: int = 1

    @property
    def gateway(self) -> "Evidence":
        return self

    def seen(self) -> list[Seen]:
        return self.requests

    def ask(self, _: str) -> dict[str, int]:
        return {"most_at_once": 1}

    def rows(self) -> list[OutboxMessage]:
        return [
            OutboxMessage(
                id=n, key=f"n:{n}", kind="late_reply", state=OutboxState.SENT, attempts=self.attempts
            )
            for n in (1, 2, 3)
        ]


def judged(requests: list[Seen], *, attempts: int = 1, faults: int = 1) -> Proof:
    stage = cast("Stage", cast("Any", Evidence(requests, attempts)))
    proof = Proof("x", "done")
    falsely_sent(proof, stage, requests)
    return arrived(proof, stage, 3, faults=faults)


def test_all_there_once_holds() -> None:
    assert judged(SEEN).holds
    assert judged([*SEEN, AGAIN], attempts=2).holds, "dropped by the platform, and under way at the one kill"


@pytest.mark.parametrize(
    ("proof", "broken"),
    [
        (lambda: judged(SEEN[:2]), {"nothing is lost", "nothing is counted as sent falsely"}),
        (
            lambda: judged([*SEEN[:2], replace(SEEN[2], taken=False, answer=502)]),
            {"nothing is lost", "nothing is counted as sent falsely"},
        ),
        (lambda: judged([*SEEN, AGAIN]), {"doubles ≤ rows claimed again"}),
        (lambda: judged([*SEEN, AGAIN], attempts=2, faults=0), {"doubles ≤ sends under way, for each fault"}),
        (
            lambda: judged([*SEEN, replace(SEEN[0], key="1.9")], attempts=2),
            {"nobody sees anything twice", "each double has the same client_msg_id"},
        ),
    ],
)
def test_what_should_not_be_is_seen(proof: Callable[[], Proof], broken: set[str]) -> None:
    assert set(proof().broken) == broken


@pytest.mark.parametrize(
    ("evidence", "code", "verdict"), [(SEEN, 0, "holds"), (SEEN[:2], 1, "BROKEN: nothing")]
)
def test_one_table_and_1_if_one_does_not_hold(
    evidence: list[Seen], code: int, verdict: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([], lambda name: replace(judged(evidence if name == "poison" else SEEN), name=name)) == code
    table = [line for line in capsys.readouterr().out.splitlines() if line.startswith("|")]
    assert [line.split(" | ")[0] for line in table[2:]] == [f"| {name}" for name in PROOFS]
    (said,) = [line for line in table if line.startswith("| poison")]
    assert verdict in said


def test_a_proof_that_dies_does_not_hold(capsys: pytest.CaptureFixture[str]) -> None:
    proof = in_a_process("no_such_proof")
    assert not proof.holds
    assert "no_such_proof" in proof.verdict
