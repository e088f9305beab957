"""Transcripts: dialogs as a nurse could read them, played against the real parts.

    # 改时段
    （已登记 王建国）
    患者: 呼吸科李医生明天上午，挂号
    机器: 呼吸内科…李…上午…确认
    患者: 不对，是下午
    机器: 好的，已改…下午

A file holds one dialog under each ``#`` title.  ``机器:`` lists fragments, separated by …, that the answer contains
in this order; several ``机器:`` lines go on in the same answer, an empty one expects silence.  ``机器不说:`` names
what must not be in it.  Spaces and line breaks do not count.  Options are numbered lines (``1. 上午``).

Directives stand in （…） on a line of their own, several separated by ；:

    （3天后）（2小时后）（30分钟后）        time passes
    （周三 09:00）（2026-11-25 09:00）     until then
    （重发）                              the last message again: same answer, no second effect
    （点2）（点旧2）                       tap on the 2nd choice, of the current or of the previous offer
    （点推送 2）                           tap on the 2nd choice of the push that was expected last
    （贴图）（图片）（语音）（视频）（位置）（链接）（文件）
    （关注）（菜单 intent:book）（扫码 book:department:心血管内科）
    （床边码 王建军）（扫床边码）（关注床边码）  printed for a stay (again: a new one); scanned
    （已登记 王建国）（已登记 李桂兰 父母）   a patient registered before
    （已预约 王建国 明天下午）             an appointment made before
    （出院 王建国 7天前，问卷 discharge-week）（出院 王建国 7天前，问卷 wound，骨科）   discharged, and asked that
    （号被约走）                           the seats of the chosen slot go to someone else
    （约满 王建国 明天下午）（停诊 王建国 明天）（撤回停诊）
    （答复 T20261123-0001 已经整改。）（改答复 T20261123-0001 …）   staff answer a complaint; answer it anew
    （换人 乙）（重启）（会话丢失）（网页答完）

Lines that begin with ``##`` are remarks.  ``推送:`` expects a message in the outbox, matched like ``机器:``; those before it
that say something else are passed over.  ``不推送:`` expects none that says so.
"""

import re
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.clock import HOSPITAL_TZ, local
from bot.domain.views import Relation
from tests.dialogs import bedside_code, care
from tests.dialogs.stage import Broken, Pushed, Stage

KINDS = {
    "贴图": "sticker", "图片": "image", "语音": "voice", "视频": "video", "位置": "location", "链接": "link",
    "文件": "file", "关注": "follow",
}  # fmt: skip
RELATIONS = {
    "本人": Relation.SELF, "父母": Relation.PARENT, "子女": Relation.CHILD, "配偶": Relation.SPOUSE,
    "其他": Relation.OTHER,
}  # fmt: skip
UNITS = {"天": "days", "小时": "hours", "分钟": "minutes", "周": "weeks"}
DAYS = {"今天": 0, "明天": 1, "后天": 2, "大后天": 3}
PERIODS = {"上午": "am", "下午": "pm", "晚上": "evening"}
_LINE = re.compile(r"^(患者|机器|机器不说|推送|不推送)\s*[:：]\s*(.*)$")


@dataclass(frozen=True)
class Line:
    """One line of a transcript, with its number in the file."""

    number: int
    speaker: str
    """患者 | 机器 | 机器不说 | 推送 | 不推送 | （）"""
    text: str


@dataclass(frozen=True)
class Transcript:
    """One dialog of a file."""

    title: str
    path: Path
    lines: tuple[Line, ...]

    def __str__(self) -> str:
        return f"{self.path.stem}: {self.title}"


class Failed(AssertionError):
    """The dialogue so far, with the line that differs."""


def transcripts(folder: Path) -> list[Transcript]:
    """Every dialog of every file, in order."""
    return [found for path in sorted(folder.glob("**/*.txt")) for found in read(path)]


def read(path: Path) -> Iterator[Transcript]:
    """The dialogs of one file; a line that is none of the known forms is an error."""
    title, lines = "", list[Line]()
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = raw.strip()
        if text.startswith("# "):
            if lines:
                yield Transcript(title, path, tuple(lines))
            title, lines = text[2:].strip(), []
        elif text and not text.startswith("##"):
            lines.extend(_parsed(path, number, text))
    if lines:
        yield Transcript(title, path, tuple(lines))


def _parsed(path: Path, number: int, text: str) -> Iterator[Line]:
    if found := _LINE.match(text):
        yield Line(number, found[1], found[2])
    elif re.fullmatch(r"(（[^（）]+）\s*)+", text):
        for group in re.findall(r"（([^（）]+)）", text):
            yield from (Line(number, "（）", part.strip()) for part in group.split("；"))
    else:
        raise Failed(f"{path}:{number}: 既不是「患者:」「机器:」，也不是（…）: {text}")


def play(transcript: Transcript, stage: Stage) -> None:
    """Run the dialog; `Failed` shows it up to the first difference."""
    Player(transcript, stage).play()


