"""What others made is served as they made it."""

import hashlib
import re
from pathlib import Path

FOLDER = Path(__file__).parents[4] / "bot/web/console/static/vendor"


def test_files_are_what_the_table_says() -> None:
    rows = re.findall(
        r"^\| `([\w.]+)` \|.*\(`([\w.]+)`\).*`([0-9a-f]{64})` \|$", (FOLDER / "README.md").read_text(), re.M
    )
    assert {name for name, _, _ in rows} | {licence for _, licence, _ in rows} | {"README.md"} == {
        path.name for path in FOLDER.iterdir()
    }
    for name, licence, told in rows:
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == told, name
        assert (FOLDER / licence).stat().st_size > 200
