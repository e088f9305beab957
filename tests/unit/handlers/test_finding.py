"""What is offered for a wish, and why nothing is."""

from datetime import timedelta

from bot.dialog.speech import Json
from bot.domain.views import Period
from handlers import finding
from tests.unit.handlers.tiny import HAN, MONDAY, WANG, Tiny, clinic, said, slot

TUESDAY = MONDAY + timedelta(days=1)


def wanted(**values: Json) -> dict[str, Json]:
    return {"department": "心血管内科", **values}


def test_clinics_that_fit_are_offered_with_a_way_to_other_days() -> None:
    world = Tiny([clinic(1, WANG, TUESDAY), clinic(2, HAN, TUESDAY, Period.PM)])
    reply = finding.offer(world, wanted())
    assert [o.value for o in reply.options] == [1, 2, None]
    assert reply.options[-1].sets["choose_day"] is True


def test_never_more_than_six_choices() -> None:
    world = Tiny([clinic(n, WANG, TUESDAY) for n in range(20)])
    first = finding.offer(world, wanted())
    second = finding.offer(world, wanted(page=1))
    assert len(first.options) == 6
    assert first.options[0].value == 0
    assert second.options[0].value == 4


def test_a_choice_brings_its_day_and_doctor() -> None:
    world = Tiny([clinic(1, WANG, TUESDAY)])
    assert finding.offer(world, wanted()).options[0].sets == {
        "department": "心血管内科",
        "doctors": [1],
        "days": ["2026-11-24"],
    }


def test_one_clinic_on_a_named_day_needs_no_question() -> None:
    world = Tiny([clinic(1, WANG, TUESDAY)])
    assert finding.only_one(world, wanted(days=["2026-11-24"])) == 1
    assert finding.only_one(world, wanted()) is None


def test_full_is_said_and_alternatives_follow() -> None:
    world = Tiny([clinic(1, WANG, TUESDAY, free=0), clinic(2, WANG, TUESDAY + timedelta(days=1))])
    reply = finding.offer(world, wanted(doctors=[1], days=["2026-11-24"], period="am"))
    assert "王建国医生11月24日（周二）上午的号已经约满了" in reply.text
    assert reply.options[0].value == 2
    assert reply.options[0].sets["days"] == ["2026-11-25"]


def test_suspended_is_said() -> None:
    world = Tiny([clinic(1, WANG, TUESDAY, suspended=True)])
    assert "停诊" in finding.offer(world, wanted(days=["2026-11-24"])).text


def test_off_duty_is_said() -> None:
    world = Tiny([clinic(1, WANG, TUESDAY)])
    reply = finding.offer(world, wanted(doctors=[1], days=["2026-11-25"]))
    assert "王建国医生11月25日（周三）不出诊" in reply.text


def test_beyond_the_window_is_said_with_the_last_day() -> None:
    reply = finding.offer(Tiny(), wanted(days=["2027-01-05"]))
    assert "12月7日（周一）" in reply.text
    assert "14天" in reply.text


def test_past_the_cutoff_is_said() -> None:
    world = Tiny([clinic(1, WANG, MONDAY, free=0)])
    assert "停止预约" in finding.offer(world, wanted(days=["2026-11-23"], period="am")).text


def test_today_full_is_not_called_past() -> None:
    world = Tiny([clinic(1, WANG, MONDAY, free=0)], [slot(9, 1, MONDAY, 11, free=0)])
    assert "约满" in finding.offer(world, wanted(days=["2026-11-23"], period="am")).text


def test_another_half_day_makes_the_chosen_clinic_void() -> None:
    world = Tiny([clinic(1, WANG, TUESDAY), clinic(2, WANG, TUESDAY, Period.PM)])
    values = wanted(doctors=[1], days=["2026-11-24"], period="pm", clinic=1)
    result = finding.still_fits(said("下午吧", period="pm"), world, values)
    assert result is not None
    assert result.value is None  # type: ignore[union-attr]
    assert finding.still_fits(said("嗯"), world, values) is None


def test_days_on_offer_count_what_is_left() -> None:
    world = Tiny([clinic(1, WANG, TUESDAY), clinic(2, HAN, TUESDAY, free=2)])
    options = finding.days_on_offer(world, wanted()).options
    assert [o.label for o in options] == ["11月24日（周二） 余5号"]
    assert options[0].sets == {"days": ["2026-11-24"], "choose_day": None}


def test_symptoms_offer_candidates_without_a_diagnosis() -> None:
    reply = finding.departments(Tiny(), {"candidates": ["骨科", "心血管内科"], "symptoms": True})
    assert [o.label for o in reply.options] == ["骨科", "心血管内科"]
    assert "不能看病" in reply.text
