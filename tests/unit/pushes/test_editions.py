"""Templates that the console has published take the place of the files' at once, and broken ones do not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from bot.pushes.shapes import Words
from bot.pushes.templates import Templates, read, written


@dataclass(frozen=True)
class Edition:
    body: Mapping[str, Any]


@pytest.mark.parametrize("kind", Templates.load().kinds)
def test_a_template_survives_being_written_down(kind: str) -> None:
    template = Templates.load().get(kind)
    assert template is not None
    assert read(kind, written(template)) == template


def test_an_edition_takes_the_files_place_until_it_is_retired() -> None:
    running: dict[str, Edition] = {}
    templates = Templates.load(None, lambda: dict(running))
    before = templates.render("care", "custom", {"hospital": "甲", "text": "多喝水", "patient": "王*国"})
    running["care"] = Edition({"custom": "{hospital}：{text}"})
    after = templates.render("care", "custom", {"hospital": "甲", "text": "多喝水", "patient": "王*国"})
    assert after == Words("甲：多喝水") != before
    assert not templates.has("care", "sms"), "an edition is the whole of a kind"
    assert templates.files["care"].sms
    running.clear()
    assert (
        templates.render("care", "custom", {"hospital": "甲", "text": "多喝水", "patient": "王*国"}) == before
    )


def test_what_cannot_be_read_or_is_of_no_kind_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    broken = {"care": Edition({"custmo": "x"}), "no_such": Edition({"custom": "x"})}
    templates = Templates.load(None, lambda: broken)
    assert templates.get("care") == Templates.load().get("care")
    assert "no_such" not in templates.kinds
    assert "template.refused kind=care" in caplog.text
