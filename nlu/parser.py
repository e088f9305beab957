"""The pipeline: normalize → entities → intents → ``Understood``.  Never raises, whatever the input."""

import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from nlu import redflags
from nlu.dates.found import Range
from nlu.entities import choices, people
from nlu.entities.medical import candidates
from nlu.intents import rules
from nlu.intents.features import features
from nlu.intents.model import Model, model
from nlu.lexicon import Lexicon
from nlu.normalize import normalize
from nlu.reading import Reader, Reading
from nlu.triage import clarify
from nlu.understood import Candidate, Slots, TimeRange, Understood

log = logging.getLogger(__name__)

ZONE = ZoneInfo("Asia/Shanghai")
_CORRECTS = re.compile(
    r"^(?:不对|不是|错了|说错|搞错|弄错|选错|改成|换成|改为|不,|不 |哦不|噢不|啊不|应该是|我是说|我说的是|我要的是|更正|打错|写错|不不)"
    r"|(?:不是|不要).{1,12}(?:是|要|换|而是)|(?:改成|换成|改为|改到|换到)(?!.*号)|,(?:不对|错了|说错了?|哦不|不是)|还是.{1,12}(?:吧|好了)$"
)
_SPLIT = re.compile(
    r"[,。;!?\n]+|(?=另外|顺便|顺带|还有就是|再帮我|再给我|然后(?:再|帮|给|把)|同时(?:帮|给|再)|并且|还要|还想|也帮|并(?:帮|把|给|重新))"
)
_ACTIONS = frozenset(
    (
        "book",
        "cancel",
        "change",
        "query_slots",
        "my_appointments",
        "pay",
        "register_patient",
        "waitlist",
        "complaint",
        "faq",
        "survey",
    )
)
_GOES_ON = re.compile(
    r"(?:嗯|好的?|那就?|请|我们|咱们|,| )*(?:继续|接着)(?:来|办|挂号?|约|说|吧|啊|呀|走|下去|刚才的|,|。|!| )*"
    r"|(?:嗯|好了?|,)*(?:[我俺]|[我俺]们)?(?:又|刚)?(?:回来|忙完|弄完)了?(?:啊|呀|啦|哈|,|。|!)*"
    r"|(?:啊|哈|嗯|什么|啥)\?+|(?:你)?(?:再)?(?:说|发|讲|重复)(?:一遍|一次|一下)(?:吧|呗|行吗)?|没(?:听清|看清|听见|看到|看见)楚?(?:了|啊)?|你?刚才?说(?:的)?(?:什么|啥)\??"
)
_PERSON = re.compile(
    r"(?:是|就是|给|帮|替|为|我们?家?的?|挂|看|要|想|这个|号|的|,|。| )*R(?:的|吧|呀|啊|哦|看病|看|挂号|挂|用|来|,|。|!| )*"
)
"""给我妈挂的: nothing but whom it is for."""
_OVER = re.compile(
    r"(?:^|挂|约|看|到|成|是|要|想)(?:一?个|的|[DM])*(昨天|昨日|昨儿个?|昨晚|前天|大前天|上(?:个)?(?:周|星期|礼拜)[一二三四五六日天末]|上个?月\d*[号日]?)"
    r"(?:P|的|上午|下午|早上|晚上)*(?:[DM的 ]|门诊|号|行吗|行不行|可以吗|还?有号?吗|有没有|有没|呢|吧|啊|看看|。|\?|$)*$"
    r"|(昨天|昨日|昨儿个?|前天|大前天|上(?:个)?(?:周|星期|礼拜)[一二三四五六日天末])P?的?(?:[DM]的?)?号.{0,4}(?:退|取消|改|换|补|还能)"
)
"""A wish for a day that is over; 昨天起疼 is none."""
_RENAMES = re.compile(r"(?:姓名|名字|大名).{0,6}(?:错|不对|改|换|更正)")
_DAY_SLOTS = frozenset(("day", "days", "date", "dates", "clinic"))
_ASKS = re.compile(r"查|看|发|告诉|说|哪|几|什么|啥|谁|吗|没有?$|忘|记|确认|核")
"""An appointment that is asked about, not only mentioned."""
_SECOND = 0.6
"""Both halves of a message must be this sure before it counts as two requests."""


