"""One reader of dates in a process of its own: JSON lines in, the days it found out, its cost last.

Runs under the bench's virtual environment for the peers, so it imports nothing of the project but
for ``ours`` and ``dates``.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

LONGEST = timedelta(days=62)
"""A longer range is no wish for a day (今年)."""
Reader = Callable[[str, datetime], Iterable[date]]


def ours() -> Reader:
    from nlu.lexicon import Lexicon
    from nlu.parser import Nlu

    nlu = Nlu(Lexicon.demo())

    def days(text: str, now: datetime) -> Iterable[date]:
        slots = nlu.parse(text, now).slots
        return {*slots.dates, *slots.from_dates}

    return days


def dates() -> Reader:
    from nlu.dates import find
    from nlu.normalize import normalize

    def days(text: str, now: datetime) -> Iterable[date]:
        found = find(normalize(text).text, now.date(), ())
        return {*found.wanted(now.date()), *found.moved_from}

    return days


def jionlp() -> Reader:
    import jionlp as jio  # type: ignore[import-not-found]

    def days(text: str, now: datetime) -> Iterable[date]:
        found = jio.ner.extract_time(text, time_base=now.timestamp(), with_parsing=True)
        for item in found:
            detail: dict[str, Any] = item.get("detail") or {}
            if detail.get("type") in ("time_point", "time_span"):
                yield from _between(*(datetime.fromisoformat(t) for t in detail["time"]), now=now)

    return days


def ms() -> Reader:
    from ms_recognizers_date_time import Culture, recognize_datetime  # type: ignore[import-not-found]

    def days(text: str, now: datetime) -> Iterable[date]:
        for item in recognize_datetime(text, Culture.Chinese, reference=now.replace(tzinfo=None)):
            if item.type_name.rpartition(".")[2] not in ("date", "daterange", "datetime", "datetimerange"):
                continue
            yield from _readings((item.resolution or {}).get("values", ()), now)

    return days


def _readings(values: Iterable[dict[str, str]], now: datetime) -> list[date]:
    """Days of the first reading that is not over: of 周三 the coming one, not the last."""
    for value in values:
        start, end = value.get("start", value.get("value")), value.get("end", value.get("value"))
        if not start or not end or not start[:1].isdigit() or not end[:1].isdigit():
            continue
        first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
        if value.get("type") == "daterange":
            last -= timedelta(days=1)  # the end is not part of it
        if found := list(_between(first, last, now=now)):
            return found
    return []


def _between(first: datetime, last: datetime, *, now: datetime) -> Iterable[date]:
    """Every day from the first to the last, none before today."""
    if last - first > LONGEST:
        return
    day = max(first.date(), now.date())
    while day <= last.date():
        yield day
        day += timedelta(days=1)


def main(name: str) -> None:
    start = time.perf_counter()
    find = {"ours": ours, "dates": dates, "jionlp": jionlp, "ms": ms}[name]()
    asked = [json.loads(line) for line in sys.stdin]
    questions = [(a["text"], datetime.fromisoformat(a["now"])) for a in asked]
    set(find("明天上午", questions[0][1]))  # what is compiled on first use counts as getting ready
    ready = time.perf_counter() - start
    spent = 0.0
    for text, now in questions:
        start = time.perf_counter()
        try:
            found = sorted(set(find(text, now)))
        except Exception as error:  # a peer that trips over one sentence has found nothing in it
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
            found = []
        spent += time.perf_counter() - start
        print(json.dumps({"days": [day.isoformat() for day in found]}))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"ms": spent * 1000, "import": ready, "memory": memory}))


if __name__ == "__main__":
    main(sys.argv[1])
