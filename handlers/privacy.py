"""我的信息：看存了什么，要一份，改错，撤回同意，删除（个人信息保护法第四十四至五十条）；办之前先说清楚后果。"""

import re
from dataclasses import replace
from datetime import datetime

from bot.dialog.frame import Confirm, Frame, Heard, Known, Said, Slot, Values, opens
from bot.dialog.speech import Json, Option, Reply
from bot.domain.commands import AskForCopy, AskPrivacy, Command, LookAtData, TakeBackRequest, WithdrawConsent
from bot.domain.outcomes import Outcome, Refused
from bot.domain.rights import (
    Ask,
    ConsentWithdrawn,
    CopyLimit,
    CopyReady,
    Holdings,
    PrivacyAsked,
    PrivacyTakenBack,
    RightsView,
    VisitsFirst,
    Whose,
)
from bot.domain.views import PatientView, Relation
from bot.domain.world import World
from handlers import people
from handlers.registering_heard import FIELDS
from handlers.texts import privacy as texts
from handlers.texts import refusals, words
from nlu.understood import Understood

_WORDS: tuple[tuple[Ask, re.Pattern[str]], ...] = (
    (Ask.DELETE, re.compile(r"删|注销|清[除空掉]|抹[掉去]|销毁|销个?户")),
    (
        Ask.WITHDRAW,
        re.compile(r"撤[回销]|收回|取消.{0,6}(同意|授权)|(别|不[要许准让]|停止|禁止).{0,6}(用|收集|存|留)|不同意"),
    ),
    (Ask.CORRECT, re.compile(r"(登记|写|填|录|打|弄|搞)错|更正|改正|错了|不对")),
    (Ask.COPY, re.compile(r"一?份|导出|下载|打印|复印|拷|复制|调取|查阅")),
    (Ask.LOOK, re.compile(r"存|留[了着]|记[了着]|收集|掌握|哪些|什么|啥|咩|多少|看|查|登记.{0,2}对")),
)  # fmt: skip
_KEEP = "keep"
_KEEPS = re.compile(r"(别|不[要想用]?)(再|给我|把我的?(信息|资料)?)*(删|注销)")
"""别删了: no right, but the answer to one that was asked for."""
_FRAMES = {
    Ask.COPY: ("privacy_copy", texts.COPY),
    Ask.CORRECT: ("privacy_correct", texts.CORRECT),
    Ask.WITHDRAW: ("privacy_withdraw", texts.WITHDRAW),
    Ask.DELETE: ("privacy_delete", texts.DELETE),
}
_SURE = 0.55
"""From here an intent is no answer (docs/nlu.md)."""
_LONGEST = 100
"""Characters of a correction."""


def _patient(world: World, values: Values) -> PatientView | None:
    return next((p for p in world.patients() if p.id == values.get("patient")), None)


def _rights(world: World, values: Values) -> RightsView | None:
    chosen = values.get("patient")
    return world.rights(chosen) if isinstance(chosen, str) else None


def _name(world: World, values: Values) -> str:
    patient = _patient(world, values)
    return patient.masked_name if patient is not None else ""


def _known(world: World, values: Values) -> bool:
    return bool(world.patients())


def _own(world: World, values: Values) -> bool:
    """What the chat may begin for this patient: not for an adult who answers for themselves."""
    rights = _rights(world, values)
    return rights is not None and rights.whose is not Whose.ADULT


def _whose(world: World, values: Values) -> Reply:
    return Reply(texts.WHOSE, tuple(Option(words.patient(p), p.id) for p in world.patients()))


def _answers_whose(understood: Understood, world: World, values: Values) -> Heard:
    found = people.by_name(understood.text, world.patients())
    return Known(found[0].id) if len(found) == 1 else None


