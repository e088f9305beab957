"""What OWASP ASVS asks of every page: forged requests, headers, fresh passwords, problems that tell nothing."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Response, request

from bot.domain.roles import Role
from bot.web.console import browser
from bot.web.console.browser import Browser
from bot.web.console.pages import Stage
from tests.conftest import FixedClock
from tests.full_disk import full
from tests.integration.console.stand import PASSWORD, Stand
from tests.integration.console.test_matrix import address


def test_every_act_refuses_a_forged_request(stand: Stand) -> None:
    visitor = stand.signed_in(*Role)
    acts = [page for page in stand.console.pages if page.method == "POST"]
    assert acts
    for page in acts:
        assert visitor.post(address(page), csrf="0" * 64, version="1").status_code == 400, page
        assert visitor.client.post(f"/console{address(page)}").status_code == 400, page


def test_another_sites_request_is_refused_even_with_the_token(stand: Stand) -> None:
    visitor = stand.signed_in(Role.ADMIN)
    visitor.get("/")
    visitor.headers["Sec-Fetch-Site"] = "cross-site"
    assert visitor.post("/logout").status_code == 400


def test_a_token_belongs_to_its_session(stand: Stand) -> None:
    mine, other = stand.signed_in(Role.ADMIN), stand.signed_in(Role.ADMIN, staff_no="8002")
    other.get("/")
    stolen = other.csrf()
    mine.get("/")
    assert mine.post("/staff/new", csrf=stolen).status_code == 400


def test_headers_on_every_answer(stand: Stand) -> None:
    visitor = stand.signed_in(*Role)
    for page in stand.console.pages:
        if page.method == "GET":
            answer = visitor.get(address(page))
            policy = answer.headers["Content-Security-Policy"]
            assert "unsafe" not in policy
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Cache-Control"] == "no-store", page
            assert answer.headers["Referrer-Policy"] == "same-origin"


def test_no_page_has_inline_script_or_style(stand: Stand) -> None:
    """The policy would refuse them; here they are found before a browser does."""
    visitor = stand.signed_in(*Role)
    for page in stand.console.pages:
        if page.method == "GET":
            text = visitor.get(address(page)).text
            assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text), page
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text), page
            assert not re.search(r"(?:src|href|action)=\"https?:", text), f"{page}: something from elsewhere"


def test_cookies_of_an_installation(stand: Stand) -> None:
    visitor = stand.visitor()
    set_cookie = visitor.get("/login").headers["Set-Cookie"]
    assert "HttpOnly" in set_cookie
    assert "SameSite=Lax" in set_cookie
    assert "Secure" not in set_cookie, "the demo speaks plain HTTP"
    real = Browser(secure=True)
    assert real.cookie.startswith("__Host-")
    with stand.app.test_request_context("/console/"):
        response = stand.app.make_response("")
        real.keep(response, "token")
        real.dress(response)
    assert "Secure" in response.headers["Set-Cookie"]
    assert "Path=/" in response.headers["Set-Cookie"]
    assert "Strict-Transport-Security" in response.headers


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("/console/staff?page=2", "/console/staff?page=2"),
        ("https://evil.example/console/", "/console/"),
        ("//evil.example", "/console/"),
        ("/console//evil.example", "/console/"),
        ("/console/\\evil.example", "/console/"),
        ("/console/../wechat", "/console/"),
        ("/wechat", "/console/"),
        ("", "/console/"),
    ],
)
def test_nobody_is_sent_elsewhere(text: str, kept: str) -> None:
    assert browser.local_path(text) == kept


def test_signing_in_leads_back_to_the_page(stand: Stand) -> None:
    stand.person("8001", Role.ADMIN)
    visitor = stand.visitor()
    wanted = visitor.get("/staff/8001").headers["Location"]
    assert wanted == "/console/login?next=/console/staff/8001"
    visitor.get(wanted)
    assert visitor.post("/login", staff_no="8001", password=PASSWORD, next="/console/staff/8001").headers[
        "Location"
    ] == ("/console/staff/8001")
    assert visitor.sign_in("8001", next="https://evil.example/").headers["Location"] == "/console/"


@pytest.mark.parametrize(("proxies", "address"), [(0, "10.0.0.9"), (1, "203.0.113.7"), (2, "198.51.100.1")])
def test_only_our_proxies_are_believed(stand: Stand, proxies: int, address: str) -> None:
    told = {"X-Forwarded-For": "1.1.1.1, 198.51.100.1, 203.0.113.7"}
    with stand.app.test_request_context("/console/", headers=told, environ_base={"REMOTE_ADDR": "10.0.0.9"}):
        assert Browser(secure=True, proxies=proxies).address(request) == address


def test_a_dangerous_act_wants_the_password_again(both: Stand, clock: FixedClock) -> None:
    both.person("8002", Role.NURSE)
    visitor = both.signed_in(Role.ADMIN)
    clock.advance(timedelta(minutes=11))
    visitor.get("/staff/8002")
    visitor.headers["Referer"] = "http://localhost/console/staff/8002"
    asked = visitor.post("/staff/8002/change", version=1, name='李 "四"\n', roles=["nurse", "desk"])
    assert asked.status_code == 401
    sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked.text))
    assert sent == {
        "csrf": visitor.csrf(), "version": "1", "name": "李 &#34;四&#34;\n", "roles": "desk",
    }, "all that was typed, and nothing else"  # fmt: skip
    assert re.findall(r'name="roles" value="(\w+)"', asked.text) == ["nurse", "desk"]
    assert 'action="/console/staff/8002/change"' in asked.text
    wrong = visitor.post(
        "/staff/8002/change", version=1, name="李四", roles=["nurse"], password_again="wrong"
    )
    assert wrong.status_code == 401
    assert "密码不对" in wrong.text
    assert "wrong" not in wrong.text
    assert 'value="李四"' in wrong.text
    right = visitor.post(
        "/staff/8002/change", version=1, name="李四", roles=["nurse"], password_again=PASSWORD
    )
    assert right.headers["Location"] == "/console/staff/8002"
    visitor.get("/staff/8002")
    assert visitor.post("/staff/8002/disable", version=2).headers["Location"] == "/console/staff/8002"


def test_the_password_before_an_act_is_slowed_down(stand: Stand, clock: FixedClock) -> None:
    visitor = stand.signed_in(Role.ADMIN)
    clock.advance(timedelta(minutes=11))
    for _ in range(5):
        visitor.post("/staff/nobody/disable", version=1, password_again="wrong")
    locked = visitor.post("/staff/nobody/disable", version=1, password_again=PASSWORD)
    assert locked.status_code == 401
    assert "试错次数太多" in locked.text


def test_the_page_that_asks_for_the_password_leads_back(stand: Stand, clock: FixedClock) -> None:
    visitor = stand.signed_in(Role.ADMIN)
    clock.advance(timedelta(minutes=11))
    visitor.get("/again?next=/console/staff/8002")
    assert visitor.post("/again", password="wrong", next="/console/staff/8002").status_code == 401
    right = visitor.post("/again", password=PASSWORD, next="/console/staff/8002")
    assert right.headers["Location"] == "/console/staff/8002"


DANGEROUS = {
    "api_clients": {"system_make", "system_revoke"},
    "broadcasts": {"broadcast_confirm", "broadcast_approve"},
    "clinics": {"clinic_displace"},
    "merging": {"merging_do"},
    "policy": {"policy_set", "policy_withdraw"},
    "privacy": {"privacy_erase"},
    "staff": {"staff_add", "staff_change", "staff_disable", "staff_enable", "staff_password", "staff_codes"},
    "suspensions": {"suspension_start", "suspension_withdraw"},
    "templates": {"template_retire"},
}


def test_what_cannot_be_taken_back_wants_the_password(stand: Stand) -> None:
    assert {page.name for page in stand.console.pages if page.dangerous} == set().union(*DANGEROUS.values())


def test_what_looks_through_a_lot_is_not_done_often(stand: Stand) -> None:
    costly = {page.name for page in stand.console.pages if page.costly}
    exports = {page.name for page in stand.console.pages if page.rule.endswith("/export")}
    assert (
        exports | {"policy_try", "duplicates_find", "kpi_evidence", "privacy_copy", "privacy_file"} <= costly
    )
    visitor = stand.signed_in(Role.DESK)
    visitor.get("/patients")
    token = visitor.csrf()
    statuses = [visitor.post("/patients/duplicates", csrf=token).status_code for _ in range(31)]
    assert statuses == [200] * 30 + [429]


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("https://localhost/console/staff/8002?a=1#x", "/console/staff/8002?a=1"),
        ("http://localhost/console/staff", "/console/staff"),
        ("https://evil.example/console/staff", "/console/"),
        ("https://localhost:1/console/staff", "/console/"),
        ("https://localhost//evil.example/console/", "/console/"),
        ("http://[bad", "/console/"),
        ("", "/console/"),
    ],
)
def test_back_leads_to_a_page_of_ours(stand: Stand, referer: str, back: str) -> None:
    """Also behind a proxy that does the TLS."""
    with stand.app.test_request_context("/console/x", headers={"Referer": referer}):
        assert stand.console.back() == back


def test_nothing_of_the_console_is_kept_by_a_browser(stand: Stand) -> None:
    """Also what is taken away as a file: it may hold names."""
    visitor = stand.signed_in(Role.OFFICE)
    for page in ("/", "/kpi", "/no/such/page"):
        assert visitor.get(page).headers["Cache-Control"] == "no-store", page
    book = visitor.post("/register/export", **{"as": "xlsx", "ward": '内\r\n科/"x"'})
    assert book.status_code == 200
    assert book.headers["Cache-Control"] == "no-store"


def test_a_name_that_no_database_takes_is_not_there(both: Stand) -> None:
    visitor = both.signed_in(Role.ADMIN, Role.DESK)
    for page in (
        "/patients/a%00b",
        "/policy/a%00b",
        "/staff/a%00b",
        "/plans/a%00b",
        "/patients?page=00000111111111",
    ):
        assert visitor.get(page).status_code in (200, 404), page
    assert visitor.get(f"/calls?page=000001{'9' * 5000}").status_code == 400


def test_a_full_disk_is_told_in_words_and_the_form_can_be_sent_again(
    stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    visitor, words = stand.signed_in(Role.DESK), "饭菜太凉。" * 100
    form = {"once": "a", "text": words, "kind": "complaint", "csrf": visitor.csrf()}
    with full(stand.db):
        answers = [visitor.post("/tickets/new", **form | {"once": str(n)}) for n in range(12)]
    told = answers[-1]
    assert told.status_code == 503
    assert "系统暂时不可用" in told.text
    assert int(told.headers["Retry-After"]) > 0
    assert "console.away" in caplog.text
    assert "Traceback" not in caplog.text
    kept = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', told.text))
    assert kept == form | {"once": "11"}, "a button sends all of it again"
    assert visitor.post("/tickets/new", **kept).status_code == 303


def test_acts_are_counted(stand: Stand) -> None:
    visitor = stand.signed_in(Role.ADMIN)
    visitor.get("/")
    token = visitor.csrf()
    statuses = {visitor.post("/staff/nobody/disable", csrf=token, version=1).status_code for _ in range(241)}
    assert 429 in statuses


def test_what_is_not_there(stand: Stand) -> None:
    visitor = stand.signed_in(Role.NURSE)
    answer = visitor.get("/no/such/page", Referer="http://localhost/console/shifts?page=2")
    assert answer.status_code == 404
    assert "没有找到" in answer.text
    assert re.search(r"编号 <code>[0-9A-F]{8}</code>", answer.text)
    assert '<a href="/console/shifts?page=2">回到刚才的页面</a>' in answer.text
    assert stand.visitor().get("/no/such/page").status_code == 303, "strangers are not told what there is"


def test_a_fault_tells_a_number_and_nothing_else(stand: Stand, caplog: pytest.LogCaptureFixture) -> None:
    visitor = stand.signed_in(Role.ADMIN)

    def fall(*_: object) -> None:
        raise RuntimeError("张三 11010519491231002X")

    stand.console.sessions.viewer = fall  # type: ignore[method-assign, assignment]
    answer = visitor.get("/staff")
    assert answer.status_code == 500
    assert "张三" not in answer.text
    reference = re.search(r"编号 <code>([0-9A-F]{8})", answer.text)
    assert reference is not None
    assert reference[1] in caplog.text


def test_a_part_of_a_page_gets_its_problem_as_a_message(stand: Stand) -> None:
    visitor = stand.signed_in(Role.NURSE)
    answer = visitor.get("/staff", **{"HX-Request": "true"})
    assert answer.status_code == 403
    assert answer.headers["HX-Retarget"] == "#messages"
    assert "<html" not in answer.text


def test_nonsense_is_not_a_fault(both: Stand) -> None:
    visitor = both.signed_in(Role.ADMIN)
    for path in (
        "/audit?page=x",
        "/audit?page=-1",
        "/audit?page=99999999999",
        "/sign-ins?first=yesterday",
        "/audit?page=²",
    ):
        assert visitor.get(path).status_code == 400, path
    visitor.get("/staff/8001")
    for version in ("", "x", "-1", "9" * 40, "²"):
        assert visitor.post("/staff/8001/change", version=version).status_code == 400
    assert visitor.get("/audit?actor=%00%27&action=%25").status_code == 200
    assert visitor.get("/staff/%00").status_code == 404
    assert both.visitor().sign_in("80\x0001", "x\x00").status_code == 401


def test_stages_are_used(stand: Stand) -> None:
    assert {page.stage for page in stand.console.pages} == set(Stage)


def test_every_cookie_goes_over_https_only_and_to_no_script() -> None:
    """In the hospital; the demo also speaks plain HTTP."""
    guarded, answer = Browser(secure=True), Response()
    guarded.keep(answer, "t")
    guarded.note(answer, "good", "已保存。")
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}, cookie


def test_nothing_inline_in_a_template() -> None:
    """The policy of `browser` would refuse it."""
    folder = Path(browser.__file__).parent
    inline = re.compile(r"\sstyle=|\son[a-z]+=|<style|javascript:|<script(?![^>]*\ssrc=)", re.I)
    found = {
        path.name: match[0]
        for path in folder.rglob("templates/**/*.html")
        if (match := inline.search(path.read_text()))
    }
    assert found == {}
