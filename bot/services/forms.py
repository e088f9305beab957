"""Questionnaires that the console has published: one edition is one ``url|version``, which never changes again."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.questionnaires import fhir
from bot.questionnaires.catalogue import Broken, Catalogue, check, names
from bot.questionnaires.lint import Finding
from bot.questionnaires.model import Questionnaire
from bot.questionnaires.values import BadQuestionnaire
from bot.services.content import editions as content
from bot.services.content.editions import Drafted, Edition, Exists, Published, Retired, Stale
from bot.services.followup.editions import in_force
from bot.store.db import UnitOfWork

KIND = "questionnaire"
"""Of the editions; their name is NAME|VERSION, NAME the last part of the url."""
Plans = Mapping[str, Mapping[str, Any]]
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+-]{0,15}")


@dataclass(frozen=True, slots=True)
class Good:
    """A text that may be kept as a draft."""

    raw: Mapping[str, Any]
    form: Questionnaire
    remarks: tuple[Finding, ...]

    @property
    def name(self) -> str:
        return name_of(self.form)


@dataclass(frozen=True, slots=True)
class Bad:
    """Why it cannot be used, line by line."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Needed:
    """These plans ask for it, and there is no other version in use."""

    plans: tuple[str, ...]


def joined(filed: Catalogue, published: Mapping[str, Edition]) -> Catalogue:
    """The files' questionnaires and the published ones.  A file never loses its place to an edition, or an answer that
    was given to it could not be read any more."""
    forms, remarks, broken = dict(filed.forms), dict(filed.remarks), list(filed.broken)
    for edition in published.values():
        try:
            form = as_edition(edition)
        except BadQuestionnaire as error:  # by an older release's reader it was well made
            broken.append(Broken(edition.name, (Finding(error.where, error.what),)))
            continue
        if form.canonical not in forms:
            forms[form.canonical] = form
            remarks[form.canonical] = check(json.dumps(edition.body), filed.advice)
    return replace(filed, forms=forms, remarks=remarks, broken=tuple(broken))


def as_edition(edition: Edition) -> Questionnaire:
    """Its status is the edition's, whatever the file said."""
    return replace(fhir.read(dict(edition.body)), status=edition.state)


def name_of(form: Questionnaire) -> str:
    return f"{names(form)[0]}|{form.version}"


def judge(text: str, known: Catalogue, *, published: bool = False) -> Good | Bad:
    """Whether it may become a draft; ``known``: all there is.  ``published``: its own version may be there."""
    found = check(text, known.advice)
    if any(finding.blocks for finding in found):
        return Bad(found)
    raw = json.loads(text)
    form = fhir.read(raw)
    wrong = tuple(_placed(form, known, published=published))
    return Bad(wrong) if wrong else Good(raw, form, found)


def _placed(form: Questionnaire, known: Catalogue, *, published: bool) -> list[Finding]:
    """Its name and version must be free, and fit for an address."""
    name, wrong = names(form)[0], []
    if not _NAME.fullmatch(name):
        wrong.append(Finding("url", "网址的最后一段是问卷的名字，只能用字母、数字、点和横线，不超过 40 个"))
    if not _VERSION.fullmatch(form.version):
        wrong.append(Finding("version", "版本只能用字母、数字、点、加号和横线，不超过 16 个，例如 1.0.0"))
    if not published and form.canonical in known.forms:
        wrong.append(Finding("version", f"版本 {form.version} 已经发布过，发布过的不能再改；请换一个版本"))
    others = {
        each.url
        for each in known.forms.values()
        if each.url != form.url and set(names(each)) & set(names(form))
    }
    if others:
        wrong.append(Finding("url", f"名字 {name} 已经是另一份问卷的（{sorted(others)[0]}）；请换一个名字"))
    return wrong


def begin(uow: UnitOfWork, actor: str, good: Good, note: str) -> Drafted | Exists:
    return content.draft(uow, actor, KIND, good.name, good.raw, note)


def publish(uow: UnitOfWork, actor: str, edition: Edition, version: int) -> Published | Stale:
    """In force from now on: who is asked from now on gets it, who has begun goes on by theirs."""
    done = content.publish(uow, actor, edition.id, version)
    return done if isinstance(done, Published) else Stale()


def retire(
    uow: UnitOfWork, actor: str, edition: Edition, version: int, known: Catalogue, plans: Plans
) -> Retired | Stale | Needed:
    """Nobody is asked it any more; answers stay.  Not while a plan that is on has no other version to ask.
    ``plans``: the files'."""
    form = as_edition(edition)
    rest = replace(known, forms={key: each for key, each in known.forms.items() if key != form.canonical})
    asking = tuple(
        str(body["title"])
        for body in in_force(uow, plans).values()
        if body.get("enabled", True)
        and any(
            step["questionnaire"] in names(form) and rest.newest(step["questionnaire"]) is None
            for step in body["steps"]
        )
    )
    if asking:
        return Needed(asking)
    return content.retire(uow, actor, edition.id, version)


def reinstate(uow: UnitOfWork, actor: str, edition: Edition) -> Published | Exists | Stale:
    """Asked again, word for word as it was."""
    made = content.draft(uow, actor, KIND, edition.name, edition.body, "重新启用")
    if isinstance(made, Exists):
        return made
    done = content.publish(uow, actor, made.id, 1)
    return done if isinstance(done, Published) else Stale()
