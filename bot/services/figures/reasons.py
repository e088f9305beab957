"""Codes in the office's words."""

from bot.domain.contacts import OUTCOMES


def title_of(code: str) -> str:
    """停机 for ``out_of_service`` (R38); what nobody knows stays as it is."""
    known = {str(outcome): meaning.title for outcome, meaning in OUTCOMES.items()}
    return known.get(code, code or "未注明")
