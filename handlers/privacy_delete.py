"""删除信息（个人信息保护法第四十七条）：说清后果，问两遍，由人来办；办之前随时能撤回。"""

from datetime import datetime

from bot.dialog.frame import Confirm, Frame, Said, Slot, Values, opens
from bot.dialog.speech import Json, Option, Reply
from bot.domain.commands import AskPrivacy, Command, TakeBackRequest
from bot.domain.outcomes import Outcome
from bot.domain.rights import Ask, PrivacyAsked, PrivacyTakenBack, RightsView, VisitsFirst
from bot.domain.world import World
from handlers.privacy_whose import PATIENT, ROLE, allowed, asked, failed, name_of, rights_of
from handlers.texts import privacy as texts


def _deletes(world: World, values: Values) -> bool:
    rights = rights_of(world, values)
    return (
        allowed(world, values) and rights is not None and not rights.visits and Ask.DELETE not in rights.open
    )


def _explains(world: World, values: Values) -> Reply:
    return Reply(texts.explains(name_of(world, values)))


def _last_question(world: World, values: Values) -> Reply:
    return Reply(texts.last_question(name_of(world, values)))


class PrivacyDelete(Frame, id="privacy_delete", version=1, title="删除信息"):
    """Explained, asked twice, carried out by a person (第四十七条)."""

    role = ROLE
    patient = PATIENT
    heard = Confirm(_explains, after=("patient",), when=_deletes, yes=texts.GO_ON, no=texts.LEAVE)
    sure = Confirm(_last_question, after=("patient", "heard"), when=_deletes, yes=texts.SURE, no=texts.LEAVE)

    def commit(self, values: Values, key: str) -> Command | None:
        if values.get("sure") is not True or values.get("heard") is not True:
            return None
        return AskPrivacy(key, Ask.DELETE, str(values["patient"]))

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        if isinstance(outcome, PrivacyAsked):
            return asked(outcome)
        rights = rights_of(world, values)
        if outcome is None and rights is not None and allowed(world, values):
            if rights.done_in is not None:
                return waits(name_of(world, values), rights, rights.done_in)
            return failed(VisitsFirst(rights.visits), world, values)
        return failed(outcome, world, values)


def waits(name: str, rights: RightsView, due: datetime) -> Said:
    """It is asked for already, and can be taken back until it is carried out."""
    number: dict[str, Json] = {"number": rights.open[Ask.DELETE]}
    way = Option(texts.TAKE_BACK, opens("privacy_take_back", number))
    return Said(Reply(texts.waiting(name, due), (way,)), holds=True)


class PrivacyTakeBack(Frame, id="privacy_take_back", version=1, title="撤回删除申请"):
    """Until it is carried out, nobody has to stay with it."""

    number = Slot()

    def commit(self, values: Values, key: str) -> Command | None:
        number = values.get("number")
        return TakeBackRequest(key, number) if isinstance(number, int) else None

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        done = isinstance(outcome, PrivacyTakenBack)
        return Said(Reply(texts.taken_back() if done else texts.GONE))