def _mine(world: World, values: Values) -> Json:
    """「我的」 is one's own, where one is registered; else the only one there is.  「我妈的」 is hers, or asked for:
    never one's own."""
    everyone, role = world.patients(), values.get("role")
    if isinstance(role, str):
        found = [p.id for p in everyone if people.fits(p, role)]
        return found[0] if len(found) == 1 else None
    own = [p.id for p in everyone if p.relation is Relation.SELF]
    return own[0] if own else everyone[0].id if len(everyone) == 1 else None


def _about_one(world: World, values: Values) -> bool:
    return _known(world, values) and values.get("what") != _KEEP


def _what(understood: Understood, world: World, values: Values) -> Heard:
    said = understood.normalized
    if _KEEPS.search(said):
        return Known(_KEEP)
    return next((Known(kind.value) for kind, pattern in _WORDS if pattern.search(said)), None)


def _menu(world: World, values: Values) -> Reply:
    others = (Option(label, kind.value) for kind, (_, label) in _FRAMES.items())
    return Reply(texts.ASK, (Option(texts.LOOK, Ask.LOOK.value), *others))


_ROLE = Slot(hear=people.role)
_PATIENT = Slot(
    ask=_whose, answer=_answers_whose, after=("role",), auto=_mine, when=_known, title="就诊人", hint="1"
)


def _failed(outcome: Outcome | None, world: World, values: Values) -> Said:
    """Nothing was done: whose it is, or nobody's."""
    if isinstance(outcome, VisitsFirst):
        return Said(
            Reply(texts.visits_first(outcome.visits), (Option("我的预约", opens("my_appointments")),)),
            holds=True,
        )
    patient = _patient(world, values)
    if patient is None:
        return Said(Reply(refusals.GONE if world.patients() else texts.NOBODY))
    if not _own(world, values):
        return Said(
            Reply(texts.adult(patient.masked_name, world.phone), _ways_for_adult(patient)), holds=True
        )
    why = outcome.why if isinstance(outcome, Refused) else None
    return Said(Reply(refusals.reason(why, world.phone) if why is not None else refusals.GONE))


def _ways_for_adult(patient: PatientView) -> tuple[Option, ...]:
    known: dict[str, Json] = {"patient": patient.id}
    return (
        Option("移除", opens("unlink", dict(known)), words=("从名单里移除",)),
        Option(texts.WITHDRAW, opens("privacy_withdraw", dict(known))),
    )


class Privacy(Frame, id="privacy", version=1, title="我的信息", intents=("privacy",)):
    """Which right; what is stored is answered here, the others have a frame of their own."""

    what = Slot(ask=_menu, hear=_what, when=_known, hint="看看存了我什么")
    role = _ROLE
    patient = replace(_PATIENT, when=_about_one)

    def commit(self, values: Values, key: str) -> Command | None:
        if values.get("what") == Ask.LOOK.value and values.get("patient"):
            return LookAtData(key, str(values["patient"]))
        return None

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        patient = _patient(world, values)
        if values.get("what") == _KEEP:
            return _kept(world)
        if isinstance(outcome, Holdings) and patient is not None:
            known: dict[str, Json] = {"patient": patient.id}
            ways = tuple(Option(label, opens(frame, dict(known))) for frame, label in _FRAMES.values())
            return Said(Reply(texts.holdings(outcome.masked_name, outcome.holdings), ways), holds=True)
        if outcome is None and patient is not None:
            frame, _ = _FRAMES[Ask(str(values["what"]))]
            return Said(Reply(""), then=(frame, {"patient": patient.id}))
        return _failed(outcome, world, values)


def _kept(world: World) -> Said:
    """The deletion that was asked for can be taken back; without one there is nothing to do."""
    for patient in world.patients():
        rights = world.rights(patient.id)
        if rights is not None and rights.done_in is not None:
            return _waits(patient.masked_name, rights, rights.done_in)
    return Said(Reply(texts.KEPT))


