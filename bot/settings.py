"""Typed settings from the environment; a wrong value stops the start with one clear line."""

import json
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AliasChoices,
    BeforeValidator,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

AesKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{43}$")]


def _json(value: object) -> object:
    """A setting that is an object; what is no JSON is a wrong value like any other."""
    return json.loads(value or "{}") if isinstance(value, str) else value


def _long(value: SecretStr) -> SecretStr:
    """It is all that keeps others from writing to the address: 16 characters that a URL takes as they are."""
    if value.get_secret_value() and not re.fullmatch(r"[\w-]{16,128}", value.get_secret_value(), re.ASCII):
        raise ValueError("16 letters, digits, - or _ at least")
    return value


def _site(value: str) -> str:
    """An address that paths are put behind."""
    if value and not re.fullmatch(r"https?://[\w.:\[\]-]+(/[\w./-]*)?", value, re.ASCII):
        raise ValueError("an address like https://bot.hospital.example, without ? and #")
    return value.rstrip("/")


PublicUrl = Annotated[str, AfterValidator(_site)]
UrlSecret = Annotated[SecretStr, AfterValidator(_long)]
Codes = Annotated[dict[str, str], NoDecode, BeforeValidator(_json)]


def _named(name: str) -> AliasChoices:
    return AliasChoices(name.lower(), name)


