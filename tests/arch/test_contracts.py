"""The shape of the house: imports run downward, modules say what they are for, no dependency goes unused."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = Path(sys.executable).parent
SOURCES = [
    path
    for folder in ("bot", "handlers", "nlu", "scheduler")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "migrations/versions" not in str(path)
]


@pytest.mark.parametrize(
    "command", [["lint-imports", "--no-logo"], ["deptry", "."]], ids=["imports", "deptry"]
)
def test_the_contract_holds(command: list[str]) -> None:
    done = subprocess.run(
        [TOOLS / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_first_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())), f"{path} has no docstring"


def test_modules_stay_small() -> None:
    lengths = sorted((len(path.read_text().splitlines()), str(path.relative_to(ROOT))) for path in SOURCES)
    assert lengths[len(lengths) // 2][0] < 150
    assert lengths[-1][0] < 450, lengths[-1]


def sentences(path: Path) -> list[str]:
    """Chinese sentences in a module's code; docstrings are for us."""
    tree = ast.parse(path.read_text())
    docs = {
        id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)
    }
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    ]
    return [text for text in texts if re.search(r"[\u4e00-\u9fff]{3,}.*[。？！]", text, re.DOTALL)]


@pytest.mark.parametrize("folder", ["bot/dialog", "bot/store", "bot/channels", "bot/services", "scheduler"])
def test_what_patients_read_is_written_in_the_texts_only(folder: str) -> None:
    """A sentence elsewhere than in handlers/texts would escape the people who edit them."""
    astray = {str(path.relative_to(ROOT)): found for path in SOURCES if (ROOT / folder) in path.parents
              if (found := sentences(path))}  # fmt: skip
    assert not astray
