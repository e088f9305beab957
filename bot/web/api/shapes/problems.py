"""What is told when something goes wrong (RFC 9457), with what may be done instead."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from bot.web.api.shapes.common import Answer, FieldError
from bot.web.api.shapes.people import Appointment
from bot.web.api.shapes.places import Clinic, Slot


class ProblemDetails(Answer):
    """出错时的答复（RFC 9457）。type 是稳定的代码，给程序看；detail 是中文，给人看。"""

    type: Annotated[str, Meta(description="urn:suizhen:problem:代码")]
    title: str
    status: int
    detail: str
    errors: Annotated[list[FieldError] | UnsetType, Meta(description="哪个字段、哪一行，为什么")] = UNSET
    instance: Annotated[str | UnsetType, Meta(description="出错的编号，日志里也有")] = UNSET
    slots: Annotated[list[Slot] | UnsetType, Meta(description="同一次出诊还能约的时段")] = UNSET
    clinics: Annotated[list[Clinic] | UnsetType, Meta(description="还能约的别的出诊")] = UNSET
    appointment: Annotated[Appointment | UnsetType, Meta(description="挡住的预约")] = UNSET
