"""Every rule of every shipped questionnaire, end to end: the answer that tells it raises it and says its approved text
(R42), or is a ticket where it is about the service."""

from collections.abc import Iterator

import pytest
from sqlalchemy import update

from bot.domain.survey import Submit
from bot.questionnaires.advice import say
from bot.questionnaires.catalogue import Catalogue, names
from bot.questionnaires.filling import Filling, current, give
from bot.questionnaires.model import Coded, Condition, Item, Questionnaire, Rule, Value
from bot.questionnaires.score import flags
from bot.store.care_models import Ticket
from bot.store.followup_models import Followup
from tests.integration.surveys.asked import Asked, usual

FORMS = {names(form)[0]: form for form in Catalogue.load().forms.values() if form.rules}
Wanted = dict[str, tuple[Value, ...]]


@pytest.mark.parametrize("name", sorted(FORMS))
def test_each_rule_is_raised_by_each_answer_that_tells_it(asked: Asked, name: str) -> None:
    form = FORMS[name]
    with asked.ward.town.db.write() as uow:
        uow.session.execute(update(Followup).where(Followup.id == asked.followup).values(questionnaire=name))
    asked.start()
    said: set[str] = set()
    for rule in form.rules:
        for wanted in ways(form, rule):
            moved = asked.moved(Submit(filled(form, wanted), asked.view().revision, final=False))
            said |= {each.text for each in moved.advice}
            raised = asked.count(Ticket) > 0 if rule.service else rule.name in asked.flags()
            assert raised, (rule.name, wanted)
    phone = asked.hospital.settings.hospital_phone
    texts = {say(asked.hospital.forms.advice, rule.advice, phone=phone) for rule in form.rules}
    assert said == texts, "each approved text; two dangers with the same one at once say it once"


@pytest.mark.parametrize("name", sorted(FORMS))
def test_each_answer_of_a_rule_is_enough_by_itself(name: str) -> None:
    """Without the database: a rule that another answer has raised already hides no broken condition."""
    form = FORMS[name]
    for rule in form.rules:
        for wanted in ways(form, rule):
            assert rule in flags(form, filled(form, wanted).answers), (rule.name, wanted)


def ways(form: Questionnaire, rule: Rule) -> Iterator[Wanted]:
    """The answers that tell a rule; of one that any of several tells, each alone."""
    if rule.scale:
        scale = next(each for each in form.scales if each.name == rule.scale)
        yield {link_id: (_extreme(form, link_id, low=rule.at_most is not None),) for link_id in scale.items}
    elif rule.every:
        yield {each.question: (_value(each, form),) for each in rule.when}
    else:
        for each in rule.when:
            yield {each.question: (_value(each, form),)}


def _value(condition: Condition, form: Questionnaire) -> Value:
    if condition.operator in ("=", ">=", "<="):
        return condition.value
    item = _item(form, condition.question)
    if condition.operator == "!=":
        return next(Coded(each.code) for each in item.options if Coded(each.code) != condition.value)
    assert condition.operator == "<" and item.low is not None
    return item.low


def _extreme(form: Questionnaire, link_id: str, *, low: bool) -> Value:
    options = _item(form, link_id).options
    choose = min if low else max
    return Coded(choose(options, key=lambda option: option.score or 0).code)


def _item(form: Questionnaire, link_id: str) -> Item:
    item = form.item(link_id)
    assert item is not None
    return item


def filled(form: Questionnaire, wanted: Wanted) -> Filling:
    """A sheet with these answers and those that open their questions; all else is well."""
    said = dict(wanted)
    for link_id in [*wanted]:
        _open(form, link_id, said)
    filling = Filling()
    while (item := current(form, filling)) is not None and item.link_id != "words":
        done = give(form, filling, item.link_id, said.get(item.link_id) or usual(item))
        assert isinstance(done, Filling), (item.link_id, done)
        filling = done
    missing = said.keys() - filling.answers.keys()
    assert not missing, missing
    return filling


def _open(form: Questionnaire, link_id: str, said: Wanted) -> None:
    """What the question, and what it stands in, waits for."""
    for each in (*form.parents.get(link_id, ()), link_id):
        conditions = _item(form, each).when
        for condition in conditions if _item(form, each).every else conditions[:1]:
            if condition.question not in said:
                said[condition.question] = (_value(condition, form),)
                _open(form, condition.question, said)
