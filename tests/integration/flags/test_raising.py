"""A danger becomes a flag: once, for its ward, and somebody is told in the same breath."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.domain.flags import FlagLevel, FlagState
from bot.pushes.preview import preview
from bot.pushes.templates import Templates
from bot.services.flags.duty import Duty
from bot.store.followup_models import Followup
from bot.store.models import AuditEntry
from bot.store.words import open_outbox, outbox_aad
from tests.integration.flags.conftest import (
    DESK,
    DUTY,
    HEAD,
    NIGHT,
    NURSE,
    OFFICE,
    WARD,
    WORDS,
    OnDuty,
    hospital_of,
)
from tests.integration.services.town import at


def test_it_is_raised_once_and_the_nurse_is_told(on_duty: OnDuty) -> None:
    flag_id = on_duty.raised()
    assert on_duty.raise_flag() is None
    flag = on_duty.flag(flag_id)
    assert (flag.state, flag.ward, flag.tier, flag.told) == (FlagState.OPEN, WARD, 0, 1)
    assert flag.raised_at == on_duty.clock.now()
    assert flag.deadline_at == on_duty.clock.now() + timedelta(minutes=30)
    assert flag.escalates_at == on_duty.clock.now() + timedelta(minutes=10)
    (message,) = on_duty.messages()
    assert (message.key, message.priority, message.account_id) == (f"flag:{flag_id}:1", 0, None)
    assert on_duty.told() == [("red_flag", NURSE, "10:30")]
    assert on_duty.events() == [
        ("flag.raised", "02:00", {"rule": "chest_pain", "level": "urgent", "ward": WARD, "source": "page",
                                  "tier": "0", "told": "yes"})
    ]  # fmt: skip


def test_the_ward_is_that_of_the_followups_stay(on_duty: OnDuty) -> None:
    on_duty.stay()
    with on_duty.db.read() as uow:
        followup = uow.session.scalars(select(Followup.id)).first()
    flag = on_duty.flag(on_duty.raised(ward="", followup_id=followup))
    assert (flag.ward, flag.discharge_id) == (WARD, on_duty.ward.discharge().id)


def test_what_is_said_in_the_chat_goes_to_the_ward_of_the_latest_stay(on_duty: OnDuty) -> None:
    patient = on_duty.ward.register()
    on_duty.stay()
    on_duty.stay(住院号="Z1002", 病区="骨科一病区", 科室="骨科", 入院日期="2026-10-01", 出院日期="2026-10-09")  # fmt: skip
    outcome = on_duty.say("turn-1")
    (flag,) = on_duty.flags()
    assert (flag.ward, flag.patient_id, flag.account_id) == (WARD, patient, on_duty.account().id)
    assert (flag.rule, flag.title, flag.level, flag.source) == (
        "胸痛",
        "聊天里说到：胸痛",
        FlagLevel.URGENT,
        "chat",
    )
    assert (outcome.staffed, outcome.department, outcome.level) == (True, "心血管内科", FlagLevel.URGENT)


@pytest.mark.parametrize("left, whose", [("2026-08-25", WARD), ("2026-08-24", "")])
def test_a_stay_long_ago_has_nothing_to_do_with_it(on_duty: OnDuty, left: str, whose: str) -> None:
    """90 days."""
    on_duty.ward.register()
    on_duty.stay(入院日期="2026-08-01", 出院日期=left)
    on_duty.say("turn-1")
    assert [(flag.ward, on_duty.phones()) for flag in on_duty.flags()] == [
        (whose, [NURSE if whose else DESK])
    ]


def test_who_is_nobodys_patient_is_the_desks(on_duty: OnDuty) -> None:
    outcome = on_duty.say("turn-1")
    (flag,) = on_duty.flags()
    assert (flag.ward, flag.patient_id) == ("", None)
    assert on_duty.phones() == [DESK]
    assert (outcome.staffed, outcome.department) == (True, "")


def test_said_twice_it_is_one_flag(on_duty: OnDuty) -> None:
    """The same message again; the same danger in other words; not another danger, nor another person's."""
    on_duty.say("turn-1")
    on_duty.say("turn-1")
    on_duty.clock.advance(timedelta(minutes=29))
    on_duty.say("turn-2")
    assert len(on_duty.flags()) == 1
    on_duty.say("turn-3", "卒中")
    on_duty.say("turn-4", account=on_duty.account("o-2"))
    assert len(on_duty.flags()) == 3
    on_duty.clock.advance(timedelta(minutes=2))
    on_duty.say("turn-5")
    assert len(on_duty.flags()) == 4, "half an hour later it is said again: again somebody is told"


def test_said_again_after_it_was_closed_it_is_a_new_flag(on_duty: OnDuty) -> None:
    on_duty.say("turn-1")
    on_duty.close(on_duty.flags()[0].id, "false_alarm")
    on_duty.say("turn-2")
    assert len(on_duty.flags()) == 2


