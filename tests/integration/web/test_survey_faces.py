"""Both faces over the real services: one answers in the chat, one on the page, and the archive cannot tell them apart."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from bot.domain.survey import Author, Give, Skip, Start, SurveyState
from bot.questionnaires import words
from bot.questionnaires.catalogue import Catalogue
from bot.questionnaires.filling import current
from bot.questionnaires.heard import Understood
from bot.questionnaires.model import CHOICES, NUMBERS, Item, Questionnaire, Type
from bot.questionnaires.response import to_json
from tests.integration.web.conftest import Page

FORMS = {form.url.rpartition("/")[2]: form for form in Catalogue.load().forms.values()}
AT = datetime(2026, 11, 23, tzinfo=UTC)
Told = Mapping[str, tuple[str, str | list[str]]]
"""By linkId: the words of the chat, and what the form posts."""


def tell(form: Questionnaire, rng: Random) -> Told:
    return {
        item.link_id: _answer(item, rng)
        for item in form.walk()
        if item.type not in (Type.GROUP, Type.DISPLAY) and (item.required or rng.random() < 0.6)
    }


def _answer(item: Item, rng: Random) -> tuple[str, str | list[str]]:
    if item.type in CHOICES and item.repeats:
        apart = [n for n, option in enumerate(item.options) if not option.exclusive]
        picked = rng.sample(apart, rng.randint(1, len(apart)))
        return "、".join(str(n + 1) for n in picked), [item.options[n].code for n in picked]
    if item.type in CHOICES:
        place = rng.randrange(len(item.options))
        return item.options[place].display, item.options[place].code
    if item.type is Type.BOOLEAN:
        return rng.choice([("是", "yes"), ("否", "no")])
    if item.type in NUMBERS:
        low, high = (int(limit) if isinstance(limit, Decimal) else 0 for limit in (item.low, item.high))
        number = str(rng.randint(low, high or 100))
        return number, number
    return "晚上睡不好\n别的都好", "晚上睡不好\r\n别的都好"


def in_the_chat(page: Page, told: Told) -> dict[str, Any]:
    page.chat(Start(Author.PATIENT), key="start")
    while (view := page.view).state is SurveyState.ASKING:
        item = current(view.form, view.filling)
        assert item is not None
        key = f"turn-{view.revision}-{item.link_id}"
        if item.link_id not in told:
            page.chat(Skip(item.link_id), key=key)
            continue
        heard = words.understand(item, told[item.link_id][0])
        assert isinstance(heard, Understood), (item.link_id, heard)
        page.chat(Give(item.link_id, heard.values), key=key)
    return archived(page)


def on_the_page(page: Page, told: Told, rng: Random) -> dict[str, Any]:
    """Some of it saved first, then handed in as often as something new appears."""
    page.begin()
    answers: dict[str, str | list[str]] = {link_id: field for link_id, (_, field) in told.items()}
    some: Sequence[str] = rng.sample(sorted(answers), len(answers) // 2)
    page.save("auto", **{link_id: answers[link_id] for link_id in some if link_id in page.seen})
    for _ in range(8):
        page.save("submit", **{link_id: answers[link_id] for link_id in page.seen if link_id in answers})
        if page.view.state is SurveyState.COMPLETED:
            return archived(page)
    raise AssertionError(page.html)


def archived(page: Page) -> dict[str, Any]:
    view = page.view
    assert view.state is SurveyState.COMPLETED
    return to_json(view.form, view.filling.answers, authored=AT)


@pytest.mark.parametrize("name", sorted(FORMS))
def test_chat_and_page_give_the_same_response(make_page: Callable[..., Page], name: str) -> None:
    for seed in range(3):
        rng = Random(f"{name}{seed}")
        told = tell(FORMS[name], rng)
        chat = in_the_chat(make_page(form=name, number=2 * seed + 1), told)
        page = on_the_page(make_page(form=name, number=2 * seed + 2), told, rng)
        assert page == chat


def test_begun_on_the_page_and_ended_in_the_chat(make_page: Callable[..., Page]) -> None:
    page = make_page()
    page.begin()
    page.save("auto", recovery="fair", signs=["none"])
    while (view := page.view).state is SurveyState.ASKING:
        item = current(view.form, view.filling)
        assert item is not None
        assert item.link_id not in ("recovery", "signs")
        heard = words.understand(item, "1" if item.options else "没有")
        page.chat(
            Give(item.link_id, heard.values) if isinstance(heard, Understood) else Skip(item.link_id),
            key=f"turn-{item.link_id}",
        )
    page.open()
    assert "谢谢您" in page.html
