"""Patients who answer and staff who call, through the same commands as everybody."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from bench.year import answers
from bench.year.cast import Person, Stay
from bench.year.journal import Journal
from bot.domain.accounts import AccountRef
from bot.domain.clock import local
from bot.domain.commands import FillSurvey, RegisterPatient, SetPreference
from bot.domain.contacts import OUTCOMES, Outcome
from bot.domain.outcomes import Registered
from bot.domain.survey import (
    Author,
    Give,
    Move,
    Skip,
    Start,
    Stop,
    Submit,
    SurveyClosed,
    SurveyMoved,
    SurveyState,
    SurveyView,
)
from bot.domain.views import Relation
from bot.questionnaires.filling import Filling
from bot.questionnaires.model import Questionnaire
from bot.services.followup.calls import Call, NotRecorded, record_call
from bot.services.followup.queue import Row
from bot.services.hospital import Hospital
from bot.services.surveys.looking import survey

_OUTCOMES = (
    (Outcome.REACHED, 55), (Outcome.FAMILY, 10), (Outcome.NO_ANSWER, 18), (Outcome.BUSY, 5), (Outcome.POWERED_OFF, 4),
    (Outcome.OUT_OF_SERVICE, 3), (Outcome.WRONG_NUMBER, 1), (Outcome.REFUSED, 3), (Outcome.DECEASED, 1),
)  # fmt: skip


@dataclass
class Actors:
    """Everybody who does something; ``seed`` decides what."""

    hospital: Hospital
    journal: Journal
    stays: dict[str, Stay]
    seed: int
    accounts: dict[int, AccountRef] = field(default_factory=dict)
    """By person."""
    of_account: dict[int, Person] = field(default_factory=dict)
    intentions: dict[date, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    """Follow-up and account, by the day on which they mean to answer."""

    @property
    def now(self) -> datetime:
        return self.hospital.clock.now()

    def register(self, person: Person) -> None:
        account = self.hospital.account("wechat", "wx-year", f"o-{person.number}", following=True)
        command = RegisterPatient(
            key=f"register-{person.number}", relation=Relation.SELF, name=person.name, id_kind="resident_id",
            id_number=person.id_number, phone=person.phone, consents=("privacy", "health_data"),
        )  # fmt: skip
        outcome = self.hospital.execute(command, account)
        if not isinstance(outcome, Registered):
            raise AssertionError(f"{person} was not registered: {outcome}")
        self.accounts[person.number] = account
        self.of_account[account.id] = person

    def invited(self, followup_id: int, account_id: int) -> None:
        """They have read the invitation, and make up their minds."""
        rng = self._luck("mind", followup_id)
        chance = rng.random()
        if chance < 0.02 and account_id not in self.journal.opted_out:
            command = SetPreference(f"off-{account_id}", "followup", on=False)
            self.hospital.execute(command, self._account(account_id))
            self.journal.opted_out[account_id] = self.now
        elif chance < 0.65:
            later = local(self.now).date() + timedelta(days=rng.choice((0, 0, 0, 1, 2, 5)))
            self.intentions[later].append((followup_id, account_id))

    def answer(self, followup_id: int, account_id: int) -> None:
        """In the chat question by question, or the page at once; a few begin and do not end, a few do not want to."""
        rng = self._luck("answer", followup_id)
        account, chance = self._account(account_id), rng.random()
        if chance < 0.03:
            outcome = self._fill(followup_id, Stop(), account)
            if isinstance(outcome, SurveyMoved):
                self.journal.reach(followup_id, self.now)
            return
        begun = self._fill(followup_id, Start(Author.PATIENT), account)
        if not isinstance(begun, SurveyMoved):
            return
        self.journal.reach(followup_id, self.now)
        if chance < 0.2:
            self._chat(followup_id, begun.survey, account, rng, stops=chance < 0.06)
        else:
            self._submit(followup_id, begun.survey.form, begun.survey.revision, account, rng)

    def call(self, row: Row) -> None:
        """One call from the queue, and the questionnaire where somebody answers."""
        stay = self.stays[row.admission_no]
        rng = self._luck("call", row.id, row.calls, self.now.date())
        outcome = rng.choices([each for each, _ in _OUTCOMES], [weight for _, weight in _OUTCOMES])[0]
        staff = row.assigned_to or f"{rng.randrange(1, 20):04d}"
        context, key = self.hospital.acting(f"staff:{staff}"), f"call-{row.id}-{self.now.isoformat()}"
        done = self.hospital.db.run(lambda uow: record_call(uow, context, row.id, Call(outcome), key=key))
        if isinstance(done, NotRecorded):
            self.journal.refusals[f"call {done.why} {done.detail}"] += 1
            return
        self.journal.calls += 1
        self.journal.tried.setdefault(row.id, self.now)
        if outcome is Outcome.DECEASED:
            self.journal.died.setdefault(stay.person.number, self.now)
        if OUTCOMES[outcome].spoken:
            self.journal.reach(row.id, self.now)
        if outcome in (Outcome.REACHED, Outcome.FAMILY) and rng.random() < 0.95:
            self._interview(row.id, f"staff:{staff}", rng)

    def _interview(self, followup_id: int, actor: str, rng: Random) -> None:
        with self.hospital.db.read() as uow:
            seen = survey(uow, self.hospital.acting(actor), f"followup:{followup_id}")
        if seen is not None:
            self._submit(followup_id, seen.form, seen.revision, None, rng, actor)

    def _chat(
        self, followup_id: int, seen: SurveyView, account: AccountRef, rng: Random, *, stops: bool
    ) -> None:
        told = list(answers.one_by_one(seen.form, seen.filling, rng))
        outcome: object = None
        for number, (item, values) in enumerate(told):
            if stops and number == len(told) // 2:
                return
            move: Move = Give(item.link_id, values) if values else Skip(item.link_id)
            outcome = self._fill(followup_id, move, account, key=f"{number}")
        if isinstance(outcome, SurveyMoved) and outcome.survey.state is SurveyState.COMPLETED:
            self.journal.completed[followup_id].append(self.now)

    def _submit(
        self, followup_id: int, form: Questionnaire, revision: int, account: AccountRef | None, rng: Random,
        actor: str = "",
    ) -> None:  # fmt: skip
        sheet: Filling = answers.whole(form, rng)
        outcome = self._fill(followup_id, Submit(sheet, revision), account, actor=actor)
        if isinstance(outcome, SurveyMoved) and outcome.survey.state is SurveyState.COMPLETED:
            self.journal.completed[followup_id].append(self.now)

    def _fill(
        self, followup_id: int, move: Move, account: AccountRef | None, *, key: str = "", actor: str = ""
    ) -> object:
        name = f"{type(move).__name__}-{followup_id}-{key}-{self.now.isoformat()}"
        command = FillSurvey(name, f"followup:{followup_id}", move, face="chat" if account else "phone")
        if account is not None and isinstance(move, Submit):
            command = FillSurvey(name, f"followup:{followup_id}", move, face="page")
        outcome = self.hospital.execute(command, account, actor=actor)
        if isinstance(outcome, SurveyClosed):
            self.journal.refusals[f"survey {outcome.why}"] += 1
        elif not isinstance(outcome, SurveyMoved):
            self.journal.refusals[f"survey {type(outcome).__name__}"] += 1
        return outcome

    def _account(self, account_id: int) -> AccountRef:
        return self.accounts[self.of_account[account_id].number]

    def _luck(self, *what: object) -> Random:
        return Random(f"{self.seed}:{':'.join(map(str, what))}")
