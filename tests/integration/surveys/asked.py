"""Shortcuts for answering questionnaires and looking at what came of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import func, select

from bot.domain.accounts import AccountRef
from bot.domain.commands import FillSurvey
from bot.domain.outcomes import Outcome
from bot.domain.survey import Author, Give, Move, Skip, Start, Submit, SurveyMoved, SurveyView
from bot.domain.views import Relation
from bot.questionnaires.filling import Filling, current, give
from bot.questionnaires.model import Coded, Free, Item, Questionnaire, Type, Value
from bot.services.followup import linking
from bot.services.hospital import Hospital
from bot.store.care_models import Contact, RedFlag, SurveyResponse, Ticket
from bot.store.followup_models import Discharge, Followup
from bot.store.models import AuditEntry, Consent
from tests.integration.followup.discharged import Ward
from tests.integration.services.town import at, id_number, phone_number

NURSE = "staff:0012"
DUE = at(10).date().replace(day=25)


@dataclass
class Asked:
    """A ward, one patient, one step that is due."""

    ward: Ward
    patient_id: str
    account: AccountRef
    followup: int
    _keys: Iterator[int] = field(default_factory=lambda: count(1))

    @classmethod
    def of(cls, ward: Ward) -> "Asked":
        ward.run({})
        patient = ward.register()
        account = ward.hospital.account("wechat", "wx1", "o-1")
        asked = cls(ward, patient, account, 0)
        asked.followup = asked.step("Z1001").id
        asked.at(25)
        return asked

    @property
    def hospital(self) -> Hospital:
        return self.ward.hospital

    @property
    def scope(self) -> str:
        return f"followup:{self.followup}"

    @property
    def form(self) -> Questionnaire:
        form = self.hospital.forms.newest("discharge-week")
        assert form is not None
        return form

    # -- doing ----------------------------------------------------------------------------------

    def at(self, day: int, hour: int = 10, month: int = 11) -> None:
        """That moment, and the scheduler's tick."""
        self.ward.town.clock.set(at(hour, day=DUE.replace(month=month, day=day)))
        self.tick()

    def tick(self) -> None:
        context = self.hospital.acting("system:scheduler")
        self.ward.town.db.run(lambda uow: linking.go_on(uow, context))

    def do(
        self, move: Move, *, key: str = "", face: str = "chat", account: AccountRef | None = None
    ) -> Outcome:
        key = key or f"k{next(self._keys)}"
        return self.hospital.execute(
            FillSurvey(key, self.scope, move, face), account or self.account
        )  # fmt: skip

    def moved(self, move: Move, **how: Any) -> SurveyMoved:
        outcome = self.do(move, **how)
        assert isinstance(outcome, SurveyMoved), outcome
        return outcome

    def nurse(self, move: Move, key: str = "", actor: str = NURSE) -> Outcome:
        key = key or f"n{next(self._keys)}"
        return self.hospital.execute(FillSurvey(key, self.scope, move), None, actor=actor)

    def start(self, author: Author = Author.PATIENT) -> SurveyMoved:
        return self.moved(Start(author))

    def give(self, link_id: str, *codes: str, **how: Any) -> SurveyMoved:
        return self.moved(Give(link_id, tuple(Coded(code) for code in codes)), **how)

    def answer_all(self, words: str = "", **said: tuple[Value, ...]) -> SurveyMoved:
        """Every open question, well, unless told otherwise; 意见 is skipped unless there are ``words``."""
        if self.view().id == "":
            self.start()
        while True:
            seen = self.view()
            item = current(seen.form, seen.filling)
            assert item is not None
            if item.link_id == "words" and not words:
                moved = self.moved(Skip("words"))
            else:
                moved = self.moved(Give(item.link_id, said.get(item.link_id) or usual(item, words)))
            if moved.survey.completed_at is not None:
                return moved

    def relative(self, openid: str = "o-2", relation: Relation = Relation.CHILD) -> AccountRef:
        """Another account that looks after the same patient."""
        self.ward.register(openid=openid, relation=relation)
        return self.hospital.account("wechat", "wx1", openid)

    # -- looking --------------------------------------------------------------------------------

    def view(self, account: AccountRef | None = None) -> SurveyView:
        with self.hospital.world(account or self.account) as world:
            seen = world.survey(self.scope)
        assert seen is not None
        return seen

    def offered(self, account: AccountRef | None = None) -> list[str]:
        with self.hospital.world(account or self.account) as world:
            return [seen.scope for seen in world.surveys()]

    def step(self, number: str = "Z1001") -> Followup:
        with self.ward.town.db.read() as uow:
            query = select(Followup).join(Discharge, Discharge.id == Followup.discharge_id)
            return (
                uow.session.scalars(
                    query.where(Discharge.admission_no == number).order_by(Followup.position)
                ).first()
                or _none()
            )

    def count(self, model: type[Any], *where: Any) -> int:
        with self.ward.town.db.read() as uow:
            return uow.session.execute(select(func.count()).select_from(model).where(*where)).scalar_one()

    def flags(self) -> list[str]:
        with self.ward.town.db.read() as uow:
            return list(uow.session.scalars(select(RedFlag.rule).order_by(RedFlag.id)))

    def contacts(self) -> list[tuple[str, str, str | None]]:
        with self.ward.town.db.read() as uow:
            rows = uow.session.execute(
                select(Contact.road, Contact.outcome, Contact.staff_no).order_by(Contact.id)
            )
            return [(row[0], row[1], row[2]) for row in rows]

    def totals(self) -> dict[str, int]:
        """Everything that answering writes, counted."""
        tables = (SurveyResponse, RedFlag, Contact, Ticket, Consent, AuditEntry)
        return {model.__tablename__: self.count(model) for model in tables}


def usual(item: Item, words: str = "") -> tuple[Value, ...]:
    """An answer that raises nothing."""
    match item.type:
        case Type.BOOLEAN:
            return (False,)
        case Type.STRING | Type.TEXT:
            return (Free(words or "都好"),)
        case Type.CHOICE | Type.OPEN_CHOICE:
            alone = [option for option in item.options if option.exclusive]
            return (Coded((alone or list(item.options))[0].code),)
        case _:
            return (Decimal(str(item.low or 0)),)


def sheet(form: Questionnaire, words: str = "", **said: tuple[Value, ...]) -> Filling:
    """A whole page, filled in."""
    filling = Filling()
    while (item := current(form, filling)) is not None:
        if item.link_id == "words" and not words:
            break
        told = give(form, filling, item.link_id, said.get(item.link_id) or usual(item, words))
        assert isinstance(told, Filling), (item.link_id, told)
        filling = told
    return filling


def submitted(seen: SurveyView, *, final: bool = True, words: str = "", **said: tuple[Value, ...]) -> Submit:
    return Submit(sheet(seen.form, words, **said), seen.revision, final)


def _none() -> Followup:
    raise AssertionError("no such step")


__all__ = ["DUE", "NURSE", "Asked", "id_number", "phone_number", "sheet", "submitted", "usual"]