def _waits(name: str, rights: RightsView, due: datetime) -> Said:
    number: dict[str, Json] = {"number": rights.open[Ask.DELETE]}
    way = Option(texts.TAKE_BACK, opens("privacy_take_back", number))
    return Said(Reply(texts.waiting(name, due), (way,)), holds=True)


def _way(world: World, values: Values) -> Json:
    """A page of one's own, where there are pages; else somebody prepares it."""
    rights = _rights(world, values)
    if rights is None or rights.whose is Whose.ADULT:
        return "none"
    return "page" if rights.whose is Whose.OWN and rights.has_page else "desk"


class PrivacyCopy(Frame, id="privacy_copy", version=1, title="要一份我的信息"):
    """A link that ends after a day, or a request for the desk."""

    role = _ROLE
    patient = _PATIENT
    way = Slot(ask=texts.ASK, auto=_way, after=("patient",), when=_known)

    def commit(self, values: Values, key: str) -> Command | None:
        match values.get("way"):
            case "page":
                return AskForCopy(key, str(values["patient"]))
            case "desk":
                return AskPrivacy(key, Ask.COPY, str(values["patient"]))
            case _:
                return None

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        match outcome:
            case CopyReady(url=url, until=until):
                return Said(Reply(texts.copy_ready(url, until)))
            case CopyLimit(limit=limit):
                return Said(Reply(texts.copy_limit(limit, world.phone)))
            case PrivacyAsked():
                return _asked(outcome)
            case _:
                return _failed(outcome, world, values)


def _asked(outcome: PrivacyAsked) -> Said:
    return Said(Reply(texts.asked(outcome.kind, outcome.masked_name, outcome.due_on)))


def _which_field(world: World, values: Values) -> Reply:
    return Reply(texts.FIELD, tuple(Option(label, name) for name, label in texts.FIELDS.items()))


def _field(understood: Understood, world: World, values: Values) -> Heard:
    if values.get("field"):
        return None
    said = understood.normalized
    return next((Known(name) for name, pattern in FIELDS if re.search(pattern, said)), None)


def _written(world: World, values: Values) -> bool:
    return _own(world, values) and values.get("field") != "phone"


def _right(understood: Understood, world: World, values: Values) -> Heard:
    """Whatever is written, unless it plainly asks for something else or says nothing."""
    said = understood.text.strip()
    other = understood.intent not in ("unknown", "register_patient") and understood.confidence >= _SURE
    if other or not re.search(r"\w", said) or re.search(r"[@#$%^&*]{2}", said):
        return None
    return Known(said[:_LONGEST])


def _ask_right(world: World, values: Values) -> Reply:
    return Reply(texts.right(_name(world, values), str(values["field"])))


def _read_back(world: World, values: Values) -> Reply:
    return Reply(texts.right_is(_name(world, values), str(values["field"]), str(values["words"])))


class PrivacyCorrect(
    Frame, id="privacy_correct", version=1, title="改登记的信息", takes=("register_patient",)
):
    """The phone is changed here (R14); name and document by people, who look at the document."""

    role = _ROLE
    patient = _PATIENT
    field = Slot(ask=_which_field, hear=_field, when=_own, title="哪一项", hint="姓名")
    words = Slot(
        ask=_ask_right, answer=_right, after=("field",), when=_written, title="正确的内容", hint="王建国"
    )
    sure = Confirm(_read_back, after=("field", "words"), when=_written)

    def commit(self, values: Values, key: str) -> Command | None:
        if values.get("sure") is not True:
            return None
        said = f"{texts.FIELDS[str(values['field'])]}：{values['words']}"
        return AskPrivacy(key, Ask.CORRECT, str(values["patient"]), said)

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        if isinstance(outcome, PrivacyAsked):
            return _asked(outcome)
        if outcome is None and values.get("field") == "phone" and _own(world, values):
            return Said(Reply(""), then=("correct_phone", {"patient": values["patient"]}))
        return _failed(outcome, world, values)


def _given(world: World, values: Values) -> bool:
    rights = _rights(world, values)
    return rights is not None and bool(rights.consents)


