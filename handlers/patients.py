"""就诊人管理：看名单，改手机号（R14），移除；每一步都先核对。"""

from bot.dialog.frame import NEW, Confirm, Frame, Heard, Known, Said, Slot, Values, opens
from bot.dialog.speech import Option, Reply
from bot.domain.commands import Command, CorrectPatient, UnlinkPatient
from bot.domain.masking import mask_phone
from bot.domain.outcomes import Corrected, Outcome, Refused, Unlinked
from bot.domain.views import PatientView
from bot.domain.world import World
from handlers import documents, people
from handlers.texts import patients as texts
from handlers.texts import refusals, words
from handlers.texts import register as register_texts
from nlu.understood import Understood


def _chosen(world: World, values: Values) -> PatientView | None:
    return next((p for p in world.patients() if p.id == values.get("patient")), None)


def _listed(world: World, values: Values) -> Reply:
    options = [Option(words.patient(p), p.id) for p in world.patients()]
    if not options:
        return Reply(texts.NONE)
    return Reply(texts.LIST, (*options, Option(texts.ADD, NEW, words=("添加", "新增"))))


class Patients(Frame, id="patients", version=1, title="就诊人管理", intents=("patients",)):
    """The list; one patient's page with what can be done."""

    patient = Slot(ask=_listed, answer=people.answered, sub="register", hint="1")

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        patient = _chosen(world, values)
        if patient is None:
            return Said(Reply(texts.NONE))
        known = {"patient": patient.id}
        ways = (
            Option(texts.PHONE, opens("correct_phone", dict(known)), words=("改电话", "换手机号", "改号码")),
            Option(texts.UNLINK, opens("unlink", dict(known)), words=("删除", "解绑", "去掉")),
            Option(
                texts.WRONG, opens("privacy_correct", dict(known)), words=("登记错了", "名字错了", "证件错了")
            ),
        )
        return Said(Reply(texts.actions(patient), ways), holds=True)


def _new_phone(understood: Understood, world: World, values: Values) -> Heard:
    return Known(understood.slots.phone) if understood.slots.phone else None


def _confirm_phone(world: World, values: Values) -> Reply:
    patient = _chosen(world, values)
    return Reply(texts.confirm_phone(patient, mask_phone(str(values["phone"]))) if patient else refusals.GONE)


class CorrectPhone(Frame, id="correct_phone", version=1, title="改手机号"):
    """A correction is logged; it feeds the accuracy figure (R21)."""

    patient = Slot()
    phone = Slot(
        ask=texts.NEW_PHONE, hear=_new_phone, answer=documents.phone_said, title="手机号", hint="11位数字"
    )
    sure = Confirm(_confirm_phone, after=("phone",))

    def commit(self, values: Values, key: str) -> Command | None:
        return CorrectPatient(key, str(values["patient"]), "phone", str(values["phone"]))

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        match outcome:
            case Corrected(patient=patient):
                return Said(Reply(texts.corrected(patient)))
            case Refused(why=why):
                return Said(Reply(refusals.reason(why, world.phone)))
            case _:
                return Said(Reply(register_texts.PHONE_WRONG), done=False, clear=("phone",))


def _confirm_unlink(world: World, values: Values) -> Reply:
    patient = _chosen(world, values)
    return Reply(texts.confirm_unlink(patient) if patient else refusals.GONE)


class Unlink(Frame, id="unlink", version=1, title="移除就诊人"):
    """Off the list; the person and the appointments stay."""

    patient = Slot()
    sure = Confirm(_confirm_unlink, after=("patient",), yes="确认移除", no="不移除")

    def commit(self, values: Values, key: str) -> Command | None:
        return UnlinkPatient(key, str(values["patient"]))

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        match outcome:
            case Unlinked(masked_name=name):
                return Said(Reply(texts.unlinked(name)))
            case Refused(why=why):
                return Said(Reply(refusals.reason(why, world.phone)))
            case _:
                return Said(Reply(refusals.GONE))
