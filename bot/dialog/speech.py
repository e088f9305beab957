"""What a dialog says: the words are the domain's (the inbox and the outbox store them too)."""

from bot.domain.speech import Json, Option, Reply

__all__ = ["Json", "Option", "Reply"]
