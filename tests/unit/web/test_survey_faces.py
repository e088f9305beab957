"""Two faces, one response: what the chat hears and what the page's form holds give identical QuestionnaireResponses."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.questionnaires import words
from bot.questionnaires.catalogue import Catalogue
from bot.questionnaires.evaluate import missing, questions, refusal
from bot.questionnaires.filling import Filling, current, give, skip
from bot.questionnaires.heard import Signal, Understood, core, tidy
from bot.questionnaires.model import CHOICES, NUMBERS, Coded, Free, Item, Questionnaire, Type, Value
from bot.questionnaires.response import to_json
from bot.web.survey.reading import CHOSEN, SEEN, WRITTEN, Field, answer, field_of, read

FORMS = Catalogue.load().forms
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Said:
    """One question's answer as a person means it: in words for the chat, as fields for the page."""

    link_id: str
    text: str
    field: Field


# -- what a person may mean -------------------------------------------------------------------------------


def meant(item: Item) -> st.SearchStrategy[tuple[str, Field]]:
    """(words, fields) of the same answer; empty words: passed over."""
    if item.type in CHOICES:
        return _chosen(item)
    if item.type is Type.BOOLEAN:
        return st.sampled_from([("是", Field(("yes",))), ("否", Field(("no",)))])
    if item.type in NUMBERS:
        return _number(item)
    if item.type is Type.DATE:
        return st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(
            lambda d: (d.isoformat(), Field((d.isoformat(),)))
        )
    return (
        st.text("家里一切都好，就是腿有点肿 谢谢ab1\n", min_size=1, max_size=60)
        .filter(_says_something)
        .map(lambda text: (text, Field((text.replace("\n", "\r\n"),))))
    )


def _says_something(text: str) -> bool:
    return bool(core(tidy(text)))


def _chosen(item: Item) -> st.SearchStrategy[tuple[str, Field]]:
    codes = {option.code: (place, option) for place, option in enumerate(item.options, start=1)}
    one = st.sampled_from(sorted(codes)).map(
        lambda code: (str(codes[code][0]), Field((code,)))  # a tap says the number
    )
    if not item.repeats:
        by_words = st.sampled_from(sorted(codes)).map(lambda code: (codes[code][1].display, Field((code,))))
        return one | by_words
    several = st.lists(
        st.sampled_from([code for code in sorted(codes) if not codes[code][1].exclusive]),
        min_size=1,
        unique=True,
    ).map(lambda picked: ("、".join(str(codes[code][0]) for code in picked), Field(tuple(picked))))
    return one | several


def _number(item: Item) -> st.SearchStrategy[tuple[str, Field]]:
    low = item.low if isinstance(item.low, Decimal) else Decimal(0)
    high = item.high if isinstance(item.high, Decimal) else Decimal(200)
    places = 0 if item.type is Type.INTEGER else 1
    return st.decimals(low, high, allow_nan=False, places=places).map(lambda n: (f"{n}", Field((f"{n}",))))


# -- the two faces ----------------------------------------------------------------------------------------


def by_chat(form: Questionnaire, told: dict[str, Said]) -> Filling:
    """One question at a time, as it comes; what is not told is passed over."""
    filling = Filling()
    while (item := current(form, filling)) is not None:
        said = told.get(item.link_id)
        heard = None if said is None else words.understand(item, said.text)
        match heard:
            case Understood(values):
                after = give(form, filling, item.link_id, values)
            case None | Signal():
                after = skip(form, filling, item.link_id)
            case other:
                raise AssertionError(f"{item.link_id}: {said} → {other}")
        if not isinstance(after, Filling):
            break  # required, and not told: the chat stands here for ever
        filling = after
    return filling


def by_page(form: Questionnaire, told: dict[str, Said]) -> Filling:
    """Sheet by sheet until no new question appears, then handed in."""
    filling = Filling()
    for _ in range(20):
        sheet = list(questions(form, filling.answers))
        outcome = read(form, filling, posted(sheet, told), final=True)
        filling = outcome.filling
        if not outcome.fresh:
            return filling
    raise AssertionError("questions without end")


