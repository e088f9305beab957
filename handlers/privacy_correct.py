"""改登记的信息（个人信息保护法第四十六条）：手机号当场改，姓名和证件由工作人员看过证件再改。"""

import re

from bot.dialog.frame import Confirm, Frame, Heard, Known, Said, Slot, Values
from bot.dialog.speech import Option, Reply
from bot.domain.commands import AskPrivacy, Command
from bot.domain.outcomes import Outcome
from bot.domain.rights import Ask, PrivacyAsked
from bot.domain.world import World
from handlers.privacy_whose import PATIENT, ROLE, allowed, asked, failed, name_of
from handlers.registering_heard import FIELDS
from handlers.texts import privacy as texts
from nlu.understood import Understood

_SURE = 0.55
"""From here an intent is no answer (docs/nlu.md)."""
_LONGEST = 100
"""Characters of a correction."""


def _which_field(world: World, values: Values) -> Reply:
    return Reply(texts.FIELD, tuple(Option(label, name) for name, label in texts.FIELDS.items()))


def _field(understood: Understood, world: World, values: Values) -> Heard:
    if values.get("field"):
        return None
    said = understood.normalized
    return next((Known(name) for name, pattern in FIELDS if re.search(pattern, said)), None)


def _written(world: World, values: Values) -> bool:
    return allowed(world, values) and values.get("field") != "phone"


def _right(understood: Understood, world: World, values: Values) -> Heard:
    """Whatever is written, unless it plainly asks for something else or says nothing."""
    said = understood.text.strip()
    other = understood.intent not in ("unknown", "register_patient") and understood.confidence >= _SURE
    if other or not re.search(r"\w", said) or re.search(r"[@#$%^&*]{2}", said):
        return None
    return Known(said[:_LONGEST])


def _ask_right(world: World, values: Values) -> Reply:
    return Reply(texts.right(name_of(world, values), str(values["field"])))


def _read_back(world: World, values: Values) -> Reply:
    return Reply(texts.right_is(name_of(world, values), str(values["field"]), str(values["words"])))


class PrivacyCorrect(
    Frame, id="privacy_correct", version=1, title="改登记的信息", takes=("register_patient",)
):
    """The phone is changed here (R14); name and document by people, who look at the document."""

    role = ROLE
    patient = PATIENT
    field = Slot(ask=_which_field, hear=_field, when=allowed, title="哪一项", hint="姓名")
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
            return asked(outcome)
        if outcome is None and values.get("field") == "phone" and allowed(world, values):
            return Said(Reply(""), then=("correct_phone", {"patient": values["patient"]}))
        return failed(outcome, world, values)
