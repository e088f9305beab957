"""Readers of pieces that name a stretch of days: 下周, 月底, 三天内, 工作日, and of weekdays."""

import re
from datetime import date, timedelta

from nlu.dates import almanac, holidays
from nlu.dates.atom import Atom, give, give_span
from nlu.dates.counts import count, later
from nlu.dates.lookalikes import TO, WDAYS, WEEK
from nlu.dates.numerals import number, weekday
from nlu.dates.single import year_month

_PARTS = {
    "初": (1, 10),
    "头": (1, 10),
    "头上": (1, 10),
    "上半个月": (1, 15),
    "上半月": (1, 15),
    "下半个月": (16, 31),
    "下半月": (16, 31),
    "上旬": (1, 10),
    "半": (15, 15),
    "尾": (21, 31),
    "中": (11, 20),
    "中旬": (11, 20),
    "下旬": (21, 31),
    "底": (21, 31),
    "末": (21, 31),
}
_PART = re.compile(r"([上下]半个?月|头上|[上中下]旬|[初头中半底末尾])\Z")
_WEEKS = {"下下下": 3, "下下": 2, "大下": 2, "再下": 2, "再下一": 2, "下": 1}


def months(atom: Atom, text: str, today: date) -> None:
    match = _PART.search(text)
    here = text[0] in "月上中" or text.startswith(("下旬", "下半"))
    month = (today.year, today.month) if here else year_month(text, today)
    if month is None:
        atom.kind = "invalid"
        return
    days = almanac.whole_month(*month)
    atom.month = month
    if match:
        first, last = _PARTS[match.group()]
        if here and days[min(last, len(days)) - 1] < today:
            days = almanac.month(today, 1)
        days = days[first - 1 : last]
    give_span(atom, days, today)


def years(atom: Atom, text: str, today: date) -> None:
    year = today.year + text.startswith("明年")
    if text in ("年前", "今年年前"):
        new_year = holidays.on("春节", today)
        give(atom, almanac.span(today, new_year - timedelta(days=1)) if new_year else None, "span")
    elif text.endswith("初"):
        give_span(atom, almanac.whole_month(year + (text[0] == "年" and today.month > 1), 1), today)
    elif text[-1] in "底末尾":
        give_span(atom, almanac.whole_month(year, 12), today)
    elif text in ("明年", "今年"):
        give_span(atom, almanac.span(date(year, 1, 1), date(year, 12, 31)), today)
    else:  # 年内, 今年内
        give_span(atom, almanac.span(today, date(year, 12, 31)), today)


def new_year_over(atom: Atom, text: str, today: date) -> None:
    """年后, 过完年: the week after the days off of the Spring Festival."""
    off = holidays.leave("春节", today)
    first = off[-1] + timedelta(days=1)
    give(atom, almanac.span(first, first + timedelta(days=6)), "span")
    atom.whole = almanac.span(first, first + timedelta(days=29))


def _weekdays(words: str) -> tuple[int, ...]:
    """一三五; 一到四 has all between."""
    said = [weekday(w) for w in re.findall(rf"[{WDAYS}1-7]", words)]
    if re.search(TO, words) and len(said) > 1 and said[-2] < said[-1]:
        said[-1:] = range(said[-2] + 1, said[-1] + 1)
    return tuple(said)


def week(atom: Atom, text: str, today: date) -> None:
    head = re.match(rf"(下下下|再下一?|下下|下|大下|这|本|当)(?:一|1)?个?{WEEK}", text)
    assert head is not None  # the grammar's own prefix
    offset = _WEEKS.get(head.group(1), 0)
    rest = text[head.end() :]
    atom.week = offset
    days = almanac.week(today, offset)
    if not rest:
        return give_span(atom, days, today)
    if rest == "末":
        days, unit = days[5:], "filter"
    else:
        atom.wdays = _weekdays(rest)
        days, unit = tuple(days[i] for i in sorted(atom.wdays)), "weekday"
    left = tuple(d for d in days if d >= today)
    atom.over = not left
    return give(atom, left or None, unit)


def week_day(atom: Atom, text: str, today: date) -> None:
    rest = re.sub(r"\A(?:逢|每)?(?:周|星期|礼拜|拜)?", "", text)
    if rest.startswith("末"):
        return weekend(atom, text, today)
    atom.wdays = _weekdays(rest)
    atom.soft = True
    if re.search(TO, rest) and len(atom.wdays) > 1:
        first = almanac.next_weekday(today, atom.wdays[0])
        days = tuple(first + timedelta(days=w - atom.wdays[0]) for w in atom.wdays)
        return give(atom, days, "weekday")
    return give(atom, tuple(sorted(almanac.next_weekday(today, w) for w in atom.wdays)), "weekday")


def weekend(atom: Atom, text: str, today: date) -> None:
    atom.wdays = (5, 6)
    days = almanac.week(today, 1 if text.startswith("下") else 0)
    give(atom, tuple(d for d in days[5:] if d >= today), "filter")


def workday(atom: Atom, text: str, today: date) -> None:
    atom.wdays = (0, 1, 2, 3, 4)
    days = (
        almanac.week(today, 1) if text.startswith("下周") else almanac.span(today, today + timedelta(days=6))
    )
    give(atom, tuple(d for d in days if d.weekday() < 5), "filter")


def no_weekday(atom: Atom, text: str, today: date) -> None:
    """周八."""
    atom.kind = "invalid"


def nth_weekday(atom: Atom, text: str, today: date) -> None:
    """这个月最后一个周五."""
    month = year_month(text, today)
    match = re.search(rf"(第|头|倒数第|最[后末])的?那?([一二三四五1-5])?(?:一)?个?{WEEK}(.)\Z", text)
    if month is None or match is None:
        atom.kind = "invalid"
        return
    nth = number(match.group(2) or "一") or 1
    if match.group(1) in ("最后", "最末", "倒数第"):
        nth = -nth
    elif match.group(1) == "头":
        nth = 1
    day = almanac.nth_weekday(almanac.whole_month(*month), weekday(match.group(3)), nth)
    atom.over = day is not None and day < today
    give(atom, None if atom.over else day)


def within(atom: Atom, text: str, today: date) -> None:
    many, unit = count(text)
    if text[-1] in "内里" or not text.startswith(("这", "近", "最近", "头")):
        last = later(today, many, unit)
    else:
        last = later(today, many, unit) - timedelta(days=1)
        atom.soft = True
    give_span(atom, almanac.span(today, last), today)


def hours(atom: Atom, text: str, today: date) -> None:
    """四十八小时内."""
    match = re.match(r"\d+|[一二两三四五六七八九十]+", text)
    many = number(match.group()) if match else None
    if not many:
        atom.kind = "noise"
        return
    give_span(atom, almanac.span(today, today + timedelta(days=-(-many // 24))), today)


def after(atom: Atom, text: str, today: date) -> None:
    many, unit = count(text)
    give(atom, later(today, many, unit), "later" if unit != "d" else "day")
