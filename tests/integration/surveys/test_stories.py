"""Goldens: plan + answers → exactly these events (``stories/*.yaml``, to be read by a nurse)."""

import pytest

from tests.integration.followup.discharged import Ward
from tests.integration.services.town import Town
from tests.integration.surveys.storybook import STORIES, Teller, read


@pytest.mark.parametrize("name", sorted(path.stem for path in STORIES.glob("*.yaml")))
def test_the_story_goes_as_written(town: Town, name: str) -> None:
    story = read(STORIES / f"{name}.yaml")
    for day in Teller(Ward(town), story).days():
        expected = next(each for each in story["经过"] if each["时间"] == day["时间"])
        assert day["结果"] == expected["结果"], f"{story['题目']}：{day['时间']}"
