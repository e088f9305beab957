"""A call: the phone script, the numbers, how it ended, and what it leads to."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import click

from bot.cli.data import house
from bot.cli.followups.common import REFUSED, STAFF, STEP, at
from bot.cli.plan import STATES
from bot.domain.contacts import CHOSEN, OUTCOMES, Outcome

if TYPE_CHECKING:
    from bot.services.followup.calls import NotRecorded, Recorded
    from bot.services.hospital import Hospital

LEADS = {
    "reached": "接着做问卷", "redial": "再打", "number_dead": "换号码，没有别的号码就是失访", "refused": "结束：拒绝",
    "deceased": "全部停止，不再打扰", "readmitted": "本次住院的随访停止", "done": "结束：已回答",
}  # fmt: skip
GAPS = {"soon": "半小时后", "other_half": "换半天再打", "next_workday": "下一个工作日，换半天"}


@click.command("outcomes")
def outcomes() -> None:
    """How a call may end, and what each leads to (R38)."""
    for outcome in CHOSEN:
        meaning = OUTCOMES[outcome]
        leads = GAPS[meaning.gap] if meaning.leads == "redial" else LEADS[meaning.leads]
        click.echo(f"{outcome:<15}{meaning.title}　{leads}")


@click.command("script")
@STEP
@STAFF
def script(followup_id: int, staff: str) -> None:
    """What to say and ask on the phone, with what was answered already."""
    from bot.services.followup.printed import printed
    from bot.services.followup.script import script as written

    with house() as hospital, hospital.db.read() as uow:
        found = written(uow, hospital.acting(f"staff:{staff}"), followup_id)
    if found is None:
        raise click.ClickException("没有要问的：没有这个编号，或者已经结束")
    click.echo(printed(found), nl=False)


@click.command("reveal")
@STEP
@STAFF
@click.option("--reason", type=click.Choice(["call", "correct", "complaint", "check"]), required=True)
def reveal(followup_id: int, staff: str, reason: str) -> None:
    """Name and numbers in full, to call; written to the audit log."""
    from bot.domain.contacts import WHOSE
    from bot.services.followup import revealing

    with house() as hospital:
        context = hospital.acting(f"staff:{staff}")
        found = hospital.db.run(lambda uow: revealing.reveal(uow, context, followup_id, reason))
    if found is None:
        raise click.ClickException("不能看：没有这个编号，或者不用再打电话了")
    click.echo(f"{found.name}　{found.birth_date or '—'} 出生　证件后四位 {found.id_tail}")
    for place, number in enumerate(found.numbers, start=1):
        click.echo(
            f"电话 {place}　{WHOSE[number.whose]}　{number.digits}{'（打不通）' if number.dead else ''}"
        )


@click.command("call")
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
    with house() as hospital:
        context = hospital.acting(f"staff:{staff}")
        done = hospital.db.run(lambda uow: record_call(uow, context, followup_id, said, key=key))
    if not isinstance(done, Recorded):
        raise _refused(done)
    click.echo(_recorded(done))


@click.command("redial")
@STEP
@STAFF
def redial(followup_id: int, staff: str) -> None:
    """Call somebody again who counts as lost."""
    from bot.services.followup import calls

    with house() as hospital:
        context = hospital.acting(f"staff:{staff}")
        if not hospital.db.run(lambda uow: calls.redial(uow, context, followup_id)):
            raise click.ClickException("不是失访的，不用重打")
    click.echo("已放回队列")


def _stay(hospital: "Hospital", admission_no: str) -> str:
    from bot.services.followup.looking import stay_id

    with hospital.db.read() as uow:
        found = stay_id(uow, admission_no)
    if found is None:
        raise click.ClickException(f"没有住院号 {admission_no}")
    return found


@click.command("mistaken")
@click.argument("admission_no", metavar="住院号")
@STAFF
def mistaken(admission_no: str, staff: str) -> None:
    """A death or readmission heard on the phone was a mistake: the steps begin again."""
    from bot.services.followup import reported

    with house() as hospital:
        context = hospital.acting(f"staff:{staff}")
        stay = _stay(hospital, admission_no)
        done = hospital.db.run(
            lambda uow: reported.not_dead(uow, context, stay) or reported.resume(uow, context, stay)
        )
    if done is None:
        raise click.ClickException("没有电话里报的去世或再次入院；文件里写的要改文件重新导入")
    click.echo(f"已更正，重新排了 {done.planned} 次随访")


@click.command("phone")
@click.argument("admission_no", metavar="住院号")
@click.argument("number", metavar="新号码")
@STAFF
def phone(admission_no: str, number: str, staff: str) -> None:
    """Correct the record's number."""
    from bot.services.followup.numbers import Correction, correct_number

    with house() as hospital:
        context = hospital.acting(f"staff:{staff}")
        stay = _stay(hospital, admission_no)
        done = hospital.db.run(lambda uow: correct_number(uow, context, stay, number))
    match done:
        case Correction.NO_NUMBER:
            raise click.ClickException("不像电话号码")
        case Correction.STALE:
            raise click.ClickException("有同事同时在改这个号码，这次没有改。请核对后再试")
    click.echo("已更正；失访的可以重打：followups redial")


@click.command("revisit")
@click.argument("admission_no", metavar="住院号")
@click.option("--slot", required=True, type=int, help="the slot's number")
@STAFF
def revisit(admission_no: str, slot: int, staff: str) -> None:
    """Book the revisit for the patient (R40)."""
    from bot.domain.outcomes import Booked
    from bot.services.followup.revisits import book_revisit

    with house() as hospital:
        done = book_revisit(hospital, admission_no, slot, staff_no=staff, key=f"cli:{uuid4().hex}")
    match done:
        case Booked(appointment):
            click.echo(
                f"已约 {at(appointment.starts_at)} {appointment.doctor.name}，凭证号 {appointment.code}"
            )
        case None:
            raise click.ClickException("患者还没有实名登记，先请患者在公众号登记")
        case _:
            raise click.ClickException(f"没有约上：{type(done).__name__}")


def _recorded(done: "Recorded") -> str:
    told = f"已记录：{STATES[done.state]}"
    if done.reason and done.state == "lost":
        told += f"（{OUTCOMES[Outcome(done.reason)].title}）"
    if done.next_call_at is not None:
        told += f"，{at(done.next_call_at)} 再打"
    if done.next_number:
        told += f"，打另一个号码 {done.next_number}"
    if done.correct:
        told += "；没有能打通的号码，问到新号码后用 followups phone 更正"
    return told


def _refused(done: "NotRecorded") -> click.ClickException:
    detail = STATES.get(done.detail, done.detail)
    return click.ClickException(f"没有记录：{REFUSED[done.why]} {detail}".rstrip())


commands = (outcomes, script, reveal, call, redial, mistaken, phone, revisit)
