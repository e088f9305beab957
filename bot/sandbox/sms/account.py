"""The hospital's account with the SMS operator that the sandbox plays."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class SmsAccount:
    """What the operator knows: keys, the approved signature and templates, where reports go."""

    signature: str
    key_id: str
    secret: str
    app_id: str
    receipts_url: str
    """Empty: nobody asked for delivery reports."""
    templates: Mapping[str, str] = field(default_factory=dict)
    """Code to approved text, with its ``{variables}``; the controls add others, or withdraw one."""


def from_settings(settings: Settings, server: str, templates: Mapping[str, str]) -> SmsAccount:
    """The account as `SMS_*` describes it; ``server`` is where the hospital listens."""
    secret = settings.sms_receipt_secret.get_secret_value()
    return SmsAccount(
        signature=settings.sms_signature or settings.hospital_name,
        key_id=settings.sms_key_id,
        secret=settings.sms_secret.get_secret_value(),
        app_id=settings.sms_app_id,
        receipts_url=f"{server}/sms/{secret}/receipts" if secret else "",
        templates=templates,
    )
