"""Copy for looking after one's list of patients."""

from bot.domain.views import PatientView
from handlers.texts import words

NONE = "您还没有添加就诊人。"
LIST = "这是您的就诊人，点一位可以改手机号或移除："
ADD = "添加就诊人"
PHONE = "改手机号"
UNLINK = "移除"
WRONG = "姓名、证件登记错了"
NEW_PHONE = "请发新的手机号（11位）。"


def actions(patient: PatientView) -> str:
    return (
        f"{words.patient(patient)}\n证件 {patient.masked_id_number}\n手机 {patient.masked_phone}\n要做什么？"
    )


def confirm_phone(patient: PatientView, masked: str) -> str:
    return f"把{patient.masked_name}的手机号从 {patient.masked_phone} 改成 {masked}，对吗？"


def confirm_unlink(patient: PatientView) -> str:
    return f"要把{words.patient(patient)}从您的名单里移除吗？已经约好的号还在，到时照样能看。"


def corrected(patient: PatientView) -> str:
    return f"改好了，{patient.masked_name}的手机号现在是 {patient.masked_phone}。"


def unlinked(masked_name: str) -> str:
    return f"已经把{masked_name}从您的名单里移除。想加回来，随时说「添加就诊人」。"
