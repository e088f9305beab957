"""要一份我的信息（个人信息保护法第四十五条）：能看网页的给链接，其余由窗口准备。"""

from bot.dialog.frame import Frame, Said, Slot, Values
from bot.dialog.speech import Json, Reply
from bot.domain.commands import AskForCopy, AskPrivacy, Command
from bot.domain.outcomes import Outcome
from bot.domain.rights import Ask, CopyLimit, CopyReady, PrivacyAsked, Whose
from bot.domain.world import World
from handlers.privacy_whose import PATIENT, ROLE, asked, failed, registered, rights_of
from handlers.texts import privacy as texts


def _way(world: World, values: Values) -> Json:
    """A page of one's own, where there are pages; else somebody prepares it."""
    rights = rights_of(world, values)
    if rights is None or rights.whose is Whose.ADULT:
        return "none"
    return "page" if rights.whose is Whose.OWN and rights.has_page else "desk"


class PrivacyCopy(Frame, id="privacy_copy", version=1, title="要一份我的信息"):
    """A link that ends after a day, or a request for the desk."""

    role = ROLE
    patient = PATIENT
    way = Slot(ask=texts.ASK, auto=_way, after=("patient",), when=registered)

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
                return asked(outcome)
            case _:
                return failed(outcome, world, values)
