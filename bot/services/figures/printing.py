"""登记簿 and 档案 as tables for the printer; whoever asks for them in full is written down (R15, R28, R29)."""

from collections.abc import Iterator
from dataclasses import astuple

from bot.questionnaires.catalogue import Catalogue
from bot.services.context import write_audit
from bot.services.figures.archive import archive
from bot.services.figures.periods import Term
from bot.services.figures.register import By, register
from bot.services.figures.table import Column, Row, Table
from bot.services.figures.whose import Whose
from bot.store.db import Database, UnitOfWork

REGISTER = (
    Column("回访日期", 11), Column("姓名", 9), Column("性别", 5), Column("年龄", 6), Column("住院号", 12),
    Column("入院诊断", 18), Column("出院日期", 11), Column("家庭地址", 16), Column("电话", 14),
    Column("康复与慢病服药", 34), Column("意见建议", 22), Column("改进措施", 22), Column("回访医师签名", 10),
)  # fmt: skip
"""R28, exactly."""
ARCHIVE = (
    Column("姓名", 9), Column("性别", 5), Column("年龄", 6), Column("病历号", 12), Column("科室", 14),
    Column("经管医生", 10), Column("出院日期", 11), Column("诊断", 30), Column("电话", 14), Column("详细地址", 34),
)  # fmt: skip
"""R29, exactly."""


def register_table(
    uow: UnitOfWork, forms: Catalogue, term: Term, *, whose: Whose, reveal: bool, hospital: str, by: By = By.FOLLOWED
) -> Table:  # fmt: skip
    """Rows are read while they are printed."""
    rows = register(uow, forms, term, whose=whose, by=by, reveal=reveal)
    days = "回访日期" if by is By.FOLLOWED else "出院日期"
    return _table("出院患者回访登记簿", REGISTER, map(astuple, rows), whose, term, hospital, days)


def archive_table(uow: UnitOfWork, term: Term, *, whose: Whose, reveal: bool, hospital: str) -> Table:
    """Rows are read while they are printed."""
    rows = archive(uow, term, whose=whose, reveal=reveal)
    return _table("出院患者随访档案", ARCHIVE, map(astuple, rows), whose, term, hospital, "出院日期")


def write_down(
    db: Database, actor: str, what: str, term: Term, ward: str, *, did: str = "revealed", **detail: str
) -> None:
    """Before the first name is read."""
    db.run(
        lambda uow: write_audit(
            uow, at=uow.now, actor=actor, action=f"{what}.{did}", subject=f"ward:{ward or 'all'}",
            since=str(term.since), until=str(term.until), **detail,
        )
    )  # fmt: skip


def _table(
    name: str, columns: tuple[Column, ...], rows: Iterator[Row], whose: Whose, term: Term, hospital: str, by: str
) -> Table:  # fmt: skip
    everything = "全院" if whose.scope.everything else "本人负责的病区、科室"
    told = [f"病区：{whose.ward or everything}", f"{by}：{term}"]
    if whose.doctor:
        told.insert(1, f"经管医生：{whose.doctor}")
    return Table(name, f"{hospital}{name}", columns, rows, notes=("　".join(told),))
