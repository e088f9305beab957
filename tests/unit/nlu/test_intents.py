"""What patients want, and what changes it: the open question, negation, giving up, other trades."""

from datetime import datetime

import pytest

from nlu.intents.sounding import syllables
from nlu.intents.tokens import tokenizer, tokens
from nlu.parser import Nlu
from nlu.understood import INTENTS

SAYS = """
book            帮我挂明天下午心内科王主任的号 给我妈约个骨科 我要掛號 guahao
query_slots     王主任周四在不在 骨科明天还有号吗 姓陈的医生有哪些
change          把明天的号改到后天 能换到周四吗 我约的想往后推两天 改到12月1号
cancel          退号 把明天的号退了 取消预约 咋退号啊 去不了了，号退了吧
my_appointments 我的预约 我约的是哪天来着 我挂的号是几点 查一下我妈的预约
register_patient 添加就诊人 我换手机号了要改 给我爸登记一下
triage          头疼挂什么科 膝盖疼了半个月了 不知道看什么科
waitlist        候补 没号了能候补吗 有人退号通知我一声
pay             缴费 挂号费怎么付款 钱扣了没成功
survey          填问卷 随访问卷在哪填
complaint       我要投诉 医生态度太差了 等了三个小时没人管
human           人工 转人工客服 找个真人跟我说
faq             120多少钱 抢救费用能报销吗 叫120要钱吗 120怎么收费 抢救室在哪
faq             停车场在哪 医保能报销吗 报告怎么取 几点上班
emergency       120 急救 快打120 打120多少钱都行 胸口疼叫120要多少钱
greet           你好 在吗
help            你能干什么 怎么用
thanks          谢谢 好的谢谢
unsubscribe     别再发了 退订
confirm         好的 确认 嗯嗯 就这个 对的没错 继续
deny            不是 不要 不对 都不要
back            返回 上一步 选错了
restart         重来 重新开始
unknown         帮我订张机票 订明天的餐厅 我要挂电话了 挂号信怎么寄 今天天气怎么样 哈哈哈
"""


@pytest.mark.parametrize(
    ("intent", "said"),
    [(line.split()[0], said) for line in SAYS.strip().splitlines() for said in line.split()[1:]],
)
def test_intent(nlu: Nlu, now: datetime, intent: str, said: str) -> None:
    heard = nlu.parse(said, now)
    assert heard.intent == intent, heard
    assert 0 <= heard.confidence <= 1


@pytest.mark.parametrize(
    "said", ["算了", "不挂了", "不约了吧", "先不挂了", "我不想弄了", "还是算了", "我再想想"]
)
def test_giving_up_is_not_cancelling(nlu: Nlu, now: datetime, said: str) -> None:
    heard = nlu.parse(said, now)
    assert (heard.intent, heard.gives_up) == ("deny", True)


@pytest.mark.parametrize("said", ["退号", "取消预约", "把明天的号退了", "我不去了，号退掉"])
def test_cancelling_is_not_giving_up(nlu: Nlu, now: datetime, said: str) -> None:
    heard = nlu.parse(said, now)
    assert (heard.intent, heard.gives_up) == ("cancel", False)


def test_a_bare_cancel_gives_up_what_is_open(nlu: Nlu, now: datetime) -> None:
    assert nlu.parse("取消", now).intent == "cancel"
    assert nlu.parse("取消", now, ("period",)).gives_up


def test_a_bare_answer_starts_nothing(nlu: Nlu, now: datetime) -> None:
    heard = nlu.parse("下午", now, ("period",))
    assert (heard.slots.period, heard.intent) == ("pm", "unknown")
    assert heard.confidence < 0.3


def test_a_correction_is_marked(nlu: Nlu, now: datetime) -> None:
    heard = nlu.parse("不对，是下午", now, ("confirm",))
    assert heard.corrects
    assert heard.slots.period == "pm"
    assert not nlu.parse("把明天的改到后天", now).corrects


@pytest.mark.parametrize("said", ["改成后天上午", "换成上午的", "能改到下午吗", "改成下午行不行"])
def test_while_something_is_asked_a_shift_corrects_it(nlu: Nlu, now: datetime, said: str) -> None:
    heard = nlu.parse(said, now, ("confirm",))
    assert heard.corrects
    assert heard.intent != "change"
    assert nlu.parse(said, now).intent == "change"


@pytest.mark.parametrize("said", ["张伟", "张伟明", "王建国"])
def test_while_a_name_is_asked_a_doctor_s_name_is_a_name(nlu: Nlu, now: datetime, said: str) -> None:
    heard = nlu.parse(said, now, ("guardian_name",))
    assert (heard.intent, heard.confidence < 0.3) == ("unknown", True)
    assert nlu.parse("挂骨科", now, ("name",)).intent == "book"


