"""``python -m bot followups``: queues, script, calls, sample and signatures, in the staff's language."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import click

from bot.cli.plan import OWNERS, STATES
from bot.domain.contacts import CHOSEN, OUTCOMES, Outcome

if TYPE_CHECKING:
    from bot.services.followup.assigning import Assignment
    from bot.services.followup.calls import NotRecorded, Recorded
    from bot.services.followup.queue import Row
    from bot.services.hospital import Hospital

SHOWN = {
    "flagged": "红旗", "overdue": "逾期", "redial": "该打电话", "due": "到期", "waiting": "等回音", "lost": "失访",
}  # fmt: skip
LEADS = {
    "reached": "接着做问卷", "redial": "再打", "number_dead": "换号码，没有别的号码就是失访", "refused": "结束：拒绝",
    "deceased": "全部停止，不再打扰", "readmitted": "本次住院的随访停止", "done": "结束：已回答",
}  # fmt: skip
GAPS = {"soon": "半小时后", "other_half": "换半天再打", "next_workday": "下一个工作日，换半天"}
ROADS = {"phone": "电话", "chat": "公众号", "page": "网页", "sms": "短信", "visit": "上门", "letter": "书信"}
REFUSED = {
    "unknown": "没有这个编号", "ended": "已经结束了", "early": "还没到能联系的日子", "theirs": "在别人手里：工号",
    "note": "选「其他」要写明情况（--note）", "number": "号码不对，或者还有别的号码没打",
    "moment": "约好的时间要在现在以后", "unreached": "还没有联系上", "own": "自己打的电话要由别人复核",
    "twice": "已经做过了", "running": "这个月还没有过完", "ward": "没有这个病区",
}  # fmt: skip
STAFF = click.option("--staff", required=True, metavar="工号", help="who does it")
STEP = click.argument("followup_id", metavar="编号", type=int)
MONTH = click.DateTime(formats=["%Y-%m"])


@click.group("followups")
def followups() -> None:
    """Follow-up work: queues, phone script, calls and their outcomes, sample and signatures (docs/followup.md)."""


@followups.command("outcomes")
def outcomes() -> None:
    """How a call may end, and what each leads to (R38)."""
    for outcome in CHOSEN:
        meaning = OUTCOMES[outcome]
        leads = GAPS[meaning.gap] if meaning.leads == "redial" else LEADS[meaning.leads]
        click.echo(f"{outcome:<15}{meaning.title}　{leads}")


@followups.command("queue")
@click.option("--ward", "wards", multiple=True, help="one or more wards")
@click.option("--doctor", default="", help="经管医生 of the stay")
@click.option("--owner", type=click.Choice(list(OWNERS)), help="whose grade it is (R39)")
@click.option("--staff", default="", metavar="工号", help="what this person has")
@click.option("--free", is_flag=True, help="what nobody has")
@click.option("--show", type=click.Choice(["all", *SHOWN]), default="all")
@click.option("--page", default=1, type=click.IntRange(1))
@click.option(
    "--counts", type=click.Choice(["ward", "doctor", "owner", "staff"]), help="only how long they are"
)
def queue(
    wards: tuple[str, ...], doctor: str, owner: str | None, staff: str, free: bool, show: str, page: int,
    counts: str | None,
) -> None:  # fmt: skip
    """Whom to call, the most urgent first; names are masked."""
    from bot.services.followup import queue as queues

    which = queues.Which(wards, doctor, owner or "", staff, free, queues.Show(show))
    with _hospital() as hospital, hospital.db.read() as uow:
        context = hospital.acting("cli")
        if counts:
            for key, found in queues.counts(uow, context, which, counts).items():
                told = "，".join(f"{SHOWN[each]} {n}" for each, n in sorted(found.items()))
                click.echo(f"{OWNERS.get(key, key) or '没有人'}：{told}")
            return
        listed = queues.page_of(uow, context, which, page)
    for row in listed.rows:
        click.echo(_line(row))
    if not listed.rows:
        click.echo("没有要做的")
    if listed.more:
        click.echo(f"还有，看下一页：--page {page + 1}")


@followups.command("show")
@STEP
def show(followup_id: int) -> None:
    """One step, and every try so far."""
    from bot.services.followup.history import tries
    from bot.services.followup.queue import row_of

    with _hospital() as hospital, hospital.db.read() as uow:
        row = row_of(uow, hospital.acting("cli"), followup_id)
        made = tries(uow, followup_id)
    if row is None:
        raise click.ClickException(f"没有随访 {followup_id}")
    click.echo(_line(row))
    for each in made:
        title = OUTCOMES[Outcome(each.outcome)].title
        note = f"　{each.note}" if each.note else ""
        click.echo(
            f"  {_at(each.at)}　{ROADS.get(each.road, each.road)}　{title}　{_who(each.staff_no)}{note}"
        )


@followups.command("script")
@STEP
@STAFF
def script(followup_id: int, staff: str) -> None:
    """What to say and ask on the phone, with what was answered already."""
    from bot.services.followup.printed import printed
    from bot.services.followup.script import script as written

    with _hospital() as hospital, hospital.db.read() as uow:
        found = written(uow, hospital.acting(f"staff:{staff}"), followup_id)
    if found is None:
        raise click.ClickException("没有要问的：没有这个编号，或者已经结束")
    click.echo(printed(found), nl=False)


@followups.command("reveal")
@STEP
@STAFF
@click.option("--reason", type=click.Choice(["call", "correct", "complaint", "check"]), required=True)
def reveal(followup_id: int, staff: str, reason: str) -> None:
    """Name and numbers in full, to call; written to the audit log."""
    from bot.domain.contacts import WHOSE
    from bot.services.followup import revealing

    with _hospital() as hospital:
        context = hospital.acting(f"staff:{staff}")
        found = hospital.db.run(lambda uow: revealing.reveal(uow, context, followup_id, reason))
    if found is None:
        raise click.ClickException("不能看：没有这个编号，或者不用再打电话了")
    click.echo(f"{found.name}　{found.birth_date or '—'} 出生　证件后四位 {found.id_tail}")
    for place, number in enumerate(found.numbers, start=1):
        click.echo(
            f"电话 {place}　{WHOSE[number.whose]}　{number.digits}{'（打不通）' if number.dead else ''}"
        )


@followups.command("take")
@STEP
@STAFF
@click.option("--back", is_flag=True, help="give it back to the ward's queue")
def take(followup_id: int, staff: str, back: bool) -> None:
    """Take a step, or give it back."""
    from bot.services.followup import assigning

    act = assigning.give_back if back else assigning.take
    with _hospital() as hospital:
        context = hospital.acting(f"staff:{staff}")
        done = hospital.db.run(lambda uow: act(uow, context, followup_id))
    _told(done)


@followups.command("assign")
@click.argument("followup_id", metavar="[编号]", type=int, required=False)
@STAFF
@click.option("--to", metavar="工号", help="to whom")
@click.option(
    "--by-grade", is_flag=True, help="nobody's steps to the doctor of the stay, where their title fits (R39)"
)
@click.option("--ward", "wards", multiple=True, help="with --by-grade: only these wards")
def assign(
    followup_id: int | None, staff: str, to: str | None, by_grade: bool, wards: tuple[str, ...]
) -> None:
    """Give a step to somebody."""
    from bot.services.followup import assigning, queue

    with _hospital() as hospital:
        context = hospital.acting(f"staff:{staff}")
        if by_grade:
            given = hospital.db.run(lambda uow: assigning.assign_by_grade(uow, context, wards))
            click.echo(f"按职称分配了 {given} 个随访")
            return
        if followup_id is None or not to:
            raise click.UsageError("写明编号和 --to 工号，或者用 --by-grade")
        with hospital.db.read() as uow:
            row = queue.row_of(uow, context, followup_id)
        seen = row.assigned_to if row is not None else None
        _told(hospital.db.run(lambda uow: assigning.assign(uow, context, followup_id, to, seen=seen)))


@followups.command("call")
@STEP
@click.argument("outcome", type=click.Choice([str(each) for each in CHOSEN]))
@STAFF
@click.option("--note", default="", help="in words; kept encrypted")
@click.option("--number", type=click.IntRange(1), help="which of the script's numbers was dialled")
@click.option(
    "--at", "again", type=click.DateTime(formats=["%Y-%m-%d %H:%M"]), help="when they asked to be called"
)
@click.option("--for-good", is_flag=True, help="refused: this step and all that follow")
def call(
    followup_id: int, outcome: str, staff: str, note: str, number: int | None, again: datetime | None, for_good: bool
) -> None:  # fmt: skip
    """Write down how a call ended (outcomes: `followups outcomes`)."""
    from bot.domain.clock import HOSPITAL_TZ
    from bot.services.followup.calls import Call, Recorded, record_call

    moment = None if again is None else again.replace(tzinfo=HOSPITAL_TZ)
    place = None if number is None else number - 1
    said, key = Call(Outcome(outcome), note, place, moment, for_good), f"cli:{uuid4().hex}"
    with _hospital() as hospital:
        context = hospital.acting(f"staff:{staff}")
        done = hospital.db.run(lambda uow: record_call(uow, context, followup_id, said, key=key))
    if not isinstance(done, Recorded):
        raise _refused(done)
    click.echo(_recorded(done))


@followups.command("redial")
@STEP
@STAFF
def redial(followup_id: int, staff: str) -> None:
    """Call somebody again who counts as lost."""
    from bot.services.followup import calls

    with _hospital() as hospital:
        context = hospital.acting(f"staff:{staff}")
        if not hospital.db.run(lambda uow: calls.redial(uow, context, followup_id)):
            raise click.ClickException("不是失访的，不用重打")
    click.echo("已放回队列")


@followups.command("mistaken")
@click.argument("admission_no", metavar="住院号")
@STAFF
def mistaken(admission_no: str, staff: str) -> None:
    """A death or readmission heard on the phone was a mistake: the steps begin again."""
    from bot.services.followup import reported
    from bot.services.followup.looking import stay_id

    with _hospital() as hospital:
        context = hospital.acting(f"staff:{staff}")
        with hospital.db.read() as uow:
            stay = stay_id(uow, admission_no)
        if stay is None:
            raise click.ClickException(f"没有住院号 {admission_no}")
        done = hospital.db.run(
            lambda uow: reported.not_dead(uow, context, stay) or reported.resume(uow, context, stay)
        )
    if done is None:
        raise click.ClickException("没有电话里报的去世或再次入院；文件里写的要改文件重新导入")
    click.echo(f"已更正，重新排了 {done.planned} 次随访")


@followups.command("phone")
@click.argument("admission_no", metavar="住院号")
@click.argument("number", metavar="新号码")
@STAFF
def phone(admission_no: str, number: str, staff: str) -> None:
    """Correct the record's number."""
    from bot.services.followup.looking import stay_id
    from bot.services.followup.numbers import correct_number

    with _hospital() as hospital:
        context = hospital.acting(f"staff:{staff}")
        with hospital.db.read() as uow:
            stay = stay_id(uow, admission_no)
        if stay is None:
            raise click.ClickException(f"没有住院号 {admission_no}")
        if not hospital.db.run(lambda uow: correct_number(uow, context, stay, number)):
            raise click.ClickException("不像电话号码")
    click.echo("已更正；失访的可以重打：followups redial")


