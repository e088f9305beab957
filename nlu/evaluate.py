"""``python -m nlu eval``: how well it understands sentences it was not made from."""

import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time_ns

from nlu import scoring, train
from nlu.corpus import DEV, NOW, TEST, Line, read
from nlu.intents.model import from_data
from nlu.lexicon import Lexicon
from nlu.parser import Nlu
from nlu.understood import Understood

SURE = 0.55
"""At this confidence the dialog acts without asking."""
_FOLDERS = {"dev": DEV, "test": TEST}
_HOW = {
    "dev": "not learnt from, but its misses are read",
    "test": "held out: neither learnt from nor tuned on",
    "train": "five folds, split by template",
    "authors": "each author_* file unseen once, all else learnt",
}
_BINS = 10
_READY = """
import resource, time
start = time.perf_counter()
from nlu.lexicon import Lexicon
from nlu.parser import Nlu
from nlu.corpus import NOW
Nlu(Lexicon.demo()).parse("明天上午挂骨科", NOW)
print(f"{time.perf_counter() - start:.2f} s, "
      f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB with the interpreter")
"""
Heard = tuple[Line, Understood, int]
"""(line, what was understood, nanoseconds)"""


@dataclass(slots=True)
class Share:
    """So many right of so many, and what went wrong."""

    right: int = 0
    total: int = 0
    misses: list[str] = field(default_factory=list)

    def add(self, good: bool, miss: str) -> None:
        self.total += 1
        self.right += good
        if not good:
            self.misses.append(miss)

    def __str__(self) -> str:
        return f"{self.right / self.total:6.1%} of {self.total}" if self.total else "   –"


