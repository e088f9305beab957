"""The hospital as dialogs, the pipeline and the command line see it: one façade over the use cases."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from random import Random
from typing import Protocol, TypeVar

from sqlalchemy.exc import IntegrityError

from bot.domain.accounts import AccountRef
from bot.domain.clock import Clock
from bot.domain.commands import (
    AcceptOffer,
    AddToTicket,
    AskForCopy,
    AskPrivacy,
    Book,
    CallHuman,
    Cancel,
    Change,
    ChooseOther,
    ClaimBed,
    Command,
    CorrectPatient,
    FillSurvey,
    GiveUp,
    JudgeTicket,
    LeaveHuman,
    LookAtData,
    OpenTicket,
    RegisterPatient,
    ReportDanger,
    SetPreference,
    TakeBackRequest,
    UnlinkPatient,
    WithdrawConsent,
)
from bot.domain.outcomes import Booked, CaseClosed, OfferGone, Outcome, Refused, Taken
from bot.domain.world import World
from bot.pushes.kinds import Kinds
from bot.questionnaires.catalogue import FOLDER, Catalogue
from bot.services import (
    accounts,
    bedside,
    book,
    cancel,
    change,
    handoff,
    patients,
    preferences,
    register,
    release,
    wishes,
)
from bot.services.content import editions
from bot.services.content.cache import Editions
from bot.services.content.editions import Edition
from bot.services.context import Context
from bot.services.directory import Directory, DirectoryCache
from bot.services.flags import duty_file, raising
from bot.services.forms import KIND, joined
from bot.services.lexicon import lexicon_of
from bot.services.replay import first_outcome
from bot.services.rights import asking, withdrawing
from bot.services.surveys import moving
from bot.services.suspension import answers
from bot.services.suspension.superseding import superseded
from bot.services.tickets import judging, opening, rules
from bot.services.world import DbWorld
from bot.settings import Settings
from bot.store.db import Database, UnitOfWork
from nlu.lexicon import Lexicon

log = logging.getLogger(__name__)
T = TypeVar("T", covariant=True)
_RACES = 3
"""Tries when a constraint says that somebody was faster: the second sees what they did."""
_DONE_ALREADY = (Refused, Taken, CaseClosed, OfferGone)
"""What is said to a command that may have been carried out before."""


class Work(Protocol[T]):
    """Something done in a transaction, perhaps ``again`` after a race."""

    def __call__(self, uow: UnitOfWork, again: bool) -> T: ...


class Hospital:
    """Safe to share between threads; everything it remembers is a cache."""

    def __init__(
        self, db: Database, *, clock: Clock, rng: Random, settings: Settings, recheck: float = 1.0
    ) -> None:
        """``recheck``: seconds after which a changed directory is noticed."""
        self.db, self.clock, self.rng, self.settings = db, clock, rng, settings
        self.kinds = Kinds.load(settings.data_dir / "kinds.yaml")
        self.filed_forms = Catalogue.load(settings.data_dir / FOLDER)
        """The questionnaires that come as files."""
        self.tickets = rules.Rules.load(settings.data_dir / rules.FILE)
        self.duty = duty_file.load(settings)
        self._directory = DirectoryCache(db, recheck=recheck)
        self.editions = Editions(db, recheck=recheck)
        self._lexicon: tuple[Directory, Lexicon] | None = None
        self._forms: tuple[Mapping[str, Edition], Catalogue, Catalogue] | None = None

    @property
    def forms(self) -> Catalogue:
        """All questionnaires, with those that the console has published; the same object until one is."""
        return self._joined(self.editions.published(KIND))

    def forms_now(self, uow: UnitOfWork) -> Catalogue:
        """The same as this transaction sees it: for whoever publishes, and looks at once."""
        published = editions.published(uow, KIND)
        known = self._forms
        return known[2] if known is not None and known[0] == published else self._joined(published)

    def _joined(self, published: Mapping[str, Edition]) -> Catalogue:
        filed, known = self.filed_forms, self._forms
        if known is None or known[0] is not published or known[1] is not filed:
            known = self._forms = (published, filed, joined(filed, published))
        return known[2]

    def account(self, channel: str, app_id: str, user: str, *, following: bool | None = None) -> AccountRef:
        """The account of a platform user, made on first sight; ``last_message_at`` is kept to the minute."""
        now = self.clock.now()
        with self.db.read() as uow:
            known = accounts.find(uow, channel, app_id, user)
        if known is not None and accounts.is_current(known, now, following):
            return known
        return self._racing(lambda uow, again: self._touched(uow, channel, app_id, user, following))

    @contextmanager
    def world(self, account: AccountRef | int) -> Iterator[World]:
        """The window for one account and one moment: one read transaction."""
        context = self._context(account, "")  # before: it may need a connection of its own
        with self.db.read() as uow:
            yield DbWorld(uow, context)

    def execute(self, command: Command, account: AccountRef | None, *, actor: str = "") -> Outcome:
        """Carry a command out in one transaction; the same key again gives the first outcome again.

        Staff act without an account: then ``actor`` says who (``staff:0012``).
        """
        if account is None and not actor:
            raise ValueError("without an account somebody has to answer for it")
        context = self._context(account, actor)

        def once(uow: UnitOfWork, again: bool) -> Outcome:
            first = first_outcome(uow, context, command.key) if again else None
            if first is not None:
                return first
            outcome = _carry_out(command, uow, context)
            if isinstance(outcome, _DONE_ALREADY):
                return first_outcome(uow, context, command.key) or outcome
            return outcome

        return self._racing(once)

    def carry(self, work: Callable[[UnitOfWork], T]) -> T:
        """What staff do without a command, in a transaction; again when a constraint says that somebody was faster."""
        return self._racing(lambda uow, again: work(uow))

    def lexicon(self) -> Lexicon:
        """Names and aliases for the NLU; the same object until departments or doctors change."""
        directory = self._directory.get()
        known = self._lexicon
        if known is None or known[0] is not directory:
            known = self._lexicon = (directory, lexicon_of(directory))
        return known[1]

    def release_due(self) -> int:
        """Cooling seats whose moment has come are free again, expired holds are given up; how many."""
        context = self._context(None, "system:scheduler")
        return self.db.run(lambda uow: release.release(uow, context))

    def acting(self, actor: str) -> Context:
        """What a use case without an account is given: ``system:planner``, ``staff:0012``."""
        return self._context(None, actor)

    def _context(self, account: AccountRef | int | None, actor: str) -> Context:
        if isinstance(account, int):
            account = AccountRef(account, "", "", "")
        return Context(
            account=account,
            actor=actor or ("" if account is None else f"account:{account.id}"),
            now=self.clock.now(),
            directory=self._directory.get(),
            rng=self.rng,
            settings=self.settings,
            kinds=self.kinds,
            forms=self.forms,
            tickets=self.tickets,
            duty=self.duty,
        )

    def _touched(
        self, uow: UnitOfWork, channel: str, app_id: str, user: str, following: bool | None
    ) -> AccountRef:
        now = self.clock.now()
        known = accounts.find(uow, channel, app_id, user)
        if known is None:
            accounts.make(uow, channel, app_id, user, now, following)
        elif not accounts.is_current(known, now, following):
            accounts.touch(uow, known, now, following)
        found = accounts.find(uow, channel, app_id, user)
        assert found is not None  # made above
        return found

    def _racing(self, work: Work[T]) -> T:
        """``work(uow, again)`` in a transaction of its own, again when a constraint stopped it."""
        again = False
        for _ in range(_RACES - 1):
            try:
                return self.db.run(partial(work, again=again))
            except IntegrityError as error:
                log.info("service.race error=%s", type(error.orig).__name__)
                again = True
        return self.db.run(partial(work, again=again))


def _carry_out(command: Command, uow: UnitOfWork, context: Context) -> Outcome:
    match command:
        case Book():
            outcome = book.book(command, uow, context)
            if isinstance(outcome, Booked):
                superseded(uow, context, outcome.appointment)
                wishes.granted(uow, context, command.key, outcome.appointment)
            return outcome
        case Change():
            return change.change(command, uow, context)
        case Cancel():
            return cancel.cancel(command, uow, context)
        case RegisterPatient():
            return register.register(command, uow, context)
        case CorrectPatient():
            return patients.correct(command, uow, context)
        case UnlinkPatient():
            return patients.unlink(command, uow, context)
        case AcceptOffer():
            return answers.accept(command, uow, context)
        case ChooseOther():
            return answers.choose(command, uow, context)
        case GiveUp():
            return answers.decline(command, uow, context)
        case SetPreference():
            return preferences.set_preference(command, uow, context)
        case CallHuman():
            return handoff.call(command, uow, context)
        case LeaveHuman():
            return handoff.leave(command, uow, context)
        case FillSurvey():
            return moving.fill(command, uow, context)
        case OpenTicket():
            return opening.open_ticket(command, uow, context)
        case AddToTicket():
            return opening.add_words(command, uow, context)
        case JudgeTicket():
            return judging.judge(command, uow, context)
        case ReportDanger():
            return raising.report(command, uow, context)
        case ClaimBed():
            return bedside.claim(command, uow, context)
        case LookAtData():
            return asking.look(command, uow, context)
        case AskForCopy():
            return asking.copy(command, uow, context)
        case AskPrivacy():
            return asking.ask(command, uow, context)
        case WithdrawConsent():
            return withdrawing.withdraw(command, uow, context)
        case TakeBackRequest():
            return asking.take_back(command, uow, context)
