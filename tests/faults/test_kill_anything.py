"""kill -9 of any process in the middle of a conversation loses nothing: everybody ends with exactly one appointment."""

import json
import random
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.faults.platform import ACCOUNT, Visitor, platform, visitor
from tests.house import ROLES, House, command, free_port, running

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
VISITORS = 1
"""Each has a dozen kills to live through."""
PATIENCE = 40
"""Turns after which somebody who answers every question must have his appointment."""


def test_everybody_gets_exactly_one_appointment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    port, dice, killed = free_port(), random.Random(20261123), Counter[str]()
    with platform(tmp_path / "platform", port) as url:
        environment = {**ACCOUNT, "WECHAT_API_BASE": f"{url}/sandbox/wechat"}
        with running(tmp_path / "house", port, **environment) as house:
            visitors = [visitor(url, index) for index in range(VISITORS)]
            for someone in visitors:
                while not _step_under_fire(someone, house, ROLES[killed.total() % len(ROLES)], dice, killed):
                    assert someone.turns < PATIENCE, _told(house, someone)
                    house.wait_up()
            house.wait_up()
            made = _appointments(house)
        outcome = Counter(row["state"] for row in made)
        with capsys.disabled():
            print(
                f"\n  {killed.total()} kills ({', '.join(f'{role} {n}' for role, n in killed.items())}) in "
                f"{sum(v.turns for v in visitors)} turns: {dict(outcome)} of {VISITORS} visitors, "
                f"{sum(v.excuses for v in visitors)} messages said again"
            )
    assert outcome == {"booked": VISITORS}
    assert set(killed) == set(ROLES)
    assert len({row["patient"]["id"] for row in made}) == VISITORS
    assert len({row["seat_id"] for row in made}) == VISITORS


def _step_under_fire(
    someone: Visitor, house: House, role: str, dice: random.Random, killed: Counter[str]
) -> bool:
    """One message to a healthy house, with a kill -9 somewhere between its start and its answer."""
    delay = dice.uniform(0, 0.06)

    def fire() -> None:
        time.sleep(delay)
        try:
            house.kill(role)
        except (KeyError, ProcessLookupError):
            return  # it has not come back yet from the last one
        killed[role] += 1

    assassin = threading.Thread(target=fire)
    assassin.start()
    done = someone.step()
    assassin.join()
    return done


def _appointments(house: House) -> list[dict[str, Any]]:
    exported = command("export", "appointments", "--jsonl", data=house.data, SUIZHEN_DEMO="1")
    assert exported.returncode == 0, exported.stderr
    return [json.loads(line) for line in exported.stdout.splitlines()]


def _told(house: House, someone: Visitor) -> str:
    return f"{someone}\n{someone.patient.last}\n{house.console()[-3000:]}"
