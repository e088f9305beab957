"""The questionnaire's page over HTTP, without a script: consent, keeping, mistakes, two faces at once, its end."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from bot.domain.survey import Author, Give, Start, Stop, SurveyState
from bot.questionnaires.model import Coded, Free
from bot.services.surveys.links import Link, make_token
from bot.store.keys import KeyRing
from tests.integration.web.conftest import Page


def problems(page: Page) -> list[str]:
    return re.findall(r'class="problem"[^>]*><span[^>]*>✗ </span>([^<]*)', page.html)


def required(page: Page) -> dict[str, str | list[str]]:
    """The first option of each required choice of the form, 都没有 where there is one."""
    found: dict[str, str | list[str]] = {}
    for item in page.view.form.walk():
        if item.options and item.required and not item.when:
            alone = [option.code for option in item.options if option.exclusive]
            found[item.link_id] = [alone[0]] if alone else item.options[0].code
        elif item.type == "boolean" and item.required and not item.when:
            found[item.link_id] = "no"
    return found | ({"medicine": "none"} if "medicine" in found else {})  # the others open one more


# -- who, why, consent ----------------------------------------------------------------------------------


def test_who_asks_and_why_comes_first_and_nothing_is_asked_before_consent(page: Page) -> None:
    page.open()
    assert page.status == 200
    assert "试验医院随访中心" in page.html
    assert "王*明" in page.html
    assert page.view.form.purpose in page.html
    assert "同意" in page.html
    assert page.seen == []
    assert page.view.state is SurveyState.OFFERED


def test_consent_begins_it_and_the_family_may_answer(page: Page) -> None:
    page.begin("family")
    assert page.view.state is SurveyState.ASKING
    assert page.view.author is Author.FAMILY
    assert "家属代答" in page.html


def test_who_does_not_want_to_is_left_alone(page: Page) -> None:
    page.open()
    page.took(page.send("stop"))
    assert (page.status, page.view.state) == (410, SurveyState.STOPPED)
    assert "不再打扰" in page.html
    assert page.open().status == 410


def test_a_consent_that_another_site_posts_is_none(page: Page) -> None:
    page.open()
    response = page.http.post(page.url, data={"do": "start", "author": "patient", "stamp": "0" * 24})
    assert response.status_code == 200
    assert page.view.state is SurveyState.OFFERED


# -- answering --------------------------------------------------------------------------------------------


def test_all_at_once_completes_it(page: Page) -> None:
    page.begin()
    page.save("submit", **required(page))
    assert page.status == 200
    assert "谢谢您" in page.html
    assert page.view.state is SurveyState.COMPLETED
    assert page.open().status == 200
    assert "谢谢您" in page.html


def test_a_draft_is_kept_and_the_chat_goes_on(page: Page) -> None:
    page.begin()
    page.save("save", recovery="good")
    assert page.view.state is SurveyState.ASKING
    assert page.view.filling.answers == {"recovery": (Coded("good"),)}
    page.chat(Give("signs", (Coded("none"),)))
    page.open()
    assert re.search(r'value="good" checked', page.html)
    assert re.search(r'value="none" checked', page.html)


def test_what_an_answer_opens_is_shown_before_it_is_handed_in(page: Page) -> None:
    """Without a script the new question stands on the next sheet; handing in does not pass over it."""
    page.begin()
    answers = required(page) | {"signs": ["fever"]}
    page.save("submit", **answers)
    assert page.status == 422
    assert "又多了几道题" in page.html
    assert "degrees" in page.seen
    assert page.view.state is SurveyState.ASKING
    assert page.view.filling.answers["signs"] == (Coded("fever"),)
    page.save("submit", **answers, degrees="37.9")
    assert page.view.state is SurveyState.COMPLETED


def test_mistakes_are_told_beside_the_question_and_nothing_is_lost(page: Page) -> None:
    page.begin()
    answers = required(page) | {"signs": ["fever"]}
    page.save("save", **answers)
    answers.pop("medicine")
    page.save("submit", **answers, degrees="382", words="这几天睡得不好")
    assert page.status == 422
    assert len(problems(page)) == 2
    assert "有 2 处要改" in page.html
    assert 'value="382"' in page.html
    assert "这几天睡得不好" in page.html
    kept = page.view.filling.answers
    assert kept["signs"] == (Coded("fever"),)
    assert "degrees" not in kept
    page.save("submit", **required(page) | {"signs": ["fever"]}, degrees="三十八度二")
    assert page.view.state is SurveyState.COMPLETED
    assert str(page.view.filling.answers["degrees"][0]) == "38.2"


def test_what_is_named_counts_more_than_none_of_them(page: Page) -> None:
    """As in the chat; a danger must not get lost over a contradiction."""
    page.begin()
    page.save("save", signs=["none", "chest"])
    assert page.view.filling.answers["signs"] == (Coded("chest"),)
    assert 'role="alert"' in page.html
    assert not re.search(r'value="none" checked', page.html)


def test_a_red_flags_advice_stands_on_top_at_once_and_stays(page: Page) -> None:
    page.begin()
    page.save("auto", signs=["chest"])
    assert page.html.index('role="alert"') < page.html.index('id="blocks"')
    told = page.html.split('role="alert"')[1].split("</section>")[0]
    assert "120" in told
    page.open()
    assert 'role="alert"' in page.html
    page.save("submit", **required(page) | {"signs": ["chest"]})
    page.save("submit", **required(page) | {"signs": ["chest"]})
    assert page.html.index('role="alert"') < page.html.index("谢谢您，都收到了")


def test_an_answer_can_be_taken_back(page: Page) -> None:
    page.begin()
    page.save(words="有点累")
    assert page.view.filling.answers["words"] == (Free("有点累"),)
    page.save(words="")
    assert "words" not in page.view.filling.answers


def test_what_is_handed_in_may_be_corrected_for_a_day(page: Page) -> None:
    page.begin()
    page.save("submit", **required(page))
    assert "改我的回答" in page.html
    page.open("?edit=1")
    assert "data-autosave" not in page.html
    assert page.view.state is SurveyState.COMPLETED
    page.save("submit", **required(page) | {"recovery": "bad"})
    assert page.view.filling.answers["recovery"] == (Coded("bad"),)
    assert page.view.state is SurveyState.COMPLETED
    page.ward.town.clock.advance(timedelta(hours=25))
    page.open("?edit=1")
    assert "改我的回答" not in page.html
    assert page.seen == []


def test_a_correction_with_a_mistake_leaves_what_was_handed_in(page: Page) -> None:
    page.begin()
    page.save("submit", **required(page))
    before = page.view.filling.answers
    page.open("?edit=1")
    page.save("submit", **required(page) | {"recovery": "nonsense"})
    assert page.status == 422
    assert page.view.filling.answers == before
    assert page.view.state is SurveyState.COMPLETED


# -- two faces at once ------------------------------------------------------------------------------------


def test_the_chats_newer_answers_are_shown_and_what_was_typed_stays(page: Page) -> None:
    page.begin()
    page.chat(Give("recovery", (Coded("bad"),)))
    page.chat(Give("signs", (Coded("none"),)), key="chat-2")
    page.save("save", recovery="good", words="请改到下周")
    assert page.status == 409
    assert "又答了几题" in page.html
    assert page.view.filling.answers["recovery"] == (Coded("bad"),), "nothing was overwritten"
    assert "您在别处答的是：不好" in page.html
    assert re.search(r'value="good" checked', page.html)
    assert re.search(r'value="none" checked', page.html)
    assert "请改到下周" in page.html
    page.save("save", recovery="good", signs=["none"], words="请改到下周")
    assert page.status == 200
    assert page.view.filling.answers["recovery"] == (Coded("good"),)


def test_handing_in_twice_is_once(page: Page) -> None:
    page.begin()
    hidden = page.html
    page.save("submit", **required(page))
    done = page.view
    page.html = hidden
    page.took(
        page.send("submit", seen=list(required(page)), **{f"a-{k}": v for k, v in required(page).items()})
    )
    assert page.status == 200
    assert "谢谢您" in page.html
    assert "别处" not in page.html
    assert page.view.revision == done.revision


def test_what_the_chat_has_finished_meanwhile_is_not_overwritten(page: Page) -> None:
    page.begin()
    hidden = page.html
    answers = required(page)
    page.save("submit", **answers)
    page.html = hidden
    page.took(
        page.send(
            "submit", seen=list(answers), **{f"a-{k}": v for k, v in (answers | {"recovery": "bad"}).items()}
        )
    )
    assert "已经在别处交过" in page.html
    assert page.view.filling.answers["recovery"] == (Coded("good"),)


def test_what_the_chat_has_stopped_is_over(page: Page) -> None:
    page.begin()
    page.chat(Stop())
    page.save("save", recovery="good")
    assert page.status == 410


def test_what_the_chat_has_begun_needs_no_second_consent(page: Page) -> None:
    page.chat(Start(Author.PATIENT))
    assert page.open().seen


def test_a_sheet_that_we_did_not_draw_changes_nothing(page: Page) -> None:
    page.begin()
    response = page.http.post(
        page.url, data={"do": "save", "seen": "recovery", "a-recovery": "good", "revision": "0", "stamp": "x"}
    )
    assert response.status_code == 409
    assert page.view.filling.answers == {}
    assert "都还在" in response.text


# -- links ------------------------------------------------------------------------------------------------


def test_an_old_link_says_so_kindly(make_page: Callable[..., Page]) -> None:
    page = make_page(until=date(2026, 11, 22))
    page.open()
    assert page.status == 410
    assert "过期" in page.html
    assert page.ward.hospital.settings.hospital_phone in page.html


@pytest.mark.parametrize("token", ["x", "fc-1-g17-00000000000000", "%00", "é", "a" * 300])
def test_a_wrong_link_says_so_kindly(page: Page, token: str) -> None:
    response = page.http.get(f"/f/{token}")
    assert response.status_code == 404
    assert page.ward.hospital.settings.hospital_phone in response.text
    assert page.http.post(f"/f/{token}", data={"do": "start"}).status_code == 404


def test_a_link_of_somebody_elses_account_shows_nothing(page: Page) -> None:
    """Who no longer looks after the patient has nothing to see; the account in the link decides, not who opens it."""
    other = page.ward.hospital.account("wechat", "wx1", "o-2")
    page.token = make_token(page.ward.town.db.keys, Link(page.scope, other.id, date(2026, 12, 31)))
    assert page.open().status == 404
    page.token = make_token(KeyRing.generate(), Link(page.scope, page.account.id, date(2026, 12, 31)))
    assert page.open().status == 404


def test_after_its_days_it_is_over(page: Page) -> None:
    page.begin()
    page.ward.town.clock.advance(timedelta(days=37))
    page.save("save", recovery="good")
    assert page.status == 410


# -- the envelope -----------------------------------------------------------------------------------------


def test_every_answer_is_private(page: Page) -> None:
    page.begin()
    for response in (page.http.get(page.url), page.send("save"), page.http.get("/f/nothing")):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
    assert "<script>" not in page.html
    assert " style=" not in page.html
    assert not re.search(r'(?:src|href)="https?:', page.html)


def test_a_body_that_is_too_long_is_refused_kindly(page: Page) -> None:
    page.begin()
    response = page.http.post(page.url, data={"do": "save", "seen": "words", "a-words": "长" * 30_000})
    assert response.status_code == 413
    assert "太长" in response.text


def test_the_address_is_in_no_log(page: Page, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    page.begin()
    page.save("submit", **required(page))
    assert page.token not in caplog.text
    assert "王小明" not in caplog.text
