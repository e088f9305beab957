"""Every sentence the engine itself needs; the words are in ``handlers/texts/engine.py``."""

from typing import Protocol


class Phrases(Protocol):
    """Texts are whole sentences; the question that follows stands in the same bubble, on a new line.

    ``title`` is a frame's title (挂号), ``fields`` and ``labels`` are what the patient reads.
    """

    # -- not understood: the repair ladder ------------------------------------------------------

    def not_understood(self, failures: int, open_question: bool) -> str:
        """1: said with the question again.  2: the question with an example follows.  3 and more: a human is offered.

        Without an open question: what can be done here at all.
        """
        ...

    def hint(self, example: str) -> str:
        """`Slot.hint` as a sentence, on the second rung: 您可以这样回答：明天下午。"""
        ...

    def call_human(self) -> str:
        """Label of the option that calls a human: 转人工."""
        ...

    def say_human(self) -> str:
        """As `call_human`, below a question whose answers are numbers: 要找人工，回复「人工」。"""
        ...

    def nonverbal(self, kind: str) -> str:
        """A sticker, image, voice, video, location, link or file, which cannot be read."""
        ...

    def pick(self, count: int) -> str:
        """好 to a question with so many choices, or none: kindly which one; the question follows."""
        ...

    def already(self) -> str:
        """The message tells what is known already: 好的。"""
        ...

    def go_on(self, title: str) -> str:
        """After a danger sign was answered: how to go on with the open task, or, without one, how to begin."""
        ...

    def empty(self) -> str:
        """A message without words."""
        ...

    def which_intent(self, labels: tuple[str, ...]) -> str:
        """您是想挂号，还是查询预约？  The labels follow as options."""
        ...

    # -- offers ---------------------------------------------------------------------------------

    def stale(self) -> str:
        """A tap on choices that are no longer current; the current question follows."""
        ...

    def nothing_to_choose(self) -> str:
        """A number where nothing is offered any more; what can be done here."""
        ...

    def no_such_choice(self, count: int) -> str:
        """「8」 of four; the choices follow again."""
        ...

    def none_suits(self, fields: tuple[str, ...]) -> str:
        """都不要: what should be different?  The fields follow as options, if there are any."""
        ...

    # -- corrections ----------------------------------------------------------------------------

    def changed(self) -> str:
        """好的，已改。 before the next question or read-back."""
        ...

    def what_to_change(self, fields: tuple[str, ...]) -> str:
        """A read-back was denied: what should be different?  The fields follow as options."""
        ...

    # -- leaving and coming back ----------------------------------------------------------------

    def gave_up(self, title: str) -> str:
        """算了: 好的，先不挂号了。"""
        ...

    def nothing_open(self) -> str:
        """算了, 返回 or 不对 where nothing is open."""
        ...

    def anything_else(self) -> str:
        """好的 where nothing is open: 还有什么可以帮您？"""
        ...

    def restarted(self) -> str:
        """重来: everything is forgotten; what can be done here."""
        ...

    def continuing(self, title: str) -> str:
        """我们接着刚才的挂号。"""
        ...

    def one_by_one(self, title: str, kept: bool) -> str:
        """One more of what is open (也给我挂一个): after this one; ``kept``, or to be said again then."""
        ...

    def offer_resume(self, title: str) -> str:
        """Hours later: 刚才的挂号还没办完，要接着办吗？"""
        ...

    def resume_yes(self, title: str) -> str:
        """Label: 接着挂号."""
        ...

    def resume_no(self, title: str) -> str:
        """Label: 不用了."""
        ...

    # -- the human desk -------------------------------------------------------------------------

    def with_desk(self) -> str:
        """Very short, once in a while, while the desk has the conversation; names 「返回」."""
        ...

    def left_desk(self, open_task: bool) -> str:
        """The bot is back; without an open task: what can be done here."""
        ...
