"""Whatever is posted to the page, it answers; and what it keeps is an answer that can stand."""

from random import Random

from bot.domain.survey import SurveyState
from bot.questionnaires.evaluate import refusal
from tests.integration.web.conftest import Page

ROUNDS = 150
VALUES = [
    "", " ", "yes", "no", "1", "-1", "0", "38.2", "1e999", "NaN", "Infinity", "9" * 5000, "2026-02-30", "三十八度二",
    "\x00", "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"), "<script>alert(1)</script>",
    "'; DROP TABLE responses; --", "{{7*7}}", "长" * 3000, "‮反", "👍", "\r\n\r\n", "../../etc/passwd", "%00", "a\nb",
]  # fmt: skip
KEYS = ["do", "seen", "revision", "stamp", "author", "a-", "w-", "edit", "a-无", "__proto__", "a-signs[]"]


def test_no_form_ends_in_an_error(page: Page) -> None:
    rng = Random(20261123)
    page.begin()
    ids = [item.link_id for item in page.view.form.walk()]
    codes = [option.code for item in page.view.form.walk() for option in item.options]
    for turn in range(ROUNDS):
        fields = {
            rng.choice([*KEYS, *(f"a-{i}" for i in ids), *(f"w-{i}" for i in ids)]): [
                rng.choice([*VALUES, *codes, *ids]) for _ in range(rng.randint(0, 3))
            ]
            for _ in range(rng.randint(0, 12))
        }
        fields["seen"] = rng.sample(ids, rng.randint(0, len(ids)))
        do = fields.pop("do", [rng.choice(["auto", "save", "submit", "start", "x"])])
        response = page.send(do[0] if do else "", **fields)
        assert response.status_code in (200, 303, 409, 413, 422), (turn, response.status_code, fields)
        assert "<script>alert" not in response.text
        page.open()
        view = page.view
        for link_id, values in view.filling.answers.items():
            item = view.form.item(link_id)
            assert item is not None
            assert refusal(item, values) is None
        if view.state is SurveyState.COMPLETED:
            break


def test_no_body_and_no_type_ends_in_an_error(page: Page) -> None:
    page.begin()
    bodies = [b"", b"\xff\xfe", b"a=%ff&seen=%00", b"&&&===", b"a" * 70_000, b'{"a": 1}', b"--x\r\nContent-"]
    kinds = [
        "", "application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=x",
        "multipart/form-data", "application/x-www-form-urlencoded; charset=utf-16",
    ]  # fmt: skip
    for body in bodies:
        for kind in kinds:
            response = page.http.post(page.url, data=body, content_type=kind)
            assert response.status_code in (200, 400, 409, 413), (body[:20], kind, response.status_code)
    assert page.view.filling.answers == {}