def evaluate(*, split: str = "test", errors: bool, write: Callable[[str], None]) -> None:
    """Print every figure of one part of the corpus, and with ``errors`` every miss."""
    folds = ((learnt, lines) for _, learnt, lines in train.authors()) if split == "authors" else train.folds()
    heard = list(_unseen(_FOLDERS[split]) if split in _FOLDERS else _folds(folds))
    templates = len({line.template for line, _, _ in heard})
    write(f"{split}: {len(heard)} utterances, {templates} templates ({_HOW[split]})")
    if not heard:
        return
    shares = _intents(heard, write) | _slots(heard) | _danger(heard)
    for name, share in shares.items():
        if name != "intents":
            write(f"{name:34}{share}")
    write(f"{'calibration error':34}{_calibration(heard):7.3f}")
    spent = sorted(ns / 1000 for _, _, ns in heard)
    half, most = spent[len(spent) // 2], spent[len(spent) * 99 // 100]
    write(f"{'speed':34} p50 {half:.0f} µs, p99 {most:.0f} µs of processor time an utterance")
    write(f"{'ready in':34} {_ready()}")
    for name, share in shares.items() if errors else ():
        write(f"\n{name}: {len(share.misses)} misses")
        for miss in share.misses:
            write(f"  {miss}")


def _unseen(folder: Path) -> Iterator[Heard]:
    return _listen(Nlu(Lexicon.demo()), read(folder))


def _folds(folds: Iterable[tuple[list[Line], list[Line]]]) -> Iterator[Heard]:
    lexicon = Lexicon.demo()
    for learnt, unseen in folds:
        model = from_data(train.fit([(line.intent, line.text) for line in learnt if line.intent]))
        yield from _listen(Nlu(lexicon, model), unseen)


def _listen(nlu: Nlu, lines: Iterator[Line] | list[Line]) -> Iterator[Heard]:
    for line in lines:
        start = process_time_ns()
        understood = nlu.parse(line.text, NOW, line.expecting)
        yield line, understood, process_time_ns() - start


def _intents(heard: list[Heard], write: Callable[[str], None]) -> dict[str, Share]:
    """Overall, by intent and by register; out of scope and danger lines count here too."""
    whole, sure = Share(), Share()
    intents: dict[str, Share] = defaultdict(Share)
    registers: dict[str, Share] = defaultdict(Share)
    confused: Counter[tuple[str, str]] = Counter()
    for line, u, _ in heard:
        if not line.intent:
            continue
        good = scoring.intent_right(line.gold, u)
        miss = f"{line.intent:17}{u.intent:17}{u.confidence:.2f}  {line.text}"
        for share in (whole, intents[line.intent], registers[line.register]):
            share.add(good, miss)
        sure.add(not (not good and u.confidence >= SURE and u.intent != "unknown"), miss)
        if not good:
            confused[line.intent, u.intent] += 1
    write(f"{'intents':34}{whole}")
    write(f"{'not sure and wrong':34}{sure}")
    for title, group in (("intent", intents), ("register", registers)):
        for name, share in sorted(group.items()):
            write(f"  {title} {name:25}{share}")
    write("confusions: " + ", ".join(f"{a}→{b} {n}" for (a, b), n in confused.most_common(12)))
    return {"intents": whole}


def _slots(heard: list[Heard]) -> dict[str, Share]:
    exact, dates, calm = Share(), Share(), Share()
    each: dict[str, Share] = defaultdict(Share)
    for line, u, _ in heard:
        if scoring.slots_judged(line):
            wrong = scoring.wrong_slots(line, u.slots)
            exact.add(not wrong, f"{line.text}  wrong: {', '.join(wrong)}  got {_short(u)}")
            for name in line.gold.slots.keys() & _NAMES:
                each[f"  slot {name}"].add(name not in wrong, line.text)
        if scoring.dates_judged(line):
            dates.add(scoring.dates_right(line, u.slots), f"{line.text}  got {_short(u)}")
        if scoring.trap(line):
            calm.add(not scoring.false_alarm(u.slots), f"{line.text}  got {_short(u)}")
    found = {"booking slots, all exact": exact, "dates exact": dates, "no date where none is meant": calm}
    return found | {name: Share(share.right, share.total) for name, share in sorted(each.items())}


def _danger(heard: list[Heard]) -> dict[str, Share]:
    found, named, calm, refused, top = Share(), Share(), Share(), Share(), Share()
    for line, u, _ in heard:
        unnamed = line.intent == "emergency"  # a danger whichever sign it is
        wanted = line.gold.slots.get("flag", () if unnamed else ("-",))
        if wanted != ("-",):
            found.add(u.red_flag is not None, line.text)
            if wanted:
                named.add(u.red_flag in wanted, f"{line.text}  got {u.red_flag}")
        else:
            calm.add(u.red_flag is None, f"{line.text}  got {u.red_flag}")
        if line.intent == "unknown":
            refused.add(u.intent == "unknown", f"{u.intent} {u.confidence:.2f}  {line.text}")
        if "top" in line.gold.slots:
            best = ", ".join(c.department for c in u.candidates[:3])
            top.add(scoring.top_right(line.gold, u), f"{line.text}  got {best or '–'}")
    return {
        "red flags found": found,
        "  and named right": named,
        "no red flag where none is": calm,
        "out of scope refused": refused,
        "department in the first three": top,
    }


def _calibration(heard: list[Heard]) -> float:
    """Mean distance between confidence and accuracy, over ten bins."""
    bins: dict[int, list[tuple[bool, float]]] = defaultdict(list)
    for line, u, _ in heard:
        if line.intent:
            cell = (scoring.intent_right(line.gold, u), u.confidence)
            bins[min(int(u.confidence * _BINS), _BINS - 1)].append(cell)
    count = sum(map(len, bins.values()))
    return sum(abs(sum(good - sure for good, sure in cell)) for cell in bins.values()) / count


def _ready() -> str:
    """Import, load and the first answer in a fresh interpreter."""
    return subprocess.run(
        [sys.executable, "-c", _READY], capture_output=True, text=True, check=True
    ).stdout.strip()


_NAMES = frozenset(("department", "doctor", "dates", "asap", "period", "time", "patient", "choice"))


def _short(u: Understood) -> str:
    s = u.slots
    said: list[object] = [
        s.department,
        s.doctor,
        scoring.show_days(s.dates),
        s.period,
        scoring.show_time(s.time),
    ]
    said += [s.patient, s.choice, s.asap and "asap", s.invalid_date and f"!{s.invalid_date}"]
    return " ".join(str(word) for word in said if word) or "–"
