"""The demo clock: spans, moves, other processes, and the command."""

import json
import multiprocessing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.clock import clock as command
from bot.clock import BadTime, DemoClock, parse_moment, parse_span


@pytest.mark.parametrize(
    ("text", "hours"), [("1d2h", 26), ("2h", 2), ("1w", 168), ("30m", 0.5), (" 1D ", 24), ("1h1h", 2)]
)
def test_spans(text: str, hours: float) -> None:
    assert parse_span(text) == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "1", "d", "1y", "-1d", "1d 2h x", "1.5h", "9" * 30 + "d"])
def test_nonsense_spans_are_refused(text: str) -> None:
    with pytest.raises(BadTime):
        parse_span(text)


def test_a_moment_without_a_zone_is_the_hospitals() -> None:
    assert parse_moment("2026-11-24T08:00") == datetime(2026, 11, 24, tzinfo=UTC)
    with pytest.raises(BadTime):
        parse_moment("tomorrow")


def test_a_move_is_seen_by_another_clock_on_the_same_file(tmp_path: Path) -> None:
    mine, other = DemoClock(tmp_path / "clock.json"), DemoClock(tmp_path / "clock.json")
    assert other.offset == timedelta()
    mine.advance(timedelta(days=1))
    assert other.offset == timedelta(days=1)
    mine.set(datetime(2030, 1, 1, tzinfo=UTC))
    assert datetime(2030, 1, 1, tzinfo=UTC) <= other.now() < datetime(2030, 1, 1, 1, tzinfo=UTC)
    mine.reset()
    assert other.offset == timedelta()


def test_beyond_the_calendar_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    demo = DemoClock(tmp_path / "clock.json")
    with pytest.raises(BadTime):
        demo.advance(timedelta(days=4_000_000))
    assert demo.offset == timedelta()


def _advance(path: Path) -> None:
    for _ in range(20):
        DemoClock(path).advance(timedelta(hours=1))


def test_moves_of_several_processes_all_count(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    movers = [context.Process(target=_advance, args=(tmp_path / "clock.json",)) for _ in range(2)]
    for mover in movers:
        mover.start()
    for mover in movers:
        mover.join()
    assert DemoClock(tmp_path / "clock.json").offset == timedelta(hours=40)


def test_the_command_moves_the_clock_and_prints_the_time(tmp_path: Path) -> None:
    env = {"SUIZHEN_DEMO": "1", "SUIZHEN_DATA_DIR": str(tmp_path)}
    result = CliRunner().invoke(command, ["--set", "2026-11-24T08:00:00+08:00"], env=env)
    assert result.output == "2026-11-24T08:00:00+08:00\n"
    result = CliRunner().invoke(command, ["--advance", "1d2h"], env=env)
    assert result.output.startswith("2026-11-25T10:00:0")
    assert CliRunner().invoke(command, ["--reset"], env=env).exit_code == 0
    assert json.loads((tmp_path / "clock.json").read_text())["offset_seconds"] == 0


def test_the_command_is_refused_outside_the_demo(tmp_path: Path) -> None:
    env = {"SUIZHEN_DEMO": "0", "SUIZHEN_DATA_DIR": str(tmp_path)}
    result = CliRunner().invoke(command, ["--advance", "1d"], env=env)
    assert result.exit_code != 0
    assert "demo" in result.output
    assert not (tmp_path / "clock.json").exists()


def test_a_second_terminal_beside_a_running_demo_needs_no_setting(tmp_path: Path) -> None:
    (tmp_path / "demo-wechat.json").write_text("{}")
    result = CliRunner().invoke(
        command, ["--advance", "1h"], env={"SUIZHEN_DEMO": "0", "SUIZHEN_DATA_DIR": str(tmp_path)}
    )
    assert result.exit_code == 0
    assert DemoClock(tmp_path / "clock.json").offset == timedelta(hours=1)


def test_bad_words_give_one_clear_line(tmp_path: Path) -> None:
    env = {"SUIZHEN_DEMO": "1", "SUIZHEN_DATA_DIR": str(tmp_path)}
    assert "1d2h" in CliRunner().invoke(command, ["--advance", "soon"], env=env).output
    assert CliRunner().invoke(command, ["--reset", "--advance", "1d"], env=env).exit_code == 2
