"""Dates and times, on Monday 23 November 2026 at ten.

A table line: what the patient says | days | half-day and time.  「..」 is a stretch, 「!」 a date that does not exist,
「<」 the day of the appointment that is changed.
"""

from datetime import date, timedelta

import pytest

from nlu.dates import Found, find
from nlu.dates.found import Range
from nlu.normalize import normalize

TODAY = date(2026, 11, 23)

TABLE = """
# 相对的日子
今天 | 11-23 |
明天下午 | 11-24 | pm
明儿个头晌 | 11-24 | am
后天早上九点 | 11-25 | am 09:00
大后天上午 | 11-26 | am
明早 | 11-24 | am
今晚 | 11-23 | evening
聽日 | 11-24 |
过两天 | 11-25 |
三天内 | 11-23..11-26 |
一周后 | 11-30 |
两个星期后 | 12-07 |
半个月后 | 12-08 |
一个月后 | 12-23 |
# 星期：周一开始，今天也算
周一 | 11-23 |
周三 | 11-25 |
周5 | 11-27 |
礼拜天 | 11-29 |
星期六上午 | 11-28 | am
下周三 | 12-02 |
下个礼拜二 | 12-01 |
下周 | 11-30..12-06 |
周末 | 11-28 11-29 |
下周末 | 12-05 12-06 |
下周的周末 | 12-05 12-06 |
# 几号
3号 | 12-03 |
25号 | 11-25 |
11月25号 | 11-25 |
11.25号 | 11-25 |
11/25 | 11-25 |
2026-11-25 | 11-25 |
下个月3号 | 12-03 |
明年1月5号 | 2027-01-05 |
十五六号 | 12-15 12-16 |
31号 | 12-31 |
# 几天都行
周一周二都可以 | 11-23 11-24 |
3号5号哪天都行 | 12-03 12-05 |
3、5号 | 12-03 12-05 |
12月3号或5号 | 12-03 12-05 |
周一三五 | 11-23 11-25 11-27 |
下周一或者周三 | 11-30 12-02 |
下周二三四都行 | 12-01 12-02 12-03 |
# 从几到几
周二到周四上午 | 11-24..11-26 | am
25号到27号 | 11-25..11-27 |
25-27号 | 11-25..11-27 |
今天到周五 | 11-23..11-27 |
# 不行的日子
就是别排周二 | 11-23 11-25 11-26 11-27 11-28 11-29 |
除了周二都行 | 11-23 11-25 11-26 11-27 11-28 11-29 |
工作日不行 | 11-28 11-29 |
下周除了周二都行 | 11-30 12-02 12-03 12-04 12-05 12-06 |
明天不行后天可以 | 11-25 |
上午不行 | | pm
# 之前之内
周三之前 | 11-23 11-24 |
这个月内 | 11-23..11-30 |
月底前 | 11-23..11-30 |
年底前 | 11-23..12-31 |
春节前 | 11-23..2027-02-05 |
# 节日
元旦放假上班吗 | 2027-01-01 2027-01-02 2027-01-03 |
元旦 | 2027-01-01 |
冬至 | 12-22 |
大年初三 | 2027-02-08 |
# 第几个星期几
这个月最后一个周五 | 11-27 |
12月第二个星期三 | 12-09 |
12月 | 12-01..12-31 |
# 几点
八点半 | | am 08:30
下午三点 | | pm 15:00
两点半 | | pm 14:30
14:20 | | pm 14:20
14点20 | | pm 14:20
中午12点 | | pm 12:00
晚上七点 | | evening 19:00
差一刻十点 | | am 09:45
十点差五分 | | am 09:55
明天上午10点一刻 | 11-24 | am 10:15
周二十点 | 11-24 | am 10:00
四点多 | | pm 16:00-17:00
三四点 | | pm 15:00-16:00
四点之前 | | -16:00
下午四点以后 | | pm 16:00-
8点半至10点 | | am 08:30-10:00
9点到11点 | | am 09:00-11:00
11点到2点 | | 11:00-14:00
# 改口
明天，哦不，后天 | 11-25 |
不是明天是后天 | 11-25 |
明天上午，不对，下午 | 11-24 | pm
# 改约的两个日子
把明天的改到后天 | 11-25 < 11-24 |
从周三改到周五上午 | 11-27 < 11-25 | am
明天上午来不了了，改到后天 | 11-25 < 11-24 |
# 越快越好
马上 | | asap
最快的那个 | | asap
越早越好 | | asap
# 没有这一天
2月30号 | ! |
11月31号 | ! |
13月5号 | ! |
2月29号 | ! |
"""

