"""退订和恢复消息时说的话。"""

from collections.abc import Sequence

ALL = "以上都不要"
SORRY = "对不起，打扰您了。"
COMPLAIN = "我要投诉"
OFF, KEEP = "不再接收", "还是接收"


def which(on: bool) -> str:
    return "您想恢复哪一类消息？" if on else "您不想再收哪一类消息？"


def sure(titles: Sequence[str]) -> str:
    return (
        f"以后不再给您发{_joined(titles)}，好吗？\n"
        "挂号结果和停诊通知还会发：医生临时有事，总得让您知道。\n"
        f"不想收请回复「确认」，还想收请回复「{KEEP}」。"
    )


def off(titles: Sequence[str]) -> str:
    return (
        f"好的，以后不再给您发{_joined(titles)}。\n"
        "挂号结果和停诊通知还会发，免得您白跑一趟。\n"
        f"想再收，随时回复「恢复{titles[0]}」。"
    )


def on(titles: Sequence[str]) -> str:
    return f"好的，以后会给您发{_joined(titles)}。不想收了，回复「退订{titles[0]}」。"


def not_optional(title: str) -> str:
    return (
        f"{title}关不了：您约好的号有变动，我们必须告诉您，免得您白跑一趟。\n"
        "别的消息都可以关。不想收任何消息，可以在公众号页面点「取消关注」，约好的号不受影响。"
    )


def told_staff(phone: str) -> str:
    """Somebody has died, or the messages reach the wrong person (R30)."""
    return f"对不起，打扰您了。我已经告诉工作人员，他们核实登记后，就不会再发了。\n着急的话请打 {phone}。"


def _joined(titles: Sequence[str]) -> str:
    return "、".join(titles)
