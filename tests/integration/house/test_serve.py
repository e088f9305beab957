"""`make run`: stops without a trace, keeps its data, says clearly what is wrong."""

import os
import signal
import socket
from contextlib import suppress
from pathlib import Path

import pytest

from tests.house import House, command, free_port, processes_of, running, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
PATIENCE = 120
"""Seconds: far more than is needed, so that a busy machine fails no test."""


def test_a_stop_leaves_nothing_and_a_start_finds_everything(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        assert len(first.processes()) >= 6
        assert first.stop(signal.SIGTERM) == 0
        assert processes_of(tmp_path) == {}
        assert not (tmp_path / "serve.json").exists()
    account = (tmp_path / "demo-wechat.json").read_bytes()
    keys = (tmp_path / "keys.json").read_bytes()
    with running(tmp_path) as again:
        assert (tmp_path / "demo-wechat.json").read_bytes() == account
        assert (tmp_path / "keys.json").read_bytes() == keys
        assert again.stop(signal.SIGINT) == 0
        assert processes_of(tmp_path) == {}


def test_a_killed_supervisor_leaves_no_orphan_and_no_lock(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, port) as first:
        first.process.kill()
        first.process.wait()
        with running(tmp_path, port) as second:  # at once, while the first one's children are still going
            wait_until(second.healthy, PATIENCE, lambda: second.console()[-2000:])
            strangers = set(second.processes()) - _descendants(second.process.pid)
            assert strangers == set()
    wait_until(lambda: processes_of(tmp_path) == {}, PATIENCE, lambda: str(processes_of(tmp_path)))


def test_a_port_taken_by_a_stranger(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        done = command("serve", "--demo", data=tmp_path, PORT=str(stranger.getsockname()[1]))
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_nobody_reading_its_console_does_not_stop_it(tmp_path: Path) -> None:
    """Its standard output is a pipe that nobody empties; what is said goes to the files."""
    reading, writing = os.pipe()
    try:
        with running(tmp_path, console=writing, LOG_LEVEL="DEBUG") as house:
            os.set_blocking(writing, False)
            with suppress(BlockingIOError):
                while True:
                    os.write(writing, b"x" * 4096)
            for role in ("worker", "scheduler"):  # they have something to say again
                house.wait_replaced(role, house.kill(role))
            assert house.healthy()
            assert "starting it again" in (tmp_path / "logs/serve.log").read_text()
    finally:
        os.close(reading)
        os.close(writing)


def test_production_refuses_what_is_missing_in_one_line(tmp_path: Path) -> None:
    for role in ("serve", "web", "worker", "scheduler"):
        refused = command(role, data=tmp_path, WECHAT_APP_ID="wx1", WECHAT_SECRET="s")
        assert refused.returncode == 2, role
        assert len(refused.stderr.splitlines()) == 1
        assert "WECHAT_TOKEN, WECHAT_AES_KEY, SUIZHEN_DATA_KEYS, SUIZHEN_INDEX_KEY: not set" in refused.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [("serve", "--demo"), ("migrate",), ("export", "seats")])
def test_a_place_that_cannot_be_written_is_named_in_one_line(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "file").touch()
    refused = command(*words, data=tmp_path / "file" / "var", PORT=str(free_port()))
    assert refused.returncode == 2
    assert refused.stderr == f"随诊 cannot start — {tmp_path / 'file' / 'var'}: Not a directory\n"


def test_a_database_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    nowhere = f"postgresql://hospital:hidden@127.0.0.1:{free_port()}/suizhen"
    refused = command("migrate", data=tmp_path, DATABASE_URL=nowhere)
    assert refused.returncode == 2
    assert len(refused.stderr.splitlines()) == 1
    assert "DATABASE_URL: connection failed" in refused.stderr
    assert "hidden" not in refused.stderr


def test_what_is_stored_is_for_nobody_else_on_the_machine(tmp_path: Path) -> None:
    assert command("migrate", data=tmp_path / "var").returncode == 0
    made = [tmp_path / "var", *(tmp_path / "var").iterdir()]
    assert {path.name: path.stat().st_mode & 0o077 for path in made} == {path.name: 0 for path in made}
    assert "suizhen.db" in {path.name for path in made}


def test_a_hospitals_own_house_has_no_sandbox(tmp_path: Path) -> None:
    printed = command("keys", data=tmp_path).stdout
    keys = dict(line.split("=", 1) for line in printed.splitlines())
    account = {"WECHAT_APP_ID": "wx1", "WECHAT_SECRET": "s", "WECHAT_TOKEN": "t", "WECHAT_AES_KEY": "a" * 43}
    with running(tmp_path / "data", demo=False, **account, **keys) as house:
        wait_until(lambda: "is up after" in house.console(), PATIENCE, house.console)
        assert "/phone" not in house.console()
        for path in ("/phone", "/sandbox/wechat/_control/calls", "/sandbox/wechat/cgi-bin/token"):
            assert house.get(path).status == 404, path
        assert house.get("/healthz").status == 200
        assert not (house.data / "sandbox.db").exists()
        assert not (house.data / "keys.json").exists()
        first = house.data / "first-admin.txt"
        assert str(first) in house.console() and first.stat().st_mode & 0o077 == 0
        assert "工号 0001" in first.read_text()
        assert (
            "0001         active    admin"
            in command("staff", "list", data=house.data, **account, **keys).stdout
        )
        moved = command("clock", "--advance", "1d", data=house.data)
        assert moved.returncode != 0


def test_production_refuses_the_demos_data(tmp_path: Path) -> None:
    (tmp_path / "demo-wechat.json").write_text("{}")
    refused = command("serve", data=tmp_path)
    assert refused.returncode == 2
    assert "holds the demo" in refused.stderr


def test_the_demo_refuses_a_hospitals_own_data(tmp_path: Path) -> None:
    data = tmp_path / "var"
    (tmp_path / "departments.csv").write_text("科室\n心血管内科\n")
    assert command("migrate", data=data).returncode == 0
    assert command("import", "departments", f"{tmp_path}/departments.csv", data=data).returncode == 0
    for words in (("serve", "--demo"), ("chat",)):
        refused = command(*words, data=data, PORT=str(free_port()))
        assert refused.returncode == 2
        assert "holds a hospital's own data" in refused.stderr
        assert not (data / "demo-wechat.json").exists(), (
            "or the hospital's own house would not start any more"
        )


def test_the_environment_wins_over_the_demo(tmp_path: Path) -> None:
    from bot.demo import environment

    made = environment(
        {"SUIZHEN_DATA_DIR": str(tmp_path), "WECHAT_API_BASE": "http://127.0.0.1:9", "PORT": "7"}
    )
    assert made["WECHAT_API_BASE"] == "http://127.0.0.1:9"
    assert made["SUIZHEN_DEMO"] == "1"
    again = environment({"SUIZHEN_DATA_DIR": str(tmp_path), "PORT": "7"})
    assert again["WECHAT_API_BASE"] == "http://127.0.0.1:7/sandbox/wechat"
    assert again["WECHAT_AES_KEY"] == made["WECHAT_AES_KEY"]
    assert len(made["WECHAT_AES_KEY"]) == 43
    assert (tmp_path / "demo-wechat.json").stat().st_mode & 0o077 == 0


def test_a_start_without_its_redis_says_what_it_waits_for(tmp_path: Path) -> None:
    waiting = House(tmp_path, free_port(), REDIS_URL=f"redis://127.0.0.1:{free_port()}")
    try:
        wait_until(lambda: 'says {"database":"ok","redis":"' in waiting.console(), PATIENCE, waiting.console)
        assert "is up" not in waiting.console()
    finally:
        waiting.stop()


def test_routes_are_listed() -> None:
    listed = command("routes", data=Path("/nonexistent"))
    assert listed.returncode == 0, listed.stderr
    lines = {tuple(line.split()[:2]) for line in listed.stdout.splitlines()}
    assert {("GET", "/healthz"), ("GET", "/metrics")} <= lines
    assert any(path == "/wechat" for _, path in lines)
    assert any(line.endswith("(demo)") and "/phone" in line for line in listed.stdout.splitlines())
    assert not any(
        line.endswith("(demo)") and "/wechat" in line.split()[1:2] for line in listed.stdout.splitlines()
    )


def _descendants(pid: int) -> set[int]:
    found, todo = {pid}, [pid]
    while todo:
        parent = todo.pop()
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            children = {int(child) for child in task.read_text().split()}
            todo += children - found
            found |= children
    return found
