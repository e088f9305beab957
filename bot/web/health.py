"""`/healthz`: can this process reach its database and Redis right now?"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from redis import Redis
from sqlalchemy import text

from bot.store.db import Database

PATIENCE = 1.0
"""Seconds a check may take; a load balancer asks every few seconds and must not be kept waiting."""

Check = Callable[[], object]


def blueprint(db: Database, redis: Redis) -> Blueprint:
    """200 and ``status: ok`` when every check passes, 503 with the name of what failed otherwise."""

    def database() -> None:
        with db.read() as uow:
            uow.session.execute(text("SELECT 1"))

    return of_checks({"database": database, "redis": redis.ping})


def of_checks(checks: dict[str, Check], patience: float = PATIENCE) -> Blueprint:
    """`/healthz` over any checks."""
    pages = Blueprint("health", __name__)
    threads = ThreadPoolExecutor(2 * len(checks), "health")

    @pages.get("/healthz")
    def healthz() -> ResponseReturnValue:
        started = time.monotonic()
        running = {name: threads.submit(check) for name, check in checks.items()}
        results = {name: _result(future, started + patience) for name, future in running.items()}
        ok = all(result == "ok" for result in results.values())
        response = jsonify(status="ok" if ok else "unavailable", **results)
        response.headers["Cache-Control"] = "no-store"
        return response, 200 if ok else 503

    return pages


def _result(future: "Future[object]", deadline: float) -> str:
    """``ok``, or the kind of failure; never its message, which may quote an address or a secret."""
    try:
        future.result(timeout=max(0.0, deadline - time.monotonic()))
    except TimeoutError:
        future.cancel()
        return "timeout"
    except Exception as error:  # whatever a driver raises means the same here: not reachable
        return type(error).__name__
    return "ok"
