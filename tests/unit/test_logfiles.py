"""Log files roll and never grow beyond their limit."""

from pathlib import Path

from bot.logfiles import RollingFile


def test_it_rolls_and_keeps_the_newest(tmp_path: Path) -> None:
    log = RollingFile(tmp_path / "logs/web.log", limit=100, keep=2)
    for number in range(40):
        log.write(f"line {number:03d}")
    log.close()
    files = sorted(path.name for path in (tmp_path / "logs").iterdir())
    assert files == ["web.log", "web.log.1", "web.log.2"]
    assert all((tmp_path / "logs" / name).stat().st_size <= 100 for name in files)
    kept = "".join((tmp_path / "logs" / name).read_text() for name in ("web.log.2", "web.log.1", "web.log"))
    numbers = [int(line.split()[1]) for line in kept.splitlines()]
    assert numbers == list(range(numbers[0], 40))


def test_it_goes_on_where_it_was(tmp_path: Path) -> None:
    for text in ("one", "two"):
        log = RollingFile(tmp_path / "a.log")
        log.write(text)
        log.close()
    assert (tmp_path / "a.log").read_text() == "one\ntwo\n"


def test_a_line_longer_than_the_limit_is_written_whole(tmp_path: Path) -> None:
    log = RollingFile(tmp_path / "a.log", limit=10, keep=1)
    log.write("x" * 50)
    log.write("y")
    log.close()
    assert (tmp_path / "a.log.1").read_text() == "x" * 50 + "\n"
    assert (tmp_path / "a.log").read_text() == "y\n"
