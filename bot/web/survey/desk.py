"""What a request to the page does: finds the questionnaire behind the link, keeps the answers, says what to show."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.accounts import AccountRef
from bot.domain.clock import local
from bot.domain.commands import FillSurvey
from bot.domain.outcomes import Outcome
from bot.domain.survey import (
    Advice,
    Author,
    Move,
    Start,
    Stop,
    SurveyClosed,
    SurveyMoved,
    SurveyRefused,
    SurveyState,
    SurveyView,
)
from bot.questionnaires import advice
from bot.questionnaires.score import flags
from bot.services.hospital import Hospital
from bot.services.surveys.links import Keys, Link, read_token
from bot.web.survey import texts
from bot.web.survey.handing import handed_in, key_of, refused
from bot.web.survey.reading import Posted, Read, read

CORRECTABLE = timedelta(hours=24)
"""So long 改我的回答 is offered; whether it may still be changed the service decides."""
_LEVELS = ("urgent", "soon")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page is to say."""

    view: SurveyView
    read: Read | None = None
    newer: bool = False
    """The view has answers of another face that were not on the sheet."""
    note: str = ""
    advice: tuple[str, ...] = ()
    saved: bool = False
    final: bool = False
    """It was handed in."""
    editing: bool = False

    @property
    def done(self) -> bool:
        return self.view.state is SurveyState.COMPLETED


@dataclass(frozen=True, slots=True)
class Over:
    """There is nothing to answer here (any more): a key of `bot.web.survey.texts.CLOSED`."""

    why: str


@dataclass(frozen=True, slots=True)
class Begun:
    """Agreed to: the sheet is to be opened."""


Result = Shown | Over | Begun


class Desk:
    """Safe to share between threads."""

    def __init__(self, hospital: Hospital, keys: Keys) -> None:
        self._hospital, self._keys = hospital, keys

    @property
    def name(self) -> str:
        return self._hospital.settings.hospital_name

    @property
    def phone(self) -> str:
        return self._hospital.settings.hospital_phone

    @property
    def now(self) -> datetime:
        return self._hospital.clock.now()

    def link(self, token: str) -> Link | Over:
        found = read_token(self._keys, token)
        if found is None:
            return Over("unknown")
        return Over("link") if self._today() > found.until else found

    def stamp(self, token: str, revision: int) -> str:
        """Proof that we drew this sheet: another site cannot post answers in somebody's name."""
        return self._keys.index("survey.sheet", f"{token}\0{revision}")[:12].hex()

    def look(self, link: Link, *, editing: bool = False) -> Result:
        view = self._view(link)
        if view is None:
            return Over("unknown")
        if view.state is SurveyState.STOPPED:
            return Over("stopped")
        return Shown(view, advice=self._advice(view), editing=editing and self.correctable(view))

    def start(self, link: Link, author: str) -> Result:
        """As the patient, or the family for them (R34)."""
        who = Author.FAMILY if author == Author.FAMILY else Author.PATIENT
        outcome = self._move(link, Start(who), f"start:{who}")
        if isinstance(outcome, SurveyClosed) and outcome.why not in ("stale", "completed"):
            return Over(outcome.why)
        return Begun()

    def stop(self, link: Link) -> Result:
        outcome = self._move(link, Stop(), "stop")
        return Over(outcome.why if isinstance(outcome, SurveyClosed) else "stopped")

    def keep(self, link: Link, token: str, posted: Posted, do: str) -> Result:
        """Answers to be kept; ``do``: auto as they are given, save, or submit, which hands them in."""
        view = self._view(link)
        if view is None:
            return Over("unknown")
        if view.state is SurveyState.STOPPED:
            return Over("stopped")
        if view.state is SurveyState.OFFERED:
            return Begun()
        told = read(view.form, view.filling, posted, final=do == "submit")
        revision = _first(posted, "revision")
        if not _same(self.stamp(token, view.revision), _first(posted, "stamp")):
            ours = _same(self._stamp_of(token, revision), _first(posted, "stamp"))
            return self._stale(view, told, ours=ours)
        if view.state is SurveyState.COMPLETED and (do != "submit" or not told.clean):
            return Shown(view, told, note=_note(told, do), final=do == "submit", editing=True)
        return self._submitted(link, view, told, do)

    def correctable(self, view: SurveyView) -> bool:
        done = view.completed_at
        return done is not None and self.now < done + CORRECTABLE

    def _submitted(self, link: Link, view: SurveyView, told: Read, do: str) -> Result:
        final = do == "submit"
        move = handed_in(view, told, final=final)
        match self._move(link, move, key_of(move)):
            case SurveyMoved(survey=now, advice=raised):
                shown = self._advice(now, raised)
                return Shown(now, told, note=_note(told, do), advice=shown, saved=True, final=final)
            case SurveyRefused() as outcome:
                return Shown(view, refused(outcome, told), final=final)
            case SurveyClosed(why="stale"):
                latest = self._view(link)
                return Over("unknown") if latest is None else self._stale(latest, told, ours=True)
            case SurveyClosed(why=why):
                return Over(why)
            case other:
                raise TypeError(f"no outcome of a questionnaire: {other!r}")

    def _stale(self, view: SurveyView, told: Read, *, ours: bool) -> Result:
        """Nothing was kept: another face was faster, or the sheet is not one of ours.  What was typed stays on it."""
        if view.state is SurveyState.COMPLETED:
            same = dict(told.filling.answers) == dict(view.filling.answers)
            return Shown(view, note="" if same else texts.NEWER_DONE, advice=self._advice(view), final=True)
        note = texts.NEWER if ours else texts.OLD_PAGE
        return Shown(view, told, newer=True, note=note, advice=self._advice(view))

    def _stamp_of(self, token: str, revision: str) -> str:
        known = revision.isascii() and revision.isdigit() and len(revision) < 10
        return self.stamp(token, int(revision)) if known else ""

    def _view(self, link: Link) -> SurveyView | None:
        with self._hospital.world(link.account_id) as world:
            return world.survey(link.scope)

    def _move(self, link: Link, move: Move, key: str) -> Outcome:
        account = AccountRef(link.account_id, "", "", "")
        command = FillSurvey(f"page:{link.scope}:{key}", link.scope, move, face="page")
        return self._hospital.execute(command, account)

    def _advice(self, view: SurveyView, raised: Sequence[Advice] = ()) -> tuple[str, ...]:
        """Approved texts (R42): of what was raised just now, and of what the answers say as long as they say it."""
        found = [(each.level, each.text) for each in raised]
        known = self._hospital.forms.advice
        for rule in flags(view.form, view.filling.answers):
            if rule.advice in known:
                found.append((rule.level, advice.say(known, rule.advice, phone=self.phone)))
        found.sort(key=lambda each: each[0] != _LEVELS[0])
        return tuple(dict.fromkeys(text for _, text in found))

    def _today(self) -> date:
        return local(self.now).date()


def _note(told: Read, do: str) -> str:
    return texts.OPENED if told.fresh and do != "auto" else ""


def _same(ours: str, given: str) -> bool:
    return bool(ours) and hmac.compare_digest(ours.encode(), given.encode(errors="replace"))


def _first(posted: Posted, name: str) -> str:
    return next(iter(posted.get(name, ())), "")
