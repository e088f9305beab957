"""What a push becomes on each road, ready to be sent."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """A template message or a subscription notice (服务通知)."""

    title: str
    rows: tuple[tuple[str, str, str], ...]
    """(field's name, label, value): (thing1, 就诊科室, 心血管内科)"""

    def data(self) -> dict[str, dict[str, str]]:
        """As the platform takes it."""
        return {name: {"value": value} for name, _, value in self.rows}


@dataclass(frozen=True, slots=True)
class Assistant:
    """就医助手 (``/cityservice/sendchannelmsg``)."""

    status: int
    business_info: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Words:
    """A message in the chat (客服消息)."""

    text: str


@dataclass(frozen=True, slots=True)
class Sms:
    """An SMS: the vendor gets the template's key and its parameters, in order; ``text`` is what the phone shows."""

    params: tuple[tuple[str, str], ...]
    text: str


Shape = Card | Assistant | Words | Sms
