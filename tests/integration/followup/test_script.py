"""What staff have before them on the phone: the whole script, word for word; numbers only on request, with a reason."""

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.domain.commands import FillSurvey
from bot.domain.contacts import Outcome
from bot.domain.survey import Submit
from bot.questionnaires.filling import Filling
from bot.questionnaires.model import Coded
from bot.services.followup.history import tries
from bot.services.followup.printed import printed
from bot.services.followup.revealing import Revealed, reveal
from bot.services.followup.script import FILE, Script, script
from bot.settings import BadSettings
from bot.store.models import AuditEntry
from tests.integration.followup.discharged import Ward
from tests.integration.followup.phoning import audited, call, step_of
from tests.integration.services.town import id_number

GOLDEN = Path(__file__).with_name("script.txt")


def written(ward: Ward, staff: str = "0012") -> Script | None:
    with ward.town.db.read() as uow:
        return script(uow, ward.hospital.acting(f"staff:{staff}"), step_of(ward).id)


def revealed(ward: Ward, reason: str = "call") -> Revealed | None:
    context = ward.hospital.acting("staff:0012")
    return ward.town.db.run(lambda uow: reveal(uow, context, step_of(ward).id, reason))


def test_the_script_word_for_word(ward: Ward) -> None:
    """Who and why (R24), by 工号 (R45), nothing but approved texts (R42), and what was answered before."""
    ward.run({"联系电话": "13800000009、010-65550101"})
    step = step_of(ward)
    begun = Filling({"recovery": (Coded("fair"),), "signs": (Coded("none"),)})
    told = FillSurvey("sheet-1", f"followup:{step.id}", Submit(begun, 0, final=False), face="phone")
    ward.hospital.execute(told, None, actor="staff:0012")
    call(ward, Outcome.WRONG_NUMBER)
    found = written(ward)
    assert found is not None
    assert printed(found).replace(f"随访 {step.id}　", "随访 1　") == GOLDEN.read_text(encoding="utf-8")


def test_the_script_names_nobody(ward: Ward) -> None:
    ward.run({})
    found = written(ward)
    assert found is not None
    text = printed(found)
    assert "工号 0012" in text
    for secret in ("王小明", "13800000001", "肺部感染"):
        assert secret not in text + repr(found)


def test_a_familys_step_speaks_to_the_family(ward: Ward) -> None:
    plan = ward.plans["after_discharge"]
    ward.plans = {"after_discharge": {**plan, "steps": [{**plan["steps"][0], "audience": "family"}]}}
    ward.run({})
    found = written(ward)
    assert found is not None
    assert found.greeting[0].endswith("的家属吗？")


def test_what_is_over_has_no_script(ward: Ward) -> None:
    ward.run({})
    call(ward, Outcome.REFUSED)
    assert written(ward) is None


def test_the_hospital_says_it_in_its_own_words(ward: Ward, tmp_path: Path) -> None:
    ward.run({})
    ward.hospital.settings = ward.hospital.settings.model_copy(update={"data_dir": tmp_path})
    (tmp_path / FILE).write_text("goodbye: 再见，{hospital}祝您健康。\n", encoding="utf-8")
    found = written(ward)
    assert found is not None
    assert found.closing[-1] == "再见，试验医院祝您健康。"
    (tmp_path / FILE).write_text("good_bye: 再见\n", encoding="utf-8")
    with pytest.raises(BadSettings, match="good_bye"):
        written(ward)


def test_the_number_is_shown_on_request_and_that_is_written_down(ward: Ward) -> None:
    ward.run({})
    found = revealed(ward)
    assert found is not None
    assert (found.name, [number.digits for number in found.numbers]) == ("王小明", ["13800000001"])
    assert found.id_tail == id_number(1)[-4:]
    assert "王小明" not in repr(found)
    assert "13800000001" not in repr(found)
    with ward.town.db.read() as uow:
        entry = uow.session.scalars(select(AuditEntry).where(AuditEntry.action == "discharge.revealed")).one()
    assert (entry.actor, entry.subject) == ("staff:0012", f"followup:{step_of(ward).id}")
    assert entry.detail == {"reason": "call"}
    with pytest.raises(ValueError, match="call"):
        revealed(ward, "curious")


def test_nobody_is_shown_the_number_of_who_died_or_said_no(ward: Ward) -> None:
    ward.run({})
    call(ward, Outcome.REFUSED)
    assert revealed(ward) is None
    assert revealed(ward, "complaint") is not None
    ward.run({"离院方式": "死亡"})
    assert revealed(ward, "complaint") is None
    assert audited(ward, "discharge.revealed") == 1


def test_the_tries_are_told_in_order_with_their_notes(ward: Ward) -> None:
    ward.run({})
    call(ward, Outcome.NO_ANSWER)
    call(ward, Outcome.OTHER, note="邻居接的")
    with ward.town.db.read() as uow:
        found = tries(uow, step_of(ward).id)
    assert [(each.outcome, each.staff_no, each.note) for each in found] == [
        ("no_answer", "0012", ""), ("other", "0012", "邻居接的"),
    ]  # fmt: skip
