"""Runs the stories of ``stories/*.yaml``: a discharge, a plan, what people do on which day; and tells, day by day,
exactly what became of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import insert, select, update

from bot.domain.clock import HOSPITAL_TZ, local
from bot.domain.commands import FillSurvey
from bot.domain.contacts import Outcome as Ending
from bot.domain.outcomes import Outcome
from bot.domain.states import OutboxState
from bot.domain.survey import Author, Give, Skip, Start, Stop, SurveyMoved
from bot.questionnaires.filling import current
from bot.questionnaires.model import Coded, Free, Item, Value
from bot.services import readers
from bot.services.followup import calls, linking, marking
from bot.services.tables import table
from bot.store.care_models import Contact, RedFlag, SurveyResponse, Ticket
from bot.store.followup_models import Discharge, Followup
from bot.store.models import OutboxMessage
from bot.store.push_models import Attempt, Push
from scheduler.planner import Planner
from tests.integration.followup.discharged import Ward
from tests.integration.surveys.asked import NURSE, submitted, usual

STORIES = Path(__file__).parent / "stories"
_O = table(OutboxMessage)


@dataclass
class Teller:
    """One story."""

    ward: Ward
    story: Mapping[str, Any]
    keys: int = 0
    told: dict[str, str] = field(default_factory=dict)

    def days(self) -> Iterator[dict[str, Any]]:
        """Each day as it is written, with ``结果`` as it was."""
        ward = self.ward
        if plan := self.story.get("方案"):
            ward.plans = {"story": {"title": "试验方案", "priority": 1, **plan}}
        self._clock(self.story["开始"])
        if self.story.get("已注册", True):
            ward.register()
        for day in self.story["经过"]:
            self._clock(day["时间"])
            said = []
            for deed in day.get("做", []):
                said += self._do(deed)
            self._work()
            then = [*said, *self._changes()]
            yield {**day, "结果": then}

    # -- doing ----------------------------------------------------------------------------------

    def _clock(self, moment: str) -> None:
        self.ward.town.clock.set(datetime.strptime(moment, "%Y-%m-%d %H:%M").replace(tzinfo=HOSPITAL_TZ))

    def _work(self) -> None:
        """The scheduler and the sender."""
        hospital, db = self.ward.hospital, self.ward.town.db
        planner = Planner(hospital, readers.standard())
        for _ in range(2):
            for tick in (linking.go_on, marking.mark):
                db.run(partial(tick, context=hospital.acting("system:scheduler")))
            planner.tick()
            self._deliver()

    def _deliver(self) -> None:
        """Every message arrives."""
        now = self.ward.town.clock.now()
        with self.ward.town.db.write() as uow:
            waiting = uow.connection.execute(
                select(_O.c.id).where(_O.c.state == OutboxState.PENDING)
            ).scalars()
            for outbox_id in waiting.all():
                uow.connection.execute(
                    update(_O).where(_O.c.id == outbox_id).values(state=OutboxState.SENT, sent_at=now)
                )
                row = {"outbox_id": outbox_id, "number": 1, "road": "custom", "at": now}
                uow.connection.execute(insert(table(Attempt)).values(row))

    def _do(self, deed: Mapping[str, Any]) -> list[str]:
        (verb, what), *_ = deed.items()
        match verb:
            case "出院" | "导入":
                self.ward.run({"住院号": "Z1001", **{key: str(value) for key, value in (what or {}).items()}})
                return []
            case "回答":
                return self._answers(dict(what or {}))
            case "不想参加":
                return self._say(self._fill(self._open_step(), Stop()))
            case "护士代填":
                scope = self._open_step()
                seen = self._survey(scope)
                return self._say(self.ward.hospital.execute(
                    FillSurvey(self._key(), scope, submitted(seen, **self._values(seen.form.items, what or {}))),
                    None, actor=NURSE,
                ))  # fmt: skip
            case "电话":
                return self._call(str(what))
        raise AssertionError(verb)

    def _answers(self, what: dict[str, Any]) -> list[str]:
        """Until the end, or so many questions (``只答``)."""
        scope, most = self._open_step(), int(what.pop("只答", 99))
        author = Author.FAMILY if what.pop("谁", "") == "家属" else Author.PATIENT
        told = self._say(self._fill(scope, Start(author)))
        for _ in range(most):
            seen = self._survey(scope)
            item = current(seen.form, seen.filling)
            if item is None:
                break
            if item.link_id in what:
                told += self._say(self._fill(scope, Give(item.link_id, _value(item, what[item.link_id]))))
            elif not item.required:
                told += self._say(self._fill(scope, Skip(item.link_id)))
            else:
                told += self._say(self._fill(scope, Give(item.link_id, usual(item))))
        return told

    def _values(self, items: tuple[Item, ...], what: Mapping[str, Any]) -> dict[str, Any]:
        return {item.link_id: _value(item, what[item.link_id]) for item in items if item.link_id in what}

    def _call(self, outcome: str) -> list[str]:
        number = int(self._open_step().partition(":")[2])
        context = self.ward.hospital.acting(NURSE)
        call = calls.Call(outcome=Ending(outcome))
        key = self._key()
        self.ward.town.db.run(lambda uow: calls.record_call(uow, context, number, call, key=key))
        return []

    def _fill(self, scope: str, move: Any) -> Outcome:
        account = self.ward.hospital.account("wechat", "wx1", "o-1")
        return self.ward.hospital.execute(FillSurvey(self._key(), scope, move), account)

    def _key(self) -> str:
        self.keys += 1
        return f"k{self.keys}"

    @staticmethod
    def _say(outcome: Outcome) -> list[str]:
        """What the patient is told at once."""
        if not isinstance(outcome, SurveyMoved):
            return [f"答复 {outcome}"]
        return [f"当场告知 {advice.flag}：{advice.text[:12]}…" for advice in outcome.advice]

    # -- looking --------------------------------------------------------------------------------

    def _survey(self, scope: str) -> Any:
        with self.ward.hospital.world(self.ward.hospital.account("wechat", "wx1", "o-1")) as world:
            seen = world.survey(scope)
        assert seen is not None, scope
        return seen

    def _open_step(self) -> str:
        """What the account may answer; for the nurse the first step that is open."""
        with self.ward.hospital.world(self.ward.hospital.account("wechat", "wx1", "o-1")) as world:
            offered = [seen.scope for seen in world.surveys()]
        return offered[0] if offered else f"followup:{next(iter(self._steps())).id}"

    def _steps(self) -> list[Followup]:
        with self.ward.town.db.read() as uow:
            return list(uow.session.scalars(select(Followup).join(Discharge).order_by(Followup.id)))

    def _changes(self) -> list[str]:
        """Every line that is new, reads differently since the last look, or is gone."""
        now = dict(self._lines())
        changed = [line for name, line in now.items() if self.told.get(name) != line]
        gone = [f"不用了：{line}" for name, line in self.told.items() if name not in now]
        self.told = now
        return changed + gone

    def _lines(self) -> Iterator[tuple[str, str]]:
        steps = {step.id: step for step in self._steps()}
        for step in steps.values():
            when = "没有日子" if step.due_on is None else f"{_day(step.due_on)}到期"
            yield f"step{step.id}", f"步骤 {step.step}：{step.state} {when} {step.reason}".rstrip()
            if step.next_call_at is not None:
                yield f"call{step.id}", f"打电话 {step.step}：{_moment(step.next_call_at)}"
        names = {f"followup:{step.id}": step.step for step in steps.values()}
        with self.ward.town.db.read() as uow:
            session = uow.session
            for push in session.scalars(
                select(Push).where(Push.scope.startswith("followup:")).order_by(Push.due_at, Push.id)
            ):
                yield (
                    f"push{push.id}",
                    f"推送 {names[push.scope]} {push.kind}：{push.state} {push.reason or _moment(push.due_at)}",
                )
            for row in session.scalars(select(SurveyResponse).order_by(SurveyResponse.started_at)):
                yield f"r{row.id}", f"问卷 {names[row.scope]}：{row.state} {row.author}"
            for flag in session.scalars(select(RedFlag).order_by(RedFlag.id)):
                yield (
                    f"flag{flag.id}",
                    f"红旗 {flag.rule}：{flag.level} {flag.ward} {_moment(flag.deadline_at)}前",
                )
            for contact in session.scalars(select(Contact).order_by(Contact.id)):
                yield f"c{contact.id}", f"联系 {contact.road}：{contact.outcome}"
            for ticket in session.scalars(select(Ticket).order_by(Ticket.id)):
                yield f"t{ticket.id}", f"工单 {ticket.kind} {ticket.category}"


def _value(item: Item, said: Any) -> tuple[Value, ...]:
    if isinstance(said, list):
        return tuple(_value(item, each)[0] for each in said)
    if isinstance(said, bool):
        return (said,)
    if isinstance(said, int | float):
        return (Decimal(str(said)),)
    return (Coded(said),) if item.option(str(said)) else (Free(str(said)),)


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _moment(moment: datetime) -> str:
    here = local(moment)
    return f"{_day(here.date())} {here:%H:%M}"


def read(path: Path) -> dict[str, Any]:
    story: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return story
