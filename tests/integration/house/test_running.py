"""`make run` once it is up: what it answers, a second start beside it, and whatever is killed comes back."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import ROLES, House, command, free_port, processes_of, running, wait_until

pytestmark = [
    pytest.mark.faults,
    pytest.mark.xdist_group("house"),
    pytest.mark.timeout(600),
]  # one for all of them
PATIENCE = 120
"""Seconds: far more than is needed, so that a busy machine fails no test."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running(tmp_path_factory.mktemp("house")) as up:
        yield up


def test_the_addresses_it_prints_answer(house: House) -> None:
    wait_until(lambda: "is up after" in house.console(), PATIENCE, house.console)
    for path in ("/phone", "/healthz", "/metrics"):
        assert f"{house.url}{path}" in house.console()
        assert house.get(path).status == 200, path
    assert f"{house.url}/wechat" in house.console()
    assert house.get("/wechat").status in (400, 401, 403)  # no signature


def test_health_tells_of_both_stores(house: House) -> None:
    assert house.get("/healthz").read() == b'{"database":"ok","redis":"ok","status":"ok"}\n'


def test_metrics_tell_of_the_queues(house: House) -> None:
    text = house.get("/metrics").read().decode()
    assert 'suizhen_outbox{state="dead"} 0.0' in text
    assert "suizhen_inbox_open 0.0" in text


def test_a_second_start_says_where_the_first_one_is(house: House) -> None:
    second = command("serve", "--demo", data=house.data, PORT=str(free_port()))
    assert second.returncode == 0
    assert second.stdout.splitlines() == [
        f"随诊 is already running at {house.url} (pid {house.process.pid}, data in {house.data})"
    ]
    assert second.stderr == ""


def test_another_house_on_the_same_port_is_refused_in_one_line(house: House, tmp_path: Path) -> None:
    other = command("serve", "--demo", data=tmp_path, PORT=str(house.port))
    assert other.returncode == 2
    assert len(other.stderr.splitlines()) == 1
    assert f"PORT: {house.port} is in use" in other.stderr
    assert processes_of(tmp_path) == {}


@pytest.mark.parametrize("role", ROLES)
def test_what_is_killed_comes_back(house: House, role: str) -> None:
    house.wait_replaced(role, house.kill(role))
    house.wait_up()


def test_a_killed_web_worker_comes_back_without_its_main(house: House) -> None:
    main = house.pid("web")

    def workers() -> set[int]:
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        return {int(pid) for pid in children}

    before = workers()
    assert before
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: workers() and not workers() & before, PATIENCE, house.console)
    house.wait_up()
    assert house.pid("web") == main
