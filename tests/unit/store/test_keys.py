"""Encryption at rest: what must not decrypt does not; rotation; the key file."""

import base64
import json
import stat
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import load
from bot.store.keys import KEY_FILE, BadKeys, KeyRing, rotate

OLD, NEW, INDEX = b"o" * 32, b"n" * 32, b"i" * 32


def b64(key: bytes) -> str:
    return base64.b64encode(key).decode()


@given(st.binary(max_size=500), st.text(max_size=50))
def test_what_is_encrypted_decrypts(plain: bytes, aad: str) -> None:
    keys = KeyRing({7: NEW}, INDEX)
    blob = keys.encrypt(plain, aad)
    assert keys.decrypt(blob, aad) == plain
    assert len(blob) == 1 + 12 + len(plain) + 16
    assert blob[0] == 7


def test_the_same_text_twice_looks_different() -> None:
    keys = KeyRing.generate()
    assert keys.encrypt(b"x", "a") != keys.encrypt(b"x", "a")


def test_a_value_moved_elsewhere_does_not_decrypt() -> None:
    keys = KeyRing.generate()
    blob = keys.encrypt("王建国".encode(), "patients.name:1")
    for aad in ("patients.name:2", "patients.phone:1", ""):
        with pytest.raises(BadKeys):
            keys.decrypt(blob, aad)


@pytest.mark.parametrize("at", [0, 1, 13, -1])
def test_a_changed_byte_does_not_decrypt(at: int) -> None:
    keys = KeyRing({1: OLD, 2: NEW}, INDEX)
    blob = bytearray(keys.encrypt(b"13800138000", "a"))
    blob[at] ^= 3
    with pytest.raises(BadKeys) as error:
        keys.decrypt(bytes(blob), "a")
    assert "138" not in str(error.value)


@pytest.mark.parametrize("blob", [b"", b"\x01", b"\x01" + b"0" * 12, b"\x01" + b"0" * 20])
def test_a_truncated_value_is_refused(blob: bytes) -> None:
    with pytest.raises(BadKeys):
        KeyRing({1: OLD}, INDEX).decrypt(blob, "a")


def test_old_keys_decrypt_the_first_encrypts() -> None:
    before = KeyRing({1: OLD}, INDEX).encrypt(b"x", "a")
    keys = KeyRing({2: NEW, 1: OLD}, INDEX)
    assert keys.decrypt(before, "a") == b"x"
    assert not keys.is_current(before)
    assert keys.is_current(keys.encrypt(b"x", "a"))
    with pytest.raises(BadKeys, match="no key"):
        KeyRing({2: NEW}, INDEX).decrypt(before, "a")


def test_the_index_finds_equals_within_one_purpose_only() -> None:
    keys = KeyRing({1: OLD}, INDEX)
    assert keys.index("phone", "138") == keys.index("phone", "138")
    assert len({keys.index("phone", "138"), keys.index("phone", "139"), keys.index("name", "138")}) == 3
    assert keys.index("phone", "138") != KeyRing({1: OLD}, b"j" * 32).index("phone", "138")
    assert keys.index("phone", "138") == KeyRing({2: NEW}, INDEX).index("phone", "138"), "survives a rotation"


def test_keys_from_the_environment_win(tmp_path: Path) -> None:
    settings = load(data_dir=tmp_path, data_keys=f"2:{b64(NEW)}, 1:{b64(OLD)}", index_key=b64(INDEX))
    keys = KeyRing.load(settings)
    assert keys.current == 2
    assert keys.decrypt(KeyRing({1: OLD}, INDEX).encrypt(b"x", "a"), "a") == b"x"
    assert not (tmp_path / KEY_FILE).exists()


@pytest.mark.parametrize(
    ("data", "index"),
    [
        (f"1:{b64(OLD)}", ""), ("", b64(INDEX)), ("nonsense", b64(INDEX)), (f"x:{b64(OLD)}", b64(INDEX)),
        ("1:!!", b64(INDEX)), (f"1:{b64(b'short')}", b64(INDEX)), (f"1:{b64(OLD)}", "c2hvcnQ="),
        (f"999:{b64(OLD)}", b64(INDEX)),
    ],
)  # fmt: skip
def test_wrong_keys_stop_the_start(tmp_path: Path, data: str, index: str) -> None:
    with pytest.raises(BadKeys):
        KeyRing.load(load(data_dir=tmp_path, data_keys=data, index_key=index))


def test_the_key_file_is_made_once_and_private(tmp_path: Path) -> None:
    settings = load(data_dir=tmp_path / "new", data_keys="", index_key="")
    blob = KeyRing.load(settings).encrypt(b"x", "a")
    path = tmp_path / "new" / KEY_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyRing.load(settings).decrypt(blob, "a") == b"x"
    assert [p.name for p in path.parent.iterdir()] == [KEY_FILE]


def _index_of(folder: Path, start: object, into: object) -> None:
    settings = load(data_dir=folder, data_keys="", index_key="")
    start.wait(30)  # type: ignore[attr-defined]
    into.put(KeyRing.load(settings).index("a", "b"))  # type: ignore[attr-defined]


def test_processes_starting_at_once_agree_on_the_keys(tmp_path: Path) -> None:
    fork = get_context("fork")
    start, results = fork.Barrier(6), fork.Queue()
    children = [fork.Process(target=_index_of, args=(tmp_path, start, results)) for _ in range(6)]
    for child in children:
        child.start()
    assert len({results.get(timeout=150) for _ in children}) == 1
    for child in children:
        child.join(10)


def test_a_broken_key_file_is_said_and_never_replaced(tmp_path: Path) -> None:
    settings = load(data_dir=tmp_path, data_keys="", index_key="")
    (tmp_path / KEY_FILE).write_text("{}")
    with pytest.raises(BadKeys, match="not a key file"):
        KeyRing.load(settings)
    assert (tmp_path / KEY_FILE).read_text() == "{}"


def test_rotating_the_key_file(tmp_path: Path) -> None:
    settings = load(data_dir=tmp_path, data_keys="", index_key="")
    before = KeyRing.load(settings)
    blob, index = before.encrypt(b"x", "a"), before.index("p", "v")
    new = rotate(tmp_path / KEY_FILE)
    after = KeyRing.load(settings)
    assert after.current == new != before.current
    assert after.decrypt(blob, "a") == b"x"
    assert after.index("p", "v") == index
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert set(json.loads((tmp_path / KEY_FILE).read_text())) == {"data", "index"}
