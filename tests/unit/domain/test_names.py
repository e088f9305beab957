"""Surnames of one and two characters."""

from bot.domain.names import surname, title_rank


def test_surnames() -> None:
    assert surname("欧阳雪") == "欧阳"
    assert surname("王建国") == "王"
    assert surname("欧阳") == "欧"


def test_titles_sort_highest_first() -> None:
    assert sorted(["主治医师", "主任医师", "博导", "副主任医师"], key=title_rank) == [
        "主任医师", "副主任医师", "主治医师", "博导",
    ]  # fmt: skip
