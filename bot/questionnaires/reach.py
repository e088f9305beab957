"""Whether an item can ever be asked, and a red flag ever be raised: tried out on the answers that could decide it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from bot.questionnaires.evaluate import holds, refusal
from bot.questionnaires.model import NUMBERS, Coded, Condition, Free, Item, Questionnaire, Type, Value


def findings(questionnaire: Questionnaire) -> Iterator[tuple[str, str]]:
    """(linkId or rule, what).  Conditions may look only at what was asked before."""
    known = _Known(questionnaire)
    before: set[str] = set()
    for item in questionnaire.walk():
        for condition in item.when:
            if condition.question == item.link_id:
                yield item.link_id, "条件看的是它自己"
            elif condition.question not in before:
                yield item.link_id, f"条件看的 {condition.question} 排在它后面"
        before.add(item.link_id)
        if not known.open(item):
            yield item.link_id, "永远不会问到"
    for rule in questionnaire.rules:
        ways = [rule.when] if rule.every else [(each,) for each in rule.when]
        if rule.when and not any(known.possible(way) for way in ways):
            yield rule.name, "红旗的条件永远不会成立"


class _Known:
    def __init__(self, questionnaire: Questionnaire) -> None:
        self._items = {item.link_id: item for item in questionnaire.walk()}
        self._parents = questionnaire.parents

    def open(self, item: Item) -> bool:
        ways = [item.when] if item.every else [(each,) for each in item.when]
        above = self._above(item.link_id, set())
        return any(self.possible((*above, *way)) for way in ways)

    def possible(self, conditions: Sequence[Condition]) -> bool:
        """Whether all can hold at once, with all that must hold for their questions to be asked."""
        wanted: dict[str, list[Condition]] = defaultdict(list)
        for condition in self._closure(conditions):
            wanted[condition.question].append(condition)
        return all(
            any(
                all(holds(each, {link_id: given}) for each in told)
                for given in _tries(self._items[link_id], told)
            )
            for link_id, told in wanted.items()
        )

    def _closure(self, conditions: Sequence[Condition]) -> list[Condition]:
        seen: set[str] = set()
        done = list(conditions)
        for condition in done:  # grows while it is read
            if condition.question not in seen and not _unanswered(condition):
                seen.add(condition.question)
                done += [*self._own(condition.question), *self._above(condition.question, seen)]
        return done

    def _own(self, link_id: str) -> tuple[Condition, ...]:
        item = self._items[link_id]
        return item.when if item.every or len(item.when) == 1 else ()

    def _above(self, link_id: str, seen: set[str]) -> Iterator[Condition]:
        """What stands below a question waits for its answer."""
        for parent in self._parents.get(link_id, ()):
            if parent not in seen:
                yield from self._own(parent)
                if self._items[parent].type is not Type.GROUP:
                    yield Condition(parent, "exists", True)


def _unanswered(condition: Condition) -> bool:
    return condition.operator == "exists" and condition.value is False


def _tries(item: Item, conditions: Sequence[Condition]) -> Iterator[tuple[Value, ...]]:
    """Answers that decide these conditions: each value named, those beside it, all of them at once, none."""
    yield ()
    named = [condition.value for condition in conditions if condition.operator != "exists"]
    together = tuple(dict.fromkeys(c.value for c in conditions if c.operator == "="))
    for given in (*((each,) for each in _singles(item, named)), together):
        if refusal(item, given) is None:
            yield given


def _singles(item: Item, named: Sequence[Value]) -> Iterator[Value]:
    yield from (True, False)
    yield from (Coded(option.code) for option in item.options)
    yield Free("…")
    yield from named
    if item.type in NUMBERS:
        edges = sorted(n for n in (item.low, item.high, *named) if isinstance(n, Decimal))
        yield from (n + step for n in (edges or [Decimal(1)]) for step in (-1, 0, 1))
        yield from ((a + b) / 2 for a in edges for b in edges)
    if item.type is Type.DATE:
        days = [d for d in (item.low, item.high, *named) if isinstance(d, date)]
        yield from (d + timedelta(step) for d in (days or [date(2000, 1, 1)]) for step in (-1, 0, 1))
