"""One official account as the webhook sees it: requests in, passive replies out."""

from bot.channels.wechat.inbound import WechatInbound, envelope
from bot.channels.wechat.outbound import WechatOutbound
from bot.settings import Settings


class WechatChannel:
    """Made once a process; the envelope's cipher is shared by both directions."""

    def __init__(self, settings: Settings) -> None:
        sealed = envelope(settings)
        self.inbound = WechatInbound(settings, sealed)
        self.outbound = WechatOutbound(settings, sealed)
