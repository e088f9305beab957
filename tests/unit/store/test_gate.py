"""The queue for SQLite's one writer."""

import threading
import time

import pytest

from bot.store.gate import Gate


@pytest.mark.parametrize("permits", [1, 3])
def test_so_many_at_a_time(permits: int) -> None:
    gate, inside, most = Gate(permits), 0, 0

    counting = threading.Lock()

    def work() -> None:
        nonlocal inside, most
        for _ in range(20):
            with gate:
                with counting:
                    inside += 1
                    most = max(most, inside)
                time.sleep(0.001)
                with counting:
                    inside -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == permits


def test_first_come_first_served() -> None:
    gate, served = Gate(), []

    def work(n: int) -> None:
        with gate:
            served.append(n)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(10)]
    with gate:
        for n, thread in enumerate(threads):
            thread.start()
            while len(gate._waiting) <= n:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert served == list(range(10))


def test_a_transaction_inside_of_a_transaction_is_an_error_and_not_a_hang() -> None:
    gate = Gate()
    with gate, pytest.raises(RuntimeError, match="open in this thread"), gate:
        pass
    with gate:
        pass


def test_it_opens_after_an_error() -> None:
    gate = Gate()
    with pytest.raises(ValueError), gate:
        raise ValueError
    with gate:
        pass
