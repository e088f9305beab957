"""How people really write: rude, vague, bodily, about days that are over, and to a machine they do not trust."""

from datetime import date, datetime

import pytest

from nlu.parser import Nlu


@pytest.mark.parametrize(
    ("said", "department"),
    [
        ("俺想瞧瞧眼睛，明儿个有号没", "眼科"),
        ("我想看看耳朵", "耳鼻喉科"),
        ("挂牙的号", "口腔科"),
        ("看一下膝盖", "骨科"),
        ("眼睛看哪个科", "眼科"),
    ],
)
def test_a_body_part_to_be_looked_at_points_to_a_department(
    nlu: Nlu, now: datetime, said: str, department: str
) -> None:
    heard = nlu.parse(said, now)
    assert heard.candidates[0].department == department
    assert heard.slots.symptoms == ()


@pytest.mark.parametrize("said", ["看看下面那个", "身上带了卡，想挂号", "下面有号吗"])
def test_a_body_part_in_passing_points_nowhere(nlu: Nlu, now: datetime, said: str) -> None:
    assert nlu.parse(said, now).candidates == ()


def test_an_everyday_name_of_a_department_after_a_day(nlu: Nlu, now: datetime) -> None:
    assert nlu.parse("我想约大年三十的中医", now).slots.department == "中医科"


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("你们什么破系统，老子要挂个号", "book"),
        ("什么垃圾系统给我挂骨科", "book"),
        ("等了三小时没人管，赶紧给我退号", "cancel"),
        ("我要退号，什么狗屁医院", "cancel"),
        ("你们医院什么垃圾态度", "complaint"),
        ("挂个号排了两小时，什么破医院", "complaint"),
        ("我挂的号被你们取消了，垃圾", "complaint"),
        ("我要投诉，顺便给我退号", "complaint"),
    ],
)
def test_a_rude_request_is_the_request(nlu: Nlu, now: datetime, said: str, intent: str) -> None:
    assert nlu.parse(said, now).intent == intent


def test_a_rude_request_keeps_what_the_other_half_says(nlu: Nlu, now: datetime) -> None:
    heard = nlu.parse("你们什么破系统，我要挂号，明天骨科", now)
    assert (heard.slots.department, heard.slots.dates) == ("骨科", (date(2026, 11, 24),))


@pytest.mark.parametrize("said", ["你是谁", "你是真人吗", "你是机器人吗", "是真人吗", "你到底是人还是机器"])
def test_who_is_speaking_is_a_question(nlu: Nlu, now: datetime, said: str) -> None:
    assert nlu.parse(said, now).intent == "faq"


@pytest.mark.parametrize("said", ["有真人吗", "我要找真人", "人工"])
def test_a_human_is_called(nlu: Nlu, now: datetime, said: str) -> None:
    assert nlu.parse(said, now).intent == "human"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("昨天", "昨天"),
        ("昨天的皮肤科", "昨天"),
        ("昨天下午有号吗", "昨天"),
        ("上周三的骨科", "上周三"),
        ("把昨天的号退了", "昨天"),
    ],
)
def test_a_day_that_is_over_is_said_to_be(nlu: Nlu, now: datetime, said: str, words: str) -> None:
    slots = nlu.parse(said, now).slots
    assert (slots.invalid_date, slots.day_over) == (words, True)


@pytest.mark.parametrize("said", ["昨天就疼，今天想看骨科", "昨天开始头疼", "我昨天挂的号退了", "2月30号"])
def test_a_day_told_of_is_no_wish_for_it(nlu: Nlu, now: datetime, said: str) -> None:
    assert not nlu.parse(said, now).slots.day_over


def test_a_refusal_before_a_list_is_for_all_of_it(nlu: Nlu, now: datetime) -> None:
    days = nlu.parse("除了周一周二都行", now).slots.dates
    assert [d.day for d in days] == [25, 26, 27, 28, 29]


@pytest.mark.parametrize("said", ["换个医生", "换一个", "我想换一天", "换个时间"])
def test_another_one_is_of_what_is_being_chosen(nlu: Nlu, now: datetime, said: str) -> None:
    assert nlu.parse(said, now, ("clinic", "choice")).intent == "unknown"
    assert nlu.parse(said, now).intent == "change"


@pytest.mark.parametrize(
    ("said", "only"), [("给我妈", True), ("孩子", True), ("孙子涵", False), ("给我妈挂骨科", False)]
)
def test_nothing_but_the_person(nlu: Nlu, now: datetime, said: str, only: bool) -> None:
    assert nlu.parse(said, now, ("name",)).slots.patient_only is only


@pytest.mark.parametrize("said", ["姓名改成李雷", "名字错了，叫李雷", "姓名不对，应该是李雷"])
def test_a_name_is_corrected(nlu: Nlu, now: datetime, said: str) -> None:
    heard = nlu.parse(said, now, ("id_number",))
    assert (heard.slots.person_name, heard.corrects) == ("李雷", True)


@pytest.mark.parametrize(
    ("said", "goes_on"), [("继续", True), ("接着挂号吧", True), ("我回来了", True), ("好", False)]
)
def test_going_on(nlu: Nlu, now: datetime, said: str, goes_on: bool) -> None:
    assert nlu.parse(said, now).goes_on is goes_on


@pytest.mark.parametrize(("said", "department"), [("算了还是骨科", "骨科"), ("不要了我要皮肤科", "皮肤科")])
def test_another_wish_gives_up_nothing(nlu: Nlu, now: datetime, said: str, department: str) -> None:
    heard = nlu.parse(said, now, ("clinic", "choice"))
    assert (heard.slots.department, heard.gives_up, heard.intent) == (department, False, "unknown")
    assert nlu.parse("算了不看骨科了", now, ("clinic", "choice")).gives_up


@pytest.mark.parametrize("said", ["啊？", "再说一遍", "没听清"])
def test_asking_for_the_question_again(nlu: Nlu, now: datetime, said: str) -> None:
    heard = nlu.parse(said, now, ("clinic", "choice"))
    assert (heard.goes_on, heard.gives_up) == (True, False)


@pytest.mark.parametrize(
    ("said", "patient"), [("闺女啊我想看病", None), ("谢谢你啊闺女", None), ("给闺女挂儿科", "女儿")]
)
def test_who_is_called_so_is_not_the_patient(nlu: Nlu, now: datetime, said: str, patient: str | None) -> None:
    assert nlu.parse(said, now).slots.patient == patient


def test_choose_one_for_me_is_no_first_choice(nlu: Nlu, now: datetime) -> None:
    assert nlu.parse("你帮我选一个吧", now, ("clinic", "choice")).slots.choice is None
    assert nlu.parse("选一", now, ("clinic", "choice")).slots.choice == 1


@pytest.mark.parametrize(
    ("said", "danger"),
    [("我妈叫李桂兰", False), ("我爸叫李大山", False), ("我妈叫不醒了", True), ("孩子发烧39度5抽了", True)],
)
def test_to_be_called_is_not_to_be_unconscious(nlu: Nlu, now: datetime, said: str, danger: bool) -> None:
    assert (nlu.parse(said, now, ("name",)).intent == "emergency") is danger


@pytest.mark.parametrize("said", ["贵不贵", "远不远", "排队久不久啊"])
def test_one_thing_or_its_contrary_is_a_question(nlu: Nlu, now: datetime, said: str) -> None:
    assert nlu.parse(said, now).intent != "deny"
