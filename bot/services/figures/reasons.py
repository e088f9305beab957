"""Codes in the office's words."""

from bot.domain.contacts import OUTCOMES
from bot.domain.flags import FlagLevel
from bot.domain.tickets import TicketKind

LEVELS = {str(FlagLevel.URGENT): "紧急", str(FlagLevel.SOON): "尽快"}
KINDS = {
    str(TicketKind.SUGGESTION): "意见",
    str(TicketKind.COMPLAINT): "投诉",
    str(TicketKind.PRAISE): "表扬",
}


def title_of(code: str) -> str:
    """停机 for ``out_of_service`` (R38); what nobody knows stays as it is."""
    known = {str(outcome): meaning.title for outcome, meaning in OUTCOMES.items()}
    return known.get(code, code or "未注明")
