"""`python -m tests.faults.hasty worker|scheduler|web`: the real command with shorter waits, or with a guard missing.

Environment: FAULTS_LEASE seconds of an outbox lease, FAULTS_REAP seconds between two looks for lost leases and for
broadcasts that are done, FAULTS_DELAYS factor of the retries' delays, FAULTS_KILLS workers that a message may cost,
FAULTS_APART factor of the waits of those that died together, FAULTS_TIMEOUT seconds of an HTTP call, FAULTS_CLOCK a file that says by
how many seconds this process's clock is off; and for the negative controls FAULTS_KEYS=1 gives every send a
client_msg_id of its own, FAULTS_DEADLY=1 has the sender die of a message to ``odeadly…``.
"""

import importlib
import inspect
import os
import secrets
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any


def main() -> None:
    told = {
        name.removeprefix("FAULTS_"): value
        for name, value in os.environ.items()
        if name.startswith("FAULTS_")
    }
    if "CLOCK" in told:
        from tests.faults import wrong_clock

        wrong_clock.install(told["CLOCK"])
    for name, change in CHANGES.items():
        if name in told:
            change(float(told[name]))
    from bot.cli import main as run

    run()


def _lease(seconds: float) -> None:
    from scheduler.delivery import Delivery

    _default(Delivery.__init__, "lease", timedelta(seconds=seconds))


def _reap(seconds: float) -> None:
    from scheduler import ticks

    standard = ticks.standard

    def hasty(**parts: Any) -> list[Any]:
        return [
            ticks.Tick(tick.name, min(tick.every, seconds), tick.run)
            if tick.name in ("reap", "broadcasts")
            else tick
            for tick in standard(**parts)
        ]

    ticks.standard = hasty


def _delays(factor: float) -> None:
    retries = importlib.import_module("scheduler.retries")
    retries.DELAYS = tuple(delay * factor for delay in retries.DELAYS)


def _kills(most: float) -> None:
    from bot.store import outbox_sql

    outbox_sql.DEADLY = int(most)


def _apart(factor: float) -> None:
    from bot.store import outbox
    from scheduler.delivery import Delivery

    apart = outbox.apart
    outbox.apart = lambda row_id, losses: apart(row_id, losses) * factor
    _default(Delivery.__init__, "idle", factor / 2)


def _timeout(seconds: float) -> None:
    from bot.channels import http

    _default(http.pool, "seconds", seconds)


def _keys(_: float) -> None:
    """Every try is another message to the platform."""
    _wrap_sends(lambda send, self, args, more: send(self, *args, **more | {"key": secrets.token_hex(8)}))


def _deadly(_: float) -> None:
    def dies(send: Callable[..., Any], self: Any, args: tuple[Any, ...], more: dict[str, Any]) -> Any:
        if "odeadly" in repr(args):
            os.kill(os.getpid(), signal.SIGKILL)
        return send(self, *args, **more)

    _wrap_sends(dies)


def _wrap_sends(how: Callable[..., Any]) -> None:
    """Every ``send`` of the official account."""
    for name in ("bot.channels.wechat.client", "bot.channels.wechat.roads"):
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError:
            continue
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == name and "send" in vars(kind):
                kind.send = _wrapped(vars(kind)["send"], how)


def _wrapped(send: Callable[..., Any], how: Callable[..., Any]) -> Callable[..., Any]:
    def sends(self: Any, *args: Any, **more: Any) -> Any:
        return how(send, self, args, more)

    return sends


def _default(function: Callable[..., Any], name: str, value: object) -> None:
    assert name in inspect.signature(function).parameters, f"{function} has no {name} any more"
    defaults: dict[str, Any] = dict(function.__kwdefaults__ or {})
    function.__kwdefaults__ = defaults | {name: value}


CHANGES = {
    "LEASE": _lease,
    "REAP": _reap,
    "DELAYS": _delays,
    "KILLS": _kills,
    "APART": _apart,
    "TIMEOUT": _timeout,
    "KEYS": _keys,
    "DEADLY": _deadly,
}


if __name__ == "__main__":
    sys.argv[0] = "bot"
    main()
