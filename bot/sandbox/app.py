"""Everything the sandbox serves, as one blueprint: the WeChat API, the SMS operator, their controls, the phone page."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint

from bot.domain.clock import Clock
from bot.sandbox import control, phone
from bot.sandbox.account import from_settings
from bot.sandbox.api import views
from bot.sandbox.cards import Card
from bot.sandbox.core import Sandbox
from bot.sandbox.courier import Courier, Patience
from bot.sandbox.db import SandboxDb
from bot.sandbox.sms import account as sms_account
from bot.sandbox.sms import control as sms_control
from bot.sandbox.sms import views as sms_views
from bot.sandbox.sms.views import SmsSandbox, open_sms
from bot.settings import Settings

API_PREFIX = "/sandbox/wechat"
"""WECHAT_API_BASE is the server's address with this behind it."""
SMS_PREFIX = "/sandbox/sms"
"""The same for SMS_API_BASE."""


def open_sandbox(
    settings: Settings,
    clock: Clock,
    webhook_url: str,
    patience: Patience | None = None,
    menu: Mapping[str, Any] | None = None,
    approved: Sequence[Card] = (),
) -> Sandbox:
    """The stand-in over data_dir/sandbox.db."""
    account = from_settings(settings)
    db = SandboxDb(settings.data_dir / "sandbox.db", menu, approved)
    return Sandbox(account, clock, db, Courier(db, account, clock, webhook_url, patience or Patience()))


def mount(sandbox: Sandbox, sms: SmsSandbox | None = None) -> Blueprint:
    """The blueprint over an opened sandbox; ``sms``: with an operator beside it."""
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
    if sms is not None:
        site.register_blueprint(sms_views.blueprint(sms), url_prefix=SMS_PREFIX)
        site.register_blueprint(sms_control.blueprint(sms), url_prefix=f"{SMS_PREFIX}/_control")
    return site


def create_sandbox(
    settings: Settings,
    clock: Clock,
    webhook_url: str = "",
    menu: Mapping[str, Any] | None = None,
    sms_templates: Mapping[str, str] | None = None,
    approved: Sequence[Card] = (),
) -> tuple[Blueprint, ...]:
    """For bot.app, in the demo only.

    ``webhook_url``: where messages are posted, by default this very server.  ``menu``: the menu that the account
    comes with, as menu/create takes it.  ``sms_templates``: what the SMS operator has approved, code to text;
    ``approved``: the account's own templates.
    """
    server = _server(settings)
    sandbox = open_sandbox(settings, clock, webhook_url or f"{server}/wechat", menu=menu, approved=approved)
    account = sms_account.from_settings(settings, server, sms_templates or {})
    return (mount(sandbox, open_sms(account, clock, sandbox.db)),)


def _server(settings: Settings) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)
    return f"http://{host}:{settings.port}"
