"""A process that has imported everything and forks what it is asked for: a proof at small scale starts in no time.

`python -m tests.faults.nursery`: each line of JSON on its standard input, ``{"role", "environment", "log"}``, is answered
with the pid of ``python -m bot ROLE`` (by way of `tests.faults.hasty`).  Its children die with it.
"""

import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.processes import die_with_parent
from tests.faults import hasty
from tests.faults.processes import Controlled, spawn
from tests.house import OURS


class Nursery(Controlled):
    """One's own."""

    def __init__(self) -> None:
        super().__init__(spawn("tests.faults.nursery"))
        assert self.heard() == "ready"

    def start(self, role: str, log: Path, environment: Mapping[str, str]) -> int:
        return int(self.say(json.dumps({"role": role, "log": str(log), "environment": dict(environment)})))


def main() -> None:
    import bot.app
    import bot.cli.house  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them: no zombies
    print("ready", flush=True)
    for line in sys.stdin:
        told = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(told["role"], told["log"], told["environment"])
        print(pid, flush=True)


def _become(role: str, log: str, environment: dict[str, str]) -> None:
    die_with_parent(signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for here, there in ((nothing, 0), (out, 1), (out, 2)):
        os.dup2(here, there)
    for name in [name for name in os.environ if OURS.match(name)]:
        del os.environ[name]
    os.environ.update(environment)
    sys.argv = ["bot", role]
    try:
        hasty.main()
    except SystemExit as left:
        os._exit(left.code if isinstance(left.code, int) else 1)
    finally:
        sys.stderr.flush()
        os._exit(1)


if __name__ == "__main__":
    main()
