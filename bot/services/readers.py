"""Who reads the facts of which pushes: a new scope is added here and nowhere else."""

from bot.services.broadcast.words import read_campaigns
from bot.services.facts import Readers
from bot.services.followup.reader import read_followups
from bot.services.publication import read_publication
from bot.services.suspension.notices import read_cases
from bot.services.tickets.reader import read_tickets
from bot.services.visit_facts import read_visits


def standard() -> Readers:
    """By the first word of a push's scope."""
    return {
        "appointment": read_visits,
        "publication": read_publication,
        "campaign": read_campaigns,
        "case": read_cases,
        "followup": read_followups,
        "ticket": read_tickets,
    }
