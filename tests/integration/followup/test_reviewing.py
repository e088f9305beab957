"""The month's sample is checked by somebody else than who called (R48), the month is signed when it is over (R41), the
revisit is booked by staff (R40)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.domain.contacts import Outcome
from bot.domain.followup import FollowupState
from bot.domain.outcomes import Booked
from bot.domain.states import PushState
from bot.services.followup import signing
from bot.services.followup.assigning import take
from bot.services.followup.reviewing import NotReviewed, Reviewed, review, sampled
from bot.services.followup.revisits import book_revisit
from bot.services.followup.signing import Missing, NotSigned, Signed
from bot.store.care_models import Review
from bot.store.push_models import Push
from tests.integration.followup.discharged import Ward
from tests.integration.followup.phoning import audited, call, fill, step_of
from tests.integration.services.town import id_number

NOVEMBER = date(2026, 11, 1)
S = FollowupState


def checked(
    ward: Ward, staff: str, *, number: str = "Z1001", accurate: bool = True
) -> Reviewed | NotReviewed:
    context, step = ward.hospital.acting(f"staff:{staff}"), step_of(ward, number).id
    return ward.town.db.run(
        lambda uow: review(uow, context, step, timely=True, accurate=accurate, note="录音一致")
    )


def signed(
    ward: Ward, role: str = "director", staff: str = "0001", where: str = "心内一病区"
) -> Signed | NotSigned:
    context = ward.hospital.acting(f"staff:{staff}")
    return ward.town.db.run(lambda uow: signing.sign(uow, context, where, date(2026, 11, 17), role))


def lacking(ward: Ward, month: date = NOVEMBER) -> tuple[Missing, ...]:
    with ward.town.db.read() as uow:
        return signing.missing(uow, month)


# -- the sample -----------------------------------------------------------------------------------


def test_nobody_reviews_their_own_call(ward: Ward) -> None:
    ward.run({})
    assert checked(ward, "0034") == NotReviewed("unreached")
    call(ward, Outcome.NO_ANSWER, staff="0012")
    head = ward.hospital.acting("staff:0001")
    step = step_of(ward)
    with ward.town.db.write() as uow:
        uow.session.merge(step).assigned_to = None
    call(ward, Outcome.REACHED, staff="0013")
    fill(ward, "0014")
    for took_part in ("0012", "0013", "0014"):
        assert checked(ward, took_part) == NotReviewed("own")
    assert checked(ward, "0034") == Reviewed()
    assert step_of(ward).state is S.REVIEWED
    assert checked(ward, "0035") == NotReviewed("twice")
    with ward.town.db.read() as uow:
        row = uow.session.scalars(select(Review)).one()
        assert take(uow, head, step.id).why == "reviewed"  # type: ignore[union-attr]
    assert (row.timely, row.accurate, row.staff_no) == (True, True, "0034")
    assert audited(ward, "followup.reviewed") == 1


def test_what_was_reached_but_not_answered_is_reviewed_and_goes_on(ward: Ward) -> None:
    ward.run({})
    call(ward, Outcome.FAMILY)
    assert checked(ward, "0034", accurate=False) == Reviewed()
    assert step_of(ward).state is S.CONTACTING


def test_the_sample_is_the_same_again_and_tells_what_was_found(ward: Ward) -> None:
    ward.run(*({"住院号": f"Z{n}", "身份证号": id_number(n)} for n in range(1, 9)))
    for n in range(1, 7):
        call(ward, Outcome.REACHED, step=step_of(ward, f"Z{n}"))
    checked(ward, "0034", number="Z3", accurate=False)
    with ward.town.db.read() as uow:
        whole = sampled(uow, "心内一病区", NOVEMBER)
        three = sampled(uow, "心内一病区", NOVEMBER, n=3, seed=7)
        assert sampled(uow, "心内一病区", NOVEMBER, n=3, seed=7) == three
        assert not sampled(uow, "心内二病区", NOVEMBER)
        assert not sampled(uow, "心内一病区", date(2026, 10, 1))
    assert {each.admission_no for each in whole} == {f"Z{n}" for n in range(1, 7)}
    assert len(three) == 3
    found = {each.admission_no: (each.timely, each.accurate, each.reviewer) for each in whole}
    assert (found["Z3"], found["Z1"]) == ((True, False, "0034"), (None, None, None))


# -- signatures -----------------------------------------------------------------------------------


def test_a_month_is_signed_once_by_each_and_only_when_it_is_over(ward: Ward) -> None:
    ward.run({})
    assert signed(ward) == NotSigned("running")
    ward.town.clock.set(datetime(2026, 12, 1, 1, tzinfo=UTC))
    assert signed(ward, where="没有这个病区") == NotSigned("ward")
    assert signed(ward) == Signed()
    assert signed(ward, staff="0002") == NotSigned("twice", "0001")
    assert signed(ward, "nursing_office", "0003") == Signed()
    with pytest.raises(ValueError, match="director"):
        signed(ward, "cleaner")
    assert audited(ward, "followup.signed") == 2


def test_what_a_month_lacks(ward: Ward) -> None:
    ward.run(
        {},
        {"住院号": "Z2", "身份证号": id_number(2)},
        {"住院号": "Z3", "身份证号": id_number(3), "病区": "二病区"},
    )
    call(ward, Outcome.REACHED)
    fill(ward, "0012")
    checked(ward, "0034")
    ward.town.clock.set(datetime(2026, 12, 1, 1, tzinfo=UTC))
    signed(ward)
    nobody = ("director", "medical_office", "nursing_office")
    assert lacking(ward) == (Missing("二病区", 1, 1, 0, nobody), Missing("心内一病区", 2, 1, 1, nobody[1:]))
    assert lacking(ward, date(2026, 10, 1)) == ()


# -- the revisit ----------------------------------------------------------------------------------


def test_staff_book_the_revisit_and_the_patient_gets_the_notice(ward: Ward) -> None:
    (slot, *_) = ward.town.clinic(day=date(2026, 11, 27))
    ward.run({})
    assert book_revisit(ward.hospital, "Z1001", slot, staff_no="0012", key="b-1") is None
    patient = ward.register()
    done = book_revisit(ward.hospital, "Z1001", slot, staff_no="0012", key="b-1")
    assert isinstance(done, Booked), done
    assert done.appointment.starts_at - ward.town.clock.now() > timedelta(days=3)
    assert book_revisit(ward.hospital, "Z1001", slot, staff_no="0012", key="b-1") == done
    with ward.town.db.read() as uow:
        planned = uow.session.scalars(
            select(Push.kind).where(Push.patient_id == patient, Push.state == PushState.PLANNED)
        )
        assert "booked" in set(planned)
