"""What a message picks from the choices shown last."""

import pytest

from bot.dialog import offers
from bot.dialog.offers import NoneOfThem, OutOfRange, Picked, Stale
from bot.dialog.session import Offer
from bot.dialog.speech import Option
from tests.unit.dialog.toys import says

OPTIONS = [
    Option("11月24日（周二）上午 王建国 主任医师 余3号", 1, ("王建国", "王主任")),
    Option("11月24日（周二）下午 王丽 副主任医师 余9号", 2, ("王丽",)),
    Option("换个日期", None),
]


def picked(text: str, *, loosely: bool = True, **slots: object) -> object:
    match offers.named(OPTIONS, says(text, **slots), loosely=loosely):
        case Picked(option):
            return OPTIONS.index(option) + 1
        case other:
            return other


@pytest.mark.parametrize(
    ("text", "slots", "found"),
    [
        ("2", {"choice": 2}, 2),
        ("第二个", {"choice": 2}, 2),
        ("最后一个", {"choice": -1}, 3),
        ("都不要", {"choice": 0}, NoneOfThem()),
        ("9", {"choice": 9}, OutOfRange(3)),
        ("王丽", {}, 2),
        ("王主任", {}, 1),
        ("王", {}, None),
        ("下午", {}, 2),
        ("副主任医师", {}, 2),
        ("换个日期", {}, 3),
        ("换个 日期。", {}, 3),
        ("就王丽吧", {}, 2),
        ("王建国和王丽哪个好", {}, None),
        ("我想问一下王丽医生周末是不是也会来你们医院上班", {}, None),
        ("", {}, None),
        ("？！", {}, None),
    ],
)
def test_words(text: str, slots: dict[str, int], found: object) -> None:
    assert picked(text, **slots) == found


def test_strictly_a_part_of_a_name_is_not_enough() -> None:
    assert picked("下午", loosely=False) is None
    assert picked("王主任", loosely=False) == 1


@pytest.mark.parametrize("tap", ["other:1", "now:0", "now:4", "now:", "now:x", "now:²", "now:-1"])
def test_taps_on_what_is_not_there_are_stale(tap: str) -> None:
    assert offers.tapped(Offer("now", "s", OPTIONS), tap) == Stale()


def test_taps() -> None:
    assert offers.tapped(Offer("now", "s", OPTIONS), "now:2") == Picked(OPTIONS[1], bare=True)
    assert offers.tapped(None, "now:2") == Stale()
    assert offers.tapped(Offer("now", "s", OPTIONS), "") is None
    assert offers.tapped(Offer("now", "s", OPTIONS), "2") is None


@pytest.mark.parametrize(
    ("tap", "opens"),
    [
        ("open:booking", ("booking", {})),
        ("open:change:appointment:12", ("change", {"appointment": 12})),
        ("open:change:appointment:-1", None),
        ("open:change:appointment:", None),
        ("open:cancel:sure:1", None),
        ("open", None),
        ("3f2a:1", None),
        ("", None),
    ],
)
def test_a_tap_below_a_push_names_what_it_opens(tap: str, opens: object) -> None:
    assert offers.pushed(tap) == opens


def test_a_menu_key_below_a_push_is_no_stale_choice() -> None:
    assert offers.tapped(None, "intent:cancel") is None
    assert offers.tapped(None, "3f2a:1") == Stale()
