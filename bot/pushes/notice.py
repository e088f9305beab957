"""What a push tells; the words are the domain's (the outbox stores them too)."""

from bot.domain.notice import Notice

__all__ = ["Notice"]
