"""What the demo adds to the environment: an official account of its own, and its sandbox as the gateway.

Only what the environment does not say: `serve --demo` can face another gateway than its sandbox.
"""

import base64
import hashlib
import json
import os
import secrets
import sqlite3
import string
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path

from bot.channels.wechat.template_ids import invented
from bot.embedded import Valkey
from bot.pushes.templates import Templates
from bot.settings import BadSettings

ACCOUNT_FILE = "demo-wechat.json"


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """``given`` completed for the demo."""
    data_dir = Path(given.get("SUIZHEN_DATA_DIR") or "var").resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    if not given.get("DATABASE_URL") and _is_a_hospitals(data_dir):
        raise BadSettings(
            f"SUIZHEN_DATA_DIR: {data_dir} holds a hospital's own data; the demo needs another one"
        )
    port = given.get("PORT") or "8000"
    wanted = {
        "SUIZHEN_DEMO": "1",
        "SUIZHEN_DATA_DIR": str(data_dir),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "WECHAT_MODE": "safe",
        "WECHAT_API_BASE": f"http://127.0.0.1:{port}/sandbox/wechat",
        **_account(data_dir / ACCOUNT_FILE),
        **_wechat_templates(data_dir),
        "CONSOLE_CODES": "optional",
        "SMS_VENDOR": "sandbox",
        "SMS_API_BASE": f"http://127.0.0.1:{port}/sandbox/sms",
    }
    wanted["SMS_RECEIPT_SECRET"] = hashlib.sha256(f"sms {wanted['WECHAT_TOKEN']}".encode()).hexdigest()[:32]
    if not given.get("REDIS_URL"):
        wanted["REDIS_URL"] = Valkey(data_dir).url
    # SUIZHEN_DEMO and the data directory are what was asked for; the rest yields to the environment.
    asked = {name: wanted[name] for name in ("SUIZHEN_DEMO", "SUIZHEN_DATA_DIR")}
    return {**wanted, **{name: value for name, value in given.items() if value}, **asked}


def _wechat_templates(data_dir: Path) -> dict[str, str]:
    """The sandbox approves them all at its start."""
    template, subscribe = invented(Templates.load(data_dir / "templates"))
    return {
        "WECHAT_ASSISTANT": "1",
        "WECHAT_TEMPLATES": json.dumps(template),
        "WECHAT_SUBSCRIPTIONS": json.dumps(subscribe),
    }


def _is_a_hospitals(data_dir: Path) -> bool:
    """Departments in the database, and no demo made them: nobody wants invented clinics among the real ones."""
    database = data_dir / "suizhen.db"
    if (data_dir / ACCOUNT_FILE).exists() or not database.exists():
        return False
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as there, suppress(sqlite3.Error):
        return there.execute("SELECT 1 FROM departments LIMIT 1").fetchone() is not None
    return False


def staff_password(data_dir: Path) -> str:
    """The demo staff's, made up once for this data directory; told at the start and nowhere else."""
    words = "-".join(secrets.token_hex(2) for _ in range(4))
    return _once(data_dir / "demo-staff.json", {"password": words})["password"]


def _account(path: Path) -> dict[str, str]:
    """The demo account's secrets."""
    made = {
        "WECHAT_APP_ID": f"wxdemo{secrets.token_hex(6)}",
        "WECHAT_SECRET": secrets.token_hex(16),
        "WECHAT_TOKEN": secrets.token_hex(12),
        "WECHAT_AES_KEY": _aes_key(),
    }
    return _once(path, made)


def _once(path: Path, made: dict[str, str]) -> dict[str, str]:
    """What the file says; ``made``, if there is none yet."""
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(made, file, indent=1)
        try:
            os.link(draft, path)  # the first of several wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    found: dict[str, str] = json.loads(path.read_text())
    return found


def _aes_key() -> str:
    """An EncodingAESKey as the platform makes them: 32 bytes in 43 letters and digits."""
    letters = set(string.ascii_letters + string.digits)
    while True:
        key = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        if letters.issuperset(key):
            return key
