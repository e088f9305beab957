"""The ten proofs at small scale, and their negative controls: a proof that cannot fail shows nothing.

Full scale: `make faults`, or one of them: `python -m tests.faults.killed_workers --full`.
"""

import os
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

import pytest

from tests.faults import PROOFS
from tests.faults.stage import Ground

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("proofs"), pytest.mark.timeout(600)]

MODULES: list[ModuleType] = [import_module(f"tests.faults.{name}") for name in PROOFS]
SMALL = [(module, database) for module in MODULES for database in getattr(module, "SMALL", module.DATABASES)]
CONTROLLED = [module for module in MODULES if hasattr(module, "control")]


def _named(value: object) -> str:
    return value.__name__.rpartition(".")[2] if isinstance(value, ModuleType) else str(value)


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with Ground() as made:
        yield made


@pytest.mark.parametrize(("module", "database"), SMALL, ids=_named)
def test_it_holds(
    module: ModuleType, database: str, ground: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    if getattr(module, "ROOT_ONLY", False) and os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    with ground.stage(database) as stage:
        proof = module.prove(stage)
    with capsys.disabled():
        print(f"\n  {proof.name} ({database}): {proof.told}")
    assert proof.holds, proof


@pytest.mark.parametrize("module", CONTROLLED, ids=_named)
def test_it_can_fail(module: ModuleType, ground: Ground) -> None:
    with ground.stage(module.DATABASES[0]) as stage:
        proof = module.control(stage)
    assert module.CONTROL in proof.broken, proof
