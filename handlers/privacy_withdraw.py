"""撤回同意（个人信息保护法第十五、十六条）：先说清楚什么会停，再马上办。"""

import re

from bot.dialog.frame import Confirm, Frame, Heard, Known, Said, Slot, Values
from bot.dialog.speech import Json, Option, Reply
from bot.domain.commands import Command, WithdrawConsent
from bot.domain.outcomes import Outcome
from bot.domain.rights import ConsentWithdrawn
from bot.domain.world import World
from handlers.privacy_whose import PATIENT, ROLE, failed, name_of, patient_of, rights_of
from handlers.texts import privacy as texts
from nlu.understood import Understood


def _given(world: World, values: Values) -> bool:
    rights = rights_of(world, values)
    return rights is not None and bool(rights.consents)


def _which_consent(world: World, values: Values) -> Reply:
    rights = rights_of(world, values)
    given = rights.consents if rights is not None else ()
    return Reply(texts.CONSENT, tuple(Option(texts.CONSENTS.get(kind, kind), kind) for kind in given))


def _consent(understood: Understood, world: World, values: Values) -> Heard:
    return Known("followup") if re.search("问卷|回访|随访", understood.normalized) else None


def _only_consent(world: World, values: Values) -> Json:
    rights = rights_of(world, values)
    return rights.consents[0] if rights is not None and len(rights.consents) == 1 else None


def _what_stops(world: World, values: Values) -> Reply:
    return Reply(texts.stops(str(values["consent"]), name_of(world, values)))


class PrivacyWithdraw(Frame, id="privacy_withdraw", version=1, title="撤回同意"):
    """What stops is said first; then it is done at once (第十五条)."""

    role = ROLE
    patient = PATIENT
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
        if outcome is None and patient_of(world, values) is not None:
            return Said(Reply(texts.NO_CONSENT))
        return failed(outcome, world, values)
