"""Whose rows an act reaches: where somebody has two roles, only what every permission of the act reaches (R20)."""

from io import BytesIO

from openpyxl import load_workbook

from bot.domain.roles import Permission, Role, Scope
from bot.domain.staff import Viewer
from tests.integration.console import test_training as trainings
from tests.integration.console.stand import Stand
from tests.integration.console.test_deliveries import audited, call, patient
from tests.integration.console.test_tickets import do, opened

WARD, OTHER = "一病区", "二病区"
_P = Permission


def viewer(*roles: Role) -> Viewer:
    return Viewer(1, "8001", "员工", roles, (WARD,), (), True, False, True, None)


def test_several_permissions_reach_what_all_of_them_reach() -> None:
    own, everything = Scope(wards=frozenset({WARD})), Scope(everything=True)
    two = viewer(Role.SUPERVISOR, Role.HEAD_NURSE)
    assert two.scope(_P.TICKETS_SEE) == everything
    assert two.scope(_P.TICKETS_CLOSE) == own
    assert two.scope(_P.TICKETS_SEE, _P.TICKETS_CLOSE) == own
    assert two.scope(_P.TICKETS_CLOSE, _P.TICKETS_SEE) == own
    assert two.scope(_P.TICKETS_SEE, _P.STAFF_SEE) == everything
    assert viewer(Role.SUPERVISOR).scope(_P.TICKETS_SEE, _P.TICKETS_CLOSE) == Scope()


def test_seeing_the_hospital_does_not_let_a_ward_act_on_all_of_it(stand: Stand) -> None:
    theirs, ours = opened(stand, department=OTHER), opened(stand, department=WARD, key="other")
    both = stand.signed_in(Role.SUPERVISOR, Role.HEAD_NURSE, wards=[WARD])
    assert both.get(f"/tickets/{theirs}").status_code == 200
    assert do(both, stand, theirs, "take") == 404
    assert do(both, stand, theirs, "close", reason="solved") in (400, 404)
    assert do(both, stand, ours, "take") == 303


def test_seeing_all_calls_does_not_reveal_all_numbers(stand: Stand) -> None:
    """A supervisor sees the list; the nurse in the same person reads numbers of her own ward's patients."""
    call(stand, patient_id=patient(stand))
    both = stand.signed_in(Role.SUPERVISOR, Role.NURSE, wards=[WARD])
    assert both.get("/calls").status_code == 200
    assert both.post("/calls/1/phone", reason="contact").status_code == 404
    assert audited(stand) == []


def test_another_wards_exam_is_not_there_and_a_shared_one_shows_ones_own_people(stand: Stand) -> None:
    stand.person("8011", Role.NURSE, wards=[WARD])
    stand.person("8021", Role.NURSE, wards=[OTHER])
    head = stand.signed_in(Role.HEAD_NURSE, wards=[WARD])
    other = stand.signed_in(Role.HEAD_NURSE, staff_no="8002", wards=[OTHER])
    office = stand.signed_in(Role.OFFICE, staff_no="8003")
    where = trainings.planned(head)
    version = trainings.field(head.get(where).text, "version")
    assert head.post(f"{where}/people", version=version, numbers="8011").status_code == 303
    assert "8011" in head.get(where).text
    assert other.get(where).status_code == 404
    version = trainings.field(office.get(where).text, "version")
    assert office.post(f"{where}/people", version=version, numbers="8021").status_code == 303
    seen = other.get(where).text
    assert "8021" in seen
    assert "8011" not in seen
    assert other.post(f"{where}/cancel", version=version).status_code == 404


def test_an_export_reaches_what_may_be_exported(stand: Stand) -> None:
    stand.person("8011", Role.NURSE, wards=[WARD])
    stand.person("8021", Role.NURSE, wards=[OTHER])
    two = stand.signed_in(Role.SUPERVISOR, Role.HEAD_NURSE, wards=[WARD])
    assert "8021" in two.get("/training/people").text
    book = load_workbook(BytesIO(two.post("/training/people/export").data))
    told = {row[0] for row in book.active.iter_rows(values_only=True)}  # type: ignore[union-attr]
    assert "8011" in told
    assert "8021" not in told