def test_a_change_has_two_days(nlu: Nlu, now: datetime) -> None:
    slots = nlu.parse("明天上午来不成了，能换到周四吗", now).slots
    assert [d.isoformat() for d in slots.dates] == ["2026-11-26"]
    assert [d.isoformat() for d in slots.from_dates] == ["2026-11-24"]
    assert slots.period is None


def test_a_cancellation_names_its_day(nlu: Nlu, now: datetime) -> None:
    for said in ("把明天的号退了", "明天来不了了，退号"):
        assert [d.isoformat() for d in nlu.parse(said, now).slots.dates] == ["2026-11-24"]


def test_two_requests_in_one_message(nlu: Nlu, now: datetime) -> None:
    heard = nlu.parse("退掉内科的，另外约个眼科", now)
    assert heard.intent == "cancel"
    assert [(other.intent, other.slots.department) for other in heard.also] == [("book", "眼科")]
    assert nlu.parse("明天有号吗，帮我挂一个", now).also == ()
    assert nlu.parse("明天来不了了，改到后天", now).also == ()


def test_doubt_names_the_runners_up(nlu: Nlu, now: datetime) -> None:
    heard = nlu.parse("那个号处理一下", now)
    assert heard.confidence < 0.9
    assert all(name in INTENTS for name, _ in heard.alternatives)


def test_jieba_writes_no_cache() -> None:
    assert tokenizer().initialized
    assert tokenizer().tmp_dir is None
    assert tokens("退号改约") == ["退号", "改约"]


@pytest.mark.parametrize(
    ("said", "intent"),
    [("缺认", "confirm"), ("帮住", "help"), ("推号", "cancel"), ("我想后补", "waitlist"), ("tuikuan", "pay")],
)
def test_what_is_misspelt_is_heard(nlu: Nlu, now: datetime, said: str, intent: str) -> None:
    assert nlu.parse(said, now).intent == intent


@pytest.mark.parametrize(
    ("run", "cut"),
    [("tuikuan", ["tui", "kuan"]), ("xian", ["xian"]), ("fangan", ["fan", "gan"]), ("hello", []), ("ct", [])],
)
def test_letters_are_syllables_or_letters(run: str, cut: list[str]) -> None:
    assert syllables(run) == cut


@pytest.mark.parametrize("said", ["去不成了，有别的日子吗", "那天我没空，号往后挪几天"])
def test_who_asks_for_another_day_gives_up_nothing(nlu: Nlu, now: datetime, said: str) -> None:
    assert nlu.parse(said, now).intent == "change"


def test_a_wish_that_depends_on_a_free_seat_is_a_wish(nlu: Nlu, now: datetime) -> None:
    assert nlu.parse("骨科周五要是有号就给我约上", now).intent == "book"
    assert nlu.parse("骨科周五还有号吗", now).intent == "query_slots"
    assert nlu.parse("骨科有人退号就告诉我", now).intent == "waitlist"


def test_a_refused_day_alone_moves_no_appointment(nlu: Nlu, now: datetime) -> None:
    assert nlu.parse("周四我要上班，周六行不", now).intent == "unknown"


@pytest.mark.parametrize("said", ["用护照可以挂号吗", "爽约会怎么样"])
def test_other_trades_in_the_house_are_its_business(nlu: Nlu, now: datetime, said: str) -> None:
    assert nlu.parse(said, now).intent == "faq"


@pytest.mark.parametrize("said", ["@#%&*", "%%%???", "……"])
def test_signs_say_nothing(nlu: Nlu, now: datetime, said: str) -> None:
    heard = nlu.parse(said, now, ("confirm",))
    assert (heard.intent, heard.confidence < 0.3) == ("unknown", True)


@pytest.mark.parametrize("said", ["我家狗发烧了给它挂个号", "给我的猫打个疫苗"])
def test_an_animal_is_no_patient(nlu: Nlu, now: datetime, said: str) -> None:
    assert nlu.parse(said, now).intent == "unknown"


def test_what_bites_is_no_patient(nlu: Nlu, now: datetime) -> None:
    assert nlu.parse("被我家狗咬了挂什么科", now).intent in ("triage", "emergency")


def test_an_appointment_that_is_only_mentioned_is_no_request(nlu: Nlu, now: datetime) -> None:
    heard = nlu.parse("我约好了的，可是闺女没空，你给我调到周六去", now)
    assert (heard.intent, heard.also) == ("change", ())
    heard = nlu.parse("后天的我不去了，帮我取消", now)
    assert (heard.intent, heard.also) == ("cancel", ())
