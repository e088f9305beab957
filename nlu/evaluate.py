"""``python -m nlu eval``: how well intents are told apart on sentences the model was not trained on."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from time import perf_counter

from nlu import train
from nlu.intents.model import from_data
from nlu.lexicon import Lexicon
from nlu.parser import ZONE, Nlu
from nlu.understood import Understood

NOW = datetime(2026, 11, 23, 10, tzinfo=ZONE)
SURE = 0.55
"""At this confidence the dialog acts without asking."""
_BINS = 10


def judged(folds: int = 5) -> Iterator[tuple[str, str, Understood]]:
    """(wanted intent, text, what was understood) for every sentence, by a model that has not seen it."""
    lexicon = Lexicon.demo()
    for learnt, unseen in train.folds(folds):
        nlu = Nlu(lexicon, from_data(train.fit(learnt)))
        for intent, text in unseen:
            yield intent, text, nlu.parse(text, NOW, ("confirm",) if intent in ("confirm", "deny") else ())


def evaluate(*, errors: bool, write: Callable[[str], None]) -> None:
    """Print the figures: accuracy by intent, confusions, calibration, confident mistakes, speed."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    confused: Counter[tuple[str, str]] = Counter()
    bins: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    misses: list[str] = []
    confident = 0
    for wanted, text, heard in judged():
        good = heard.intent == wanted
        total[wanted] += 1
        right[wanted] += good
        cell = bins[min(int(heard.confidence * _BINS), _BINS - 1)]
        cell[0] += 1
        cell[1] += good
        cell[2] += heard.confidence
        if not good:
            confused[wanted, heard.intent] += 1
            confident += heard.confidence >= SURE and heard.intent != "unknown"
            misses.append(f"  {wanted:17}{heard.intent:17}{heard.confidence:.2f}  {text}")
    count = sum(total.values())
    write(f"intents: {sum(right.values()) / count:.1%} of {count} unseen sentences (5 folds); "
          f"sure and wrong: {confident / count:.1%}")  # fmt: skip
    for intent, n in sorted(total.items()):
        write(f"  {intent:17}{right[intent] / n:7.1%} of {n}")
    off = sum(abs(cell[1] - cell[2]) for cell in bins.values()) / count
    write(f"calibration error: {off:.3f}")
    write("confusions: " + ", ".join(f"{a}→{b} {n}" for (a, b), n in confused.most_common(12)))
    write(f"speed: {microseconds():.0f} µs a sentence")
    for line in misses if errors else ():
        write(line)


def microseconds() -> float:
    """Mean over the whole corpus with the stored model."""
    nlu = Nlu(Lexicon.demo())
    texts = [text for _, text in train.corpus()]
    start = perf_counter()
    for text in texts:
        nlu.parse(text, NOW)
    return (perf_counter() - start) / len(texts) * 1e6
