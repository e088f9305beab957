"""The approved texts that red flags name (R42): the house's, replaced one by one by the hospital's own."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import yaml

FILE = "advice.yaml"


class BadAdvice(ValueError):
    """The hospital's file cannot be used; the message is for whoever wrote it."""


def load(own: Path | None = None) -> Mapping[str, str]:
    """Key → text; ``{phone}`` stands in it for the hospital's number.  Raises `BadAdvice`."""
    texts = _read(files("bot.questionnaires").joinpath(FILE).read_text(encoding="utf-8"))
    if own is not None and own.is_file():
        texts |= _read(own.read_text(encoding="utf-8"))
    return texts


def say(texts: Mapping[str, str], key: str, *, phone: str) -> str:
    return texts[key].replace("{phone}", phone or "医院电话")


def _read(text: str) -> dict[str, str]:
    try:
        raw = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise BadAdvice(f"{FILE} 读不懂：{str(error).partition(chr(10))[0]}") from None
    if not isinstance(raw, dict) or not all(isinstance(each, str) and each.strip() for each in raw.values()):
        raise BadAdvice(f"{FILE} 每一行要是「名字: 一句话」")
    return {str(key): value.strip() for key, value in raw.items()}
