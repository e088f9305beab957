"""The happy path through every frame, for the battery.

A new frame with an intent is walked without a line here: it is opened by its menu key, questions with choices get
the first one, the others their `Slot.hint`.  Only what differs from that is written down.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.dialog.frame import NEW, Confirm, Frame, Slot, opens
from bot.dialog.session import FrameState, Offer
from bot.dialog.speech import Json, Option
from bot.dialog.talk import action
from bot.domain.clock import local
from bot.domain.views import Relation
from tests.dialogs import bedside_code
from tests.dialogs.stage import Broken, Stage, resident_id

STEPS = 40
SetUp = Callable[[Stage], None]


def nothing(stage: Stage) -> None:
    """An account that has never been here."""


def family(stage: Stage) -> None:
    """Two patients, so that it is asked for whom."""
    stage.register("王建国", Relation.SELF, 0)
    stage.register("李桂兰", Relation.PARENT, 1)


def relatives(stage: Stage) -> None:
    """Two patients, none of them oneself."""
    stage.register("李桂兰", Relation.PARENT, 0)
    stage.register("王大山", Relation.PARENT, 1)


def booked(stage: Stage) -> None:
    """Two appointments, so that it is asked which."""
    family(stage)
    today = local(stage.clock.now()).date()
    stage.book("王建国", today + timedelta(days=1), "am")
    stage.book("王建国", today + timedelta(days=2), "am")


def suspended(stage: Stage) -> None:
    """A visit that does not take place."""
    family(stage)
    tomorrow = local(stage.clock.now()).date() + timedelta(days=1)
    stage.book("王建国", tomorrow, "pm")
    stage.suspend("王建国", tomorrow, "pm")


def complained(stage: Stage) -> None:
    """Two complaints that have been answered."""
    for number in (1, 2):
        stage.send("我要投诉，厕所太脏了")
        stage.send("没有了")
        stage.answer_ticket(f"T20261123-000{number}", "已经加派保洁", again=False)


@dataclass(frozen=True)
class Walk:
    """How to get through one frame."""

    frame: str
    set_up: SetUp = family
    answers: Mapping[str, str] = field(default_factory=dict)
    """By slot, where the question offers nothing to tap, or not the right thing."""
    values: Callable[[Stage], dict[str, Json]] = lambda stage: {}
    """What the frame is opened with by another one."""
    name: str = ""
    own_way: frozenset[str] = frozenset()
    """Probes that this frame answers in its own way; its transcripts show how."""

    def __str__(self) -> str:
        return self.name or self.frame


def asked(stage: Stage) -> None:
    """A questionnaire of yeses and noes."""
    stage.register("王小明", Relation.SELF, 0)
    stage.discharge("王小明", 7, "falls")


def first_patient(stage: Stage) -> dict[str, Json]:
    account = stage.hospital.account("wechat", "gh_demo", stage.user)
    with stage.hospital.world(account.id) as world:
        return {"patient": world.patients()[0].id}


ADULT = {"name": "李明", "id_number": resident_id(date(1980, 5, 6), 1, 5), "phone": "13900139000"}
CHILD = {
    "name": "李小明",
    "id_number": resident_id(date(2020, 5, 6), 1, 6),
    "relation": "子女",
    "phone": "13900139000",
    "guardian_name": "李明",
    "guardian_id": ADULT["id_number"],
    "guardian_phone": "13900139000",
}


def in_the_ward(stage: Stage) -> dict[str, Json]:
    return {"scene": bedside_code.printed(stage.hospital, "王建军")}


WALKS = (
    # 返回 is a move, 好 begins
    Walk("survey", asked, {"move": "1"}, own_way=frozenset({"back", "plain_yes"})),
    Walk("bedside", nothing, {"tail": bedside_code.NUMBER[-4:]}, values=in_the_ward),
    Walk("triage", answers={"department": "肚子疼，拉肚子"}),
    Walk("my_appointments", booked),
    Walk("change", booked),
    Walk("cancel", booked),
    Walk("register", nothing, ADULT),
    Walk("register", nothing, CHILD, name="register-child"),
    Walk("correct_phone", values=first_patient, answers={"phone": "13900139001"}),
    Walk("unlink", values=first_patient),
    Walk("privacy_copy", relatives),
    Walk("privacy_correct", answers={"field": "姓名", "words": "王健国"}),
    Walk("suspension", suspended, values=lambda stage: {"case": 1}),
    Walk("complaint", answers={"words": "昨天在收费窗口等了一个小时，没人管"}),
    Walk("ticket", complained, {"missing": "还没有人联系我"}),
    Walk("ticket", complained, {"verdict": "还没解决", "missing": "还没有人联系我"}, name="ticket-not-yet"),
    Walk(
        "suspension",
        suspended,
        {"way": "换别的时间"},
        values=lambda stage: {"case": 1},
        name="suspension-other",
    ),
)


def walks(frames: list[Frame]) -> list[Walk]:
    """The table, and a plain walk through every other frame that asks something."""
    written = {walk.frame for walk in WALKS}
    plain = [Walk(f.id) for f in frames if f.id not in written and _asks(f)]
    return [*WALKS, *plain]


def _asks(frame: Frame) -> bool:
    return any(slot.ask is not None for slot in frame.slots.values())


class Walker:
    """Goes the happy path, one answer at a time."""

    def __init__(self, walk: Walk, stage: Stage) -> None:
        self.walk, self.stage = walk, stage
        self.frame = stage.engine.frames[walk.frame]
        self.answer = ""

    def start(self) -> None:
        """Open the frame as an option of another one would."""
        self.walk.set_up(self.stage)
        session = self.stage.session
        option = Option(self.frame.title, opens(self.frame.id, self.walk.values(self.stage)))
        session.offer = Offer("start", "", [option])
        self.stage._store(session)
        self.answer = self.stage.tap(1)

    @property
    def state(self) -> FrameState | None:
        """The frame under test while it is on top."""
        stack = self.stage.session.stack
        return stack[-1] if stack and stack[-1].frame == self.walk.frame else None

    @property
    def open_slot(self) -> str:
        """Name of the open question; empty once the frame is left."""
        return self.stage.open_slot() if self.state else ""

    @property
    def slot(self) -> Slot:
        return self.frame.slots[self.open_slot]

    def question(self) -> str:
        """The first line of the open question, as it stands now."""
        return self.stage.question().splitlines()[0]

    def in_short(self) -> str:
        return self.stage.in_short().split("\n")[0]

    def step(self) -> None:
        """Answer the open question."""
        name, slot = self.open_slot, self.slot
        said = self.walk.answers.get(name)
        offer = self.stage.session.offer
        first = _first(offer) if offer is not None and offer.slot == name else 0
        labels = [o.label for o in offer.options] if offer is not None else []
        if said is not None and (said in labels or not first):
            self.answer = self.stage.send(said)
        elif isinstance(slot, Confirm):
            self.answer = self.stage.tap(1)
        elif first:
            self.answer = self.stage.tap(first)
        elif isinstance(slot.hint, str) and slot.hint:
            self.answer = self.stage.send(slot.hint)
        else:
            raise Broken(
                f"no answer known for {self.walk.frame}.{name}: add it to WALKS, or give the slot a hint"
            )

    def finish(self) -> list[str]:
        """Go on to the end; the questions met on the way."""
        met: list[str] = []
        for _ in range(STEPS):
            if not self.open_slot:
                return met
            met.append(self.open_slot)
            self.step()
        raise Broken(f"{self.walk} does not end; asked {met}, last answer:\n{self.answer}")


def _first(offer: Offer) -> int:
    """Number of the first choice that is a value, not a way to other choices; 0 if there is none."""
    values = [o.value not in (None, NEW) and action(o.value) is None for o in offer.options]
    return values.index(True) + 1 if True in values else 0
