"""Signing in and out, and everything that keeps others from doing it."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from bot.domain.roles import Role
from bot.services.staff import managing, oneself, seeding
from bot.services.staff.managing import By, Profile
from bot.services.staff.rows import G, S, W
from bot.settings import Settings
from bot.store.db import Database
from tests.conftest import FixedClock
from tests.integration.console.stand import PASSWORD, Stand, Visitor, make_stand


def outcomes(stand: Stand) -> list[str]:
    with stand.db.read() as uow:
        return list(uow.connection.execute(select(G.c.outcome).order_by(G.c.id)).scalars())


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/").status_code == 200


def test_sign_in_and_out(both: Stand) -> None:
    visitor = both.signed_in(Role.NURSE)
    assert "工号 8001" in visitor.get("/").text
    assert visitor.post("/logout").status_code == 303
    assert not is_in(visitor)
    assert outcomes(both)[-1] == "signed_in"


def test_a_wrong_password_says_nothing_of_the_account(both: Stand) -> None:
    both.person("8001", Role.NURSE)
    visitor = both.visitor()
    wrong = visitor.sign_in("8001", "not the password")
    unknown = visitor.sign_in("9999", "not the password")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert "工号或密码不对" in wrong.text
    assert "工号或密码不对" in unknown.text
    assert outcomes(both)[-2:] == ["wrong_password", "unknown"]


def test_an_unknown_number_is_not_written_down(stand: Stand) -> None:
    """It may be a password typed into the wrong box."""
    stand.visitor().sign_in("my-secret-password", "x")
    with stand.db.read() as uow:
        assert uow.connection.execute(select(G.c.staff_no)).scalars().all() == [""]


def test_five_wrong_tries_cost_a_minute_then_more(both: Stand, clock: FixedClock) -> None:
    both.person("8001", Role.NURSE)
    visitor = both.visitor()
    for _ in range(5):
        visitor.sign_in("8001", "wrong")
        visitor.sign_in("9999", "wrong")
    assert "请 1 分钟后再试" in visitor.sign_in("8001").text, "even the right password waits"
    assert "后再试" in visitor.sign_in("9999").text, (
        "nobody's 工号 is locked alike: a lock tells not who is there"
    )
    clock.advance(timedelta(seconds=61))
    visitor.sign_in("8001", "wrong")
    assert "请 2 分钟后再试" in visitor.sign_in("8001").text
    clock.advance(timedelta(minutes=2, seconds=1))
    assert visitor.sign_in("8001").status_code == 303
    with both.db.read() as uow:
        assert uow.connection.execute(select(S.c.failures)).scalar_one() == 0


def test_one_address_may_not_try_for_ever(stand: Stand) -> None:
    visitor = stand.visitor()
    statuses = [visitor.sign_in(f"70{n:02}", "x").status_code for n in range(31)]
    assert statuses[:30] == [401] * 30
    assert statuses[30] == 429


def test_a_session_ends_after_idling(both: Stand, clock: FixedClock) -> None:
    visitor = both.signed_in(Role.NURSE)
    clock.advance(timedelta(minutes=29))
    assert is_in(visitor)
    clock.advance(timedelta(minutes=29))
    assert is_in(visitor)
    clock.advance(timedelta(minutes=31))
    there = visitor.get("/flags?state=closed").headers["Location"]
    assert there == "/console/login?next=/console/flags?state%3Dclosed"
    assert "登录已结束，请重新登录" in visitor.get(there.removeprefix("/console")).text
    assert "登录已结束" not in both.visitor().get("/login").text


def test_who_sends_a_form_too_late_is_told_and_led_back_to_it(stand: Stand, clock: FixedClock) -> None:
    visitor = stand.signed_in(Role.DESK)
    found_by_a_form = ("/patients/find", "")
    for came, back in (("/tickets/new", "?next=/console/tickets/new"), found_by_a_form):
        visitor.get("/")
        clock.advance(timedelta(minutes=31))
        visitor.headers["Referer"] = f"http://localhost/console{came}"
        sent = visitor.post("/tickets/new", words="饭菜太凉").headers["Location"]
        assert sent == f"/console/login{back}"
        assert "刚才填的没有保存" in visitor.get(sent.removeprefix("/console")).text
        visitor.sign_in("8001")


def test_typing_keeps_somebody_signed_in(stand: Stand, clock: FixedClock) -> None:
    visitor = stand.signed_in(Role.NURSE)
    for _ in range(3):
        clock.advance(timedelta(minutes=20))
        assert visitor.get("/alive").status_code == 204


def test_a_page_that_renews_itself_keeps_nobody_signed_in(stand: Stand, clock: FixedClock) -> None:
    visitor = stand.signed_in(Role.NURSE)
    for _ in range(3):
        clock.advance(timedelta(minutes=9))
        assert visitor.get("/", **{"X-Background": "1", "HX-Request": "true"}).status_code == 200
    clock.advance(timedelta(minutes=4))
    asked = visitor.get("/", **{"X-Background": "1", "HX-Request": "true"})
    assert asked.headers["HX-Redirect"].startswith("/console/login")


def test_a_session_ends_after_its_day(stand: Stand, clock: FixedClock) -> None:
    visitor = stand.signed_in(Role.NURSE)
    for _ in range(12 * 3 - 1):
        clock.advance(timedelta(minutes=20))
        assert is_in(visitor)
    clock.advance(timedelta(minutes=20))
    assert not is_in(visitor)
    with stand.db.read() as uow:
        assert "expired" in uow.connection.execute(select(W.c.ended_why)).scalars().all()


def test_a_token_planted_before_is_worth_nothing(stand: Stand) -> None:
    """Session fixation: signing in always gives a token nobody has seen."""
    stand.person("8001", Role.NURSE)
    visitor = stand.visitor()
    visitor.client.set_cookie(stand.console.browser.cookie, "planted-by-somebody-else")
    visitor.sign_in("8001")
    fresh = stand.token(visitor)
    assert fresh != "planted-by-somebody-else"
    other = stand.visitor()
    other.client.set_cookie(stand.console.browser.cookie, "planted-by-somebody-else")
    assert not is_in(other)
    visitor.sign_in("8001")
    assert stand.token(visitor) != fresh


def test_the_database_does_not_hold_the_token(stand: Stand) -> None:
    visitor = stand.signed_in(Role.NURSE)
    token = stand.token(visitor).encode()
    with stand.db.read() as uow:
        assert all(token not in kept for kept in uow.connection.execute(select(W.c.token)).scalars())


def test_disabling_ends_every_session_at_once(both: Stand, clock: FixedClock) -> None:
    visitor = both.signed_in(Role.NURSE)
    managing.disable(both.db, "8001", 1, By("cli", clock.now()))
    assert not is_in(visitor)
    assert "已停用" in visitor.sign_in("8001").text


def test_a_new_password_ends_the_other_sessions(both: Stand) -> None:
    here, there = both.signed_in(Role.NURSE), both.visitor()
    there.sign_in("8001")
    here.get("/password")
    done = here.post(
        "/password", old=PASSWORD, new="sturdy umbrella 42 teapots", repeated="sturdy umbrella 42 teapots"
    )
    assert done.status_code == 303
    assert is_in(here)
    assert not is_in(there)
    assert both.visitor().sign_in("8001", "sturdy umbrella 42 teapots").status_code == 303


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("short", "至少 12 个字符"),
        ("password1234", "太容易被猜到"),
        ("qwertyuiop123", "太容易被猜到"),
        ("x" * 129, "最多 128"),
        (PASSWORD, "不能和现在的一样"),
    ],
)
def test_passwords_that_will_not_do(stand: Stand, new: str, words: str) -> None:
    visitor = stand.signed_in(Role.NURSE)
    visitor.get("/password")
    answer = visitor.post("/password", old=PASSWORD, new=new, repeated=new)
    assert answer.status_code == 422
    assert words in answer.text


def test_the_first_day_of_an_administrator(both: Stand, clock: FixedClock) -> None:
    """One-time password → own password → agreement → today."""
    made = seeding.make_admin(both.db, "0001", "王主任", clock.now())
    assert isinstance(made, managing.StaffChanged)
    visitor = both.visitor()
    assert visitor.sign_in("0001", made.password).status_code == 303
    assert visitor.get("/staff").headers["Location"] == "/console/password"
    visitor.get("/password")
    own = "sturdy umbrella 42 teapots"
    visitor.post("/password", old=made.password, new=own, repeated=own)
    assert visitor.get("/").headers["Location"] == "/console/agreement"
    visitor.get("/agreement")
    assert visitor.post("/agreement").status_code == 422
    assert visitor.post("/agreement", agree="2026-11").status_code == 303
    assert is_in(visitor)


def test_a_one_time_password_expires(both: Stand, clock: FixedClock) -> None:
    made = seeding.make_admin(both.db, "0001", "王主任", clock.now())
    assert isinstance(made, managing.StaffChanged)
    clock.advance(timedelta(hours=24))
    assert "一次性密码已过期" in both.visitor().sign_in("0001", made.password).text


def test_without_any_administrator_the_page_says_what_to_do(stand: Stand) -> None:
    assert "python -m bot staff admin" in stand.visitor().get("/login").text
    stand.person("8001", Role.ADMIN)
    assert "python -m bot staff admin" not in stand.visitor().get("/login").text


# -- the code -----------------------------------------------------------------------------------------


@pytest.fixture
def strict(db: Database, clock: FixedClock, redis_client: object, settings: Settings) -> Stand:
    """Where codes are required, as in production."""
    return make_stand(db, clock, redis_client, settings.model_copy(update={"console_codes": "required"}))  # type: ignore[arg-type]


def code(secret: str, clock: FixedClock) -> str:
    return pyotp.TOTP(secret).at(clock.now())


def set_up(stand: Stand, clock: FixedClock) -> tuple[Visitor, str]:
    """Somebody whose app is set up; their secret."""
    visitor = stand.signed_in(Role.NURSE)
    viewer = stand.console.sessions.viewer(stand.token(visitor), clock.now())
    assert viewer is not None
    secret = pyotp.random_base32()
    assert oneself.set_up_codes(stand.db, viewer, secret, code(secret, clock), clock.now())
    clock.advance(timedelta(seconds=60))
    return visitor, secret


def test_codes_are_set_up_before_anything_is_seen(strict: Stand, clock: FixedClock) -> None:
    visitor = strict.signed_in(Role.NURSE)
    assert visitor.get("/").headers["Location"] == "/console/codes"
    page = visitor.get("/codes").text
    secret = page.split('class="secret">')[1].split("<")[0]
    assert "<svg" in page
    assert visitor.get("/codes").text.count(secret) == 1, "a second look shows the same"
    assert visitor.post("/codes", code="000000").status_code == 422
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code(secret.replace(" ", ""), clock))
    assert visitor.post("/codes", code=wide).status_code == 303, "as a Chinese keyboard may write it"
    assert is_in(visitor)


def test_the_code_is_asked_for(both: Stand, clock: FixedClock) -> None:
    _, secret = set_up(both, clock)
    visitor = both.visitor()
    visitor.sign_in("8001")
    waiting = both.token(visitor)
    assert visitor.get("/").headers["Location"] == "/console/code"
    assert visitor.get("/flags").headers["Location"] == "/console/code?next=/console/flags"
    visitor.get("/code")
    assert visitor.post("/code", code="123456").status_code == 401
    shown = visitor.post("/code", code=code(secret, clock), next="/console/flags")
    assert shown.headers["Location"] == "/console/flags"
    assert is_in(visitor)
    assert both.token(visitor) != waiting, "a new session, not the one that waited"


def test_a_code_counts_once(both: Stand, clock: FixedClock) -> None:
    _, secret = set_up(both, clock)
    said = code(secret, clock)
    first, second = both.visitor(), both.visitor()
    for visitor in (first, second):
        visitor.sign_in("8001")
        visitor.get("/code")
    assert first.post("/code", code=said).status_code == 303
    assert second.post("/code", code=said).status_code == 401


def test_codes_are_not_guessed(both: Stand, clock: FixedClock) -> None:
    _, secret = set_up(both, clock)
    visitor = both.visitor()
    visitor.sign_in("8001")
    visitor.get("/code")
    for _ in range(5):
        visitor.post("/code", code="000001")
    assert "后再试" in visitor.post("/code", code=code(secret, clock)).text


def test_signing_in_again_does_not_reset_the_count_of_wrong_codes(both: Stand, clock: FixedClock) -> None:
    set_up(both, clock)
    for _ in range(5):
        visitor = both.visitor()
        visitor.sign_in("8001")
        visitor.get("/code")
        visitor.post("/code", code="000001")
    assert "后再试" in both.visitor().sign_in("8001").text


def test_the_secret_is_encrypted(stand: Stand, clock: FixedClock) -> None:
    _, secret = set_up(stand, clock)
    with stand.db.read() as uow:
        row = uow.connection.execute(select(S.c.totp, S.c.name)).one()
    assert secret.encode() not in row.totp
    assert "员工".encode() not in row.name


def test_profile_names_one_role_at_least(stand: Stand, clock: FixedClock) -> None:
    refused = managing.add(stand.db, "8800", Profile("某某", ()), By("cli", clock.now()))
    assert refused == managing.StaffRefused("roles")
