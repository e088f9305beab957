"""What must be there before a process may face patients; the first thing missing is said in one line."""

from bot.demo import ACCOUNT_FILE
from bot.embedded import Valkey
from bot.pushes.kinds import Kinds
from bot.pushes.templates import Templates
from bot.settings import BadSettings, Settings

KEY_FILE = "keys.json"


def files(settings: Settings) -> None:
    """The hospital's own kinds.yaml and templates/*.yaml can be used; else `BadSettings` names the file."""
    Kinds.load(settings.data_dir / "kinds.yaml")
    Templates.load(settings.data_dir / "templates")


def production(settings: Settings) -> None:
    """Refuse to face a real account with half a configuration.  The demo brings its own."""
    if settings.demo:
        return
    if not settings.database_url and (settings.data_dir / ACCOUNT_FILE).exists():
        raise BadSettings(f"SUIZHEN_DATA_DIR: {settings.data_dir} holds the demo; patients need another one")
    if settings.sms_vendor == "sandbox":
        raise BadSettings("SMS_VENDOR: the sandbox reaches nobody's phone (tencent, alibaba or none)")
    secrets: dict[str, object] = {
        "WECHAT_APP_ID": settings.wechat_app_id,
        "WECHAT_SECRET": settings.wechat_secret.get_secret_value(),
        "WECHAT_TOKEN": settings.wechat_token.get_secret_value(),
        "WECHAT_AES_KEY": settings.wechat_aes_key or settings.wechat_mode == "plain",
        **_keys(settings),
        **_sms(settings),
    }
    missing = [name for name, value in secrets.items() if not value]
    if missing:
        raise BadSettings(
            f"{', '.join(missing)}: not set (README «Configuration»; `make run` starts a demo without them)"
        )


def _sms(settings: Settings) -> dict[str, object]:
    """What the vendor that was chosen wants."""
    if settings.sms_vendor == "none":
        return {}
    needed: dict[str, object] = {
        "SMS_SIGNATURE": settings.sms_signature,
        "SMS_KEY_ID": settings.sms_key_id,
        "SMS_SECRET": settings.sms_secret.get_secret_value(),
        "SMS_TEMPLATES": settings.sms_templates,
    }
    return needed | ({"SMS_APP_ID": settings.sms_app_id} if settings.sms_vendor == "tencent" else {})


def _keys(settings: Settings) -> dict[str, str]:
    """The encryption keys, unless an operator keeps them in the key file of the data directory."""
    if (settings.data_dir / KEY_FILE).exists():
        return {}
    return {
        "SUIZHEN_DATA_KEYS": settings.data_keys.get_secret_value(),
        "SUIZHEN_INDEX_KEY": settings.index_key.get_secret_value(),
    }


def with_redis(settings: Settings) -> Settings:
    """``settings`` with a Redis to talk to: the given one, else this machine's embedded Valkey if it runs."""
    if settings.redis_url:
        return settings
    valkey = Valkey(settings.data_dir)
    if not valkey.answers():
        raise BadSettings(
            "REDIS_URL: not set, and no embedded Valkey runs here (`python -m bot serve` has one)"
        )
    return settings.model_copy(update={"redis_url": valkey.url})