@followups.command("revisit")
@click.argument("admission_no", metavar="住院号")
@click.option("--slot", required=True, type=int, help="the slot's number")
@STAFF
def revisit(admission_no: str, slot: int, staff: str) -> None:
    """Book the revisit for the patient (R40)."""
    from bot.domain.outcomes import Booked
    from bot.services.followup.revisits import book_revisit

    with _hospital() as hospital:
        done = book_revisit(hospital, admission_no, slot, staff_no=staff, key=f"cli:{uuid4().hex}")
    match done:
        case Booked(appointment):
            click.echo(
                f"已约 {_at(appointment.starts_at)} {appointment.doctor.name}，凭证号 {appointment.code}"
            )
        case None:
            raise click.ClickException("患者还没有实名登记，先请患者在公众号登记")
        case _:
            raise click.ClickException(f"没有约上：{type(done).__name__}")


@followups.command("sample")
@click.argument("ward", metavar="病区")
@click.argument("month", metavar="YYYY-MM", type=MONTH)
@click.option("-n", "n", default=10, type=click.IntRange(1, 500))
@click.option("--seed", type=int, help="the month's own, where none is given")
def sample(ward: str, month: datetime, n: int, seed: int | None) -> None:
    """The month's sample of a ward: the same again from the same seed (R48)."""
    from bot.services.followup.reviewing import sampled

    with _hospital() as hospital, hospital.db.read() as uow:
        found = sampled(uow, ward, month.date(), n=n, seed=seed)
    for each in found:
        marks = "未复核" if each.timely is None else _marks(each.timely, bool(each.accurate), each.reviewer)
        click.echo(f"{each.followup_id}　{each.admission_no}　{each.step}　{_who(each.staff_no)}　{marks}")
    if not found:
        click.echo("这个月没有联系上的随访")


