"""Red flags are raised after every answer, told once, with approved words (R42)."""

from datetime import timedelta
from decimal import Decimal

from bot.domain.survey import Give
from bot.questionnaires.model import Free
from bot.store.care_models import RedFlag
from tests.integration.surveys.asked import NURSE, Asked, submitted


def test_danger_does_not_wait_for_the_last_question(asked: Asked) -> None:
    asked.start()
    asked.give("recovery", "good")
    moved = asked.give("signs", "chest")
    assert asked.flags() == ["chest"]
    (advice,) = moved.advice
    assert (advice.flag, advice.level, advice.department) == ("chest", "urgent", "心血管内科")
    assert advice.text == asked.hospital.forms.advice["emergency"]


def test_each_flag_is_told_once(asked: Asked) -> None:
    asked.start()
    asked.give("recovery", "good")
    first = asked.give("signs", "chest", key="same")
    again = asked.give("signs", "chest", key="same")
    assert again.advice == first.advice  # the answer may have been lost on its way
    other = asked.give("signs", "chest", "breath")
    assert [each.flag for each in other.advice] == ["breath"]
    assert asked.flags() == ["chest", "breath"]


def test_what_is_not_urgent_looks_for_no_seat(asked: Asked) -> None:
    asked.start()
    asked.give("recovery", "good")
    asked.give("signs", "fever")
    moved = asked.moved(Give("degrees", (Decimal("38.2"),)))
    assert [(each.flag, each.level, each.department) for each in moved.advice] == [("fever", "soon", "")]


def test_the_phone_number_stands_in_the_advice(asked: Asked) -> None:
    asked.start()
    moved = asked.give("recovery", "bad")
    assert asked.hospital.settings.hospital_phone in moved.advice[0].text


def test_words_are_read_too(asked: Asked) -> None:
    done = asked.answer_all(words="我突然胸口疼得厉害，出冷汗")
    assert asked.flags() == ["words-胸痛"]
    assert done.advice[0].text == asked.hospital.forms.advice["emergency"]


def test_self_harm_in_words_is_answered_with_the_hotline(asked: Asked) -> None:
    done = asked.answer_all(words="我不想活了")
    assert asked.flags() == ["words-自伤"]
    assert "12356" in done.advice[0].text


def test_the_flag_knows_whose_it_is_and_what_was_said(asked: Asked) -> None:
    asked.start()
    asked.give("signs", "chest")
    with asked.ward.town.db.read() as uow:
        (flag,) = uow.session.query(RedFlag).all()
        detail = uow.keys.decrypt(flag.detail, f"red_flags.detail:{flag.key}").decode()
    seen = asked.view()
    assert (flag.key, flag.response_id) == (f"response:{seen.id}:chest", seen.id)
    assert (flag.followup_id, flag.ward, flag.source) == (asked.followup, "心内一病区", "chat")
    assert (flag.patient_id, flag.account_id) == (asked.patient_id, asked.account.id)
    assert "胸" in detail
    assert flag.deadline_at - flag.raised_at == timedelta(minutes=15)


def test_on_the_phone_the_nurse_raises_them(asked: Asked) -> None:
    asked.nurse(submitted(asked.view(), words="我不想活了"), actor=NURSE)
    with asked.ward.town.db.read() as uow:
        (flag,) = uow.session.query(RedFlag).all()
    assert (flag.source, flag.account_id) == ("phone", None)


def test_a_correction_raises_what_is_new(asked: Asked) -> None:
    asked.answer_all(words="都好")
    moved = asked.moved(Give("words", (Free("刚才吐血了，一大滩"),)))
    assert asked.flags() == ["words-大出血"] and moved.advice
