"""The API in one process over the small hospital, and a system that calls it."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from redis import Redis
from werkzeug.test import Client, TestResponse

from bot.domain.api_clients import ClientMade
from bot.domain.roles import Permission
from bot.services import api_clients
from bot.services.api_clients import Wish
from bot.store.db import Database
from bot.web.api import blueprint
from bot.web.api.api import Api
from bot.web.console.throttle import Throttle
from tests.conftest import FixedClock
from tests.integration.services.town import Town, id_number, phone_number

PREFIX = "/api/v1"


@dataclass
class System:
    """The HIS, with its token."""

    client: Client
    token: str
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **query: Any) -> TestResponse:
        return self._send("GET", path, query_string=query)

    def post(self, path: str, sent: Any, key: str = "") -> TestResponse:
        return self._send("POST", path, sent, key)

    def put(self, path: str, sent: Any) -> TestResponse:
        return self._send("PUT", path, sent)

    def _send(self, method: str, path: str, sent: Any = None, key: str = "", **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **self.headers}
        if key:
            headers["Idempotency-Key"] = key
        if sent is not None:
            more |= {"data": json.dumps(sent), "content_type": "application/json"}
        return self.client.open(PREFIX + path, method=method, headers=headers, **more)


@dataclass
class Stage:
    """The small hospital and its API."""

    town: Town
    api: Api
    app: Flask

    @property
    def db(self) -> Database:
        return self.town.db

    def token(self, *permissions: Permission, name: str = "his", **more: Any) -> str:
        wish = Wish(name, permissions or tuple(Permission), **{"per_minute": 60_000, **more})
        made = api_clients.create(self.db, wish, actor="cli", now=self.town.clock.now())
        assert isinstance(made, ClientMade), made
        return made.token

    def system(self, *permissions: Permission, name: str = "his", **more: Any) -> System:
        """With all permissions where none is named."""
        return System(self.app.test_client(), self.token(*permissions, name=name, **more))


def make_stage(db: Database, clock: FixedClock, redis: "Redis") -> Stage:
    town = Town.found(db, clock)
    api = blueprint.build(town.hospital, Throttle(redis), real=clock)
    app = Flask("api-test", static_folder=None)
    app.register_blueprint(api.site)
    return Stage(town, api, app)


@pytest.fixture
def stage(sqlite_db: Database, clock: FixedClock, redis_client: "Redis") -> Stage:
    return make_stage(sqlite_db, clock, redis_client)


@pytest.fixture
def both(db: Database, clock: FixedClock, redis_client: "Redis") -> Stage:
    """On either database."""
    return make_stage(db, clock, redis_client)


def person(number: int = 1, **more: Any) -> dict[str, Any]:
    """Somebody to register."""
    return {
        "name": "王小明",
        "id_number": id_number(number),
        "phone": phone_number(number),
        "consents": ["privacy", "health_data"],
        "consent_way": "phone",
        **more,
    }


def stay(number: int = 1, **more: Any) -> dict[str, Any]:
    """Somebody who has gone home."""
    return {
        "name": "王小明",
        "id_number": id_number(number),
        "admission_no": f"Z{number:04d}",
        "department": "心血管内科",
        "ward": "心内一病区",
        "admitted_on": "2026-11-10",
        "discharged_on": "2026-11-20",
        "way": "医嘱离院",
        "diagnosis": "冠心病",
        "phone": phone_number(number),
        **more,
    }
