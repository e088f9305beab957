"""A log file that never grows beyond its limit: the newest lines in NAME, older ones in NAME.1, NAME.2 …"""

from pathlib import Path


class RollingFile:
    """Lines, appended; rolled when the file is full."""

    def __init__(self, path: Path, *, limit: int = 5_000_000, keep: int = 3) -> None:
        self._path, self._limit, self._keep = path, limit, keep
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("ab")
        self._size = self._file.tell()

    def write(self, line: str) -> None:
        data = (line + "\n").encode(errors="replace")
        if self._size and self._size + len(data) > self._limit:
            self._roll()
        self._file.write(data)
        self._file.flush()
        self._size += len(data)

    def close(self) -> None:
        self._file.close()

    def _roll(self) -> None:
        self._file.close()
        for number in range(self._keep, 0, -1):
            older = self._path.with_name(f"{self._path.name}.{number}")
            newer = self._path if number == 1 else self._path.with_name(f"{self._path.name}.{number - 1}")
            if newer.exists():
                newer.replace(older)
        self._file = self._path.open("ab")
        self._size = 0
