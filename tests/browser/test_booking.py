"""The whole house: a stranger opens /phone, says one sentence, registers, confirms, and holds a seat in the database."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chrome import Phone
from tests.browser.conftest import SMALL
from tests.house import House, command, running

pytestmark = pytest.mark.xdist_group("house-in-the-browser")  # one house for all of them, in this order
SENTENCE = "帮我挂明天下午心内科王主任的号"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running(tmp_path_factory.mktemp("house") / "var") as up:
        yield up


def register(phone: Phone, name: str, number: str) -> str:
    """Consent, 本人, name, identity number, phone, 「确认」; gives what is said to the last."""
    phone.tap("同意")
    phone.tap("本人")
    phone.say(name)
    phone.say(number)
    checked = phone.say("13800138000")
    assert "*" in checked
    assert number not in checked
    return phone.tap("确认")


def appointments(house: House) -> list[dict[str, Any]]:
    result = command("export", "appointments", "--jsonl", data=house.data)
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_first_patient_books_by_one_sentence(house: House, make_phone: Callable[..., Phone]) -> None:
    phone = make_phone(house.url, SMALL).open()
    times = phone.say(SENTENCE)
    assert "王建国" in times
    consent = phone.tap("14:00")
    assert "同意" in consent
    summary = register(phone, "王芳", "110101198503121220")
    assert "心血管内科" in summary
    assert "王芳" not in summary
    booked = phone.tap("确认")
    assert "凭证" in booked
    (row,) = appointments(house)
    assert row["state"] == "booked"
    assert "王建国" in json.dumps(row, ensure_ascii=False)
    assert "王芳" not in json.dumps(row, ensure_ascii=False)
    seats = command("export", "seats", "--jsonl", data=house.data).stdout.splitlines()
    assert [json.loads(line)["state"] for line in seats].count("booked") == 1


def test_her_appointment_is_in_the_menu_and_can_be_given_back(
    house: House, make_phone: Callable[..., Phone]
) -> None:
    others = len(appointments(house))
    phone = make_phone(house.url).open()
    phone.button("陈阿姨", exact=False).click()
    expect(phone.page.get_by_text("陈阿姨的手机")).to_be_visible()
    expect(phone.bubbles("account")).not_to_have_count(0)
    phone.say(SENTENCE)
    phone.tap("14:30")
    register(phone, "陈秀英", "110101195603080020")
    assert "凭证" in phone.tap("确认")
    phone.button("显示公众号菜单").click()
    phone.button("我的").click()
    with phone.answer():
        phone.button("我的挂号").click()
    expect(phone.last()).to_contain_text("王建国")
    phone.button("切换到键盘").click()
    phone.say("退号")
    phone.say("确认")
    states = [row["state"] for row in appointments(house)]
    assert len(states) == others + 1
    assert states.count("cancelled") == 1


def test_a_web_process_killed_in_the_middle_loses_nothing(
    house: House, make_phone: Callable[..., Phone]
) -> None:
    """kill -9 between two messages: the page says so, the conversation goes on where it was."""
    phone = make_phone(house.url).open()
    phone.button("王大爷", exact=False).click()
    expect(phone.page.get_by_text("王大爷的手机")).to_be_visible()
    expect(phone.bubbles("account")).not_to_have_count(0)
    assert "王建国" in phone.say(SENTENCE)
    old = house.kill("web")
    house.wait_replaced("web", old)
    house.wait_up()
    expect(phone.page.get_by_role("status")).to_be_hidden()
    assert "同意" in phone.tap("15:00")
    assert "心血管内科" in register(phone, "王国强", "11010119500101013X")
    assert "凭证" in phone.tap("确认")
    phone.complaints.clear()  # the browser tells of the requests that met the dead process


def test_the_data_directory_holds_no_name_in_the_open(house: House) -> None:
    for name in ("suizhen.db", "suizhen.db-wal"):
        data = (Path(house.data) / name).read_bytes()
        assert "王芳".encode() not in data
        assert b"110101198503121220" not in data