@followups.command("review")
@STEP
@STAFF
@click.option("--timely/--late", required=True, help="was it in time")
@click.option("--accurate/--inaccurate", required=True, help="is what was written down true")
@click.option("--note", default="", help="nothing that names the patient")
def review(followup_id: int, staff: str, timely: bool, accurate: bool, note: str) -> None:
    """Check one of the sample; not one's own call."""
    from bot.services.followup import reviewing

    with _hospital() as hospital:
        context = hospital.acting(f"staff:{staff}")
        done = hospital.db.run(
            lambda uow: reviewing.review(
                uow, context, followup_id, timely=timely, accurate=accurate, note=note
            )
        )
    if isinstance(done, reviewing.NotReviewed):
        raise click.ClickException(REFUSED[done.why])
    click.echo("已复核")


@followups.command("signoff")
@click.argument("month", metavar="YYYY-MM", type=MONTH)
@click.argument("ward", metavar="[病区]", required=False)
@click.option("--role", type=click.Choice(["director", "medical_office", "nursing_office"]))
@click.option("--staff", metavar="工号", help="who signs")
@click.option("--note", default="")
def signoff(month: datetime, ward: str | None, role: str | None, staff: str | None, note: str) -> None:
    """Sign a ward's month (R41); without a ward: what is missing."""
    from bot.services.followup import signing

    with _hospital() as hospital:
        if ward is None:
            with hospital.db.read() as uow:
                lacks = signing.missing(uow, month.date())
            for each in lacks:
                whose = "、".join(signing.ROLES[role] for role in each.roles) or "无"
                click.echo(
                    f"{each.ward}　到期 {each.steps}，没有结束 {each.open}，已复核 {each.reviewed}，待签字：{whose}"
                )
            if not lacks:
                click.echo("这个月没有到期的随访")
            return
        if role is None or not staff:
            raise click.UsageError("写明 --role 和 --staff")
        context = hospital.acting(f"staff:{staff}")
        done = hospital.db.run(lambda uow: signing.sign(uow, context, ward, month.date(), role, note))
    if isinstance(done, signing.NotSigned):
        raise click.ClickException(REFUSED[done.why] + (f"（工号 {done.staff_no}）" if done.staff_no else ""))
    click.echo("已签字")


