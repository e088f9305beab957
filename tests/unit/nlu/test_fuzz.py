"""It never raises, whatever is typed, and what it says keeps its promises."""

from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.dates import find
from nlu.lexicon import Lexicon
from nlu.normalize import normalize
from nlu.parser import Nlu
from nlu.redflags import red_flag
from nlu.understood import INTENTS

WORDS = [
    "明天",
    "后天",
    "周三",
    "下周",
    "周末",
    "3号",
    "十五六号",
    "11月31号",
    "2月29",
    "30号",
    "月底",
    "春节",
    "前",
    "之后",
    "到",
    "和",
    "除了",
    "不行",
    "别",
    "上午",
    "下午",
    "晚上",
    "四点",
    "点半",
    "差一刻",
    "9:30",
    "24点",
    "24:00",
    "半个月",
    "两天后",
    "三天内",
    "每周",
    "第二个",
    "最后一个",
    "心内科",
    "内科",
    "王主任",
    "张医生",
    "王健国",
    "陈志钢",
    "我妈",
    "孩子",
    "挂",
    "退",
    "改到",
    "号",
    "挂号",
    "取消",
    "算了",
    "疼",
    "胸口",
    "头",
    "发烧",
    "没有",
    "前年",
    "突然",
    "110101199003074258",
    "13800138000",
    "我叫",
    "姓名:",
    "张三",
    "#",
    "@",
    "，",
    "。",
    "!",
    "哦不",
    "不是",
    "还是",
    "吧",
    "吗",
    "周",
    "月",
    "年",
    "日",
    "点",
    "十",
    "廿",
    "卅",
    "〇",
    "零",
    "两",
    "99999",
    "0",
    "0月0日",
    "星期8",
    "、",
    "-",
    "~",
    "0号",
    "00:99",
    "25:00",
    "大年初一",
    "节",
    "最",
    "快",
    "尽快",
    "都行",
]
NLU = Nlu(Lexicon.demo())
ANY = st.text() | st.lists(st.sampled_from(WORDS) | st.characters(), max_size=24).map("".join)
DAYS = st.dates(date(1970, 1, 1), date(2100, 12, 31))


@settings(max_examples=400, deadline=None)
@given(text=ANY, day=DAYS, expecting=st.sampled_from([(), ("confirm",), ("days", "choice"), ("patient",)]))
def test_parse(text: str, day: date, expecting: tuple[str, ...]) -> None:
    now = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    heard = NLU._parse(text, day, expecting)  # below the net that turns a mistake of ours into unknown
    assert heard == NLU.parse(text, now, expecting)
    assert heard.intent in INTENTS
    assert 0 <= heard.confidence <= 1
    assert all(d >= day for d in (*heard.slots.dates, *heard.slots.from_dates))
    assert list(heard.slots.dates) == sorted(set(heard.slots.dates))
    assert heard.slots.period in (None, "am", "pm", "evening")
    assert (heard.slots.doctor is None) == (len(heard.slots.doctors) != 1)


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=60))
def test_every_normal_character_has_a_source(text: str) -> None:
    normal = normalize(text)
    for i in range(len(normal.text)):
        assert normal.source(i, i + 1)
    assert normalize(normal.text).text == normalize(normalize(normal.text).text).text


def test_the_longest_message_is_cheap() -> None:
    for piece in ("明天", "号", "1", "疼", "王", "不是", "a1", "🙂", "三", "周三、"):
        text = piece * (64 * 1024 // len(piece))
        NLU.parse(text, datetime(2026, 11, 23, tzinfo=UTC))
        find(text[:1000], date(2026, 11, 23))
        red_flag(text)