def posted(sheet: list[Item], told: dict[str, Said]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {SEEN: [item.link_id for item in sheet]}
    for item in sheet:
        if (said := told.get(item.link_id)) is not None:
            fields[CHOSEN + item.link_id] = list(said.field.chosen)
            fields[WRITTEN + item.link_id] = [said.field.words]
    return fields


@st.composite
def tellings(draw: st.DrawFn, form: Questionnaire) -> dict[str, Said]:
    """An answer for each question of the form, whatever is open; some of those that may be are left out."""
    told = {}
    for item in asked(form):
        if item.required or draw(st.booleans()):
            text, field = draw(meant(item))
            told[item.link_id] = Said(item.link_id, text, field)
    return told


def asked(form: Questionnaire) -> Iterator[Item]:
    return (item for item in form.walk() if item.type not in (Type.GROUP, Type.DISPLAY))


@pytest.mark.parametrize("canonical", sorted(FORMS))
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_same_answers_give_the_same_response(canonical: str, data: st.DataObject) -> None:
    form = FORMS[canonical]
    told = data.draw(tellings(form))
    chat, page = by_chat(form, told), by_page(form, told)
    assert to_json(form, page.answers, authored=AT) == to_json(form, chat.answers, authored=AT)
    assert page.skipped == chat.skipped
    assert missing(form, page.answers) == ()


@pytest.mark.parametrize("canonical", sorted(FORMS))
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_the_sheet_half_filled_in_goes_on_in_the_chat(canonical: str, data: st.DataObject) -> None:
    """A draft passes over nothing: the chat asks whatever was left open."""
    form = FORMS[canonical]
    told = data.draw(tellings(form))
    part = data.draw(st.sets(st.sampled_from(sorted(told)))) if told else set()
    draft = read(form, Filling(), posted(list(questions(form, {})), {k: told[k] for k in part}), final=False)
    assert draft.filling.skipped == frozenset()
    assert set(draft.filling.answers) <= part
    opened = current(form, draft.filling)
    everything = questions(form, draft.filling.answers)
    assert opened == next((i for i in everything if i.link_id not in draft.filling.answers), None)


@pytest.mark.parametrize("canonical", sorted(FORMS))
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_what_stands_on_the_sheet_is_read_as_it_stands(canonical: str, data: st.DataObject) -> None:
    """Drawn and posted again untouched, an answer is the same answer."""
    form = FORMS[canonical]
    for said in data.draw(tellings(form)).values():
        item = form.item(said.link_id)
        assert item is not None
        values = answer(item, said.field)
        assert isinstance(values, tuple)
        assert answer(item, field_of(item, values)) == values


# -- anything at all --------------------------------------------------------------------------------------

ANY = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["", "yes", "no", "1e999", "-0", "NaN", "9" * 400, "2026-02-30", "9999-12-31", "38.2", "三十八度二"]
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_is_posted_is_read_without_an_error(data: st.DataObject) -> None:
    form = FORMS[data.draw(st.sampled_from(sorted(FORMS)))]
    ids = [item.link_id for item in form.walk()]
    name = st.sampled_from([SEEN, *(CHOSEN + i for i in ids), *(WRITTEN + i for i in ids)]) | st.text(
        max_size=8
    )
    value = st.lists(ANY | st.sampled_from(ids) | st.sampled_from(_codes(form)), max_size=4)
    fields: dict[str, list[str]] = data.draw(st.dictionaries(name, value, max_size=12))
    fields[SEEN] = data.draw(st.lists(st.sampled_from(ids), unique=True))
    told = read(form, Filling(), fields, final=data.draw(st.booleans()))
    for link_id, values in told.filling.answers.items():
        item = form.item(link_id)
        assert item is not None
        assert refusal(item, values) is None
    response: Any = to_json(form, told.filling.answers, authored=AT)
    assert response["questionnaire"] == form.canonical


def _codes(form: Questionnaire) -> list[str]:
    return [option.code for item in form.walk() for option in item.options] or [""]


# -- what forms of the house do not have ------------------------------------------------------------------


def own_choice(*, repeats: bool) -> Item:
    item = next(i for f in FORMS.values() for i in f.walk() if i.type is Type.OPEN_CHOICE)
    return Item("o", Type.OPEN_CHOICE, item.text, options=item.options, repeats=repeats)


def test_an_open_choice_takes_words_of_ones_own() -> None:
    item = own_choice(repeats=True)
    first = item.options[0]
    assert answer(item, Field((first.code,), "隔壁老王说的偏方")) == (
        Coded(first.code),
        Free("隔壁老王说的偏方"),
    )
    assert answer(item, Field((), first.display)) == (Coded(first.code),), "typed or tapped, it is the option"


def test_one_answer_is_one_answer() -> None:
    item = own_choice(repeats=False)
    why = answer(item, Field((item.options[0].code,), "隔壁老王说的偏方"))
    assert getattr(why, "why", None) == "many"


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("38.2", (Decimal("38.2"),)),
        ("３８．２", (Decimal("38.2"),)),
        ("38.2℃", (Decimal("38.2"),)),
        ("三十八度二", (Decimal("38.2"),)),
        ("不知道", ()),
        ("", ()),
    ],
)
def test_numbers_as_people_type_them(typed: str, values: tuple[Value, ...]) -> None:
    assert answer(_degrees(), Field((typed,))) == values


@pytest.mark.parametrize(
    ("typed", "why"),
    [("382", "high"), ("很烫", "unread"), ("1e2", "low"), ("-1", "low"), ("9" * 200, "long")],
)
def test_numbers_that_cannot_be(typed: str, why: str) -> None:
    assert getattr(answer(_degrees(), Field((typed,))), "why", None) == why


def _degrees() -> Item:
    form = next(form for form in FORMS.values() if form.url.endswith("/discharge-week"))
    item = form.item("degrees")
    assert item is not None
    return item


@pytest.mark.parametrize("typed", ["2026-11-24", "2026年11月24日", "2026/11/24", "2026.11.24"])
def test_days_as_people_type_them(typed: str) -> None:
    assert answer(Item("d", Type.DATE, "哪天？"), Field((typed,))) == (date(2026, 11, 24),)


@pytest.mark.parametrize("typed", ["2026-02-30", "昨天", "24/11"])
def test_days_that_cannot_be(typed: str) -> None:
    assert getattr(answer(Item("d", Type.DATE, "哪天？"), Field((typed,))), "why", None) == "unread"


@pytest.mark.parametrize("typed", ["没有", "无", "跳过", "。", "  "])
def test_nothing_to_tell_is_no_answer(typed: str) -> None:
    """As in the chat: 「没有」 in the box for opinions opens no ticket."""
    assert answer(Item("t", Type.TEXT, "还有什么想说的吗？"), Field((typed,))) == ()