def _line(row: "Row") -> str:
    call = f"，{_at(row.next_call_at)} 再打" if row.next_call_at is not None else ""
    tried = f"，打过 {row.calls} 次{call}" if row.calls or call else ""
    due = f"{row.due_on:%m-%d} 到期" if row.due_on is not None else "日期待定"
    urgent = "紧急" if row.urgent else ""
    who = f"{row.masked_name}　{row.admission_no}　{row.ward}"
    muted = "，已退订消息" if row.muted else ""
    what = f"{row.step}，{due}，{STATES[row.state]}{tried}{muted}"
    whose = f"{OWNERS[row.owner]}　{_who(row.assigned_to)}"
    return f"{row.id}　{urgent}{SHOWN[row.because]}　{who}　{what}　{whose}"


def _recorded(done: "Recorded") -> str:
    told = f"已记录：{STATES[done.state]}"
    if done.reason and done.state == "lost":
        told += f"（{OUTCOMES[Outcome(done.reason)].title}）"
    if done.next_call_at is not None:
        told += f"，{_at(done.next_call_at)} 再打"
    if done.next_number:
        told += f"，打另一个号码 {done.next_number}"
    if done.correct:
        told += "；没有能打通的号码，问到新号码后用 followups phone 更正"
    return told


def _refused(done: "NotRecorded") -> click.ClickException:
    detail = STATES.get(done.detail, done.detail)
    return click.ClickException(f"没有记录：{REFUSED[done.why]} {detail}".rstrip())


def _told(done: "Assignment") -> None:
    from bot.services.followup.assigning import Assigned, Theirs

    match done:
        case Assigned(None):
            click.echo("已放回病区的队列")
        case Assigned(staff_no):
            click.echo(f"归 {_who(staff_no)}")
        case Theirs(staff_no):
            raise click.ClickException(f"已经在 {_who(staff_no)} 手里")
        case _:
            raise click.ClickException(REFUSED.get(done.why) or f"不用做了：{STATES.get(done.why, done.why)}")


def _marks(timely: bool, accurate: bool, reviewer: str | None) -> str:
    return f"{'及时' if timely else '不及时'}、{'准确' if accurate else '不准确'}（{_who(reviewer)}）"


def _who(staff_no: str | None) -> str:
    return f"工号 {staff_no}" if staff_no else "没有人"


def _at(moment: datetime) -> str:
    from bot.domain.clock import local

    return local(moment).strftime("%m-%d %H:%M")


@contextmanager
def _hospital() -> "Iterator[Hospital]":
    import random

    from bot.cli.data import hospital_database, house_settings
    from bot.services.hospital import Hospital

    with hospital_database() as (db, clock):
        yield Hospital(db, clock=clock, rng=random.SystemRandom(), settings=house_settings())


commands = (followups,)
