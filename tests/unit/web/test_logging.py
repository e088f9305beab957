"""Logs tell what happened and never about whom (R15)."""

import io
import logging

import pytest

from bot.web.logging import KeyValue, configure, redact


@pytest.mark.parametrize(
    "personal",
    [
        "11010119900307109X",
        "11010119900307109x",
        "１１０１０１１９９００３０７１０９Ｘ",
        "110101 19900307 109X",
        "110101900307109",
        "13900001111",
        "139-0000-1111",
        "139 0000 1111",
        "+8613900001111",
        "008613900001111",
        "１３９００００１１１１",
    ],
)
def test_numbers_of_people_are_masked(personal: str) -> None:
    for text in (personal, f"我是张三，{personal}。", f"id={personal},", f"('{personal}',)"):
        masked = redact(text)
        assert personal not in masked
        assert "***" in masked


@pytest.mark.parametrize(
    "harmless",
    ["appointment 1234567", "2026-11-23T10:00:00.123Z", "0100-12345678", "errcode 45015", "1390000111"],
)
def test_other_numbers_stay(harmless: str) -> None:
    assert redact(harmless) == harmless


def test_what_a_database_quotes_is_dropped() -> None:
    told = (
        'duplicate key value violates "uq"\nDETAIL:  Key (openid)=(o-anna) already exists.\nSQL state: 23505'
    )
    assert redact(told) == 'duplicate key value violates "uq"\nDETAIL: ***\nSQL state: 23505'


@pytest.fixture
def written() -> "io.StringIO":
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure("INFO", stream)
    yield stream  # type: ignore[misc]
    root.handlers[:], root.level = handlers, level


def test_nothing_personal_gets_through_any_door(written: io.StringIO) -> None:
    log = logging.getLogger("some.library")
    secret, phone = "11010119900307109X", "13900001111"
    log.info("plain %s", secret)
    log.warning("extra", extra={"detail": phone})
    try:
        raise ValueError(f"cannot parse {secret} of {phone}")
    except ValueError:
        log.exception("failed for %s", phone)
    text = written.getvalue()
    assert "plain" in text
    assert "ValueError" in text
    assert secret not in text
    assert phone not in text


def test_a_record_is_one_line_of_pairs(written: io.StringIO) -> None:
    logging.getLogger("bot.web").warning("refused", extra={"reason": 'stale "x"\nlevel=error', "age": 400})
    lines = written.getvalue().splitlines()
    assert len(lines) == 1
    assert "level=warning logger=bot.web msg=refused" in lines[0]
    assert r'reason="stale \"x\"\nlevel=error" age=400' in lines[0]


def test_a_traceback_cannot_pose_as_a_record(written: io.StringIO) -> None:
    try:
        raise ValueError("x\nat=2026 level=info msg=forged")
    except ValueError:
        logging.getLogger("bot").exception("broke")
    assert all(line.startswith(("at=", "  | ")) for line in written.getvalue().splitlines())
    assert "  | at=2026 level=info msg=forged" in written.getvalue()


def test_the_formatter_alone_masks() -> None:
    record = logging.makeLogRecord({"msg": "电话 13900001111", "levelname": "INFO", "name": "x"})
    assert "13900001111" not in KeyValue().format(record)
