"""What the page of one's own data says."""

CLOSED = {
    "unknown": ("这个链接打不开", "可能没有复制完整。请回公众号，回复「我要一份我的信息」，再要一个新的。"),
    "expired": ("这个链接过期了", "链接只有一天有效。请回公众号，回复「我要一份我的信息」，再要一个新的。"),
    "locked": (
        "输错的次数太多了",
        "为了安全，这个链接不能再用。明天可以在公众号里再要一个，或者带证件到窗口。",
    ),
    "trouble": ("系统有点忙", "请过一会儿再打开。"),
}
"""By `bot.services.rights.opening.Closed.why`."""


def wrong(left: int) -> str:
    return f"不对，请再看看证件。还可以试 {left} 次。"