NOT_DATES = """
咳了半个月
发烧三天了
吃了两个星期的药
一日两次，一次三片
每天吃三次
孩子3岁
宝宝八个月大
怀孕12周
五号楼怎么走
3号窗口
12号床
在5楼
身份证110101199003074258
电话13800138000
血压150/95
烧到38.5度
去年做的手术
前年得过脑梗
昨天开始发烧
上周三看过一次
三个月前住院
出院后两周复查
能推迟两天吗
这两天咳嗽
今天早上起来头晕
我有两点要问
早点告诉我
一点也不疼
五一路怎么走
"""


def _expand(words: str) -> list[str]:
    out: list[str] = []
    for word in words.split():
        first, _, last = word.partition("..")
        day, end = _day(first), _day(last or first)
        while day <= end:
            out.append(day.isoformat())
            day += timedelta(days=1)
    return out


def _day(word: str) -> date:
    return date.fromisoformat(word if len(word) > 5 else f"2026-{word}")


def _when(found: Found) -> str:
    said = found.time
    if isinstance(said, Range):
        at = "-".join(f"{end:%H:%M}" if end else "" for end in (said.start, said.end))
    else:
        at = f"{said:%H:%M}" if said else ""
    return " ".join(part for part in (found.period, at, "asap" if found.asap else "") if part)


def _rows(table: str) -> list[list[str]]:
    lines = (line for line in table.strip().splitlines() if line and not line.startswith("#"))
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def _find(said: str) -> Found:
    text = normalize(said).text
    spots = [(text.find(word), text.find(word) + 2) for word in ("咳", "发烧", "头晕") if word in text]
    return find(text, TODAY, tuple(spots))


@pytest.mark.parametrize(("said", "days", "when"), _rows(TABLE), ids=lambda value: str(value))
def test_says(said: str, days: str, when: str) -> None:
    found = _find(said)
    wanted, _, moved = days.partition("<")
    if wanted == "!":
        assert found.invalid == said
        assert found.days == ()
        return
    assert [d.isoformat() for d in found.wanted(TODAY)] == _expand(wanted)
    assert [d.isoformat() for d in found.moved_from] == _expand(moved)
    assert _when(found) == when


@pytest.mark.parametrize("said", NOT_DATES.split())
def test_no_false_alarm(said: str) -> None:
    found = _find(said)
    assert (found.days, found.excluded, found.period, found.time, found.invalid, found.asap) == (
        (), (), None, None, None, False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "today", [date(2026, 1, 1), date(2028, 2, 29), date(2026, 12, 31), date(2026, 11, 29)]
)
@pytest.mark.parametrize("row", _rows(TABLE), ids=lambda row: str(row[0]))
def test_never_in_the_past(row: list[str], today: date) -> None:
    found = find(normalize(row[0]).text, today)
    days = found.wanted(today)
    assert list(days) == sorted(set(days))
    assert all(day >= today for day in days)


def test_the_last_day_of_a_week_is_still_this_week() -> None:
    sunday = date(2026, 11, 29)
    assert find("周末", sunday).days == (sunday,)
    assert find("下周一", sunday).days == (date(2026, 11, 30),)
    assert find("周日", sunday).days == (sunday,)
