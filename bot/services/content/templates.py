"""Templates as the console edits them: the words only; what a platform has registered stays as it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.pushes.lint import Finding, check
from bot.pushes.templates import Template, TemplateError, facts, read
from bot.pushes.vocabulary import FOR_STAFF
from bot.services.content import editions
from bot.services.content.editions import Edition
from bot.store.db import UnitOfWork

KIND = "template"
LONGEST = 1000
"""Characters of one field of the form."""


@dataclass(frozen=True, slots=True)
class Page:
    """One kind, with everything there is about its words."""

    kind: str
    base: Template
    """What the files say."""
    active: Edition | None
    draft: Edition | None

    @property
    def running(self) -> Template:
        return _of(self.active, self.base)

    @property
    def written(self) -> Template:
        """The draft; without one what is in force."""
        return _of(self.draft, self.running)

    @property
    def four_eyes(self) -> bool:
        """What goes to patients is published by somebody else than wrote it."""
        return self.kind not in FOR_STAFF


def pages(uow: UnitOfWork, files: Mapping[str, Template]) -> list[Page]:
    """Every kind, in the files' order."""
    running, drafts = editions.active(uow, KIND), editions.drafts(uow, KIND)
    return [Page(kind, base, running.get(kind), drafts.get(kind)) for kind, base in files.items()]


def worded(base: Template, given: Mapping[str, str]) -> Template:
    """``base`` with the words of a form: ``custom``, ``sms``, ``template.thing1`` …, ``assistant.location`` …

    Titles, fields and their labels were registered with the platform: nothing in a form changes them.
    """

    def said(name: str, now: str) -> str:
        text = given.get(name)
        return (
            now if text is None else "\n".join(line.rstrip() for line in text.strip()[:LONGEST].splitlines())
        )

    cards = {
        road: replace(
            card,
            fields=tuple(
                (name, label, said(f"{_field(base, road)}.{name}", says)) for name, label, says in card.fields
            ),
        )
        for road, card in base.cards.items()
    }
    helper = base.assistant
    if helper is not None:
        helper = replace(
            helper, info=tuple((name, said(f"assistant.{name}", says)) for name, says in helper.info)
        )
    return Template(base.kind, said("custom", base.custom), said("sms", base.sms), cards, helper)


def one_card(base: Template) -> bool:
    """Whether a subscription notice is the template message again: then they are written once."""
    return "template" in base.cards and base.cards["template"] == base.cards.get("subscribe")


def _field(base: Template, road: str) -> str:
    return "template" if road == "subscribe" and one_card(base) else road


def findings(template: Template, base: Template) -> Iterator[Finding]:
    """What the linter says, and what a form may not do besides."""
    yield from check(template)
    for road in base.roads():
        if road not in template.roads():
            yield Finding(template.kind, road, "不能空着：这种消息要走这条路")
    if template.sms and facts(template.sms) != facts(base.sms):
        told = "、".join(f"{{{name}}}" for name in facts(base.sms))
        yield Finding(template.kind, "sms", f"变量的个数和顺序要和短信平台上报备的一样：{told}")


def _of(edition: Edition | None, otherwise: Template) -> Template:
    if edition is None:
        return otherwise
    try:
        return read(edition.name, edition.body)
    except TemplateError:  # an older program's: what is below it holds, for the delivery too
        return otherwise
