"""Everything the sandbox serves, as one blueprint: the WeChat API, its test controls, the phone page."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint

from bot.domain.clock import Clock
from bot.sandbox import control, phone
from bot.sandbox.account import from_settings
from bot.sandbox.api import views
from bot.sandbox.core import Sandbox
from bot.sandbox.courier import Courier, Patience
from bot.sandbox.db import SandboxDb
from bot.settings import Settings

API_PREFIX = "/sandbox/wechat"
"""WECHAT_API_BASE is the server's address with this behind it."""


def open_sandbox(
    settings: Settings,
    clock: Clock,
    webhook_url: str,
    patience: Patience | None = None,
    menu: Mapping[str, Any] | None = None,
) -> Sandbox:
    """The stand-in over data_dir/sandbox.db."""
    account = from_settings(settings)
    db = SandboxDb(settings.data_dir / "sandbox.db", menu)
    return Sandbox(account, clock, db, Courier(db, account, clock, webhook_url, patience or Patience()))


def mount(sandbox: Sandbox) -> Blueprint:
    """The blueprint over an opened sandbox."""
    site = Blueprint(
        "sandbox",
        __name__,
        static_folder="static",
        static_url_path="/phone/static",
        template_folder="templates",
    )
    site.register_blueprint(views.blueprint(sandbox), url_prefix=API_PREFIX)
    site.register_blueprint(control.blueprint(sandbox), url_prefix=f"{API_PREFIX}/_control")
    site.register_blueprint(phone.blueprint(sandbox), url_prefix="/phone")
    return site


def create_sandbox(
    settings: Settings, clock: Clock, webhook_url: str = "", menu: Mapping[str, Any] | None = None
) -> tuple[Blueprint, ...]:
    """For bot.app, in the demo only.

    ``webhook_url``: where messages are posted, by default this very server.  ``menu``: the menu that the account
    comes with, as menu/create takes it.
    """
    return (mount(open_sandbox(settings, clock, webhook_url or _webhook(settings), menu=menu)),)


def _webhook(settings: Settings) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)
    return f"http://{host}:{settings.port}/wechat"
