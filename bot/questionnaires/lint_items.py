"""What can be wrong with one item by itself: its shape, its choices, its bounds."""

from collections.abc import Iterator

from bot.questionnaires.model import ASKED, CHOICES, NUMBERS, Item, Type

TEXT_MOST = 100
"""Characters of a question: it is read on a phone, or read out."""
DISPLAY_MOST = 300
OPTIONS_MOST = 11
"""0 to 10 has eleven."""
DIMENSIONS = (
    "康复", "症状", "用药", "饮食", "锻炼", "自我保健", "医嘱执行", "心理", "生活质量",
    "环境", "人员", "疗效", "收费医保", "流程", "廉洁", "总体", "意见",
)  # fmt: skip
"""R25; 饮食 is both what a patient eats at home and what the hospital cooks."""


def findings(item: Item) -> Iterator[tuple[str, bool]]:
    """(what, whether it blocks)"""
    yield from _shape(item)
    yield from _where(item)
    yield from _choices(item)
    yield from _bounds(item)


def _shape(item: Item) -> Iterator[tuple[str, bool]]:
    if not item.text:
        yield "没有文字", True
    if len(item.text) > (DISPLAY_MOST if item.type is Type.DISPLAY else TEXT_MOST):
        yield f"超过 {TEXT_MOST} 个字（说明文字 {DISPLAY_MOST}），手机上读着累", False
    if any(each.isspace() for each in item.link_id):
        yield "linkId 里不能有空格", True
    if item.dimension and item.dimension not in DIMENSIONS:
        yield f"没有维度「{item.dimension}」，统计里会单列一行；有：{'、'.join(DIMENSIONS)}", False
    if item.longest and item.type not in (Type.STRING, Type.TEXT, Type.OPEN_CHOICE):
        yield "只有文字题可以有 maxLength", True


def _where(item: Item) -> Iterator[tuple[str, bool]]:
    """FHIR que-1, que-6, que-8, and what a chat cannot ask."""
    if item.type is Type.GROUP and not item.items:
        yield "空的组", True
    if item.type is Type.GROUP and (item.required or item.repeats or item.initial):
        yield "组不能必答、重复或预填", True
    if item.type is Type.DISPLAY and (item.items or item.required or item.repeats or item.initial):
        yield "说明文字下面不能有问题，也不能必答、重复或预填", True
    if item.repeats and item.type in ASKED and item.type not in CHOICES:
        yield "只有选择题可以多选", True
    if item.repeats and item.items and item.type in ASKED:
        yield "多选题下面不能再有问题：不知道跟着哪个答案", True


def _choices(item: Item) -> Iterator[tuple[str, bool]]:
    if item.type not in CHOICES:
        if item.options:
            yield "不是选择题，却有选项", True
        return
    if len(item.options) < 2:
        yield "选择题至少要有两个选项", True
    if len(item.options) > OPTIONS_MOST:
        yield f"选项超过 {OPTIONS_MOST} 个", False
    for name, told in (
        ("code", [o.code for o in item.options]),
        ("display", [o.display for o in item.options]),
    ):
        if len(set(told)) < len(told):
            yield f"选项的 {name} 重复", True
    shown = {option.display: option.code for option in item.options}
    if any(shown.get(word, option.code) != option.code for option in item.options for word in option.words):
        yield "有的说法是别的选项的文字", True  # two options may share a word (经常): it is asked which
    scored = [option.score is not None for option in item.options]
    if any(scored) and not all(scored):
        yield "有的选项有分，有的没有", True
    if not item.repeats and any(option.exclusive for option in item.options):
        yield "单选题的选项不用写只能单独选", False


def _bounds(item: Item) -> Iterator[tuple[str, bool]]:
    low, high = item.low, item.high
    if (low is not None or high is not None) and item.type not in (*NUMBERS, Type.DATE):
        yield "这种题没有大小，不能有 minValue、maxValue", True
    if low is not None and high is not None and type(low) is type(high) and low > high:  # type: ignore[operator]
        yield "最小值比最大值大", True
    if item.type is Type.QUANTITY and not item.unit:
        yield "没有单位，或者有几个", True
    if item.type in NUMBERS and (low is None or high is None):
        yield "没有上下限，打错的数看不出来", False
