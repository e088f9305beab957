"""What patients say, by kind of question, and what is made of it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.questionnaires import fhir
from bot.questionnaires.catalogue import Catalogue
from bot.questionnaires.evaluate import refusal
from bot.questionnaires.heard import Heard, NotUnderstood, Refused, Signal, Understood, Which
from bot.questionnaires.model import ASKED, Coded, Free, Item, Value
from bot.questionnaires.words import understand
from tests.unit.questionnaires.sample import sample

CATALOGUE = Catalogue.load()
SAMPLE = fhir.read(sample())


def item(name: str, link_id: str) -> Item:
    form = SAMPLE if name == "sample" else CATALOGUE.newest(name)
    assert form is not None
    found = form.item(link_id)
    assert found is not None
    return found


def told(heard: Heard) -> str:
    """As the tables below write it: 38.2 · good · red+pus · 3|4 (which?) · !high · ?unknown · - (not understood)"""
    match heard:
        case Understood(values):
            return "+".join(map(word, values))
        case Which(options):
            return "|".join(map(word, options))
        case Refused(why):
            return f"!{why.why}"
        case Signal(what):
            return f"?{what}"
        case NotUnderstood():
            return "-"


def word(value: Value) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case Coded(code):
            return code
        case Free(text):
            return f"“{text}”"
        case _:
            return str(value)


def table(*blocks: tuple[str, str, dict[str, str]]) -> list[tuple[str, str, str, str]]:
    return [
        (name, link_id, said, means) for name, link_id, phrases in blocks for said, means in phrases.items()
    ]


CHOICES = table(
    ("discharge-week", "recovery", {
        "还行吧": "fair", "挺好的": "good", "好": "good", "好多了": "good", "不好": "bad", "一般": "fair", "一般般": "fair",
        "马马虎虎": "fair", "凑合吧": "fair", "不太好": "bad", "不怎么样": "bad", "恢复得不错": "good", "恢复得还可以": "fair",
        "非常好，谢谢医生": "good", "很差": "bad", "1": "good", "２": "fair", "第三个": "bad", "③": "bad", "选1": "good", "一": "good",
        "B": "fair", "老样子": "fair", "4": "-", "不知道": "?unknown", "跳过": "?skip", "我想挂号": "-", "今天天气": "-", "": "-",
        "时好时坏": "-", "我觉得还行": "fair", "还好": "fair", "不是很好": "bad", "😀": "-", "说不清": "?unknown", "特别糟糕": "bad",
        "加重了": "bad", "更差了": "bad", "1或2": "good|fair", "挺好，就是有点累": "good",
        "没什么问题": "good", "没恢复好": "-", "不算好": "bad", "谈不上好": "bad", "好个屁": "-", "哪里好了": "-", "好一点了": "good", "好得差不多了": "good", "还是疼": "-",
    }),
    ("discharge-week", "medicine", {
        "都按时吃了": "all", "按时吃": "all", "没按时吃": "missed|stopped|none", "有时忘": "missed", "忘了几次": "missed", "忘了": "?unknown", "哎，早忘了": "?unknown", "忘了，漏了几次": "missed",
        "停了": "stopped", "自己停了": "stopped", "没开药": "none", "一直在吃": "all", "偶尔忘一次": "missed", "没吃": "stopped",
    }),
    ("phq-9", "p1", {
        "没有": "0", "完全没有": "0", "没有啊": "0", "一点没有": "0", "有一点": "1", "有几天": "1", "好几天": "1", "偶尔吧": "1",
        "有时候会": "1", "一半以上": "2", "一大半日子": "2", "几乎每天": "3", "天天这样": "3", "每天都是": "3", "经常": "2|3",
        "老是这样": "3", "有": "1|2|3", "3": "2", "跳过吧": "?skip", "不想说": "?skip", "记不清了": "?unknown", "不会": "0",
    }),
    ("inpatient", "nurse", {
        "很满意": "5", "满意": "4", "挺好的": "4", "不错": "4", "非常好": "5", "一般吧": "3", "还行": "3", "不满意": "2",
        "不太满意": "2", "不是很满意": "2", "很不满意": "1", "非常不满意": "1", "太差了": "1", "护士态度挺好的": "4", "特别满意": "5",
        "5": "1", "差": "2", "有点不满意": "2", "没有不满意": "5|4|3|1",
    }),
    ("phq-9", "p9", {"没想过": "0", "想过": "-", "有时候想死": "1", "每天都想": "3", "不会的": "0", "没有过": "0", "有想过但没做": "-"}),
    ("epds", "e5", {"从来没有": "0", "没有": "0", "不太会": "1", "有时候": "2", "经常会": "3", "老是这样": "3", "一点也不会": "0"}),
    ("medicine", "taking", {"在吃": "yes", "早停了": "no", "不用了": "no", "是": "yes", "没有": "no", "还在用": "yes", "每天吃": "yes"}),
    ("wound", "stitches", {"没拆": "later|late", "拆了": "done", "没到时间呢": "later", "忘了": "?unknown", "明天": "-"}),
    ("hypertension", "salt", {"不咸不淡": "fair", "有点咸": "salty", "清淡": "light"}),
    ("medicine", "know", {"清楚": "clear", "不清楚": "not", "不太清楚": "some", "都清楚": "clear", "有些不清楚": "some", "搞不清": "not"}),
    ("barthel", "feeding", {"自己能吃": "10", "要人喂": "0", "不用": "10", "喂饭": "0", "要人帮": "5"}),
    # 没有 is taken only where one option says no to what was asked
    ("discharge-week", "medicine", dict.fromkeys(("没有", "都没有", "没有啊", "不"), "missed|stopped|none")),
    ("discharge-week", "medicine", {
        "没忘过": "all", "一次也没忘": "all", "没漏过": "all", "天天吃": "all", "有两天没吃": "missed", "没吃完": "missed", "老忘": "missed",
        "都吃了就是昨晚忘了": "all|missed", "想起来就吃": "missed", "医生没给开药": "none", "没问题": "-", "嫌贵没吃": "stopped",
    }),
    ("diabetes", "medicine", {"都没有": "missed|stopped|none"}),
    ("discharge-week", "exercise", {"没有": "partly|not|none", "没做": "not"}),
    ("discharge-week", "care", {"没有": "some|no|none", "不会弄": "no"}),
    ("discharge-week", "revisit", {"没有": "not", "都没有": "not|none"}),
    ("discharge-week", "life", {"没问题": "self", "不能": "all", "自己来": "self", "下不了床": "all", "上厕所要人扶": "help",
        "能自己做": "self", "要老伴帮忙": "help", "都得靠人": "all", "都不用靠人": "-", "生活能自理": "self", "生活不能自理": "all"}),
    ("discharge-week", "diet", {"没有": "-", "吃得香": "well", "只喝点粥": "less", "胃口很好": "well"}),
    ("discharge-week", "mood", {"高兴": "good", "不高兴": "bad", "心里烦": "-", "烦": "bad", "想哭": "bad"}),
    ("discharge-week", "recovery", {"中": "good", "得劲": "good", "不得劲": "bad", "中午": "-", "一天不如一天": "bad", "没有": "-", "中不溜儿": "fair"}),
    ("wound", "dressing", {"没有": "not|none"}),
    ("wound", "bowel", {"没有": "hard|none"}),
    ("barthel", "stairs", {"没有": "10", "不用": "10", "不能": "0"}),
    ("barthel", "walking", {"没有": "-", "不能": "0"}),
    ("epds", "e5", {"都没有": "0"}),
    ("medicine", "why", {"没有": "“没有”"}),
    ("hypertension", "smoke", {"不抽": "no", "戒了": "quit", "抽": "yes", "没有": "no", "早就戒烟了": "quit", "还在抽": "yes"}),
)  # fmt: skip

SEVERAL = table(
    ("discharge-week", "signs", {
        **dict.fromkeys(("以上都没有", "上面的都没有", "啥都没有", "一个也没有", "都莫得", "没问题"), "none"),
        **dict.fromkeys(("莫得啥子", "俺没啥", "俺没得啥子"), "none"),
        "胸口闷": "chest", "伤口有点红": "wound",
    }),
    ("discharge-week", "signs", {"晚上没睡好胸痛，还发烧": "fever+chest", "没有胸痛和发烧": "wound|bleeding|breath|faint|vomit|pain|none"}),
    ("wound", "wound", {
        "1和3": "red+fluid", "红肿还有点流脓": "red+pus", "没有红肿": "hot|fluid|pus|open|bleeding|none", "都没有": "none",
        "没有": "none", "没": "none", "都没有，挺好的": "none", "有点红": "red", "红肿": "red", "没有红肿，有点渗水": "fluid",
        "红肿，没有流脓": "red", "1、2": "red+hot", "1 4": "red+pus", "第一个和第五个": "red+open", "裂开了": "open", "流黄水": "fluid",
        "没有红肿、发烫、渗液、流脓、裂开和出血": "none", "没有发红也没有流脓": "hot|fluid|open|bleeding|none", "7": "none", "1和9": "-",
        "长得好": "none", "不知道": "?unknown", "没有流脓但是有点发红": "red", "出血，其他都好": "bleeding", "就是有点红肿": "red",
        "没睡好红肿": "red", "没有红肿和流脓，裂开了": "open",
        "不红不肿": "hot|fluid|pus|open|bleeding|none", "愈合得很好": "none", "没有裂开没有出血，稍微有点发红": "red", "有": "-",
    }),
    ("discharge-week", "signs", {
        "有点发烧": "fever", "发烧、呕吐": "fever+vomit", "不发烧，就是伤口有点红肿": "wound", "胸口疼": "chest", "喘不上气": "breath",
        "没发烧，也没出血，吃不下": "vomit", "伤口流血了": "wound+bleeding",
        "伤口化脓": "wound", "没有发烧，伤口有点渗血": "bleeding", "昏过去了一次": "faint", "没有不舒服": "none", "晕倒过一次": "faint", "疼得厉害": "pain", "都正常": "none", "1和8": "fever+pain",
    }),
    ("medicine", "why", {
        "忘了": "forgot", "忘了，也太贵": "forgot+costly", "老伴住院顾不上": "“老伴住院顾不上”", "怕副作用": "afraid", "1和3": "forgot+afraid", "跳过": "?skip",
    }),
    ("sample", "where", {"家里": "home", "在养老院": "care", "女儿家": "“女儿家”", "跳过": "?skip", "不知道": "?unknown"}),
)  # fmt: skip

NUMBERS = table(
    ("discharge-week", "degrees", {
        "38.2": "38.2", "三十八度二": "38.2", "38度2": "38.2", "三十八点二": "38.2", "三十八度": "38", "３８．５度": "38.5", "三十八度半": "38.5",
        "38.2℃": "38.2", "三十九": "39", "最高三十八度六": "38.6", "三十七八度": "37|38", "38.2，烧了2天": "38.2", "三十八度五六": "38.5|38.6",
        "382": "!high", "三度": "!low", "没量": "-", "没记住": "?unknown", "年纪大了，记不清了哎": "?unknown", "不记得了": "?unknown", "挺高的": "-", "38到39": "38|39", "38度多": "38",
        "不到38度": "-", "不是38是39": "39", "三十八度左右": "38",
        "37 5": "37.5", "38点几": "-", "三八度二": "38.2", "39度2，吃了退烧药": "39.2", "102": "!high", "不到三十八": "-", "三十七度八九": "37.8|37.9",
    }),
    ("nrs", "now", {
        "3": "3", "三分": "3", "有点疼，三四分": "3|4", "3-4分": "3|4", "3到5": "3|4|5", "十分": "10", "0": "0", "不疼": "0", "没有": "0", "一点都不疼": "0",
        "零": "0", "七八分吧": "7|8", "疼得厉害": "-", "有点疼": "-", "有一点疼": "-", "11": "!high", "五分半": "!whole", "3或者4": "3|4", "大概6分": "6", "有点疼，三四分，要不要紧？": "3|4", "疼了两天": "-",
        "十分疼": "-", "八": "8", "两分": "2", "不知道": "?unknown",
    }),
    ("hypertension", "systolic", {
        "130": "130", "一百三": "130", "一百三十五": "135", "一百零八": "108", "140/90": "140", "高压一百四低压九十": "140", "高压140，低压90": "140",
        "低压九十": "-", "一百四到一百五": "140|150", "一三零": "130", "一百三四": "130|140", "一百二十多": "120", "昨天量了2次，138": "138", "400": "!high",
        "13": "!low", "一百四左右": "140", "二百": "200", "没量": "-", "145mmhg": "145",
        "一百五不到": "-", "从160降到130": "160|130", "一百四十五六": "145|146", "138，要紧吗？": "138", "早上130晚上145": "130|145", "上压130下压80": "130", "正常": "-",
    }),
    ("hypertension", "diastolic", {"140/90": "90", "高压一百四低压九十": "90", "九十": "90", "低压85": "85", "八十五六": "85|86", "高压一百四": "-"}),
    ("diabetes", "fasting", {"7.8": "7.8", "七点八": "7.8", "空腹7.2，餐后10.5": "7.2", "六个半": "6.5", "餐后10": "-", "跳过": "?skip", "没测": "-"}),
    ("diabetes", "after", {"空腹7.2，餐后10.5": "10.5", "十点五": "10.5", "空腹6.5": "-"}),
    ("medicine", "left", {"一周": "7", "还有十天": "10", "三五天": "3|5", "够两周的": "14", "一个月": "30", "一天吃2次，还够7天": "7", "二十来天": "20", "没有了": "0", "一盒": "-", "一百二十天": "120"}),
    ("sample", "weight", {"65": "65", "六十五公斤": "65", "一百二": "120"}),
)  # fmt: skip

BOOLEANS = table(
    ("wound", "fever", {
        "没有": "no", "没": "no", "没发烧": "no", "有": "yes", "有一点": "yes", "发烧了": "yes", "发过": "yes", "没有发烧": "no", "有过一次": "yes", "是的": "yes",
        "不是": "no", "1": "yes", "2": "no", "有，不过不严重": "yes", "嗯": "yes", "没有啊，挺好的": "no", "从来没有": "no", "没有没有": "no", "绝对没有": "no", "一直没烧": "no", "昨晚有点烧": "yes", "不烧": "no", "好像有点": "yes",
        "有时有，有时没有": "-", "不知道": "?unknown", "两次": "yes", "跳过": "?skip", "挺好的": "-", "昨天发烧": "yes", "不是没有": "-",
        "不好": "-", "没量过": "-", "体温正常": "-", "没，一直正常": "no", "没有发烧，但是伤口疼": "no", "没有，就是有点咳嗽": "no", "有发烧": "yes",
    }),
    ("discharge-week", "harm", {"当然没有": "no", "是没有": "no", "肯定没有": "no", "确实有": "yes", "真的没有": "no", "对，没有": "-",
        "不想活了": "yes", "我不想活": "yes", "没意思": "yes", "不想死": "no", "没有想过自杀": "no", "从来没想死": "no"}),
    ("falls", "unsteady", {"不稳": "yes", "没有不稳": "no", "有点不稳": "yes", "挺稳的": "-", "走路挺稳的": "-", "有时候觉得不稳": "yes", "不会": "no"}),
    ("hypertension", "measured", {"没量过": "no", "量过": "yes", "每天量": "yes", "没有": "no"}),
    ("falls", "fallen", {"差点摔": "-", "摔了一跤": "-", "摔过": "yes", "没摔过": "no", "摔倒过两次": "yes", "没有摔倒": "no"}),
    ("discharge-week", "side", {"不舒服": "yes", "没有不舒服": "no", "挺舒服的": "-", "有点不舒服": "yes", "没什么不舒服": "no", "有": "yes"}),
    ("falls", "worried", {"有点担心": "yes", "不担心": "no"}),
)  # fmt: skip

TEXTS = table(
    ("discharge-week", "words", {
        "护士都很好": "“护士都很好”", "没有": "?skip", "没有了": "?skip", "跳过": "?skip", "伤口还有点痒，要紧吗？": "“伤口还有点痒，要紧吗？”",
        "没有安排好出院": "“没有安排好出院”", "话" * 501: "!long", "不知道": "?unknown", "年纪大了，记不住": "“年纪大了，记不住”", " 。": "-",
    }),
    ("nrs", "where", {"腰": "“腰”", "伤口那里": "“伤口那里”"}),
)  # fmt: skip

REQUESTS = table(*(
    (name, link_id, dict.fromkeys(("帮我挂明天下午的号", "我要退号", "可以停车吗", "不看了，退掉", "有没有明天的号", "您好", "一般几点出诊"), "-"))
    for name, link_id in (("discharge-week", "recovery"), ("wound", "wound"), ("wound", "fever"), ("nrs", "now"), ("phq-9", "p1"), ("inpatient", "nurse"))
))  # fmt: skip
"""Said in the middle of a questionnaire, these are for the dialogs."""

ALL = [*CHOICES, *SEVERAL, *NUMBERS, *BOOLEANS, *TEXTS, *REQUESTS]


@pytest.mark.parametrize(("name", "link_id", "said", "means"), ALL)
def test_what_patients_say(name: str, link_id: str, said: str, means: str) -> None:
    assert told(understand(item(name, link_id), said)) == means


def test_the_table_is_worth_its_name() -> None:
    assert len(ALL) >= 150


def some(text: str) -> Sequence[date]:
    return {"昨天": [date(2026, 11, 22)], "这两天": [date(2026, 11, 21), date(2026, 11, 22)]}.get(text, [])


@pytest.mark.parametrize(
    ("said", "means"),
    [("昨天", "2026-11-22"), ("这两天", "2026-11-21|2026-11-22"), ("很久了", "-"), ("不记得", "?unknown")],
)
def test_days_are_read_by_whoever_knows_days(said: str, means: str) -> None:
    assert told(understand(item("sample", "since"), said, some)) == means


def test_without_one_no_day_is_understood() -> None:
    assert understand(item("sample", "since"), "昨天") == NotUnderstood()


ITEMS = [each for form in (*CATALOGUE.forms.values(), SAMPLE) for each in form.walk() if each.type in ASKED]
COMMON = "没有不红肿流脓好一般满意很非常有点三四十百点度半和、，。！12345/.- 天次高压低压是对还行跳过知道"


@given(st.sampled_from(ITEMS), st.one_of(st.text(COMMON, max_size=12), st.text(max_size=30)))
def test_whatever_is_said_an_answer_can_stand(asked: Item, said: str) -> None:
    """Understood and the choices offered are answers that the evaluator takes; nothing raises."""
    heard = understand(asked, said, lambda _: [date(1800, 1, 1), date(2026, 1, 1)])
    match heard:
        case Understood(values):
            assert refusal(asked, values) is None
        case Which(options):
            assert len(options) > 1
            assert all(refusal(asked, (each,)) is None for each in options)


@given(st.sampled_from([each for each in ITEMS if each.options]), st.data())
def test_an_option_said_as_it_is_written_is_that_option(asked: Item, data: st.DataObject) -> None:
    place, option = data.draw(st.sampled_from(list(enumerate(asked.options, start=1))))
    for said in (
        option.display,
        f"{option.display}。",
        f"我觉得{option.display}吧",
        str(place),
        f"第{place}个",
    ):
        assert understand(asked, said) == Understood((Coded(option.code),)), said


def chinese(number: int) -> str:
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    told = digits[hundreds] + "百" if hundreds else ""
    if rest and hundreds and tens == 0:
        return told + "零" + digits[ones]
    told += ("" if tens == 1 and not hundreds else digits[tens]) + "十" if tens else ""
    return told + (digits[ones] if ones else "") or "零"


@given(st.integers(50, 300))
def test_a_whole_number_in_digits_and_in_chinese(number: int) -> None:
    for said in (str(number), chinese(number), f"大概{chinese(number)}吧", f"{number}毫米汞柱"):
        assert understand(item("hypertension", "systolic"), said) == Understood((Decimal(number),)), said


@given(st.integers(340, 430))
def test_a_temperature_in_every_way_of_saying_it(tenths: int) -> None:
    whole, part = divmod(tenths, 10)
    value = Decimal(tenths) / 10
    ways = [
        f"{whole}.{part}",
        f"{whole}度{part}",
        f"{chinese(whole)}点{'零一二三四五六七八九'[part]}",
        f"烧到{chinese(whole)}度{'零一二三四五六七八九'[part]}",
    ]
    for said in ways:
        assert understand(item("discharge-week", "degrees"), said) == Understood((value,)), said


@given(st.integers(0, 9))
def test_two_neighbours_in_one_breath_are_asked(low: int) -> None:
    digits = "零一二三四五六七八九"
    ways = [f"{low}到{low + 1}分", f"{low}-{low + 1}"] + (
        [f"{digits[low]}{digits[low + 1]}分"] if 0 < low < 9 else []
    )
    for said in ways:
        assert understand(item("nrs", "now"), said) == Which((Decimal(low), Decimal(low + 1))), said


OTHERS = (
    "book",
    "cancel",
    "change",
    "query_slots",
    "human",
    "faq",
    "my_appointments",
    "waitlist",
    "register_patient",
    "pay",
)


def requests() -> list[str]:
    """What people want of the other dialogs: the texts that intents are learnt from."""
    folder = files("nlu").joinpath("data/corpus")
    lines = [
        line
        for name in OTHERS
        for line in folder.joinpath(f"{name}.tsv").read_text(encoding="utf-8").splitlines()[1:]
    ]
    return [line.split("\t")[3] for line in lines if line.count("\t") >= 3]


@pytest.mark.parametrize(
    ("name", "link_id"),
    [("discharge-week", "recovery"), ("discharge-week", "signs"), ("discharge-week", "medicine"), ("nrs", "now"), ("hypertension", "systolic"),
     ("wound", "fever"), ("falls", "fallen"), ("phq-9", "p1"), ("inpatient", "nurse"), ("barthel", "walking")],
)  # fmt: skip
def test_a_request_seldom_passes_for_an_answer(name: str, link_id: str) -> None:
    asked, texts = item(name, link_id), requests()
    taken = [text for text in texts if isinstance(understand(asked, text), Understood)]
    assert len(texts) > 1000
    assert len(taken) <= 0.04 * len(texts), taken