class Nlu:
    """Understands messages with one hospital's names; stateless between messages, safe to share by threads."""

    def __init__(self, lexicon: Lexicon, trained: Model | None = None) -> None:
        self._reader = Reader(lexicon)
        self._model = trained or model()
        for said in ("明天心内科头疼，腊八前 8:30", "冬至 wo tou teng"):  # what loads on first use loads now
            self.parse(said, datetime(2026, 1, 1, tzinfo=ZONE))

    def parse(
        self,
        text: str,
        now: datetime,
        expecting: tuple[str, ...] = (),
        anchors: Mapping[str, date] | None = None,
    ) -> Understood:
        """What ``text`` means.  ``expecting`` names the open slots: a bare 「下午」 answers an open question.

        ``anchors``: the days of 出院, 手术, 分娩… where known, from which 出院后两周 counts.
        """
        today = (now.astimezone(ZONE) if now.tzinfo else now).date()
        try:
            return self._parse(text, today, expecting, anchors)
        except (ArithmeticError, LookupError, ValueError, TypeError, RecursionError) as error:
            # a patient gets a question instead of silence; the mistake is ours and is logged without the words
            log.error("nlu.failed error=%s length=%d", type(error).__name__, len(text), exc_info=error)
            return Understood(text, normalize(text).text)

    def _parse(
        self,
        text: str,
        today: date,
        expecting: tuple[str, ...],
        anchors: Mapping[str, date] | None = None,
    ) -> Understood:
        reading = self._reader.read(text, today, anchors)
        first = self._understand(reading, today, expecting)
        if len(reading.text) < 8 or first.red_flag:
            return first
        return self._with_second(first, reading, today)

    def _understand(self, reading: Reading, today: date, expecting: tuple[str, ...]) -> Understood:
        shortcut = rules.exact(reading.normal.text)
        flag = None if shortcut else redflags.red_flag(reading.normal.text)
        scores = (
            [] if shortcut else self._model.scores(features(reading.shape, bool(reading.complaints.hints)))
        )
        verdict = rules.decide(reading, scores, expecting)
        slots = _slots(reading, verdict.intent, today, expecting)
        question, found = self._candidates(reading)
        return Understood(
            text=reading.normal.original,
            normalized=reading.normal.text,
            intent="emergency" if flag else verdict.intent,
            confidence=1.0 if flag else verdict.confidence,
            slots=slots,
            candidates=found,
            clarify=None if flag else question,
            alternatives=() if flag else verdict.alternatives,
            red_flag=flag,
            corrects=_corrects(reading.normal.text, verdict, slots),
            gives_up=verdict.gives_up and not flag,
            goes_on=bool(_GOES_ON.fullmatch(reading.normal.text)),
        )

    def _candidates(self, reading: Reading) -> tuple[str | None, tuple[Candidate, ...]]:
        """(question worth asking, departments pointed to)."""
        if reading.named.department is not None:
            return None, ()
        if reading.named.group:
            share = round(1 / len(reading.named.group), 3)
            return None, tuple(Candidate(d, share) for d in reading.named.group)
        who = dict.fromkeys(m.value for m in reading.mentions if m.kind == "who")
        points, known = reading.complaints.points, self._reader.departments
        found = candidates((*points, *reading.complaints.hints), who, known)
        return clarify(reading.text, (name for _, name in points), who, found, known)

    def _with_second(self, first: Understood, reading: Reading, today: date) -> Understood:
        """退掉内科的，另外约个眼科: two clear requests of different kinds."""
        pieces = [p for p in _SPLIT.split(reading.normal.text) if len(p.strip()) >= 3]
        if not 2 <= len(pieces) <= 4:
            return first
        parsed = [self._understand(self._reader.read(p, today), today, ()) for p in pieces]
        clear = [u for u in parsed if u.intent in _ACTIONS and u.confidence >= _SECOND and not u.corrects]
        if any(u.intent != "complaint" for u in clear) and not rules.complains(reading.normal.text):
            clear = [u for u in clear if u.intent != "complaint"]  # rude, but with a request
        asked = [u for u in clear if u.intent != "my_appointments" or _ASKS.search(u.normalized)]
        told = len(asked) < len(clear)  # 我约好了的，你给我调到周六: what they have is no request
        clear = asked or clear
        kinds = list(dict.fromkeys(u.intent for u in clear))
        if len(kinds) == 1 and (first.intent == "complaint" or (told and first.intent == "my_appointments")):
            return replace(first, intent=clear[0].intent, confidence=clear[0].confidence)
        if len(kinds) < 2 or {"change", "cancel"} >= set(kinds) or _same_request(kinds, clear):
            return first
        head = replace(clear[0], text=first.text)
        rest = tuple(u for u in clear[1:] if u.intent != head.intent)
        return replace(head, also=rest) if rest else first


