"""The pipeline: normalize → entities → intents → ``Understood``.  Never raises, whatever the input."""

from datetime import datetime

from nlu.lexicon import Lexicon
from nlu.normalize import normalize
from nlu.understood import Understood


class Nlu:
    """Understands messages with one hospital's names; stateless between messages, safe to share by threads."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def parse(self, text: str, now: datetime, expecting: tuple[str, ...] = ()) -> Understood:
        """What ``text`` means.  ``expecting`` names the open slots: a bare 「下午」 answers an open question."""
        return Understood(text, normalize(text).text)
