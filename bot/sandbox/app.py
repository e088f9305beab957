"""Everything the sandbox serves, as one blueprint: the WeChat API, its test controls, the phone page."""

from flask import Blueprint

from bot.domain.clock import Clock
from bot.settings import Settings


def create_sandbox(settings: Settings, clock: Clock, webhook_url: str) -> Blueprint:
    """``webhook_url`` is where the account's messages are posted; state lives in data_dir/sandbox.db."""
    return Blueprint("sandbox", __name__)
