"""Which of the account's templates says which kind of push: ids are the platform's, the settings tell them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.settings import Settings

_LASTING = "*"
"""Behind a subscription template's id: consent to it lasts."""


@dataclass(frozen=True, slots=True)
class TemplateIds:
    """By kind.  A kind that is not named has no such template: its ladder passes over the road."""

    template: Mapping[str, str] = field(default_factory=dict)
    subscribe: Mapping[str, str] = field(default_factory=dict)
    long_term: frozenset[str] = frozenset()
    """Ids of templates whose consent lasts; no event of the platform says which those are."""

    @classmethod
    def read(cls, settings: Settings) -> "TemplateIds":
        given = settings.wechat_subscriptions
        return cls(
            settings.wechat_templates,
            {kind: template.removesuffix(_LASTING) for kind, template in given.items()},
            frozenset(each.removesuffix(_LASTING) for each in given.values() if each.endswith(_LASTING)),
        )
