"""jieba over a small vocabulary of our own: no HMM, no cache file, nothing written anywhere.

`jieba.Tokenizer.initialize` would write its cache to a shared temporary directory; the dictionary here is small
enough to be built in memory instead.
"""

import logging
from functools import cache

import jieba

from nlu.data import read_text


@cache
def tokenizer() -> jieba.Tokenizer:
    jieba.setLogLevel(logging.WARNING)
    made = jieba.Tokenizer()
    made.FREQ, made.total = _frequencies()
    made.initialized = True
    return made


def _frequencies() -> tuple[dict[str, int], int]:
    """As `Tokenizer.gen_pfdict` makes them: every word, and every beginning of one with 0."""
    found: dict[str, int] = {}
    total = 0
    for line in read_text("words.txt").splitlines():
        word, count = line.split()
        found[word] = int(count)
        total += int(count)
        for end in range(1, len(word)):
            found.setdefault(word[:end], 0)
    return found, total


def tokens(text: str) -> list[str]:
    return tokenizer().lcut(text, HMM=False)
