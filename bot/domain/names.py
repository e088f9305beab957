"""Surnames and titles: how patients speak of doctors."""

_COMPOUND = frozenset(
    ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯", "端木")
)
TITLES = ("主任医师", "副主任医师", "主治医师", "住院医师")
"""职称, highest first."""


def surname(name: str) -> str:
    """欧阳 of 欧阳雪, 王 of 王建国."""
    return name[:2] if len(name) > 2 and name[:2] in _COMPOUND else name[:1]


def title_rank(title: str) -> int:
    """For sorting: the highest title first, unknown ones last."""
    return TITLES.index(title) if title in TITLES else len(TITLES)