class Settings(BaseSettings):
    """Every knob; the README's table is made from this class and a test keeps the two equal."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    demo: bool = Field(False, validation_alias=_named("SUIZHEN_DEMO"), description="demo hospital, sandbox, phone page, movable clock; never in production")
    host: str = Field("127.0.0.1", validation_alias=_named("HOST"), description="address the web server listens on")
    port: int = Field(8000, ge=1, le=65535, validation_alias=_named("PORT"), description="port of the web server")
    public_url: PublicUrl = Field("", validation_alias=_named("PUBLIC_URL"), description="the server's address as phones reach it, for links to pages: `https://bot.hospital.example`; empty: no links are sent")
    data_dir: Path = Field(Path("var"), validation_alias=_named("SUIZHEN_DATA_DIR"), description="where the embedded stores, keys and logs live")
    database_url: str = Field("", validation_alias=_named("DATABASE_URL"), description="postgresql://… or sqlite:///…; empty: SQLite in the data directory")
    redis_url: str = Field("", validation_alias=_named("REDIS_URL"), description="redis://… or unix://…; empty: the embedded Valkey")
    web_workers: int = Field(1, ge=1, le=64, validation_alias=_named("WEB_WORKERS"), description="web worker processes")
    web_threads: int = Field(16, ge=2, le=256, validation_alias=_named("WEB_THREADS"), description="threads a web worker answers with")
    delivery_threads: int = Field(128, ge=4, le=512, validation_alias=_named("DELIVERY_THREADS"), description="messages a worker sends at once; a quarter is kept for what is urgent")
    db_pool: int = Field(8, ge=2, le=128, validation_alias=_named("DB_POOL"), description="database connections a process keeps")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", validation_alias=_named("LOG_LEVEL"), description="how much is logged")

    data_keys: SecretStr = Field(SecretStr(""), validation_alias=_named("SUIZHEN_DATA_KEYS"), description="encryption keys `id:base64,…`, the first encrypts, all decrypt; empty: a key file in the data directory")
    index_key: SecretStr = Field(SecretStr(""), validation_alias=_named("SUIZHEN_INDEX_KEY"), description="base64 key of the blind index; empty: the key file")

    hospital_name: str = Field("示例市人民医院", validation_alias=_named("HOSPITAL_NAME"), description="the hospital's name in the chat")
    hospital_phone: str = Field("0100-12345678", validation_alias=_named("HOSPITAL_PHONE"), description="the number to call when the chat is not enough")
    desk_hours: Annotated[str, StringConstraints(pattern=r"^\d\d:\d\d-\d\d:\d\d$")] = Field("08:00-17:30", validation_alias=_named("DESK_HOURS"), description="when the human desk is staffed")
    max_skew_seconds: int = Field(300, ge=1, validation_alias=_named("WEBHOOK_MAX_SKEW_SECONDS"), description="signed requests further off the real clock are refused")
    reply_budget_seconds: float = Field(4.5, gt=0, lt=5, validation_alias=_named("REPLY_BUDGET_SECONDS"), description="after this the answer goes through the outbox")
    session_days: int = Field(7, ge=1, validation_alias=_named("SESSION_DAYS"), description="how long an idle conversation is remembered")
    broadcast_approval_above: int = Field(200, ge=0, validation_alias=_named("BROADCAST_APPROVAL_ABOVE"), description="a broadcast to more people needs a second person's approval")
    followup_pushes: bool = Field(True, validation_alias=_named("FOLLOWUP_PUSHES"), description="invite discharged patients to answer in the chat or on the page; off: staff call")
    followup_target: int = Field(100, ge=1, le=100, validation_alias=_named("FOLLOWUP_TARGET"), description="回访率 to be reached, in percent (R31)")
    followup_line: int = Field(80, ge=1, le=100, validation_alias=_named("FOLLOWUP_LINE"), description="回访率 in percent below which a ward or doctor is marked in reports (R31)")
    followup_call_after_days: int = Field(2, ge=1, le=30, validation_alias=_named("FOLLOWUP_CALL_AFTER_DAYS"), description="days after an unanswered invitation on which staff are to call")
    console_idle_minutes: int = Field(30, ge=5, le=480, validation_alias=_named("CONSOLE_IDLE_MINUTES"), description="staff who do nothing in the console are signed out after this")
    console_hours: int = Field(12, ge=1, le=24, validation_alias=_named("CONSOLE_HOURS"), description="and in any case after this")
    console_codes: Literal["required", "optional"] = Field("required", validation_alias=_named("CONSOLE_CODES"), description="one-time codes of an authenticator app beside the password; the demo's are `optional`")
    console_proxies: int = Field(0, ge=0, le=3, validation_alias=_named("CONSOLE_PROXIES"), description="reverse proxies in front that append to X-Forwarded-For: whose word on the browser's address is taken")
    inbox_days: int = Field(30, ge=1, validation_alias=_named("INBOX_DAYS"), description="how long received messages are kept")

    wechat_app_id: str = Field("", validation_alias=_named("WECHAT_APP_ID"), description="AppID of the official account")
    wechat_secret: SecretStr = Field(SecretStr(""), validation_alias=_named("WECHAT_SECRET"), description="AppSecret")
    wechat_token: SecretStr = Field(SecretStr(""), validation_alias=_named("WECHAT_TOKEN"), description="Token of the server configuration page")
    wechat_aes_key: AesKey | Literal[""] = Field("", validation_alias=_named("WECHAT_AES_KEY"), description="EncodingAESKey, 43 characters; needed in compatible and safe mode")
    wechat_mode: Literal["plain", "compatible", "safe"] = Field("safe", validation_alias=_named("WECHAT_MODE"), description="消息加解密方式, as set on the platform")
    wechat_api_base: str = Field("https://api.weixin.qq.com", validation_alias=_named("WECHAT_API_BASE"), description="API gateway; may be loopback")
    wechat_account_id: str = Field("", validation_alias=_named("WECHAT_ACCOUNT_ID"), description="original id gh_…; when set, messages to another account are refused")
    wechat_tap_links: bool = Field(True, validation_alias=_named("WECHAT_TAP_LINKS"), description="options in replies are tappable links; off: numbered lines only")
    wechat_assistant: bool = Field(False, validation_alias=_named("WECHAT_ASSISTANT"), description="the account has 就医助手: pushes about a visit go there first")
    wechat_templates: Codes = Field({}, validation_alias=_named("WECHAT_TEMPLATES"), description="template messages as JSON, kind to template id: `{\"visit_tomorrow\": \"TM001\"}`; other kinds take their next road")
    wechat_subscriptions: Codes = Field({}, validation_alias=_named("WECHAT_SUBSCRIPTIONS"), description="subscription notices likewise; a `*` behind an id: consent to it lasts")
    wechat_rate: float = Field(0, ge=0, validation_alias=_named("WECHAT_RATE"), description="calls a second to each sending API, all processes together; 0: as many as the workers make")

    sms_vendor: Literal["none", "sandbox", "tencent", "alibaba"] = Field("none", validation_alias=_named("SMS_VENDOR"), description="who sends SMS; the demo's is `sandbox`")
    sms_signature: str = Field("", validation_alias=_named("SMS_SIGNATURE"), description="approved signature, without 【】; empty: the hospital's name")
    sms_key_id: str = Field("", validation_alias=_named("SMS_KEY_ID"), description="SecretId or AccessKeyId of the vendor")
    sms_secret: SecretStr = Field(SecretStr(""), validation_alias=_named("SMS_SECRET"), description="SecretKey or AccessKeySecret")
    sms_app_id: str = Field("", validation_alias=_named("SMS_APP_ID"), description="SdkAppId (Tencent)")
    sms_templates: Codes = Field({}, validation_alias=_named("SMS_TEMPLATES"), description="approved templates as JSON, kind to the vendor's code: `{\"booked\": \"SMS_1001\"}`; other kinds go without SMS")
    sms_receipt_secret: UrlSecret = Field(SecretStr(""), validation_alias=_named("SMS_RECEIPT_SECRET"), description="secret part of the address `/sms/SECRET/receipts` for delivery reports; empty: none are taken")
    sms_api_base: str = Field("", validation_alias=_named("SMS_API_BASE"), description="gateway of the vendor, where it is not the public one; may be loopback")
    sms_fen_per_part: int = Field(5, ge=0, validation_alias=_named("SMS_FEN_PER_PART"), description="price in fen of one part (67 to 70 characters), for the costs of pushes")


class BadSettings(Exception):
    """The environment is wrong; the message is one line a night-shift engineer can act on."""


def load(**overrides: object) -> Settings:
    """Settings from the environment, ``overrides`` winning; `BadSettings` names the variable and the reason."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "settings"
        raise BadSettings(f"{name}: {first['msg']}") from None
