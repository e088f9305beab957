"""The console in one process: the real pages, people of every role, and somebody's browser."""

import base64
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from flask import Flask, Response, g, request
from jinja2.bccache import Bucket, BytecodeCache
from redis import Redis
from sqlalchemy import func, select
from werkzeug.test import Client, TestResponse

from bot.domain.roles import Role
from bot.services.hospital import Hospital
from bot.services.staff import managing, oneself
from bot.services.staff.managing import By, Profile
from bot.services.tables import table
from bot.settings import Settings
from bot.store.db import Database
from bot.store.models import AuditEntry
from bot.web.console import blueprint
from bot.web.console.console import Console
from bot.web.survey import pages
from tests.conftest import FixedClock

PASSWORD = "correct-horse-battery"


IDLE = frozenset({"followups_by_grade"})
"""Acts that also say they are done where there was nothing to do."""


class Compiled(BytecodeCache):
    """Templates compiled once for all tests: each has an application of its own."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


COMPILED = Compiled()


@dataclass
class Visitor:
    """Somebody's browser."""

    client: Client
    headers: dict[str, str] = field(default_factory=dict)
    last: TestResponse | None = None

    def get(self, path: str, **headers: str) -> TestResponse:
        self.last = self.client.get(_full(path), headers=self.headers | headers)
        return self.last

    def post(self, path: str, /, **form: Any) -> TestResponse:
        """With the CSRF token of the page seen last; of any page, if that had none."""
        self.last = self.client.post(_full(path), data={"csrf": self.csrf(), **form}, headers=self.headers)
        return self.last

    def csrf(self) -> str:
        found = re.search(r'name="csrf" content="([0-9a-f]*)"', self.last.text if self.last else "")
        if found is None or not found[1]:
            shown = self.client.get("/console/password", headers=self.headers, follow_redirects=True)
            found = re.search(r'name="csrf" content="([0-9a-f]*)"', shown.text)
        assert found is not None
        return found[1]

    def sign_in(self, staff_no: str, password: str = PASSWORD, **more: str) -> TestResponse:
        self.get("/login")
        return self.post("/login", staff_no=staff_no, password=password, **more)


@dataclass
class Stand:
    """The hospital's console over one database."""

    db: Database
    clock: FixedClock
    console: Console
    app: Flask
    settings: Settings
    done: dict[str, bool] = field(default_factory=dict)
    """Acts that said they were done, and whether the audit log knows; a button pressed twice is written once."""

    def visitor(self) -> Visitor:
        return Visitor(self.app.test_client())

    def person(
        self, staff_no: str, *roles: Role, wards: Iterable[str] = (), departments: Iterable[str] = (), agreed: bool = True
    ) -> None:  # fmt: skip
        """Somebody with these roles, past their first day."""
        profile = Profile(f"员工{staff_no}", roles, tuple(wards), tuple(departments))
        managing.add(self.db, staff_no, profile, By("cli", self.clock.now()), password=PASSWORD)
        if agreed:
            visitor = self.visitor()
            visitor.sign_in(staff_no)
            viewer = self.console.sessions.viewer(self.token(visitor), self.clock.now())
            assert viewer is not None
            oneself.sign_agreement(self.db, viewer, self.clock.now())

    def signed_in(
        self, *roles: Role, staff_no: str = "8001", wards: Iterable[str] = (), departments: Iterable[str] = ()
    ) -> Visitor:
        """The browser of somebody with these roles, signed in."""
        self.person(staff_no, *roles, wards=wards, departments=departments)
        visitor = self.visitor()
        assert visitor.sign_in(staff_no).status_code == 303
        return visitor

    def token(self, visitor: Visitor) -> str:
        cookie = visitor.client.get_cookie(self.console.browser.cookie)
        return "" if cookie is None else cookie.value


def make_stand(db: Database, clock: FixedClock, redis: "Redis", settings: Settings) -> Stand:
    hospital = Hospital(db, clock=clock, rng=Random(7), settings=settings)
    console = blueprint.build(hospital, redis, settings, real=clock)
    app = Flask("console-test", static_folder=None)
    app.jinja_options = {"bytecode_cache": COMPILED}
    app.register_blueprint(console.site)
    app.register_blueprint(
        pages.blueprint(hospital, db.keys)
    )  # the nurse fills the form that the patient sees
    stand = Stand(db, clock, console, app, settings)
    _watch(stand)
    return stand


def _watch(stand: Stand) -> None:
    """Of every act of every test: what was done is in the audit log."""
    acts = {
        page.name
        for page in stand.console.pages
        if page.method == "POST" and page.permission and not page.looks
    }

    def written() -> int:
        with stand.db.read() as uow:
            return int(uow.connection.execute(select(func.max(table(AuditEntry).c.id))).scalar() or 0)

    @stand.app.before_request
    def before() -> None:
        if (request.endpoint or "").removeprefix("console.") in acts:
            g.written = written()

    @stand.app.after_request
    def after(response: Response) -> Response:
        if "written" in g and _done(response):
            name = (request.endpoint or "").removeprefix("console.")
            if name in IDLE:
                return response
            stand.done[name] = stand.done.get(name, False) or written() > g.written
        return response


def _done(response: Response) -> bool:
    """Whether the next page will say so."""
    notes = [each for each in response.headers.getlist("Set-Cookie") if each.startswith("suizhen_note=")]
    told = notes[0].partition("=")[2].partition(";")[0].strip('"') if notes else ""
    return bool(told) and json.loads(base64.urlsafe_b64decode(told))[0] == "good"


def _full(path: str) -> str:
    return path if path.startswith("/console") else f"/console{path}"
