"""One module per thing a patient can do in the chat; the Chinese copy lives in ``texts/``."""

from collections.abc import Mapping

from bot.dialog.frame import Frame
from bot.dialog.speech import Reply
from bot.pushes.kinds import Group
from handlers.bedside import Bedside
from handlers.booking import Booking
from handlers.cancel import Cancel
from handlers.change import Change
from handlers.complaint import Complaint
from handlers.emergency import Emergency
from handlers.faq import Faq
from handlers.faq_book import FaqBook
from handlers.human import Human
from handlers.later import Pay, Waitlist
from handlers.my_appointments import MyAppointments, Voucher
from handlers.patients import CorrectPhone, Patients, Unlink
from handlers.privacy import Privacy
from handlers.privacy_copy import PrivacyCopy
from handlers.privacy_correct import PrivacyCorrect
from handlers.privacy_delete import PrivacyDelete, PrivacyTakeBack
from handlers.privacy_withdraw import PrivacyWithdraw
from handlers.query_slots import QuerySlots
from handlers.questionnaire import Survey
from handlers.register import Register
from handlers.small import Greet, Help, Thanks
from handlers.suspension import Suspension
from handlers.texts.engine import PHRASES
from handlers.texts.small import TROUBLE as _TROUBLE
from handlers.ticket import Ticket
from handlers.triage import Triage
from handlers.unsubscribe import Unsubscribe


def frames(faq: FaqBook | None = None, groups: Mapping[str, Group] | None = None) -> list[Frame]:
    """Every frame; a new one is added here and nowhere else.  ``faq``: the hospital's own answers; ``groups``: its
    groups of messages."""
    return [
        Booking(),
        QuerySlots(),
        Triage(),
        MyAppointments(),
        Voucher(),
        Change(),
        Cancel(),
        Suspension(),
        Register(),
        Bedside(),
        Patients(),
        CorrectPhone(),
        Unlink(),
        Faq(faq),
        Human(),
        Complaint(),
        Ticket(),
        Emergency(),
        Greet(),
        Help(),
        Thanks(),
        Waitlist(),
        Pay(),
        Survey(),
        Unsubscribe(groups),
        Privacy(),
        PrivacyCopy(),
        PrivacyCorrect(),
        PrivacyWithdraw(),
        PrivacyDelete(),
        PrivacyTakeBack(),
    ]


TROUBLE = Reply(_TROUBLE)

__all__ = ["PHRASES", "TROUBLE", "FaqBook", "frames"]
