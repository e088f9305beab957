"""A small hospital of frames for the engine's tests: everything the contract can say, nothing of the real copy."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import msgspec

from bot.dialog import codec
from bot.dialog.engine import Engine
from bot.dialog.frame import NEW, Confirm, Frame, Known, Message, Said, Slot, Turn, Wrong, opens
from bot.dialog.session import Session
from bot.dialog.speech import Option, Reply
from bot.domain.commands import Book, CallHuman, LeaveHuman, RegisterPatient
from bot.domain.outcomes import HumanLeft, HumanQueued, Taken
from bot.domain.world import Matter, World
from nlu.understood import Slots, Understood

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
DOCTORS = {"骨科": ("张伟", "张敏"), "儿科": ("李晓梅",)}


@dataclass
class ToyWorld:
    """Only what the toy frames look at."""

    now: datetime = NOON
    people: list[str] = field(default_factory=lambda: ["王*国"])
    told: list[Matter] = field(default_factory=list)

    def matters(self) -> list[Matter]:
        return self.told


def toy(world: World) -> ToyWorld:
    return cast(ToyWorld, world)


class ToyPhrases:
    """Every phrase is its own name, with its arguments."""

    def __getattr__(self, name: str) -> Any:
        return lambda *args: f"<{name}{''.join(f' {a}' for a in args)}>"


def heard(name: str) -> Any:
    """A slot that listens for the NLU slot of the same name."""

    def listen(understood: Understood, world: World, values: Any) -> Any:
        value = getattr(understood.slots, name)
        return None if value is None else Known(value)

    return listen


def heard_day(understood: Understood, world: World, values: Any) -> Any:
    if understood.slots.invalid_date:
        return Wrong("没有这一天。")
    return Known(understood.slots.dates[0].isoformat()) if understood.slots.dates else None


def bare_name(understood: Understood, world: World, values: Any) -> Any:
    text = understood.text
    return Known(text) if 2 <= len(text) <= 4 and understood.intent == "unknown" else None


class Booking(Frame, id="booking", version=2, title="挂号", intents=("book",), takes=("query_slots",)):
    department = Slot("哪个科？", hear=heard("department"), title="科室", hint="骨科")
    doctor = Slot(
        lambda w, v: Reply(
            "哪位医生？", tuple(Option(f"{d}医生", d) for d in DOCTORS.get(v["department"], ()))
        ),
        after=("department",),
        hear=heard("doctor"),
        auto=lambda w, v: DOCTORS[v["department"]][0] if len(DOCTORS[v["department"]]) == 1 else None,
        title="医生",
    )
    day = Slot("哪一天？", hear=heard_day, title="日期")
    period = Slot(
        lambda w, v: Reply("上午还是下午？", (Option("上午", "am"), Option("下午", "pm"))),
        after=("day",),
        hear=heard("period"),
        title="时段",
    )
    patient = Slot(
        lambda w, v: Reply(
            "给谁挂？",
            (
                *(Option(p, p) for p in toy(w).people),
                *((Option("添加就诊人", NEW),) if toy(w).people else ()),
            ),
        ),
        sub="register",
        title="就诊人",
    )
    sure = Confirm(
        lambda w, v: Reply(
            f"{v['department']} {v['doctor']} {v['day']} {v['period']} {v['patient']}，确认吗？"
        ),
        after=("department", "doctor", "day", "period", "patient"),
    )

    def commit(self, values: Any, key: str) -> Book:
        return Book(key, 1, values["patient"])

    def said(self, outcome: Any, world: World, values: Any) -> Said:
        if isinstance(outcome, Taken):
            return Said(Reply("被约走了。"), done=False, clear=("period",))
        return Said(Reply("挂好了。"))

    def upgrade(self, values: dict[str, Any], version: int) -> dict[str, Any]:
        if "dept" in values:
            values["department"] = values.pop("dept")
        return values


class Register(Frame, id="register", title="添加就诊人", intents=("register_patient",)):
    name = Slot("姓名？", hear=heard("person_name"), answer=bare_name, title="姓名")
    phone = Slot("手机号？", hear=heard("phone"), title="手机号")

    def commit(self, values: Any, key: str) -> RegisterPatient:
        return RegisterPatient(key, cast(Any, "self"), values["name"], "resident_id", "", values["phone"], ())

    def said(self, outcome: Any, world: World, values: Any) -> Said:
        if outcome == "no":
            return Said(Reply("没有登记。"), abandon=True)
        return Said(Reply("登记好了。"), result=values["name"])


class Cancel(Frame, id="cancel", title="退号", intents=("cancel",)):
    appointment = Slot(
        lambda w, v: Reply("退哪一个？", tuple(Option(f"{n}号预约", n) for n in (11, 12, 13))), title="预约"
    )
    day = Slot(hear=heard_day)
    sure = Confirm(lambda w, v: Reply(f"退{v['appointment']}，确认吗？"), after=("appointment",))

    def commit(self, values: Any, key: str) -> Book:
        return Book(key, int(values["appointment"]), "")

    def said(self, outcome: Any, world: World, values: Any) -> Said:
        return Said(Reply("退好了。"))


class Aside(Frame, id="faq", intents=("faq",), aside=True):
    def said(self, outcome: Any, world: World, values: Any) -> Said:
        return Said(Reply("停车场在北门。"))


class Greet(Frame, id="greet", intents=("greet",), aside=True):
    def said(self, outcome: Any, world: World, values: Any) -> Said:
        return Said(Reply("您好！", (Option("挂号", opens("booking")), Option("退号", opens("cancel")))))


class Emergency(Frame, id="emergency", intents=("emergency",), aside=True):
    def said(self, outcome: Any, world: World, values: Any) -> Said:
        return Said(Reply("请拨打120！"))


class Human(Frame, id="human", intents=("human",), aside=True):
    def commit(self, values: Any, key: str) -> CallHuman:
        return CallHuman(key, "")

    def said(self, outcome: Any, world: World, values: Any) -> Said:
        return Said(Reply("已转人工。"))


def engine() -> Engine:
    frames = [Booking(), Register(), Cancel(), Aside(), Greet(), Emergency(), Human()]
    return Engine(frames, cast(Any, ToyPhrases()))


def says(text: str = "", intent: str = "unknown", confidence: float | None = None, **kw: Any) -> Understood:
    """A message as the NLU would hand it over; keywords that `Understood` lacks are slots."""
    own = {
        k: kw.pop(k)
        for k in ("red_flag", "corrects", "gives_up", "goes_on", "alternatives", "also")
        if k in kw
    }
    sure = 0.0 if intent == "unknown" else 0.9
    return Understood(text, text, intent, sure if confidence is None else confidence, Slots(**kw), **own)


class Conversation:
    """Drives the engine as the host does: JSON between the turns, commands executed, everything kept."""

    def __init__(self, *, people: list[str] | None = None) -> None:
        self.engine = engine()
        self.world = ToyWorld() if people is None else ToyWorld(people=people)
        self.session = Session()
        self.commands: list[Any] = []
        self.outcomes: list[Any] = []
        """Answers to the next commands; by default they succeed."""
        self.count = 0

    def hear(self, understood: Understood, *, tap: str = "", kind: str = "text", id: str = "") -> str:
        """The replies, joined; options in brackets."""
        self.count += 1
        message = Message(id or f"m{self.count}", tap, kind)
        before = codec.dumps(self.session)
        after, turn = self.engine.turn(self.session, understood, cast(World, self.world), message)
        assert codec.dumps(self.session) == before, "the engine changed its input"
        replies = turn.replies
        if turn.command is not None:
            self.commands.append(turn.command)
            after, replies = self.engine.settle(
                after, self._outcome(turn.command), cast(World, self.world), message
            )
        self.turn = turn
        self.session = codec.loads(codec.dumps(after))
        assert self.session == after, "the session does not survive JSON"
        return "\n".join(shown(r) for r in replies)

    def _outcome(self, command: Any) -> Any:
        if self.outcomes:
            return self.outcomes.pop(0)
        match command:
            case CallHuman():
                return HumanQueued(0, True)
            case LeaveHuman():
                return HumanLeft()
        return "ok"

    def say(self, text: str = "", intent: str = "unknown", **kw: Any) -> str:
        return self.hear(says(text, intent, **kw))

    def tap(self, number: int, offer: str = "") -> str:
        assert self.session.offer is not None or offer
        name = offer or (self.session.offer.id if self.session.offer else "")
        return self.hear(says(str(number), choice=number), tap=f"{name}:{number}")

    def wait(self, **delta: float) -> None:
        self.world.now += timedelta(**delta)

    @property
    def stack(self) -> list[str]:
        return [s.frame for s in self.session.stack]

    @property
    def values(self) -> dict[str, Any]:
        return self.session.stack[-1].values


def shown(reply: Reply) -> str:
    labels = "".join(f" [{n}.{o.label}]" for n, o in enumerate(reply.options, 1))
    return reply.text + labels


def copied(session: Session) -> Session:
    return msgspec.json.decode(msgspec.json.encode(session), type=Session)


__all__ = ["Conversation", "Turn", "says", "shown"]
