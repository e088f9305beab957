"""Trying a sentence: what the program understands of it, with the hospital's names as they are or as they would be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.dialog.digress import SURE
from bot.domain.clock import local
from bot.domain.faq import Entries, Entry, several
from bot.services.hospital import Hospital
from nlu.lexicon import Lexicon
from nlu.parser import Nlu
from nlu.understood import Understood

LONGEST = 200
SHOWN = 5
INTENTS: Mapping[str, str] = {
    "book": "挂号", "query_slots": "查号", "change": "改约", "cancel": "退号", "my_appointments": "查自己的预约",
    "register_patient": "登记就诊人", "triage": "问挂哪个科", "emergency": "急症", "waitlist": "候补", "pay": "交费",
    "survey": "答问卷", "complaint": "提意见", "human": "找人工", "faq": "问问题", "greet": "打招呼", "help": "求助",
    "thanks": "道谢", "unsubscribe": "退订", "privacy": "问自己的信息", "confirm": "答应", "deny": "不同意",
    "back": "返回", "restart": "重新开始", "unknown": "没听懂",
}  # fmt: skip
_OF_NAMES = ("book", "query_slots", "faq", "triage", "unknown")
"""What a bare name of a department or doctor is taken for."""
_NAMED = ("科", "门诊", "中心", "室")
"""What ends like this names a place, whatever ails people there (头痛门诊)."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the program makes of it, in words."""

    said: str
    intent: str
    asks: bool
    """Whether it is taken for a question, or for nothing: then the usual questions are looked through."""
    red_flag: bool
    department: str
    doctor: str
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    """Which entries know something of it."""

    entry: Entry
    score: int
    answers: bool


class Trying:
    """Safe to share by threads; remembers the parser of the names last asked about."""

    def __init__(self, hospital: Hospital) -> None:
        self._hospital = hospital
        self._known: tuple[Lexicon, Nlu] | None = None

    def __call__(self, text: str) -> Heard:
        return self._heard(self._nlu(), text)

    def _nlu(self) -> Nlu:
        lexicon, known = self._hospital.lexicon(), self._known
        if known is None or known[0] is not lexicon:
            known = self._known = (lexicon, Nlu(lexicon))
        return known[1]

    def under(self, lexicon: Lexicon, text: str) -> Heard:
        """With names that are not in force."""
        return self._heard(Nlu(lexicon), text)

    def means(self) -> Callable[[str], str]:
        """What the program takes a word for already, beside a name of the hospital's; empty: for nothing.  Asked for
        before a transaction: the names may need a connection of their own."""
        nlu, now = self._nlu(), local(self._hospital.clock.now())
        return lambda word: _taken_for(nlu.parse(word, now), word)

    def _heard(self, nlu: Nlu, text: str) -> Heard:
        return _in_words(nlu.parse(text[:LONGEST], local(self._hospital.clock.now())))


def _taken_for(heard: Understood, word: str) -> str:
    if heard.slots.symptoms and not word.endswith(_NAMED):
        return "症状"
    if heard.slots.dates or heard.slots.period or heard.slots.time:
        return "时间"
    if heard.slots.patient_only:
        return "患者是谁"
    taken = heard.confidence >= SURE and heard.intent not in _OF_NAMES
    return INTENTS.get(heard.intent, "") if taken else ""


def ranked(entries: Entries, said: str) -> list[Ranked]:
    """The entries with a score, the best first; the first of them is what is answered."""
    chosen = {entry.id for entry in several(entries, said)}
    found = [Ranked(entry, entry.score(said), entry.id in chosen) for entry in entries]
    return sorted((each for each in found if each.score), key=lambda each: (not each.answers, -each.score))[
        :SHOWN
    ]


def _in_words(heard: Understood) -> Heard:
    sure = heard.confidence >= SURE and heard.intent != "unknown"
    slots = heard.slots
    return Heard(
        said=heard.normalized or heard.text,
        intent=INTENTS.get(heard.intent if sure else "unknown", "没听懂"),
        asks=not sure or heard.intent == "faq",
        red_flag=bool(heard.red_flag),
        department=slots.department or "",
        doctor=slots.doctor or "、".join(slots.doctors),
        candidates=tuple(each.department for each in heard.candidates[:4]),
    )
