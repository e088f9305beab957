"""What becomes of messages, in words: why one was not taken, what to do then."""

from collections.abc import Mapping

_REFUSED: Mapping[str, str] = {
    "45015": "患者超过 48 小时没有来消息，微信不让再发。请打电话。",
    "45047": "患者没有回话之前，微信只让发 5 条。请等患者回话，急事请打电话。",
    "43004": "患者已经取消关注公众号。请打电话。",
    "40003": "这个微信账号已经收不到消息。请打电话。",
    "45011": "发得太快，程序过一会儿自己再发。",
    "45009": "今天的发送额度用完了，明天零点后恢复。急事请打电话。",
    "48001": "公众号没有这个权限，请告诉管理员。",
    "expired": "过了 48 小时还没有发出去，不再发了。请打电话。",
    "no_window": "患者超过 48 小时没有来消息，微信不让再发。",
    "no_road": "没有能发到患者的途径。",
}
_SET_UP = ("40001", "40013", "40014", "40125", "40164", "42001")


def refused(code: str) -> str:
    """Plain words for the platform's code, and what to do."""
    if code in _REFUSED:
        return _REFUSED[code]
    if code in _SET_UP:
        return f"公众号的设置有问题（{code}），请告诉管理员；改好后程序自己再发。"
    return f"没有发出去（{code}）。请打电话。" if code else "没有发出去。请打电话。"
