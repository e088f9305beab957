"""回访登记簿 (R28), 随访档案 (R29): on screen and as files, masked; in full only with a reason that is written down."""

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass

from flask import request
from flask.typing import ResponseReturnValue

from bot.domain.clock import today as today_of
from bot.domain.roles import Permission, Scope
from bot.domain.staff import Viewer
from bot.services.figures.archive import archive_page
from bot.services.figures.printing import ARCHIVE, REGISTER, archive_table, register_table, write_down
from bot.services.figures.register import SCREEN, register_page
from bot.services.figures.table import Cell, Column, Table
from bot.services.followup import queue
from bot.store.db import UnitOfWork
from bot.web.console import asked as addresses
from bot.web.console import downloads
from bot.web.console.console import Console
from bot.web.console.figures_asked import REASONS, Asked, asked, reason
from bot.web.console.problems import NotAllowed, NotThere, Problem
from bot.web.console.render import render

_P = Permission
Screen = Callable[[UnitOfWork, Asked, Scope, int, bool], tuple[Sequence[tuple[Cell, ...]], int]]
Printed = Callable[[UnitOfWork, Asked, Scope, bool], Table]


@dataclass(frozen=True, slots=True)
class Book:
    """What differs between the two."""

    name: str
    title: str
    columns: tuple[Column, ...]
    screen: Screen
    printed: Printed


def install(console: Console) -> None:
    @console.page("/register", _P.REPORTS_SEE, title="回访登记簿", section="统计", position=10)
    def register(me: Viewer) -> ResponseReturnValue:
        return _shown(console, me, _register(console), me.scope(_P.REPORTS_SEE))

    @console.page("/archive", _P.REPORTS_SEE, title="随访档案", section="统计", position=20)
    def archive(me: Viewer) -> ResponseReturnValue:
        return _shown(console, me, _archive(console), me.scope(_P.REPORTS_SEE))

    @console.act("/register/reveal", _P.PATIENTS_REVEAL)
    def register_reveal(me: Viewer) -> ResponseReturnValue:
        return _revealed(console, me, _register(console))

    @console.act("/archive/reveal", _P.PATIENTS_REVEAL)
    def archive_reveal(me: Viewer) -> ResponseReturnValue:
        return _revealed(console, me, _archive(console))

    @console.act("/register/export", _P.REPORTS_EXPORT, costly=True)
    def register_export(me: Viewer) -> ResponseReturnValue:
        return _exported(console, me, _register(console))

    @console.act("/archive/export", _P.REPORTS_EXPORT, costly=True)
    def archive_export(me: Viewer) -> ResponseReturnValue:
        return _exported(console, me, _archive(console))


def _shown(
    console: Console, me: Viewer, book: Book, scope: Scope, *, why: str = "", refused: str = ""
) -> ResponseReturnValue:
    wanted, number = asked(today_of(console.clock)), _number()
    with console.db.read() as uow:
        rows, total = book.screen(uow, wanted, scope, number, bool(why))
        theirs = queue.wards(uow, me.scope(_P.REPORTS_SEE))
    return render(
        "registers.html", part="registers/_rows.html", book=book, rows=rows, total=total, number=number,
        more=number * SCREEN < total, asked=wanted, wards=theirs, reasons=REASONS, why=why,
        refused=refused, chosen=request.form.get("reason", ""), status=422 if refused else 200,
    )  # fmt: skip


def _revealed(console: Console, me: Viewer, book: Book) -> ResponseReturnValue:
    """The same screen in full; written down before the first name is read."""
    why = reason()
    if not why:
        raise Problem(400, "请先选查看理由。")
    if not me.may(_P.REPORTS_SEE):
        raise NotThere
    wanted, number = asked(today_of(console.clock)), _number()
    write_down(
        console.db, me.actor, book.name, wanted.term, wanted.ward, reason=why, page=str(number), by=str(wanted.by)
    )  # fmt: skip
    return _shown(console, me, book, me.scope(_P.REPORTS_SEE, _P.PATIENTS_REVEAL), why=why)


def _exported(console: Console, me: Viewer, book: Book) -> ResponseReturnValue:
    """As a workbook or as a page for the printer; masked, unless a reason is given by somebody who may read names."""
    why, wanted, kind = reason(), asked(today_of(console.clock)), request.form.get("as", "")
    if kind not in ("xlsx", "print"):
        raise Problem(400, "请选下载还是打印。")
    scope = me.scope(_P.REPORTS_SEE, _P.REPORTS_EXPORT)
    if why:
        if not me.may(_P.PATIENTS_REVEAL):
            raise NotAllowed("您的角色只能导出隐去姓名、电话的表。")
        scope = me.scope(_P.REPORTS_SEE, _P.REPORTS_EXPORT, _P.PATIENTS_REVEAL)
    with console.db.read() as uow:
        refused = downloads.too_many(book.screen(uow, wanted, scope, 1, False)[1])
    if refused:
        return _shown(console, me, book, me.scope(_P.REPORTS_SEE), refused=refused)
    write_down(
        console.db, me.actor, book.name, wanted.term, wanted.ward, did="exported", kind=kind, by=str(wanted.by),
        reason=why or "masked",
    )  # fmt: skip
    with console.db.read() as uow:
        table = book.printed(uow, wanted, scope, bool(why))
        if kind == "print":
            return render("registers/print.html", table=table, landscape=True, full=bool(why))
        return downloads.workbook([table], f"{book.title}-{wanted.ward or '全部病区'}-{wanted.month:%Y-%m}")


def _number() -> int:
    """Of the screen: in the address, or in the form that asks for the same one in full."""
    said = request.form.get("page")
    if said is None:
        return addresses.page_number()
    return addresses.whole(said) or 1


def _register(console: Console) -> Book:
    """By the questionnaires of this moment; read before the transaction, for they may need one of their own."""
    forms, hospital = console.hospital.forms, console.settings.hospital_name

    def screen(
        uow: UnitOfWork, wanted: Asked, scope: Scope, number: int, reveal: bool
    ) -> tuple[Sequence[tuple[Cell, ...]], int]:
        rows, total = register_page(
            uow, forms, wanted.term, whose=wanted.whose(scope), by=wanted.by, number=number, reveal=reveal
        )
        return [astuple(row) for row in rows], total

    def printed(uow: UnitOfWork, wanted: Asked, scope: Scope, reveal: bool) -> Table:
        return register_table(
            uow, forms, wanted.term, whose=wanted.whose(scope), by=wanted.by, reveal=reveal, hospital=hospital
        )

    return Book("register", "回访登记簿", REGISTER, screen, printed)


def _archive(console: Console) -> Book:
    hospital = console.settings.hospital_name

    def screen(
        uow: UnitOfWork, wanted: Asked, scope: Scope, number: int, reveal: bool
    ) -> tuple[Sequence[tuple[Cell, ...]], int]:
        rows, total = archive_page(uow, wanted.term, whose=wanted.whose(scope), number=number, reveal=reveal)
        return [astuple(row) for row in rows], total

    def printed(uow: UnitOfWork, wanted: Asked, scope: Scope, reveal: bool) -> Table:
        return archive_table(uow, wanted.term, whose=wanted.whose(scope), reveal=reveal, hospital=hospital)

    return Book("archive", "随访档案", ARCHIVE, screen, printed)
