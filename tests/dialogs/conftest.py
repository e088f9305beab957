"""The demo hospital, seeded once; every dialog gets a copy of its own."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.services import demo
from bot.store.db import Database
from bot.store.keys import KeyRing
from nlu.lexicon import Lexicon
from nlu.parser import Nlu
from tests.conftest import FixedClock
from tests.dialogs.stage import Stage

NewStage = Callable[[], Stage]


@pytest.fixture(scope="session")
def nlu() -> Nlu:
    return Nlu(Lexicon.demo())


@pytest.fixture(scope="session")
def seeded(_sqlite_template: Path, keys: KeyRing, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    shutil.copyfile(_sqlite_template, path)
    clock = FixedClock()
    database = Database(f"sqlite:///{path}", clock, keys)
    demo.seed(database, clock)
    database.close()
    return path


@pytest.fixture
def new_stage(seeded: Path, keys: KeyRing, nlu: Nlu, tmp_path: Path) -> Iterator[NewStage]:
    """Makes stages; each is a hospital of its own on a Monday at ten."""
    with ExitStack() as stack:
        made = 0

        def make() -> Stage:
            nonlocal made
            made += 1
            path = tmp_path / f"dialog{made}.db"
            shutil.copyfile(seeded, path)
            clock = FixedClock()
            database = Database(f"sqlite:///{path}", clock, keys)
            stack.callback(database.close)
            return Stage(database, clock, nlu)

        yield make


@pytest.fixture
def stage(new_stage: NewStage) -> Stage:
    return new_stage()
