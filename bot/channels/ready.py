"""Which roads are set up here for a kind of push: what a dry run may count on."""

from bot.channels.sms.vendors import codes
from bot.channels.wechat.template_ids import TemplateIds
from bot.pushes.templates import Templates
from bot.settings import Settings


def open_roads(settings: Settings, templates: Templates, kind: str) -> set[str]:
    """Those with words for it and a way to send them."""
    ids = TemplateIds.read(settings)
    ready = {
        "assistant": settings.wechat_assistant,
        "template": kind in ids.template,
        "subscribe": kind in ids.subscribe,
        "custom": bool(settings.wechat_app_id),
        "sms": settings.sms_vendor != "none" and kind in codes(settings, templates),
    }
    return {road for road in templates.roads(kind) if ready.get(road)}
