"""What a stranger relies on: documents that agree with the code, files that exist, nothing heavy."""

import pkgutil
import re
import subprocess
from importlib import import_module
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner

from bot.cli import COMMANDS, cli
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def test_the_readmes_settings_are_the_settings() -> None:
    told = re.search(r"<!-- settings -->\n(.*?)<!-- /settings -->", README, re.DOTALL)
    shown = CliRunner().invoke(cli, ["settings"]).output
    assert told is not None
    assert told[1] == shown, "python -m bot settings → README.md"
    assert len(shown.splitlines()) == len(Settings.model_fields) + 2


def test_the_command_line_lists_what_the_modules_export() -> None:
    modules = {module for module, _ in COMMANDS.values()}
    exported = {
        command.name: module for module in modules for command in import_module(f"bot.cli.{module}").commands
    }
    assert exported == {name: module for name, (module, _) in COMMANDS.items()}
    there = {each.name for each in pkgutil.iter_modules([str(ROOT / "bot/cli")])}
    assert {name for name in there if hasattr(import_module(f"bot.cli.{name}"), "commands")} == modules


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0, result.output
    assert len(result.output) > 40


DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    *(str(p.relative_to(ROOT)) for p in sorted((ROOT / "docs").rglob("*.md"))),
]


def test_links_lead_somewhere() -> None:
    links = [
        (path, link)
        for path in DOCUMENTS
        for link in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", (ROOT / path).read_text())
    ]
    assert len(links) > 50
    assert not [(path, link) for path, link in links if not (ROOT / path).parent.joinpath(link).exists()]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_documents_name_commands_that_are(path: str) -> None:
    for words in re.findall(r"python -m bot ([a-z][a-z ]*)", (ROOT / path).read_text()):
        name, *more = words.split()
        assert name in COMMANDS, words
        command = cli.get_command(click.Context(cli), name)
        if more and isinstance(command, click.Group):
            assert more[0] in command.commands, words


def test_documents_name_tests_that_are() -> None:
    """`test_file.py`, `test_file.py::test_one`, `::test_one` of the file before it, or a test's name alone."""
    files = {path.stem: path for path in (ROOT / "tests").rglob("test_*.py")}
    texts = [path.read_text() for path in (ROOT / "tests").rglob("test_*.py")]
    tests = {name for text in texts for name in re.findall(r"^ *def (test_\w+)\(", text, re.MULTILINE)}
    assert len(files) > 200 and len(tests) > 2000
    missing = [
        (path, name)
        for path in DOCUMENTS
        for quoted in re.findall(r"`([^`\n]*\btest_[^`\n]*)`", (ROOT / path).read_text())
        for name in re.findall(r"\btest_\w+\b(?!/)", quoted)
        if name not in files and name not in tests
    ]
    assert not missing


PICTURES = (".png", ".jpg", ".webp")
MODEL = "nlu/data/model.json"


def test_no_heavy_file() -> None:
    """The trained weights may weigh two: they are made by `python -m nlu train`, and read at every start."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    files = [ROOT / name.decode() for name in tracked.split(b"\0") if name]
    assert files
    heavy = [
        f"{f.relative_to(ROOT)}: {f.stat().st_size}"
        for f in files
        if f.exists()
        and f.suffix not in PICTURES
        and f.stat().st_size > (2_000_000 if f == ROOT / MODEL else 1_000_000)
    ]
    assert not heavy


def test_the_top_of_the_tree_is_as_agreed() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    folders = {line.split("/")[0] for line in tracked.splitlines() if "/" in line}
    assert folders <= {"bot", "handlers", "nlu", "scheduler", "tests", "docs", "bench", ".ci"}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-lock.txt"])
def test_every_requirement_is_pinned(name: str) -> None:
    lines = [
        line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith(("#", "-r "))
    ]
    loose = [line for line in lines if not re.fullmatch(r"[\w.\-\[\],]+==[\w.]+", line)]
    assert lines
    assert not loose


def test_every_dependency_has_its_reason() -> None:
    reasons = (ROOT / "docs/adr/0002-dependencies.md").read_text()
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text().splitlines():
            if "==" in line:
                package = re.split(r"[\[=]", line)[0]
                assert f"`{package}`" in reasons, package


@pytest.mark.xdist_group("one of them")
def test_tests_of_one_group_go_to_one_worker(request: pytest.FixtureRequest) -> None:
    """Whoever raises pytest or pytest-xdist: without their groups tests share no house and nothing says so."""
    if request.config.getoption("loadgroup", default=False):
        assert request.node.nodeid.endswith("@one of them")


# -- Dockerfile and compose.yaml ----------------------------------------------------------------------


def test_the_image_copies_what_exists_and_runs_what_is() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    ignore = (ROOT / ".dockerignore").read_text().splitlines()
    copies = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    sources = [source for copy in copies for source in copy]
    assert {"bot", "handlers", "nlu", "scheduler", "requirements.txt"} <= set(sources)
    for source in sources:
        assert (ROOT / source).exists(), source
        assert f"!{source}" in ignore, f"{source} is kept out by .dockerignore"
    command = next(line for line in lines if line.startswith("CMD "))
    assert yaml.safe_load(command.removeprefix("CMD "))[:3] == ["python", "-m", "bot"]
    assert yaml.safe_load(command.removeprefix("CMD "))[3] in COMMANDS
    assert any(line.startswith("USER ") and line.split()[1] != "root" for line in lines)
    assert any(line.startswith("HEALTHCHECK ") for line in lines)


def test_compose_runs_real_commands_with_real_settings() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    services = compose["services"]
    known = {field.validation_alias.choices[-1] for field in Settings.model_fields.values()}  # type: ignore[union-attr]
    ours = {name: s for name, s in services.items() if "build" in s}
    assert set(ours) == {"migrate", "web", "worker", "scheduler"}
    for name, service in ours.items():
        assert service["command"][:3] == ["python", "-m", "bot"]
        assert service["command"][3] in COMMANDS, name
        assert set(service["environment"]) <= known, set(service["environment"]) - known
    assert services["web"]["deploy"]["replicas"] == services["worker"]["deploy"]["replicas"] == 2
    for service in services.values():
        for other in service.get("depends_on", {}):
            assert other in services
    asked = set(re.findall(r"\$\{(\w+):\?", (ROOT / "compose.yaml").read_text()))
    offered = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert asked == offered


# -- what the regulations ask -------------------------------------------------------------------------


def requirements() -> list[tuple[str, list[str]]]:
    rows = re.findall(r"^\| (R\d+) \|(.*)\|$", (ROOT / "docs/requirements.md").read_text(), re.MULTILINE)
    return [(name, [cell.strip() for cell in cells.split("|")]) for name, cells in rows]


def test_every_requirement_has_its_row() -> None:
    assert [name for name, _ in requirements()] == [f"R{number}" for number in range(1, 52)]
    assert all(len(cells) == 4 and all(cells) for _, cells in requirements())


def test_what_serves_a_requirement_exists() -> None:
    missing = [
        f"{name}: {path}"
        for name, cells in requirements()
        for path in re.findall(r"`([\w./*-]+/[\w./*-]+)`", " ".join(cells))
        if not list(ROOT.glob(path))
    ]
    assert not missing, "\n".join(missing)
