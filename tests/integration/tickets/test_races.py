"""Two at once: one verdict counts, a verdict and the clock agree on one end, an answer and more words lose nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from bot.domain.commands import AddToTicket
from bot.domain.outcomes import TicketAdded
from bot.domain.tickets import Conflict, Moved, TicketState
from tests.integration.tickets.desk import WORDS, Desk

_S = TicketState


def together(*work: Callable[[], object]) -> list[object]:
    with ThreadPoolExecutor(len(work)) as pool:
        return [job.result() for job in [pool.submit(each) for each in work]]


def test_the_same_verdict_twice_at_once_counts_once(desk: Desk) -> None:
    ticket = desk.answered()
    together(*[lambda: desk.judge(ticket.id, content=True)] * 4)
    assert desk.events(ticket.id).count("closed") == 1


def test_yes_and_no_from_two_devices_end_in_one_state(desk: Desk) -> None:
    ticket = desk.answered()
    together(
        lambda: desk.judge(ticket.id, content=True, key="yes"),
        lambda: desk.judge(ticket.id, content=False, key="no", words="没解决"),
    )
    assert desk.row(ticket.id).state is _S.REOPENED
    assert desk.events(ticket.id)[-1] == "reopened", (
        "a no is never lost: it opens even what was closed a moment ago"
    )


def test_the_verdict_and_the_week_of_silence(desk: Desk) -> None:
    ticket = desk.answered()
    desk.town.clock.advance(timedelta(days=7))
    together(lambda: desk.judge(ticket.id, content=True), desk.tick, desk.tick)
    assert desk.row(ticket.id).state is _S.CLOSED
    assert desk.events(ticket.id).count("closed") == 1


def test_more_words_while_staff_answer(desk: Desk) -> None:
    ticket = desk.open()
    desk.confirm(ticket.id)
    account = desk.town.account()
    version = desk.row(ticket.id).version
    added, acted = together(
        lambda: desk.town.hospital.execute(AddToTicket("k2", ticket.id, "还有"), account),
        lambda: desk.act(ticket.id, version=version),
    )
    assert isinstance(added, TicketAdded)
    if isinstance(acted, Conflict):  # the words came first: staff see them before they answer
        assert desk.row(ticket.id).state is _S.OPEN and added.ticket.text == f"{WORDS}\n还有"
    else:
        assert isinstance(acted, Moved) and desk.row(ticket.id).state is _S.ACTED


def test_of_two_answers_one_is_told(desk: Desk) -> None:
    ticket = desk.open()
    desk.confirm(ticket.id)
    version = desk.row(ticket.id).version
    done = together(
        lambda: desk.act(ticket.id, "第一种答复", version=version, staff="0012"),
        lambda: desk.act(ticket.id, "第二种答复", version=version, staff="0034"),
    )
    assert sorted(type(each).__name__ for each in done) == ["Conflict", "Moved"]
