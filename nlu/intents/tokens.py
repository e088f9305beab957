"""jieba over a small vocabulary of our own: no HMM, no cache file, nothing written anywhere.

`jieba.Tokenizer.initialize` would write its cache to a shared temporary directory; the dictionary here is small
enough to be built in memory instead.
"""

import logging
from functools import cache
from io import BytesIO

import jieba

from nlu.data import read_text


@cache
def tokenizer() -> jieba.Tokenizer:
    jieba.setLogLevel(logging.WARNING)
    made = jieba.Tokenizer(dictionary=None)
    made.FREQ, made.total = made.gen_pfdict(_NamedBytes(read_text("words.txt").encode()))
    made.initialized = True
    return made


class _NamedBytes(BytesIO):
    name = "words.txt"


def tokens(text: str) -> list[str]:
    return tokenizer().lcut(text, HMM=False)
