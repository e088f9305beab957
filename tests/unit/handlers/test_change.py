"""Two days in one sentence have two roles."""

from datetime import timedelta

from bot.dialog.frame import Known
from bot.domain.views import Period
from handlers import change, visits
from tests.unit.handlers.tiny import MONDAY, STRONG, WANG, Tiny, appointment, person, said

ME = person("me", "王*国")
TUE, WED, THU = (MONDAY + timedelta(days=n) for n in (1, 2, 3))


def world() -> Tiny:
    return Tiny(
        visits=[appointment(1, WANG, TUE, ME), appointment(2, STRONG, THU, ME, Period.PM)], people=[ME]
    )


def test_the_nlu_told_the_roles() -> None:
    heard = said("把周二的改到周三", from_dates=(TUE,), dates=(WED,))
    assert change._appointment(heard, world(), {}) == Known(1)
    assert change._new_days(heard, world(), {}) == Known(["2026-11-25"])


def test_a_new_day_that_has_an_appointment_is_still_the_new_day() -> None:
    heard = said("把周二的改到周四", from_dates=(TUE,), dates=(THU,))
    assert change._appointment(heard, world(), {}) == Known(1)
    assert change._new_days(heard, world(), {}) == Known(["2026-11-26"])


def test_a_day_with_an_appointment_names_it() -> None:
    heard = said("周二的号我想动一下", dates=(TUE,))
    assert change._appointment(heard, world(), {}) == Known(1)
    assert change._new_days(heard, world(), {}) is None


def test_the_old_half_day_is_not_the_new_one() -> None:
    heard = said("把周二上午的改到周三", from_dates=(TUE,), dates=(WED,), period="am")
    assert change._new_period(heard, world(), {}) is None
    heard = said("改到周三下午", dates=(WED,), period="pm")
    assert change._new_period(heard, world(), {}) == Known("pm")


def test_a_doctor_names_the_appointment_and_another_the_wish() -> None:
    assert change._appointment(said("骨科那个", department="骨科"), world(), {}) == Known(2)
    assert change._appointment(said("王强的", doctors=("王强",)), world(), {}) == Known(2)


def test_one_appointment_is_found_by_whatever_is_said_of_it() -> None:
    assert visits.heard(said("周四下午的", dates=(THU,), period="pm"), world(), {}) == Known(2)
    assert visits.heard(said("嗯"), world(), {}) is None