def _which_consent(world: World, values: Values) -> Reply:
    rights = _rights(world, values)
    given = rights.consents if rights is not None else ()
    return Reply(texts.CONSENT, tuple(Option(texts.CONSENTS.get(kind, kind), kind) for kind in given))


def _consent(understood: Understood, world: World, values: Values) -> Heard:
    return Known("followup") if re.search("问卷|回访|随访", understood.normalized) else None


def _only_consent(world: World, values: Values) -> Json:
    rights = _rights(world, values)
    return rights.consents[0] if rights is not None and len(rights.consents) == 1 else None


def _what_stops(world: World, values: Values) -> Reply:
    return Reply(texts.stops(str(values["consent"]), _name(world, values)))


class PrivacyWithdraw(Frame, id="privacy_withdraw", version=1, title="撤回同意"):
    """What stops is said first; then it is done at once (第十五条)."""

    role = _ROLE
    patient = _PATIENT
    consent = Slot(
        ask=_which_consent, answer=_consent, auto=_only_consent, after=("patient",), when=_given, title="哪一项",
        hint="1",
    )  # fmt: skip
    sure = Confirm(_what_stops, after=("patient", "consent"), when=_given, yes=texts.STOP, no=texts.STAY)

    def commit(self, values: Values, key: str) -> Command | None:
        if values.get("sure") is not True:
            return None
        return WithdrawConsent(key, str(values["patient"]), str(values["consent"]))

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        if isinstance(outcome, ConsentWithdrawn):
            return Said(
                Reply(texts.withdrawn(outcome.consent, outcome.masked_name, unlinked=outcome.unlinked))
            )
        if outcome is None and _patient(world, values) is not None:
            return Said(Reply(texts.NO_CONSENT))
        return _failed(outcome, world, values)


def _deletes(world: World, values: Values) -> bool:
    rights = _rights(world, values)
    return _own(world, values) and rights is not None and not rights.visits and Ask.DELETE not in rights.open


def _explains(world: World, values: Values) -> Reply:
    return Reply(texts.explains(_name(world, values)))


def _last_question(world: World, values: Values) -> Reply:
    return Reply(texts.last_question(_name(world, values)))


class PrivacyDelete(Frame, id="privacy_delete", version=1, title="删除信息"):
    """Explained, asked twice, carried out by a person (第四十七条)."""

    role = _ROLE
    patient = _PATIENT
    heard = Confirm(_explains, after=("patient",), when=_deletes, yes=texts.GO_ON, no=texts.LEAVE)
    sure = Confirm(_last_question, after=("patient", "heard"), when=_deletes, yes=texts.SURE, no=texts.LEAVE)

    def commit(self, values: Values, key: str) -> Command | None:
        if values.get("sure") is not True or values.get("heard") is not True:
            return None
        return AskPrivacy(key, Ask.DELETE, str(values["patient"]))

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        if isinstance(outcome, PrivacyAsked):
            return _asked(outcome)
        rights = _rights(world, values)
        if outcome is None and rights is not None and _own(world, values):
            if rights.done_in is not None:
                return _waits(_name(world, values), rights, rights.done_in)
            return _failed(VisitsFirst(rights.visits), world, values)
        return _failed(outcome, world, values)


class PrivacyTakeBack(Frame, id="privacy_take_back", version=1, title="撤回删除申请"):
    """Until it is carried out, nobody has to stay with it."""

    number = Slot()

    def commit(self, values: Values, key: str) -> Command | None:
        number = values.get("number")
        return TakeBackRequest(key, number) if isinstance(number, int) else None

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        done = isinstance(outcome, PrivacyTakenBack)
        return Said(Reply(texts.taken_back() if done else texts.GONE))


FRAMES = (Privacy, PrivacyCopy, PrivacyCorrect, PrivacyWithdraw, PrivacyDelete, PrivacyTakeBack)
