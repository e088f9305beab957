"""A stand-in and a small hospital, each on its own port."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask

from bot.clock import DemoClock
from bot.sandbox.account import from_settings
from bot.sandbox.app import mount, open_sandbox
from bot.sandbox.core import Sandbox
from bot.sandbox.courier import Patience
from bot.sandbox.patient import Patient
from bot.settings import Settings, load
from tests.integration.sandbox.hospital import Hospital, Served


@dataclass
class Stand:
    """The platform, the hospital, and an HTTP client on the platform's API."""

    settings: Settings
    sandbox: Sandbox
    clock: DemoClock
    hospital: Hospital
    url: str
    http: httpx.Client

    def patient(self, *, follows: bool = True) -> Patient:
        patient = Patient(self.url, patience=60)
        if follows:
            patient.follow()
        return patient

    def api(self, path: str, body: object = None, *, token: str | None = None, **args: str) -> dict[str, Any]:
        """POST with a good token; GET where there is no body."""
        args["access_token"] = self.token() if token is None else token
        address = f"/sandbox/wechat/cgi-bin/{path}"
        response = (
            self.http.post(address, params=args, json=body)
            if body is not None
            else self.http.get(address, params=args)
        )
        answer: dict[str, Any] = response.json()
        return answer

    def token(self, *, force: bool = False, **changes: str) -> str:
        return str(self.ask_token(force=force, **changes).get("access_token", ""))

    def ask_token(self, *, force: bool = False, **changes: str) -> dict[str, Any]:
        secret = self.settings.wechat_secret.get_secret_value()
        body = {"grant_type": "client_credential", "appid": self.settings.wechat_app_id, "secret": secret}
        given: dict[str, Any] = {**body, **changes} | ({"force_refresh": True} if force else {})
        answer: dict[str, Any] = self.http.post("/sandbox/wechat/cgi-bin/stable_token", json=given).json()
        return answer

    def control(self, what: str, body: object) -> None:
        self.http.post(f"/sandbox/wechat/_control/{what}", json=body).raise_for_status()

    def look(self, what: str, **args: object) -> Any:
        return self.http.get(
            f"/sandbox/wechat/_control/{what}", params={k: str(v) for k, v in args.items()}
        ).json()


@pytest.fixture
def make_stand(tmp_path: Path) -> Iterator[Callable[..., Stand]]:
    running: list[tuple[Stand, Served, Served]] = []

    def make(mode: str = "safe", patience: Patience | None = None) -> Stand:
        settings = load(
            demo=True, data_dir=tmp_path / f"{mode}{len(running)}", wechat_app_id="wxdemo000000", wechat_secret="s" * 32,
            wechat_token="demo-token", wechat_aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", wechat_mode=mode,
        )  # fmt: skip
        clock = DemoClock(settings.data_dir / "clock.json")
        hospital = Hospital(from_settings(settings))
        webhook = Served(hospital.app())
        waits = patience or Patience(answer=1.0, pause=0.05)
        sandbox = open_sandbox(settings, clock, f"{webhook.url}/wechat", waits)
        app = Flask("platform", static_folder=None)
        app.register_blueprint(mount(sandbox))
        platform = Served(app)
        stand = Stand(
            settings, sandbox, clock, hospital, platform.url, httpx.Client(base_url=platform.url, timeout=60)
        )
        running.append((stand, platform, webhook))
        return stand

    yield make
    for stand, platform, webhook in running:
        stand.http.close()
        platform.stop()
        stand.sandbox.courier.close()
        webhook.stop()


@pytest.fixture
def stand(make_stand: Callable[..., Stand]) -> Stand:
    return make_stand()