class Player:
    """Where a transcript stands."""

    def __init__(self, transcript: Transcript, stage: Stage) -> None:
        self.transcript, self.stage = transcript, stage
        self.log: list[str] = []
        self.answer: str | None = None
        """What is left of the last answer after the matched fragments."""
        self.whole = ""
        self.offers: list[str] = []
        self.scene = ""
        """Of the bedside code that was printed last."""
        self.pushes = 0
        """Id of the last message in the outbox that was looked at."""
        self.push: Pushed | None = None
        """The push that was expected last."""

    def play(self) -> None:
        for line in self.transcript.lines:
            try:
                self._line(line)
            except Broken as error:
                raise self._failed(line, str(error)) from None
            except Failed:
                raise
            except Exception as error:
                at = traceback.extract_tb(error.__traceback__)[-1]
                where = f"{at.filename}:{at.lineno}"
                raise self._failed(line, f"{type(error).__name__}: {error} ({where})") from error

    def _line(self, line: Line) -> None:
        match line.speaker:
            case "患者":
                self._heard(line.text, self.stage.send(line.text))
            case "机器":
                self._expect(line)
            case "机器不说":
                self._expect_not(line)
            case "推送":
                self._expect_push(line)
            case "不推送":
                self._expect_no_push(line)
            case _:
                self.log.append(f"（{line.text}）")
                self._direct(line.text)

    # -- what is said ---------------------------------------------------------------------------

    def _heard(self, said: str, answer: str) -> None:
        self.log.append(f"患者: {said}")
        self._answered(answer)

    def _answered(self, answer: str) -> None:
        self.log.extend(f"机器> {part}" for part in answer.splitlines() or ["（没有回复）"])
        self.answer = self.whole = answer
        offer = self.stage.session.offer
        if offer is not None and (not self.offers or self.offers[-1] != offer.id):
            self.offers.append(offer.id)

    def _expect(self, line: Line) -> None:
        if self.answer is None:
            raise self._failed(line, "还没有人说话")
        if not line.text:
            if self.whole:
                raise self._failed(line, "应该没有回复")
            return
        rest = _matched(self.answer, line.text)
        if isinstance(rest, Missing):
            raise self._failed(line, f"没有找到「{rest.fragment}」")
        self.answer = rest

    def _expect_not(self, line: Line) -> None:
        for fragment in line.text.split("…"):
            if _squeezed(fragment) and _squeezed(fragment) in _squeezed(self.whole):
                raise self._failed(line, f"不该出现「{fragment}」")

    def _expect_push(self, line: Line) -> None:
        waiting = self.stage.pushed(after=self.pushes)
        for pushed in waiting:
            self.pushes = pushed.id
            self.log.append(f"推送> {pushed.text}")
            if not isinstance(_matched(pushed.text, line.text), Missing):
                self.push = pushed
                self.stage.arrived(pushed.id)
                return
        raise self._failed(line, "没有这样的推送" if waiting else "没有推送")

    def _expect_no_push(self, line: Line) -> None:
        for pushed in self.stage.pushed(after=self.pushes):
            if not isinstance(_matched(pushed.text, line.text), Missing):
                raise self._failed(line, f"不该推送「{pushed.text}」")

    def _failed(self, line: Line, why: str) -> Failed:
        session = self.stage.session
        doing = "\n".join(f"  {s.frame} {s.values}" for s in session.stack) or "  （什么也没在办）"
        dialogue = "\n".join(f"    {part}" for part in self.log)
        return Failed(
            f"\n{self.transcript.path.name}:{line.number} # {self.transcript.title}\n{dialogue}\n"
            f"--> {line.speaker}: {line.text}\n    {why}\n正在办:\n{doing}"
        )

    # -- directives -----------------------------------------------------------------------------

    def _direct(self, text: str) -> None:
        for pattern, act in DIRECTIVES:
            if found := re.fullmatch(pattern, text):
                act(self, *found.groups())
                return
        raise Broken("不认识的指令")

    def later(self, number: str, unit: str) -> None:
        self.stage.advance(timedelta(**{UNITS[unit]: int(number)}))

    def until(self, weekday: str | None, day: str | None, hour: str, minute: str) -> None:
        now = local(self.stage.clock.now())
        at = now.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
        if day:
            year, month, number = map(int, day.split("-"))
            at = datetime(year, month, number, int(hour), int(minute), tzinfo=HOSPITAL_TZ)
        elif weekday:
            at += timedelta(days=("一二三四五六日".index(weekday) - now.weekday()) % 7)
        if at < now:
            at += timedelta(days=7 if weekday else 1)
        self.stage.advance(at - now)

    def resent(self) -> None:
        before, facts = self.whole, self.stage.facts()
        answer = self.stage.resend()
        if answer != before or self.stage.facts() != facts:
            raise Broken(f"重发之后回答不一样:\n{answer}")
        self.answer = answer

    def tapped(self, number: str) -> None:
        self._answered(self.stage.tap(int(number)))

    def tapped_old(self, number: str) -> None:
        if len(self.offers) < 2:
            raise Broken("还没有更早的选项")
        self._answered(self.stage.send(number, tap=f"{self.offers[-2]}:{number}"))

    def tapped_push(self, number: str) -> None:
        if self.push is None or int(number) > len(self.push.taps):
            raise Broken("推送里没有这个选项")
        tap, label = self.push.taps[int(number) - 1]
        self._answered(self.stage.send(label, tap=tap))

    def sent(self, kind: str, key: str | None = None) -> None:
        names = {"菜单": "menu", "扫码": "scan", **KINDS}
        self._answered(self.stage.send(kind=names[kind], key=(key or "").strip()))

    def bedside_code(self, name: str) -> None:
        self.scene = bedside_code.printed(self.stage.hospital, name)

    def bedside_scanned(self, how: str) -> None:
        self.sent(how, f"qrscene_{self.scene}" if how == "关注" else self.scene)

    def registered(self, name: str, relation: str | None) -> None:
        with self.stage.hospital.world(self._account()) as world:
            nth = len(world.patients())
        self.stage.register(name, RELATIONS[relation or "本人"], nth)

    def booked(self, doctor: str, when: str) -> None:
        day, period = self._when(when)
        if day is None or period is None:
            raise Broken("要写明哪天上午还是下午")
        self.stage.book(doctor, day, period)

    def filled(self, doctor: str, when: str | None) -> None:
        self.stage.fill(doctor, *self._when(when or ""))

    def suspended(self, doctor: str, when: str | None) -> None:
        self.stage.suspend(doctor, *self._when(when or ""))

    def discharged(self, name: str, ago: str, form: str, department: str | None) -> None:
        self.stage.discharge(name, int(ago), form, department or "心血管内科")

    def answered_ticket(self, again: str | None, number: str, text: str) -> None:
        self.stage.answer_ticket(number, text, again=bool(again))

    def somebody_else(self, name: str) -> None:
        self.stage.user = name

    def handed_in(self) -> None:
        care.hand_in(self.stage.hospital, self.stage.user)

    def forgotten(self) -> None:
        self.stage.stored.pop(self.stage.user, None)

    def _account(self) -> int:
        return self.stage.hospital.account("wechat", "gh_demo", self.stage.user).id

    def _when(self, text: str):  # type: ignore[no-untyped-def]
        found = re.fullmatch(r"(今天|明天|后天|大后天|\d{4}-\d\d-\d\d)?(上午|下午|晚上)?", text.strip())
        if found is None:
            raise Broken(f"看不懂的日子: {text}")
        today = local(self.stage.clock.now()).date()
        day = None
        if found[1]:
            day = (
                today + timedelta(days=DAYS[found[1]])
                if found[1] in DAYS
                else datetime.fromisoformat(found[1]).date()
            )
        return day, PERIODS.get(found[2] or "")


