"""The ids of what may be tapped below a push."""

from bot.domain.notice import Notice, taps
from bot.domain.speech import Option


def test_text_is_its_own_id_and_the_rest_counts_within_its_offer() -> None:
    options = (Option("就换到这个号", None), Option("改时间", "open:change:appointment:12"))
    notice = Notice("suspension", {}, options, offer="case:5")
    assert taps(notice) == (("case:5:1", "就换到这个号"), ("open:change:appointment:12", "改时间"))
