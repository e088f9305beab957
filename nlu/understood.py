"""What the NLU hands to the dialogs: one frozen value per message."""

from dataclasses import dataclass, field
from datetime import date, time

INTENTS = (
    "book", "query_slots", "change", "cancel", "my_appointments", "register_patient", "triage",
    "emergency", "waitlist", "pay", "survey", "complaint", "human", "faq", "greet", "help", "thanks",
    "unsubscribe", "privacy", "confirm", "deny", "back", "restart", "unknown",
)  # fmt: skip
"""Every intent the house knows; ``python -m nlu`` never says another."""

BY_WORDS = ("privacy",)
"""Intents that plain words decide alone (`nlu.intents.patterns`); the model has not learnt them."""


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A stretch of the day; either end may be open."""

    start: time | None
    end: time | None


@dataclass(frozen=True, slots=True)
class Slots:
    """What was mentioned; an empty field was not."""

    department: str | None = None
    """Canonical name from the lexicon."""
    doctor: str | None = None
    """Canonical full name, when the mention can mean only one doctor."""
    doctors: tuple[str, ...] = ()
    """Canonical names of everyone a mention like 王主任 may mean (one entry when ``doctor`` is set)."""
    doctor_said: str | None = None
    """The patient's words for a doctor (王主任, 李大夫), also when the hospital has nobody of that name."""
    dates: tuple[date, ...] = ()
    """Sorted, today or later.  Of a change (把周三的改到周五) only the new ones."""
    from_dates: tuple[date, ...] = ()
    """Of a change or a cancellation: the day of the appointment that is meant (把周三的改到周五 → 周三)."""
    asap: bool = False
    any_day: bool = False
    """哪天都行: the patient has no wish."""
    period: str | None = None
    """am | pm | evening"""
    time: "time | TimeRange | None" = None
    symptoms: tuple[str, ...] = ()
    patient: str | None = None
    """Whom it is for: 本人 母亲 父亲 孩子 丈夫 妻子 爱人 爷爷 奶奶 … as docs/nlu.md lists them."""
    patient_only: bool = False
    """Nothing else is said (给我妈), so that it is no patient's name."""
    choice: int | None = None
    """第二个 → 2; the last one → -1; none of them (都不要) → 0; a bare digit too."""
    invalid_date: str | None = None
    """The patient's words for a date that does not exist (2月30号) or is over (昨天)."""
    day_over: bool = False
    """``invalid_date`` is a day that has been."""
    unresolved_date: str | None = None
    """The patient's words for a day counted from one we do not know (出院后两周)."""
    clinic_kind: str | None = None
    """专家号 | 普通号 | 特需号"""
    person_name: str | None = None
    """A name given as one (我叫王建国, 姓名：王建国); a bare name is the asking slot's business."""
    id_number: str | None = None
    """Identity number as typed, spaces and full-width removed, X upper-case; checksum not judged here."""
    phone: str | None = None
    """Mainland mobile number, 11 digits."""
    scene: str | None = None
    """The code that was scanned; never said in words."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A department that symptoms point to."""

    department: str
    score: float


@dataclass(frozen=True, slots=True)
class Understood:
    """One message, understood.

    ``intent`` is the best guess and may be ``unknown``; ``alternatives`` are the runners-up, best first, for
    「您是想 A 还是 B？」.  ``red_flag`` names the danger sign (胸痛, 卒中…) whatever the intent, so that it wins
    in any dialog.  ``corrects`` marks 不对/改成/不是…是…: its slots overwrite instead of adding.
    """

    text: str
    normalized: str
    intent: str = "unknown"
    confidence: float = 0.0
    slots: Slots = field(default_factory=Slots)
    candidates: tuple[Candidate, ...] = ()
    clarify: str | None = None
    """Id of the one question (data/triage.yaml) that would tell the candidates apart."""
    alternatives: tuple[tuple[str, float], ...] = ()
    red_flag: str | None = None
    corrects: bool = False
    gives_up: bool = False
    """算了/不挂了/取消吧 said of what is going on, naming nothing else: the open task is dropped."""
    goes_on: bool = False
    """继续, 接着挂号: what is open is gone on with; yes to nothing."""
    also: tuple["Understood", ...] = ()
    """Further requests of the same message (退掉内科的，另外约个眼科), in order."""
