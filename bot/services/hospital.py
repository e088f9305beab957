"""The hospital as dialogs, the pipeline and the command line see it: one façade over the use cases."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from bot.domain.accounts import AccountRef
from bot.domain.clock import Clock
from bot.domain.commands import Command
from bot.domain.outcomes import Outcome
from bot.domain.world import World
from bot.settings import Settings
from bot.store.db import Database
from nlu.lexicon import Lexicon


class Hospital:
    """Safe to share between threads; everything it remembers is a cache."""

    def __init__(self, db: Database, *, clock: Clock, rng: Random, settings: Settings) -> None:
        self.db, self.clock, self.rng, self.settings = db, clock, rng, settings

    def account(
        self, channel: str, app_id: str, user: str, *, following: bool | None = None
    ) -> AccountRef:
        """The account of a platform user, made on first sight; ``last_message_at`` is touched."""
        raise NotImplementedError

    @contextmanager
    def world(self, account_id: int) -> Iterator[World]:
        """The window for one account and one moment: one read transaction."""
        raise NotImplementedError
        yield

    def execute(self, command: Command, account: AccountRef | None, *, actor: str = "") -> Outcome:
        """Carry a command out in one transaction; the same key again gives the first outcome again.

        Staff act without an account: then ``actor`` says who (``staff:0012``).
        """
        raise NotImplementedError

    def lexicon(self) -> Lexicon:
        """Names and aliases for the NLU; reloaded when departments or doctors change."""
        raise NotImplementedError

    def release_due(self) -> int:
        """Cooling seats whose moment has come are free again, expired holds are given up; how many."""
        raise NotImplementedError
