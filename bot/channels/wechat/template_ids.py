"""Which of the account's templates says which kind of push: ids are the platform's, the settings tell them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.pushes.templates import Templates
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """A template as it has to be applied for on the platform's page."""

    id: str
    road: str
    """template | subscribe"""
    title: str
    fields: Mapping[str, str]
    """Name to label: thing1 → 就诊科室."""
    lasting: bool


def wanted(ids: TemplateIds, templates: Templates) -> Iterator[Wanted]:
    """Every template that the settings name, with the fields that our words need."""
    for road, given in (("template", ids.template), ("subscribe", ids.subscribe)):
        for kind, template in given.items():
            known = templates.get(kind)
            card = known.cards.get(road) if known else None
            if card is not None:
                labels = {name: label for name, label, _ in card.fields}
                yield Wanted(template, road, card.title, labels, template in ids.long_term)


def invented(templates: Templates) -> tuple[dict[str, str], dict[str, str]]:
    """Ids for the demo's account, as the settings take them: template messages, and subscriptions."""
    kinds = {road: [kind for kind in templates.kinds if templates.has(kind, road)]
             for road in ("template", "subscribe")}  # fmt: skip
    lasting = {"publication": _LASTING}
    return (
        {kind: f"demo-template-{kind}" for kind in kinds["template"]},
        {kind: f"demo-subscribe-{kind}{lasting.get(kind, '')}" for kind in kinds["subscribe"]},
    )
