"""`/metrics` tells what it can, also while the database is away."""

from contextlib import closing

from flask import Flask

from bot.store.db import Database
from bot.store.keys import KeyRing
from bot.web import metrics
from tests.conftest import FixedClock
from tests.house import free_port


def test_the_turns_are_told_while_the_database_is_away() -> None:
    nowhere = f"postgresql://127.0.0.1:{free_port()}/suizhen"
    counted = metrics.Metrics()
    counted.observe_turn("failed", 4.5)
    flask = Flask("test")
    with closing(Database(nowhere, FixedClock(), KeyRing.generate())) as db:
        flask.register_blueprint(metrics.blueprint(db, counted))
        answer = flask.test_client().get("/metrics")
    assert answer.status_code == 200
    assert 'suizhen_turn_seconds_count{outcome="failed"} 1.0' in answer.text
    assert "suizhen_outbox" not in answer.text, "unknown is not zero"
