"""What the pushes about a visit say of it."""

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.views import AppointmentView
from bot.pushes.preview import preview
from bot.pushes.templates import Templates
from bot.pushes.vocabulary import EXAMPLES
from bot.services.notices import fields_of
from tests.unit.handlers.tiny import WANG, appointment, person

DAY = date(2026, 11, 24)


def visit(notes: str) -> AppointmentView:
    return replace(appointment(1, WANG, DAY, person("p", "王*国")), notes=notes)


@pytest.mark.parametrize(("notes", "said"), [("请空腹。", "请空腹"), ("请空腹", "请空腹"), ("", "无")])
def test_notes_end_with_one_stop_however_the_department_wrote_them(notes: str, said: str) -> None:
    told = preview(
        Templates.load(), "booked", "sms", EXAMPLES | fields_of(visit(notes), DAY), signature="医院"
    )
    assert f"就诊须知：{said}。改约" in told