DIRECTIVES: tuple[tuple[str, Callable[..., None]], ...] = (
    (r"(\d+)(天|小时|分钟|周)后", Player.later),
    (r"(?:周([一二三四五六日]) |(\d{4}-\d+-\d+) )?(\d{1,2})[:：](\d\d)", Player.until),
    (r"重发", Player.resent),
    (r"点(\d+)", Player.tapped),
    (r"点旧(\d+)", Player.tapped_old),
    (r"点推送 ?(\d+)", Player.tapped_push),
    (r"(贴图|图片|语音|视频|位置|链接|文件|关注)", Player.sent),
    (r"(菜单|扫码|关注) (\S+)", Player.sent),
    (r"床边码 (\S+)", Player.bedside_code),
    (r"(扫|关注)床边码", lambda player, how: player.bedside_scanned("扫码" if how == "扫" else how)),
    (r"已登记 (\S+)(?: (本人|父母|子女|配偶|其他))?", Player.registered),
    (r"已预约 (\S+) (\S+)", Player.booked),
    (r"出院 (\S+) (\d+)天前，问卷 ([\w-]+)(?:，(\S+))?", Player.discharged),
    (r"号被约走", lambda player: player.stage.snatch()),
    (r"约满 (\S+)(?: (\S+))?", Player.filled),
    (r"停诊 (\S+)(?: (\S+))?", Player.suspended),
    (r"(改)?答复 (T\d+-\d+) (.+)", Player.answered_ticket),
    (r"撤回停诊", lambda player: player.stage.resume()),
    (r"换人 (\S+)", Player.somebody_else),
    (r"重启", lambda player: player.stage.restart()),
    (r"网页答完", Player.handed_in),
    (r"会话丢失", Player.forgotten),
)


@dataclass(frozen=True)
class Missing:
    """The fragment that was not found."""

    fragment: str


def _matched(answer: str, wanted: str) -> str | Missing:
    """What follows the fragments of ``wanted`` in ``answer``, or the first fragment that is not there."""
    rest = _squeezed(answer)
    for fragment in wanted.split("…"):
        piece = _squeezed(fragment)
        at = rest.find(piece)
        if at < 0:
            return Missing(fragment.strip())
        rest = rest[at + len(piece) :]
    return rest


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
