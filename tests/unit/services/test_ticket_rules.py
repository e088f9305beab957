"""Categories, deadlines and tiers as data: the house's file, and the hospital's changes to it."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.tickets import TicketKind
from bot.services.tickets.rules import BadRules, Rules
from tests.integration.services.town import at

_C, _S, _P = TicketKind.COMPLAINT, TicketKind.SUGGESTION, TicketKind.PRAISE


def test_the_shipped_file_has_every_category_of_the_model() -> None:
    from nlu.tickets import _model

    assert set(_model().names["category"]) == set(Rules.load().categories)


@pytest.mark.parametrize(
    ("opened", "kind", "category", "due"),
    [
        (at(10), _C, "服务态度", at(17, 30) + timedelta(days=3)),
        (at(10), _C, "廉洁", at(17, 30) + timedelta(days=1)),
        (at(10), _S, "饮食", at(17, 30) + timedelta(days=9)),  # a weekend in between
        (at(10), _P, "服务态度", at(17, 30) + timedelta(days=9)),
        (at(17, 30), _C, "廉洁", at(17, 30) + timedelta(days=2)),  # offices have closed: received tomorrow
        (
            at(3) + timedelta(days=5),
            _C,
            "廉洁",
            at(17, 30) + timedelta(days=8),
        ),  # Saturday: received on Monday
        (
            at(10) + timedelta(days=39),
            _C,
            "廉洁",
            at(17, 30) + timedelta(days=43),
        ),  # New Year's Day is a Friday
    ],
)
def test_deadlines_are_workdays(opened: object, kind: TicketKind, category: str, due: object) -> None:
    assert Rules.load().due(kind, category, opened) == due  # type: ignore[arg-type]


def test_what_is_whose() -> None:
    rules = Rules.load()
    assert rules.department("服务态度", "骨科") == "骨科"
    assert rules.department("服务态度", "") == "护理部"
    assert rules.department("廉洁", "骨科") == "纪检监察室"
    assert rules.category("没有这一类").name == "其他"


def test_the_hospitals_own_file_changes_what_it_names(tmp_path: Path) -> None:
    own = tmp_path / "tickets.yaml"
    own.write_text(
        "kinds: {complaint: {workdays: 2}}\ncategories: {饮食: {department: 膳食科}}\n", encoding="utf-8"
    )
    rules = Rules.load(own)
    assert rules.kinds[_C].workdays == 2 and rules.kinds[_S].workdays == 7
    assert rules.category("饮食").department == "膳食科"
    assert rules.category("廉洁").department == "纪检监察室"


@pytest.mark.parametrize(
    "text",
    [
        "kinds: [",
        "- 1",
        "kinds: {complaint: {workdays: 0}}",
        "kinds: {rumour: {title: 传闻, workdays: 1, escalates: true}}",
        "categories: {饮食: {departmnet: 膳食科}}",
        "categories: {饮食: {workdays: {complaint: 900}}}",
        "escalation: [{after: 3, to: 甲}, {after: 1, to: 乙}]",
        "closes: never",
    ],
)
def test_a_wrong_file_stops_the_start_with_one_line(tmp_path: Path, text: str) -> None:
    own = tmp_path / "tickets.yaml"
    own.write_text(text, encoding="utf-8")
    with pytest.raises(BadRules) as wrong:
        Rules.load(own)
    assert str(own) in str(wrong.value) and "\n" not in str(wrong.value)
