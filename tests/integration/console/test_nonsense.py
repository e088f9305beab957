"""Addresses, forms and cookies that no page of ours makes: every answer is in words, none is a fault."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from redis import Redis
from werkzeug.datastructures import ImmutableMultiDict

from bot.domain.roles import Role
from bot.settings import Settings
from bot.store.db import Database
from bot.web.console.pages import Page
from bot.web.console.throttle import Throttle
from tests.conftest import FixedClock
from tests.integration.console.stand import Stand, Visitor, make_stand

LARGE = "2147483648"
"""One more than PostgreSQL's integers take."""
HOLES = ("9" * 30, "%ED%A0%80", "9999-12-31")
ASKED = ("9" * 30, "0001-01-01", "9999-12-31", "²\0")
WRITTEN = ("9" * 18, "汉" * 5000)
"""More than a column takes: SQLite would not mind."""
CHINESE = re.compile("[一-鿿]")
SESSION = {"login", "again", "agreement", "code", "codes", "password", "logout"}
"""Their forms end the session that asks."""


class Heard(ImmutableMultiDict[str, str]):
    """An address or a form that notes which fields are looked for."""

    looked: set[str]

    def __getitem__(self, key: str) -> str:
        self.looked.add(key)
        return super().__getitem__(key)


@contextmanager
def hearing(app: Flask) -> Iterator[set[str]]:
    """The fields that are looked for in here."""
    looked: set[str] = set()
    before, heard = app.request_class, type("HeardHere", (Heard,), {"looked": looked})
    app.request_class = type("Hearing", (before,), {"parameter_storage_class": heard})
    try:
        yield looked
    finally:
        app.request_class = before


@pytest.fixture(autouse=True)
def _as_often_as_they_like(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Throttle, "wait", lambda *_: 0)


def everybody(stand: Stand) -> Visitor:
    """Somebody who may everything."""
    return stand.signed_in(*Role, wards=["一病区"], departments=["内科"])


def pages_of(stand: Stand, method: str, *, whole: bool = False) -> list[Page]:
    """``whole``: whose address wants nothing filled in."""
    found = [page for page in stand.console.pages if page.method == method and page.name not in SESSION]
    found = [page for page in found if not whole or "<" not in page.rule]
    assert len(found) > 20
    return found


def filled(page: Page, number: str, word: str) -> str:
    return "/console" + re.sub(r"<(int:)?[^>]+>", lambda hole: number if hole[1] else word, page.rule)


def test_addresses_of_nothing(both: Stand) -> None:
    """A number that no column takes, a name that is none: not there, or not so."""
    visitor, wrong = everybody(both), []
    visitor.get("/")
    token = visitor.csrf()
    holes = HOLES if both.db.dialect == "sqlite" else ()
    for page in [each for each in both.console.pages if "<" in each.rule and each.name not in SESSION]:
        for hole in (LARGE, *holes):
            where = filled(page, hole if hole.isdigit() else "1", hole)
            form = {"csrf": token, "version": "1"}
            ask = visitor.client.get if page.method == "GET" else visitor.client.post
            answer = ask(where, data=form if page.method == "POST" else None)
            if answer.status_code >= 500 or not (answer.status_code == 303 or CHINESE.search(answer.text)):
                wrong.append((page.method, page.rule, hole, answer.status_code))
    assert wrong == []


def test_addresses_that_ask_for_nonsense(stand: Stand) -> None:
    visitor, wrong = everybody(stand), []
    for page in pages_of(stand, "GET", whole=True):
        where = f"/console{page.rule}"
        with hearing(stand.app) as looked:
            visitor.client.get(where)
        for field in sorted(looked):
            for value in ASKED:
                if visitor.client.get(where, query_string={field: value}).status_code >= 500:
                    wrong.append((page.rule, field, value))
    assert wrong == []


def test_forms_that_say_nonsense(
    postgres_db: Database, clock: FixedClock, redis_client: "Redis", settings: Settings
) -> None:
    """One field at a time, the others with something short."""
    stand = make_stand(postgres_db, clock, redis_client, settings)
    visitor, wrong = everybody(stand), []
    visitor.get("/")
    form = {"csrf": visitor.csrf(), "version": "1"}
    for page in pages_of(stand, "POST", whole=True):
        where = f"/console{page.rule}"
        with hearing(stand.app) as looked:
            visitor.client.post(where, data=form)
            visitor.client.post(where, data=form | dict.fromkeys(looked - {"csrf"}, "1"))
        fields = dict.fromkeys(sorted(looked - {"csrf"}), "1")
        for field in fields:
            for value in WRITTEN:
                if visitor.client.post(where, data=form | fields | {field: value}).status_code >= 500:
                    wrong.append((page.rule, field, value[:30]))
    assert wrong == []


@pytest.mark.parametrize("token", ["汉", "", "é" * 64], ids=["word", "none", "long"])
def test_a_forged_token_is_any_text(stand: Stand, token: str) -> None:
    visitor = everybody(stand)
    assert visitor.post("/tickets/new", csrf=token).status_code == 400


@pytest.mark.parametrize("note", ["MQ==", "bnVsbA==", "汉", "W1sxXV0="])
def test_a_note_of_nobodys(stand: Stand, note: str) -> None:
    """The cookie that carries a word to the next page, with something else in it."""
    visitor = everybody(stand)
    visitor.client.set_cookie("suizhen_note", note, path="/console")
    assert visitor.get("/").status_code == 200
