"""`/healthz` says what is unreachable, soon, and nothing else."""

import threading
import time

from flask import Flask

from bot.web.health import of_checks


def test_well() -> None:
    app = Flask("t")
    app.register_blueprint(of_checks({"database": lambda: None, "redis": lambda: True}))
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "database": "ok", "redis": "ok"}


def test_a_failure_is_named_but_not_quoted() -> None:
    def refuse() -> None:
        raise ConnectionError("password=secret at 10.0.0.1")

    app = Flask("t")
    app.register_blueprint(of_checks({"database": lambda: None, "redis": refuse}))
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json == {"status": "unavailable", "database": "ok", "redis": "ConnectionError"}
    assert "secret" not in answer.text


def test_a_check_that_hangs_is_not_waited_for() -> None:
    release = threading.Event()
    app = Flask("t")
    app.register_blueprint(of_checks({"database": release.wait}, patience=0.1))
    started = time.monotonic()
    answers = [app.test_client().get("/healthz") for _ in range(4)]
    release.set()
    assert time.monotonic() - started < 30  # not for ever
    assert [answer.status_code for answer in answers] == [503] * 4
    assert answers[0].json == {"status": "unavailable", "database": "timeout"}