def _corrects(text: str, verdict: rules.Verdict, slots: Slots) -> bool:
    """不对，是下午: unless the whole message is about changing an appointment, or about giving up."""
    if slots.person_name and not verdict.gives_up and _RENAMES.search(text):
        return True
    return (
        not verdict.gives_up and verdict.intent not in ("change", "cancel") and bool(_CORRECTS.search(text))
    )


def _same_request(kinds: list[str], clear: list[Understood]) -> bool:
    """明天有号吗，帮我挂一个: looking and booking (or waiting for) the same thing is one wish, and so is 去不了了，改到后天."""
    if "query_slots" in kinds and {"book", "waitlist"} & set(kinds):
        return True
    if "change" in kinds and "book" in kinds:
        return not any(u.intent == "book" and (u.slots.department or u.slots.doctors) for u in clear)
    if "cancel" in kinds and "book" in kinds:
        return not any(u.intent == "book" and (u.slots.department or u.slots.doctors) for u in clear)
    return "faq" in kinds and len(kinds) == 2 and "query_slots" in kinds


def _slots(reading: Reading, intent: str, today: date, expecting: tuple[str, ...]) -> Slots:
    found, named = reading.found, reading.named
    days, from_days = found.wanted(today), found.moved_from
    if intent in ("change", "cancel", "my_appointments") and found.excluded:
        days, from_days = found.days, from_days or found.excluded
    if intent == "cancel" and not days:
        days = from_days
    text = reading.text
    over = _OVER.search(reading.shape) if not days and not found.invalid else None
    return Slots(
        department=named.department,
        doctor=named.doctor,
        doctors=named.doctors,
        doctor_said=named.said,
        dates=days,
        from_dates=from_days,
        asap=found.asap,
        any_day=found.any_day and not found.days,
        period=found.period,
        time=_time(found.time),
        symptoms=reading.complaints.symptoms,
        patient=people.patient(text, reading.mentions),
        choice=choices.choice(text, day_asked=not expecting or bool(_DAY_SLOTS & set(expecting))),
        patient_only=bool(_PERSON.fullmatch(reading.shape)),
        invalid_date=(over.group(1) or over.group(2)) if over else found.invalid,
        day_over=found.over or over is not None,
        unresolved_date=found.unresolved,
        clinic_kind=choices.clinic_kind(text),
        person_name=choices.person_name(reading.normal, text),
        id_number=reading.numbers.id_number,
        phone=reading.numbers.phone,
    )


def _time(found: "time | Range | None") -> "time | TimeRange | None":
    return TimeRange(found.start, found.end) if isinstance(found, Range) else found
