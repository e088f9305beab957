"""群发 in words: states, where a recipient stands, why somebody does not get it."""

from collections.abc import Mapping

from bot.domain.states import CampaignState
from bot.services.broadcast.audience import Audience
from bot.services.broadcast.campaigns import Words
from bot.settings import Settings
from bot.web.console.delivery_words import refused
from bot.web.console.suspension_words import by_kind, road
from bot.web.console.words import day

__all__ = ["by_kind", "road"]
STATES: Mapping[CampaignState, str] = {
    CampaignState.DRAFT: "草稿",
    CampaignState.AWAITING: "等另一位同事批准",
    CampaignState.RUNNING: "正在发",
    CampaignState.PAUSED: "已暂停",
    CampaignState.WITHDRAWN: "已撤回",
    CampaignState.DONE: "已发完",
}
COLOURS: Mapping[CampaignState, str] = {
    CampaignState.AWAITING: "warn",
    CampaignState.RUNNING: "warn",
    CampaignState.PAUSED: "bad",
    CampaignState.DONE: "good",
}
PLACES: Mapping[str, str] = {
    "waiting": "等着发",
    "paused": "暂停着",
    "queued": "排队中",
    "sending": "正在发",
    "sent": "已发出",
    "delivered": "已送达",
    "staff": "转人工电话",
    "dead": "没发出去",
    "withdrawn": "撤回了，没有发",
    "skipped": "不用发",
}
PLACE_COLOURS: Mapping[str, str] = {"sent": "good", "delivered": "good", "dead": "bad", "paused": "warn"}
_SKIPPED: Mapping[str, str] = {
    "unsubscribed": "患者退订了",
    "capped": "这一天收到的消息够多了",
    "expired": "过了时候",
    "deceased": "患者已去世",
    "no_road": "没有能发到的途径",
    "none": "没有办法联系",
    "withdrawn": "已撤回",
    "changed": "情况有变",
}


def skipped(reason: str) -> str:
    """Why somebody was passed over."""
    return _SKIPPED.get(reason, "情况有变，不用发了")


def failed(code: str) -> str:
    """Why it did not go out."""
    return refused(code).replace("请打电话。", "").strip()


def who(actor: str) -> str:
    return f"工号 {actor[6:]}" if actor.startswith("staff:") else "系统"


def fields(settings: Settings, words: Words) -> dict[str, str]:
    """The facts that the templates of a broadcast speak of."""
    return {
        "hospital": settings.hospital_name,
        "phone": settings.hospital_phone,
        "title": words.title,
        "text": words.text,
    }


def asked_for(audience: Audience) -> str:
    """心血管内科、儿科；医生 王建国；11月24日 周二以后就诊的人"""
    parts = ["、".join(audience.departments)] if audience.departments else []
    parts += [f"医生 {'、'.join(audience.doctors)}"] if audience.doctors else []
    parts += [f"{len(audience.clinics)} 次指定的出诊"] if audience.clinics else []
    if audience.first is not None and audience.first == audience.last:
        parts.append(f"{day(audience.first)}就诊")
    elif audience.first is not None or audience.last is not None:
        begin = f"{day(audience.first)}起" if audience.first else "今天起"
        parts.append(f"{begin}{f'，到{day(audience.last)}' if audience.last else ''}就诊")
    else:
        parts.append("今天起就诊")
    return "；".join(parts)
