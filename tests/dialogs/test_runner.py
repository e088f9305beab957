"""The runner itself: it must be able to fail, and say why."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.dialog.frame import Frame, Said, Values
from bot.domain.commands import Command
from bot.domain.outcomes import Outcome
from bot.domain.world import World
from tests.dialogs.runner import Failed, play, read, transcripts
from tests.dialogs.stage import Stage


def run(tmp_path: Path, stage: Stage, text: str) -> None:
    path = tmp_path / "dialog.txt"
    path.write_text(text, encoding="utf-8")
    for transcript in read(path):
        play(transcript, stage)


def test_a_difference_shows_the_dialogue_so_far(tmp_path: Path, stage: Stage) -> None:
    with pytest.raises(Failed) as failed:
        run(tmp_path, stage, "# 错\n（菜单 intent:book）\n机器: 科\n（点1）\n机器: 心血管内科…没有这句话")
    told = str(failed.value)
    assert "dialog.txt:5 # 错" in told and "没有找到「没有这句话」" in told
    assert "（点1）" in told and "机器> 1. 心血管内科" in told and "booking" in told


def test_fragments_have_an_order(tmp_path: Path, stage: Stage) -> None:
    with pytest.raises(Failed):
        run(tmp_path, stage, "# 倒\n（菜单 intent:book）\n机器: 2.…1.")


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("（菜单 intent:book）\n机器:", "应该没有回复"),
        ("（菜单 intent:book）\n机器不说: 心血管内科", "不该出现"),
        ("机器: 您好", "还没有人说话"),
        ("（飞）", "不认识的指令"),
        ("（点1）", "no choice 1"),
        ("（菜单 intent:book）\n推送: 提醒", "没有推送"),
        ("（号被约走）", "no slot has been chosen"),
        ("护士: 您好", "既不是"),
    ],
)
def test_what_cannot_be_is_said(tmp_path: Path, stage: Stage, lines: str, why: str) -> None:
    with pytest.raises(Failed, match=why):
        run(tmp_path, stage, f"# 错\n{lines}")


def test_time_people_and_seats(tmp_path: Path, stage: Stage) -> None:
    run(
        tmp_path,
        stage,
        """
# 一
（已登记 王建国）（已预约 王建国 明天下午）
（菜单 intent:my_appointments）
机器: 王建国…11月24日…下午
## 别人看不到
（换人 乙）
（菜单 intent:my_appointments）
机器不说: 11月24日
（2天后；重启）
（菜单 intent:book）
（点1）
机器: 11月25日
机器不说: 11月24日
（约满 王建国）
（菜单 intent:book）
机器不说: 王建国
（重发）
""",
    )


def test_every_transcript_can_be_read() -> None:
    assert transcripts(Path(__file__).parent)


def test_a_command_whose_key_is_new_each_time_is_caught(tmp_path: Path, stage: Stage) -> None:
    """The negative control of the crash that every effect goes through."""
    booking = stage.engine.frames["booking"]
    keys = iter(range(100))
    stage.engine.frames["booking"] = _Renamed(booking, keys)
    with pytest.raises(Failed, match="after a crash before the save"):
        run(
            tmp_path,
            stage,
            "# 两次\n（已登记 王建国）\n（菜单 intent:book）\n（点1）\n（点1）\n（点1）\n机器: 请您核对\n（点1）",
        )


class _Renamed(Frame, id="booking", title="挂号", intents=("book",)):
    """A frame that makes its command another one each time."""

    def __init__(self, real: Frame, keys: Iterator[int]) -> None:
        self.real, self.keys = real, keys
        self.slots = real.slots  # type: ignore[misc]

    def commit(self, values: Values, key: str) -> Command | None:
        return self.real.commit(values, f"{key}-{next(self.keys)}")

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        return self.real.said(outcome, world, values)
