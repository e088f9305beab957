"""Whatever is done in whatever order, what is kept makes sense."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from bot.domain.followup import FollowupState
from bot.domain.survey import (
    Author,
    Back,
    Give,
    Jump,
    Move,
    Skip,
    Start,
    Stop,
    SurveyMoved,
    SurveyState,
    SurveyView,
)
from bot.questionnaires.evaluate import questions, refusal
from bot.questionnaires.filling import current
from bot.questionnaires.model import Coded, Free, Item, Type, Value
from bot.services.surveys.answers import whole
from bot.services.surveys.halting import ENDED
from bot.store.care_models import Contact, RedFlag, SurveyResponse, Ticket, TicketEvent
from bot.store.followup_models import Followup
from tests.integration.surveys.asked import Asked, submitted, usual

WORDS = ("", "都好", "我不想活了", "食堂太贵", "没有", "长" * 1200)


def values(item: Item) -> st.SearchStrategy[tuple[Value, ...]]:
    """Answers that stand and answers that do not."""
    numbers = st.decimals(min_value=-5, max_value=200, places=1)
    coded = st.lists(
        st.sampled_from([*(option.code for option in item.options), "?"]), min_size=1, max_size=3
    )
    match item.type:
        case Type.CHOICE | Type.OPEN_CHOICE:
            return coded.map(lambda codes: tuple(Coded(code) for code in codes))
        case Type.BOOLEAN:
            return st.booleans().map(lambda said: (said,))
        case Type.STRING | Type.TEXT:
            return st.sampled_from(WORDS).map(lambda text: (Free(text),))
        case _:
            return numbers.map(lambda number: (number,))


@st.composite
def moves(draw: st.DrawFn, items: tuple[Item, ...]) -> Move | str:
    """A move, or ``next``: the open question is answered well; or ``page``: all of it at once."""
    item = draw(st.sampled_from(items))
    move: Move | str = draw(
        st.one_of(
            st.just("next"), st.just("next"), st.just("next"), st.just("page"),
            values(item).map(lambda given: Give(item.link_id, given)),
            st.just(Skip(item.link_id)), st.just(Back()), st.integers(0, 15).map(Jump),
            st.sampled_from((Start(Author.PATIENT), Start(Author.FAMILY))), st.just(Stop()),
        )
    )  # fmt: skip
    return move


def sane(asked: Asked, seen: SurveyView) -> None:
    live = {item.link_id: item for item in questions(seen.form, seen.filling.answers)}
    assert set(seen.filling.answers) <= set(live), "an answer to a question that is not asked"
    assert all(refusal(live[name], given) is None for name, given in seen.filling.answers.items())
    if seen.state is SurveyState.COMPLETED:
        assert whole(seen.form, seen.filling)
    state = asked.step().state
    if seen.state is not SurveyState.OFFERED:
        assert asked.count(SurveyResponse) == 1
        assert (seen.state is SurveyState.STOPPED) == (state in ENDED)
    assert (seen.completed_at is not None) == (seen.state is SurveyState.COMPLETED)
    assert asked.count(Contact) == (state in (FollowupState.ANSWERED, FollowupState.REFUSED))
    assert len(asked.flags()) == len(set(asked.flags()))


@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(data=st.data())
def test_any_sequence_of_moves(asked: Asked, data: st.DataObject) -> None:
    _reset(asked)
    items = tuple(questions(asked.form, {}))
    for _ in range(data.draw(st.integers(1, 14))):
        move = data.draw(moves(items))
        seen = asked.view()
        if move == "next":
            item = current(seen.form, seen.filling)
            if item is None or seen.id == "":
                move = Start(Author.PATIENT)
            else:
                move = Give(item.link_id, usual(item))
        elif move == "page":
            move = submitted(seen)
        assert not isinstance(move, str)
        outcome = asked.do(move)
        after = asked.view()
        if not isinstance(outcome, SurveyMoved):
            assert after == seen, "refused, and yet something changed"
        if isinstance(move, Back) and isinstance(outcome, SurveyMoved):
            _back_and_the_same_again(asked, outcome.survey)
            after = asked.view()
        sane(asked, after)


def _back_and_the_same_again(asked: Asked, back: SurveyView) -> None:
    at = back.filling.at
    if at in back.filling.answers and back.state is not SurveyState.STOPPED:
        outcome = asked.do(Give(at, back.filling.answers[at]))
        assert isinstance(outcome, SurveyMoved)
        assert outcome.survey.filling.answers == back.filling.answers
        assert outcome.survey.revision == back.revision


def _reset(asked: Asked) -> None:
    """Hypothesis comes back with the same database."""
    with asked.ward.town.db.write() as uow:
        for model in (TicketEvent, Ticket, RedFlag, Contact, SurveyResponse):
            uow.session.execute(delete(model))
        fresh = {"state": FollowupState.DUE, "reached_at": None, "completed_at": None, "reason": ""}
        uow.session.execute(update(Followup).values(fresh))