def test_an_unnamed_emergency_is_not_as_urgent(on_duty: OnDuty) -> None:
    assert on_duty.say("turn-1", "急").level is FlagLevel.SOON
    assert on_duty.flags()[0].deadline_at == on_duty.clock.now() + timedelta(minutes=60)


def test_an_unknown_ward_is_the_desks(on_duty: OnDuty) -> None:
    flag = on_duty.flag(on_duty.raised(ward="新开的病区"))
    assert flag.ward == "新开的病区", "as the discharge has it: whoever answers has to know where"
    assert on_duty.phones() == [DESK]
    assert on_duty.alerts() == []


def test_a_missing_phone_is_told_of_and_the_next_tier_is_told_at_once(
    on_duty: OnDuty, tmp_path: Path
) -> None:
    duty = DUTY | {"wards": {WARD: {"head_nurse": HEAD}}}
    on_duty.hospital = hospital_of(on_duty.db, on_duty.clock, tmp_path / "gap", duty)
    flag = on_duty.flag(on_duty.raised())
    assert (flag.tier, on_duty.phones()) == (1, [HEAD])
    assert on_duty.alerts() == [("flag_untold", f"ward:{WARD}:0", "no_phone")]


def test_without_any_phone_it_is_an_alert(on_duty: OnDuty, tmp_path: Path) -> None:
    on_duty.hospital = hospital_of(on_duty.db, on_duty.clock, tmp_path / "none", {})
    flag = on_duty.flag(on_duty.raised())
    assert (flag.tier, flag.escalates_at) == (0, on_duty.clock.now() + timedelta(minutes=10))
    assert on_duty.messages() == []
    assert on_duty.alerts() == [("flag_untold", f"ward:{WARD}:0", "no_phone")]
    assert not on_duty.say("turn-1").staffed


def test_without_sms_it_is_an_alert(on_duty: OnDuty, tmp_path: Path) -> None:
    on_duty.hospital = hospital_of(on_duty.db, on_duty.clock, tmp_path / "mute", sms_vendor="none")
    on_duty.raised()
    assert on_duty.messages() == []
    assert on_duty.alerts() == [("flag_untold", "sms:red_flag", "no_sms")]


@pytest.mark.parametrize(
    "hour, night, phone, staffed",
    [(10, "", NURSE, True), (22, NIGHT, NIGHT, True), (22, "", NURSE, False), (3, NIGHT, NIGHT, True)],
)
def test_at_night_the_night_duty_is_told(
    on_duty: OnDuty, tmp_path: Path, hour: int, night: str, phone: str, staffed: bool
) -> None:
    on_duty.clock.set(at(hour))
    ward = DUTY["wards"][WARD] | {"hours": "08:00-20:00"}
    duty = {
        "hospital": {"night": {"phone": night}, "medical_office": {"phone": OFFICE}},
        "wards": {WARD: ward},
    }
    on_duty.hospital = hospital_of(on_duty.db, on_duty.clock, tmp_path / "night", duty)
    on_duty.raised()
    assert on_duty.phones() == [phone]
    known: Duty = on_duty.hospital.duty
    assert known.staffed(WARD, on_duty.clock.now()) is staffed


def test_nobodys_secrets_are_in_the_sms_the_audit_or_the_log(
    on_duty: OnDuty, caplog: pytest.LogCaptureFixture
) -> None:
    """R15: what a lock screen and an engineer may see."""
    caplog.set_level(logging.DEBUG)
    on_duty.ward.register()
    on_duty.stay()
    on_duty.say("turn-1")
    on_duty.later(minutes=10)
    flag_id = on_duty.flags()[0].id
    on_duty.take(flag_id)
    on_duty.close(flag_id, "phone_back", note=WORDS)
    with on_duty.db.read() as uow:
        written = [
            f"{row.action} {row.subject} {row.detail}"
            for row in uow.session.scalars(select(AuditEntry).where(AuditEntry.action.like("flag.%")))
        ]
    texts = []
    for message in on_duty.messages():
        notice = open_outbox(on_duty.db.keys, message.body, outbox_aad(message.key))
        texts.append(preview(Templates.load(), notice.kind, "sms", notice.fields, "试验医院"))  # type: ignore[union-attr]
    assert texts[0].startswith(f"【试验医院】随诊：{WARD}有 1 条紧急警报（F{flag_id}），请在 10:10 前处理")
    everything = "\n".join([*written, *texts, caplog.text])
    for secret in ("王小明", "小明", "13800000001", WORDS[:6], "喘不上气"):
        assert secret not in everything
    flag = on_duty.flag(flag_id)
    assert WORDS.encode() not in flag.detail and flag.note is not None and WORDS.encode() not in flag.note
