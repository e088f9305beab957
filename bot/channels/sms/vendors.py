"""Which gateway the settings mean, and the road over it."""

import httpx
from redis import Redis

from bot.channels.sms.alibaba import AlibabaGateway
from bot.channels.sms.gateway import SmsGateway
from bot.channels.sms.road import SmsRoad
from bot.channels.sms.sandbox import SandboxGateway
from bot.channels.sms.tencent import TencentGateway
from bot.domain.clock import Clock
from bot.pushes.templates import Templates
from bot.settings import Settings


def gateway(settings: Settings, http: httpx.Client, clock: Clock) -> SmsGateway | None:
    """The vendor's; None where SMS is switched off.  ``clock`` is the real one, it goes into signatures."""
    key_id, secret = settings.sms_key_id, settings.sms_secret.get_secret_value()
    sign, base = signature(settings), settings.sms_api_base
    match settings.sms_vendor:
        case "tencent":
            return TencentGateway(
                http, clock, key_id=key_id, secret=secret, app_id=settings.sms_app_id, signature=sign,
                base=base,
            )  # fmt: skip
        case "alibaba":
            return AlibabaGateway(http, clock, key_id=key_id, secret=secret, signature=sign, base=base)
        case "sandbox":
            return SandboxGateway(http, base=base, signature=sign)
        case "none":
            return None


def road(
    settings: Settings, templates: Templates, http: httpx.Client, redis: "Redis | None", clock: Clock
) -> SmsRoad:
    """SMS as a rung of the ladder."""
    return SmsRoad(
        gateway(settings, http, clock), templates, codes(settings, templates), redis,
        signature=signature(settings), fen_per_part=settings.sms_fen_per_part,
    )  # fmt: skip


def codes(settings: Settings, templates: Templates) -> dict[str, str]:
    """The vendor's code of each kind; the sandbox knows every kind by its own name."""
    if settings.sms_vendor == "sandbox" and not settings.sms_templates:
        return {kind: kind for kind in templates.kinds if templates.has(kind, SmsRoad.name)}
    return settings.sms_templates


def approved(settings: Settings, templates: Templates) -> dict[str, str]:
    """What the sandbox's operator has approved: each code's text, with its ``{variables}``."""
    found = {}
    for kind, code in codes(settings, templates).items():
        if (template := templates.get(kind)) is not None and template.sms:
            found[code] = template.sms
    return found


def signature(settings: Settings) -> str:
    """Who an SMS is from."""
    return settings.sms_signature or settings.hospital_name
