"""Proof 8: the disk under the database fills up while patients book.

Writes are refused as a whole, patients are told within the platform's patience, there is no half booking; with room
again everybody goes on.  The disk is a small tmpfs, mounted for this (root): SQLite's folder, or a tablespace.
"""

import os
import pwd
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from bot.store.models import OutboxMessage
from tests.faults.chat import Correspondent, Webhook, insist, one_each, open_hospital, visitors
from tests.faults.report import Proof, command, seconds
from tests.faults.stage import Stage

DATABASES = ("sqlite", "postgres")
SMALL = ("sqlite",)
MEGABYTES = 48
BATCH = 500
"""Messages of one transaction of those that fill the last pages."""
ROOT_ONLY = True


def prove(stage: Stage) -> Proof:
    number = stage.scale(2, 12)
    what = "the folder of SQLite" if stage.dialect == "sqlite" else "a tablespace of PostgreSQL"
    proof = Proof("8 disk full", f"a tmpfs of {MEGABYTES} MB, {what}, is filled while {number} patients book")
    with small_disk() as disk, _moved(stage, disk):
        with closing(Webhook(open_hospital(stage))) as webhook:
            for role in ("worker", "scheduler"):
                stage.start(role)
            people = visitors(stage, webhook, number)
            for each in people:
                each.step()
            accounts = stage.accounts(BATCH, "onotice")
            ballast = _fill(disk)
            _refused(proof, stage, accounts)
            _without_room(proof, stage, people)
            ballast.unlink()
            with ThreadPoolExecutor(number) as pool:
                proof.claim("everybody goes on", all(pool.map(insist, people)))
            stage.settled(150)
            proof.claim("every process is still the same", not any(each.gone() for each in stage.processes))
        one_each(proof, stage, number)
        if stage.dialect == "sqlite":
            with stage.db.read() as uow:
                whole = uow.connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
            proof.claim("the file is whole", whole == "ok")
    return proof


def _refused(proof: Proof, stage: Stage, accounts: list[int]) -> None:
    """Write on until the last page is taken: a transaction happens as a whole, or not at all."""
    before, written, said = _rows(stage), 0, "nothing"
    for turn in range(500):
        try:
            stage.messages(accounts, name=f"fill{turn}", text="x" * 500)
            written += 1
        except DBAPIError as error:
            said = getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", "?")
            break
    proof.figures["a write is refused with"] = said
    proof.claim("a full disk refuses writes", said in ("SQLITE_FULL", "53100"))
    proof.claim("no transaction is half written", _rows(stage) - before == written * BATCH)


def _without_room(proof: Proof, stage: Stage, people: list[object]) -> None:
    turns = stage.scale(3, 8)  # before giving up
    with ThreadPoolExecutor(len(people)) as pool:
        booked = sum(pool.map(lambda each: insist(each, most=turns), people))  # type: ignore[arg-type]
    phones: list[Correspondent] = [each.patient for each in people]  # type: ignore[attr-defined]
    proof.figures |= {
        "booked nevertheless": booked, "answers at once": sum(phone.prompt for phone in phones),
        "excuses by the platform": sum(each.excuses for each in people),  # type: ignore[attr-defined]
        "slowest answer": seconds(max(phone.slowest for phone in phones)),
    }  # fmt: skip
    proof.claim("a patient is told within the platform's patience", all(phone.prompt for phone in phones))
    one_each(proof, stage, booked)


def _rows(stage: Stage) -> int:
    with stage.db.read() as uow:
        return int(uow.connection.execute(select(func.count()).select_from(OutboxMessage)).scalar_one())


def _fill(disk: Path) -> Path:
    """All that is left of it."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"\0" * 65536):
            pass
    return ballast


@contextmanager
def small_disk() -> Iterator[Path]:
    """A file system of its own, which may be filled."""
    folder = Path(tempfile.mkdtemp(prefix="sz-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=755", "none", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
        folder.rmdir()


@contextmanager
def _moved(stage: Stage, disk: Path) -> Iterator[None]:
    """The stage's database, on the small disk as long as this lasts."""
    if stage.dialect == "sqlite":
        (stage.folder / "suizhen.db").rename(stage.folder / "moved.db")
        subprocess.run(["cp", stage.folder / "moved.db", disk / "suizhen.db"], check=True)
        stage.database_url = f"sqlite:///{disk / 'suizhen.db'}"
        try:
            yield
        finally:
            stage.close()
        return
    space, name = disk / "space", stage.database_url.partition("?")[0].rpartition("/")[2]
    space.mkdir()
    if os.geteuid() == 0:
        os.chown(space, pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid)
    with psycopg.connect(stage.ground.postgres.url, autocommit=True) as connection:
        connection.execute(f"CREATE TABLESPACE small LOCATION '{space}'".encode())
        connection.execute(f"ALTER DATABASE {name} SET TABLESPACE small".encode())
        try:
            yield
        finally:
            stage.close()
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
            connection.execute("DROP TABLESPACE small")


if __name__ == "__main__":
    command("tests.faults.disk_full", DATABASES, prove)
