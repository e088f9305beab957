"""Killed at any statement, a move has happened or not; the same command afterwards has one effect."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from bot.domain.outcomes import Outcome
from bot.domain.survey import Author, Give, Move, Start, Stop, SurveyMoved
from bot.questionnaires.model import Coded, Free
from bot.store.db import UnitOfWork
from bot.store.followup_models import Followup
from bot.store.push_models import Push
from tests.integration.surveys.asked import Asked, submitted


class Killed(Exception):
    """The process is gone."""


@dataclass
class Reaper:
    """Lets so many statements pass, then kills."""

    left: int | None = None
    seen: int = 0

    def strikes(self) -> None:
        self.seen += 1
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed


@pytest.fixture
def reaper(monkeypatch: pytest.MonkeyPatch, asked: Asked) -> Reaper:
    """Before every statement, on whichever of the two ways it goes, and before the commit."""
    from sqlalchemy import event

    reaper = Reaper()
    execute, commit = UnitOfWork.execute, UnitOfWork.commit

    def executing(self: UnitOfWork, *given: Any) -> Any:
        reaper.strikes()
        return execute(self, *given)

    def committing(self: UnitOfWork) -> None:
        reaper.strikes()
        commit(self)

    monkeypatch.setattr(UnitOfWork, "execute", executing)
    monkeypatch.setattr(UnitOfWork, "commit", committing)
    event.listen(asked.ward.town.db.engine, "before_cursor_execute", lambda *_: reaper.strikes())
    return reaper


def everything(asked: Asked) -> Any:
    """All that a move may write, apart from the keys it made up."""
    with asked.ward.town.db.read() as uow:
        steps = [
            (row.state, row.version, row.due_on, row.reached_at, row.completed_at, row.next_call_at)
            for row in uow.session.query(Followup).order_by(Followup.id)
        ]
        pushes = [(row.key, row.state) for row in uow.session.query(Push).order_by(Push.key)]
    seen = asked.view() if asked.view().id else None
    answers = None if seen is None else (seen.state, seen.filling, seen.revision)
    return asked.totals(), steps, pushes, answers


def _start(asked: Asked) -> Move:
    return Start(Author.PATIENT)


def _danger(asked: Asked) -> Move:
    asked.start()
    return Give("signs", (Coded("chest"),))


def _last(asked: Asked) -> Move:
    asked.start()
    return submitted(asked.view(), words="食堂太贵了", signs=(Coded("breath"),))


def _correction(asked: Asked) -> Move:
    asked.answer_all()
    return Give("words", (Free("我不想活了"),))


def _stop(asked: Asked) -> Move:
    asked.start()
    return Stop()


@pytest.mark.parametrize("prepare", [_start, _danger, _last, _correction, _stop])
def test_all_or_nothing(asked: Asked, reaper: Reaper, prepare: Callable[[Asked], Move]) -> None:
    move = prepare(asked)
    before = everything(asked)

    def do() -> Outcome:
        return asked.do(move, key="the-one", face="page")

    for statement in range(200):
        reaper.left = statement
        try:
            outcome = do()
        except Killed:
            reaper.left = None
            assert everything(asked) == before, f"killed before statement {statement}"
            continue
        break
    reaper.left = None
    assert statement > 3  # there was something to be killed
    assert isinstance(outcome, SurveyMoved), outcome
    after = everything(asked)
    assert after != before
    again = do()  # the answer was lost on its way
    assert isinstance(again, SurveyMoved)
    assert (again.survey, again.advice) == (outcome.survey, outcome.advice)
    assert everything(asked) == after
