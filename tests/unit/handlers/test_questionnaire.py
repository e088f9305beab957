"""What a message is for the open question, how the question is put, and what follows an answer."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.dialog.frame import Known, Wrong
from bot.domain.survey import Advice, Author, Back, Give, Jump, Skip, Start, Stop, SurveyMoved, SurveyState
from bot.questionnaires.filling import Filling
from handlers import questionnaire_advice as advising
from handlers import questionnaire_answering as answering
from handlers import questionnaire_asking as asking
from handlers import questionnaire_hearing as hearing
from handlers import questionnaire_moves as moves
from handlers.questionnaire_days import days
from nlu.understood import Slots, Understood
from tests.unit.handlers.asked import NO, VALUES, coded, item, seen, world
from tests.unit.handlers.tiny import MONDAY, said

FINE = Filling({"recovery": coded("good"), "signs": coded("pain")})
"""The next question is the score of the pain."""


def claimed(text: str, filling: Filling | None = None, form: str = "discharge-week", **more: Any) -> Any:
    """The move, or the sentence."""
    values = {**VALUES, **more.pop("values", {})}
    understood = said(text, **more) if more else Understood(text, text)
    heard = hearing.claim(understood, world(seen(form, filling)), values)
    match heard:
        case Known(value) if value is not None:
            return moves.read(value) or moves.asks({"move": value})
        case Known(_, sets):
            return sets["doubt"]
        case Wrong(text=told):
            return told
    return None


@pytest.mark.parametrize("text", ["还行吧", "一般", "2", "凑合"])
def test_an_answer_in_any_words(text: str) -> None:
    assert claimed(text) == Give("recovery", coded("fair"))


def test_words_that_sound_like_a_request_answer_the_question() -> None:
    assert claimed("不疼", FINE, intent="deny") == Give("pain", (Decimal(0),))
    assert claimed("没有", form="falls", intent="deny") == Give("fallen", NO)
    assert "末了可以写给医护人员" in claimed("头晕", intent="triage", symptoms=("头晕",))


def test_real_requests_pass() -> None:
    assert claimed("帮我挂个号", intent="book") is None
    to_the_words = Filling({"p1": coded("0")})
    assert claimed("帮我挂个号", to_the_words, form="phq-2", intent="book") is None


@pytest.mark.parametrize(
    ("text", "passes"), [("帮我挂个号", True), ("好的", True), ("约检查等了三天，希望快一点", False)]
)
def test_anything_may_be_written_but_a_request(text: str, passes: bool) -> None:
    answered = {
        each.link_id: coded(each.options[0].code) for each in seen("inpatient").form.walk() if each.options
    }
    given = Filling(answered | dict.fromkeys(("insured", "ate", "gift"), NO), frozenset({"praise"}))
    intent = "confirm" if text == "好的" else "book"
    assert (claimed(text, given, form="inpatient", intent=intent) is None) is passes


def test_two_things_at_once_are_asked() -> None:
    doubt = claimed("三四分", FINE)
    values = {**VALUES, "doubt": doubt}
    reply = asking.question(world(seen("discharge-week", FINE)), values)
    assert reply.text == "您说的是3分，还是4分？" and [o.label for o in reply.options] == ["3分", "4分"]
    assert claimed("4", FINE, values={"doubt": doubt}) == Give("pain", (Decimal(4),))
    assert claimed("第一个", FINE, values={"doubt": doubt}, choice=1) is None  # the first of what was shown
    assert claimed("6分", FINE, values={"doubt": doubt}) == Give("pain", (Decimal(6),))


def test_numbers_that_would_mean_two_things_are_not_numbered() -> None:
    doubt = claimed("两三分", FINE)
    assert asking.question(world(seen("discharge-week", FINE)), {**VALUES, "doubt": doubt}).options == ()
    assert claimed("2", FINE, values={"doubt": doubt}, choice=2) == Give("pain", (Decimal(2),))


def test_taps_on_several_add_up() -> None:
    at_signs = Filling({"recovery": coded("good")})
    shown = asking.question(world(seen("discharge-week", at_signs)), VALUES)
    first = shown.options[0]
    assert first.value is None and first.sets["doubt"] is not None
    more = asking.question(world(seen("discharge-week", at_signs)), {**VALUES, **first.sets})
    assert "记下了：发烧" in more.text and [o.label for o in more.options][-1] == "没有别的了"
    assert moves.read(more.options[-1].value) == Give("signs", coded("fever"))
    assert claimed("3", at_signs, values=first.sets) == Give("signs", coded("fever", "bleeding"))
    assert claimed("没有了", at_signs, values=first.sets) == Give("signs", coded("fever"))


def test_nothing_is_numbered_below_a_question_for_a_number() -> None:
    assert asking.question(world(seen("discharge-week", FINE)), VALUES).options == ()


def test_moves_about_answering() -> None:
    assert claimed("上一题", FINE) == Back()
    assert claimed("上一题") == "first"
    assert claimed("改第2题", FINE) == Jump(2)
    assert claimed("第一题改成一般", FINE) == Give("recovery", coded("fair"))
    assert "没有这一题" in claimed("改第40题", FINE)
    assert "只能改前面" in claimed("改第6题", FINE)
    assert claimed("说错了", FINE) == Back()
    assert claimed("不对，是发烧", FINE) == Give("signs", coded("fever"))
    assert claimed("还有几题") == "left"
    assert claimed("停一下") == "pause"


def test_giving_up_is_asked_once() -> None:
    assert claimed("别问了") == moves.SURE
    asked = {"doubt": moves.SURE}
    assert claimed("别问了", values=asked) == Stop()
    assert claimed("对，不答了", values=asked) == Stop()
    assert claimed("接着答", values=asked) is None  # nothing is in doubt any more
    assert claimed("好", values=asked) == Give("recovery", coded("good"))


def test_what_cannot_be_passed_over_is_told_kindly() -> None:
    assert "跳不过去" in claimed("跳过", FINE)
    assert "大概多少" in claimed("不知道", FINE)
    measured = Filling({"measured": (True,)})
    assert claimed("没测", measured, form="diabetes") is None
    assert claimed("跳过", measured, form="diabetes") == Skip("fasting")


def test_a_message_that_comes_again_answers_the_same_question() -> None:
    gone_on = Filling({"recovery": coded("fair")})
    assert claimed("一般", gone_on, values={"asked": "recovery"}) == Give("recovery", coded("fair"))


def test_two_pressures_in_one_breath() -> None:
    at_high = Filling({"measured": (True,)})
    heard = hearing.claim(said("145/92"), world(seen("hypertension", at_high)), VALUES)
    assert isinstance(heard, Known) and heard.sets["told"] == {"after": "systolic", "text": "145/92"}
    at_low = Filling({"measured": (True,), "systolic": (Decimal(145),)})
    along = answering.told_along(world(seen("hypertension", at_low)), {**VALUES, "told": heard.sets["told"]})
    assert moves.read(along) == Give("diastolic", (Decimal(92),))
    assert (
        answering.told_along(world(seen("hypertension", at_high)), {**VALUES, "told": heard.sets["told"]})
        is None
    )


def test_words_of_danger_are_kept_where_they_answer() -> None:
    at_signs = world(seen("discharge-week", Filling({"recovery": coded("good")})))
    kept = hearing.keeps(said("胸口疼得喘不上气"), at_signs, VALUES)
    assert isinstance(kept, Known) and moves.marked({"move": kept.value}, "danger")
    assert hearing.keeps(said("胸口疼得喘不上气"), world(seen("discharge-week", FINE)), VALUES) is None


def test_an_opened_form_says_where_one_is() -> None:
    begun = asking.question(world(seen()), {"scope": "followup:1"})
    assert begun.text.startswith("好的，我们开始") and "（1/3）" in begun.text
    on = asking.question(world(seen(filling=Filling({"fallen": NO}))), {"scope": "followup:1"})
    assert on.text.startswith("我们接着答，上次答到第2题。")
    assert asking.again(world(seen()), {"scope": "followup:1"}).startswith("（1/3）")


def test_texts_of_the_form_stand_before_their_question() -> None:
    assert "下面每一种情况" in asking.question(world(seen("phq-9")), VALUES).text
    second = Filling({"p1": coded("0")})
    assert "下面每一种情况" not in asking.question(world(seen("phq-9", second)), VALUES).text


def test_the_opening_begins_for_whoever_answers() -> None:
    start: dict[str, Any] = {"way": "start", "state": "offered", "own": True}
    assert moves.opening(start) == Start(Author.PATIENT)
    assert moves.opening({**start, "own": False}) == Start(Author.FAMILY)
    assert moves.opening({**start, "way": "family"}) == Start(Author.FAMILY)
    assert moves.opening({**start, "way": "refuse"}) == Stop()
    assert moves.opening({**start, "way": "later"}) is None
    assert moves.opening({**start, "state": "asking"}) is None


def moved(*advice: Advice, form: str = "discharge-week") -> advising.Heard:
    return advising.heard(SurveyMoved(seen(form), advice))


def test_of_several_advices_the_most_urgent_alone() -> None:
    come = Advice("bleeding", "urgent", "请今天就来医院。", "心血管内科")
    call = Advice("fever", "soon", "护士会打电话给您。")
    assert moved(come, call) == advising.Heard("请今天就来医院。", "心血管内科", alone=True)
    assert moved(call) == advising.Heard("护士会打电话给您。")
    assert moved() == advising.Heard()


def test_no_seat_is_offered_beside_120_nor_to_somebody_in_despair() -> None:
    chest = moved(Advice("chest", "urgent", "请现在就拨打 120。", "心血管内科"))
    assert chest.alone and not chest.department
    despair = moved(Advice("phq9-item9", "urgent", "您不用一个人扛着。", "心血管内科"), form="phq-9")
    assert despair.gently and not despair.alone and not despair.department
    assert moved(Advice("words-自伤", "urgent", "您不用一个人扛着。", "骨科")).gently
    assert moved(Advice("words-胸痛", "urgent", "请打 120。", "骨科")).alone


def test_a_seat_is_looked_for_as_soon_as_can_be() -> None:
    heard = advising.Heard("来", "心血管内科", alone=True)
    (option,) = advising.seats(heard, seen(), world())
    assert option.value == {
        "open": "booking", "values": {"department": "心血管内科", "patient": "p1", "asap": True},
    }  # fmt: skip
    assert advising.seats(replace(heard, department="没有的科"), seen(), world()) == ()


def test_days_that_have_been() -> None:
    named = days(Understood("", "", slots=Slots(dates=(date(2026, 11, 24),))), MONDAY)
    assert named("昨天") == (date(2026, 11, 22),)
    assert named("大前天") == (date(2026, 11, 20),)
    assert named("3天前") == (date(2026, 11, 20),)
    assert named("11月20号") == (date(2026, 11, 20),)
    assert named("12月2日") == (date(2025, 12, 2),)
    assert named("2025年12月2日") == (date(2025, 12, 2),)
    assert named("2月30日") == (date(2026, 11, 24),)
    assert named("明天") == (date(2026, 11, 24),)


def test_several_are_told_apart_by_whose_they_are() -> None:
    both = world(seen(), seen("phq-2", scope="followup:2", patient="李*兰", state=SurveyState.OFFERED))
    assert [option.value for option in asking.whom(both, {}).options] == ["followup:1", "followup:2"]
    assert item("falls", "fallen").required
