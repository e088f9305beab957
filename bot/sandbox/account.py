"""The official account that the sandbox plays the platform for: what WeChat's servers know about it."""

from dataclasses import dataclass

from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Account:
    """The same secrets as on the hospital's side, plus what only the platform keeps."""

    app_id: str
    secret: str
    token: str
    aes_key: str
    mode: str
    """plain | compatible | safe"""
    original_id: str
    """gh_…: ToUserName of every message."""
    name: str


def from_settings(settings: Settings) -> Account:
    """The account as `WECHAT_*` describes it."""
    return Account(
        app_id=settings.wechat_app_id,
        secret=settings.wechat_secret.get_secret_value(),
        token=settings.wechat_token.get_secret_value(),
        aes_key=settings.wechat_aes_key,
        mode=settings.wechat_mode,
        original_id=settings.wechat_account_id or "gh_0123456789ab",
        name=settings.hospital_name,
    )
