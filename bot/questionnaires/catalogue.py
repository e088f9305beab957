"""All questionnaires: the shipped forms and the hospital's own, by ``url|version``, several versions at once."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from bot.questionnaires import advice, fhir
from bot.questionnaires.lint import Finding, lint
from bot.questionnaires.model import Questionnaire

FOLDER = "questionnaires"
"""In the data directory: the hospital's own, *.json, and its advice.yaml."""
MAX_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Broken:
    """A file that was refused, and why."""

    file: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A response names its questionnaire by ``url|version``; a plan asks for the newest of a name."""

    forms: Mapping[str, Questionnaire]
    advice: Mapping[str, str]
    broken: tuple[Broken, ...] = ()
    remarks: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    """By ``url|version``: what the linter would have better, in forms that may be used."""

    @classmethod
    def load(cls, own: Path | None = None) -> "Catalogue":
        """``own``: the hospital's folder.  A broken file of its is left out and told; the rest works."""
        told: list[Broken] = []
        try:
            texts = advice.load(own / advice.FILE if own else None)
        except (advice.BadAdvice, UnicodeDecodeError) as error:
            told.append(Broken(advice.FILE, (Finding("", str(error)),)))
            texts = advice.load()
        forms: dict[str, Questionnaire] = {}
        remarks: dict[str, tuple[Finding, ...]] = {}
        for file, text in _texts(own):
            found, form = _read(text, frozenset(texts))
            findings = tuple(finding for finding in found if finding.blocks)
            if form is not None and form.canonical in forms:
                findings = (Finding("version", f"{form.canonical} 已经有了；改过的问卷要换一个 version"),)
            if form is None or findings:
                told.append(Broken(file, findings))
            else:
                forms[form.canonical] = form
                remarks[form.canonical] = found
        return cls(forms, texts, tuple(told), remarks)

    def get(self, canonical: str) -> Questionnaire | None:
        """By ``url|version``, retired or not: an answer given once can always be read."""
        return self.forms.get(canonical)

    def newest(self, name: str) -> Questionnaire | None:
        """The newest active version of what is called so: its url, the url's last part, or its name."""
        found = [form for form in self.forms.values() if form.status == "active" and name in names(form)]
        return max(found, key=lambda form: _order(form.version), default=None)


def names(form: Questionnaire) -> tuple[str, ...]:
    return form.url.rpartition("/")[2], form.name, form.url


@lru_cache(maxsize=64)
def _read(text: str, texts: frozenset[str]) -> tuple[tuple[Finding, ...], Questionnaire | None]:
    """The findings in a file's text and, if none forbids it, its form; ``texts``: the keys of the approved texts."""
    found = check(text, texts)
    return found, None if any(finding.blocks for finding in found) else fhir.read(json.loads(text))


def check(text: str, texts: Collection[str]) -> tuple[Finding, ...]:
    """The linter's findings in a file's text."""
    try:
        raw: Any = json.loads(text)
    except json.JSONDecodeError as error:
        return (Finding("", f"不是合法的 JSON：第 {error.lineno} 行第 {error.colno} 个字符附近读不懂"),)
    except RecursionError:
        return (Finding("", "不是合法的 JSON：一层套一层，套得太深"),)
    return lint(raw, texts) if isinstance(raw, dict) else (Finding("", "要是一个 JSON 对象"),)


def _texts(own: Path | None) -> Iterator[tuple[str, str]]:
    """The house's first: nobody's file may take the place of a shipped version."""
    shipped = files("bot.questionnaires").joinpath("forms")
    for each in sorted(shipped.iterdir(), key=lambda entry: entry.name):
        if each.name.endswith(".json"):
            yield each.name, each.read_text(encoding="utf-8")
    for path in sorted(own.glob("*.json")) if own else []:
        yield path.name, read_text(path)


def read_text(path: Path) -> str:
    """What cannot be read is no JSON either: empty."""
    try:
        return "" if path.stat().st_size > MAX_BYTES else path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""


def _order(version: str) -> tuple[tuple[int, str], ...]:
    """1.10 comes after 1.9."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"[.\-+]", version))
