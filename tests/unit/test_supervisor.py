"""The supervisor restarts what ends, stops in order, and passes on what is said."""

import os
import sys
import time
from pathlib import Path

import pytest

from bot.processes import alive
from bot.supervisor import Spec, Supervisor

PYTHON = (sys.executable, "-u", "-c")


class Watched(Supervisor):
    """A supervisor whose words are kept."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        super().__init__(lambda name, line: self.said.append((name, line)))

    def run_until(self, true: object, patience: float = 60) -> None:
        deadline = time.monotonic() + patience

        def tick() -> None:
            if true():  # type: ignore[operator]
                self.stop()
            assert time.monotonic() < deadline, self.said

        self.run(tick)


def spec(name: str, code: str, **more: object) -> Spec:
    return Spec(name, (*PYTHON, code), dict(os.environ), **more)  # type: ignore[arg-type]


def test_what_ends_is_started_again() -> None:
    house = Watched()
    house.add(spec("short", "print('here')"))
    house.run_until(lambda: house.said.count(("short", "here")) >= 3)
    assert ("serve", "short ended (exit code 0); starting it again in 0.1 s") in house.said
    assert ("serve", "short ended (exit code 0); starting it again in 0.2 s") in house.said
    assert house.pids() == {}


def test_a_job_is_done_once() -> None:
    house = Watched()
    house.add(spec("job", "print('done'); raise SystemExit(3)", once=True))
    house.run_until(lambda: house.child("job").process is None)
    assert house.child("job").last_exit == 3
    assert house.said == [("job", "done")]


def test_its_first_life_only_has_the_gate() -> None:
    house = Watched()
    reading, writing = os.pipe()
    code = "import os; print(os.environ.get('GATE', 'none'), os.fstat(int(os.environ['GATE'])) is not None)"
    house.add(spec("child", f"try:\n    {code}\nexcept KeyError: print('no gate')"),
              keep_fds=(reading,), extra_env={"GATE": str(reading)})  # fmt: skip
    os.close(reading)
    house.run_until(lambda: ("child", "no gate") in house.said)
    os.close(writing)
    assert house.said[0] == ("child", f"{reading} True")


def test_ranks_stop_one_after_the_other(tmp_path: Path) -> None:
    code = (
        "import signal, time, sys\n"
        "def go(*a): print('going'); time.sleep(0.2); print('gone'); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, go)\nprint('up')\ntime.sleep(60)"
    )
    house = Watched()
    for rank, name in enumerate(("web", "worker", "valkey")):
        house.add(spec(name, code, stop_order=rank))
    house.run_until(lambda: sum(line == "up" for _, line in house.said) == 3)
    order = [(name, line) for name, line in house.said if line in ("going", "gone")]
    assert order == [(name, line) for name in ("web", "worker", "valkey") for line in ("going", "gone")]


def test_a_child_that_will_not_stop_is_killed_with_its_own_children() -> None:
    grandchild = "import time; time.sleep(60)"
    code = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"print(subprocess.Popen([sys.executable, '-c', {grandchild!r}]).pid)\ntime.sleep(60)"
    )
    house = Watched()
    house.add(spec("deaf", code, stop_patience=0.3))
    house.run_until(lambda: bool(house.said))
    grandchild_pid = int(house.said[0][1])
    deadline = time.monotonic() + 30
    while alive(grandchild_pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(grandchild_pid)
    assert house.child("deaf").last_exit == -9


def test_a_lot_is_said_and_nothing_lost() -> None:
    house = Watched()
    house.add(spec("loud", "for n in range(20000): print(n)\nprint('no newline', end='')", once=True))
    house.run_until(lambda: house.child("loud").process is None)
    assert [line for _, line in house.said] == [*(str(n) for n in range(20000)), "no newline"]


@pytest.mark.parametrize("how", ["killed by SIGKILL", "exit code 5"])
def test_it_says_how_a_child_ended(how: str) -> None:
    code = (
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)" if "KILL" in how else "raise SystemExit(5)"
    )
    house = Watched()
    house.add(spec("child", code))
    house.run_until(lambda: bool(house.said))
    assert house.said[0] == ("serve", f"child ended ({how}); starting it again in 0.1 s")
