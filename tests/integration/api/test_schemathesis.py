"""What nobody thought of, asked by schemathesis from the API's own document: the same questions every time."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import ignored_auth, not_a_server_error
from schemathesis.specs.openapi import checks as said

from bot.domain.roles import Role
from bot.services.staff import managing
from bot.services.staff.managing import By, Profile
from tests.integration.api.conftest import PREFIX, Stage, person, stay
from tests.integration.services.town import TOMORROW

CHECKS = [
    not_a_server_error,
    said.status_code_conformance,
    said.content_type_conformance,
    said.response_schema_conformance,
    said.response_headers_conformance,
]
GOOD, BAD = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
EXAMPLES = 8
"""Of each operation: more find nothing new and cost a second each."""
NURSE = "0012"


def lived_in(stage: Stage) -> dict[str, Any]:
    """Seats, a patient, a visit, a stay, a suspension, a ticket: what the names of addresses and bodies may be."""
    slots = stage.town.clinic(seats=6)
    stage.town.clinic("周明")
    profile = Profile("护士", (Role.NURSE,))
    managing.add(
        stage.db, NURSE, profile, By("cli", stage.town.clock.now()), password="correct-horse-battery"
    )
    his = stage.system()
    patient = his.post("/patients", person()).json["patient"]["id"]
    booking = {"slot_id": slots[0], "patient_id": patient, "channel": "phone"}
    day = {"first": str(TOMORROW), "last": str(TOMORROW), "staff_no": "1003", "reason": "出差"}
    made = [
        his.post("/appointments", booking, key="lived-in-1"),
        his.post("/tickets", {"text": "排队太久"}, key="lived-in-2"),
        his.post("/suspensions", day, key="lived-in-3"),
        his.post("/discharges", {"rows": [stay()]}),
    ]
    assert [each.status_code for each in made] == [201, 201, 201, 200], [each.json for each in made]
    ids = dict.fromkeys(
        ("appointment_id", "clinic_id", "suspension_id", "followup_id", "ticket_id", "version"), 1
    )
    return {"token": his.token, "patient_id": patient, "slot_id": slots[1], "staff_no": NURSE, **ids}


def ask_all(stage: Stage, mode: GenerationMode, checks: list[Any], examples: int) -> dict[str, set[int]]:
    """How each operation answered."""
    known = lived_in(stage)
    schema = schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", stage.app)
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) == len(stage.api.operations)
    return {each.label: ask(each, mode, checks, examples, known) for each in operations}


def ask(
    operation: Any, mode: GenerationMode, checks: list[Any], examples: int, known: dict[str, Any]
) -> set[int]:
    """The statuses of its answers; a check that fails raises."""
    headers, answers = {"Authorization": f"Bearer {known['token']}"}, set()

    @settings(
        max_examples=examples, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def each(case: Any) -> None:
        if mode is GOOD:
            _named(case, known)
        answers.add(case.call_and_validate(checks=checks, headers=headers).status_code)

    each()
    return answers


def _named(case: Any, known: dict[str, Any]) -> None:
    """Real things instead of made-up numbers: otherwise nearly all is 404."""
    for part in (case.path_parameters, case.body):
        if isinstance(part, dict):
            part.update({name: known[name] for name in part if name in known})


def test_good_questions_are_answered_as_the_document_says(stage: Stage) -> None:
    answers = ask_all(stage, GOOD, CHECKS, EXAMPLES)
    silent = {label for label, statuses in answers.items() if not statuses & {200, 201}}
    # Random texts are no identity and no row of the office; a visit is booked, moved or cancelled once.
    acts = {f"POST {each.path}" for each in stage.api.operations if each.method == "POST"}
    assert silent <= acts - {"POST /patients/search", "POST /appointments/search"} | {
        "PUT /clinics/{staff_no}/{day}/{period}"
    }


def test_bad_questions_are_refused(stage: Stage) -> None:
    ask_all(stage, BAD, [*CHECKS, said.negative_data_rejection], EXAMPLES)


def test_no_operation_overlooks_the_token(stage: Stage) -> None:
    ask_all(stage, GOOD, [ignored_auth], 1)
