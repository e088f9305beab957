"""Who is on the other side: a WeChat or Alipay user, as services and delivery know them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AccountRef:
    """A row of ``accounts`` at the moment it was read."""

    id: int
    channel: str
    """wechat | alipay"""
    app_id: str
    openid: str
    last_message_at: datetime | None = None
    """For the 48-hour window of 客服消息 (WeChat 45015)."""
    following: bool = True
