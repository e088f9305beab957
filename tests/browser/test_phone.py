"""The phone page in Chromium: talking, tapping, the menu, several patients, pushes, the clock."""

import re
import threading
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.chrome import Phone, words
from tests.browser.conftest import SMALL
from tests.integration.sandbox.conftest import Stand

MENU = {
    "button": [
        {
            "name": "挂号",
            "sub_button": [{"type": "click", "name": n, "key": f"k:{n}"} for n in ("预约", "查号源")],
        },
        {"type": "click", "name": "人工服务", "key": "intent:human"},
    ]
}
OPTIONS = '请选择：\n1. <a href="weixin://bizmsgmenu?msgmenucontent=1&msgmenuid=o:1">上午</a>\n2. <a href="weixin://bizmsgmenu?msgmenucontent=2&msgmenuid=o:2">下午</a>\n其他请直接说。'


def test_the_account_greets_and_answers(phone: Phone) -> None:
    assert phone.say("帮我挂号") == "收到：帮我挂号"
    expect(phone.box).to_be_focused()
    expect(phone.box).to_have_value("")
    assert words(phone.bubbles("patient").last) == "帮我挂号"


def test_shift_enter_breaks_the_line_and_enter_sends(phone: Phone, stand: Stand) -> None:
    phone.box.fill("第一行")
    phone.box.press("Shift+Enter")
    phone.box.press_sequentially("第二行")
    phone.box.press("Enter")
    expect(phone.last()).to_contain_text("第二行")
    assert stand.hospital.received[-1].content == "第一行\n第二行"


def test_an_empty_message_is_not_sent(phone: Phone) -> None:
    phone.box.fill("   ")
    phone.box.press("Enter")
    phone.say("好")
    assert phone.bubbles("patient").count() == 1


def test_tapping_an_option_sends_its_number_and_id(phone: Phone, stand: Stand) -> None:
    stand.hospital.answer = lambda message: OPTIONS
    phone.say("挂号")
    phone.tap("下午")
    message = stand.hospital.received[-1]
    assert (message.content, message._data["bizmsgmenuid"]) == ("2", "o:2")


def test_options_are_big_enough_for_a_thumb(stand: Stand, make_phone: Callable[..., Phone]) -> None:
    stand.hospital.answer = lambda message: OPTIONS
    phone = make_phone(stand.url, SMALL).open()
    phone.say("挂号")
    box = phone.last().get_by_role("button", name="上午").bounding_box()
    assert box is not None
    assert box["height"] >= 44


@pytest.mark.parametrize(
    "said",
    [
        "<img src=x onerror=document.title='hit'>",
        "<script>document.title='hit'</script>",
        '<a href="javascript:1">x</a>',
    ],
)
def test_nothing_said_becomes_html(phone: Phone, said: str) -> None:
    assert phone.say(said) == f"收到：{said}"
    assert phone.log.locator("img, script, a").count() == 0
    assert "hit" not in phone.page.title()


def test_the_typing_indicator(phone: Phone, stand: Stand) -> None:
    seen = threading.Event()
    stand.hospital.answer = lambda message: seen.wait(60) and "来了"
    phone.box.fill("在吗")
    phone.box.press("Enter")
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("对方正在输入…")
    seen.set()
    expect(phone.last()).to_contain_text("来了")
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("示例市人民医院")


def test_the_menu_by_mouse(phone: Phone, stand: Stand) -> None:
    stand.api("menu/create", MENU)
    phone.button("显示公众号菜单").click()
    expect(phone.box).to_be_hidden()
    phone.button("挂号").click()
    with phone.answer():
        phone.button("查号源").click()
    assert stand.hospital.received[-1].key == "k:查号源"
    expect(phone.button("查号源")).to_be_hidden()
    phone.button("切换到键盘").click()
    expect(phone.box).to_be_focused()


def test_the_menu_by_keyboard(phone: Phone, stand: Stand) -> None:
    stand.api("menu/create", MENU)
    phone.button("显示公众号菜单").press("Enter")
    expect(phone.button("挂号")).to_be_focused()
    phone.page.keyboard.press("Enter")
    expect(phone.button("预约")).to_be_focused()
    phone.page.keyboard.press("ArrowDown")
    expect(phone.button("查号源")).to_be_focused()
    phone.page.keyboard.press("Escape")
    expect(phone.button("挂号")).to_be_focused()
    phone.page.keyboard.press("Enter")
    with phone.answer():
        phone.page.keyboard.press("Enter")
    assert stand.hospital.received[-1].key == "k:预约"


def test_a_push_arrives_by_itself(phone: Phone, stand: Stand) -> None:
    phone.say("在吗")
    openid = stand.hospital.received[-1].source
    body = {"touser": openid, "msgtype": "text", "text": {"content": "提醒：明天上午就诊"}}
    stand.api("message/custom/send", body)
    expect(phone.last()).to_contain_text("提醒：明天上午就诊")


def test_voice_pictures_places_and_stickers(phone: Phone, stand: Stand) -> None:
    phone.button("发送语音").click()
    phone.page.get_by_label("对着手机说的话").fill("我想挂号")
    phone.page.keyboard.press("Enter")
    expect(phone.bubbles("patient").last).to_contain_text("我想挂号")
    for name, kind in (("图片", "image"), ("位置", "location"), ("表情", "text")):
        phone.button("更多：图片、位置、表情、扫一扫").click()
        before = len(stand.hospital.received)
        phone.button(name).click()
        expect(phone.bubbles("patient").last).to_be_visible()
        while len(stand.hospital.received) == before:
            phone.page.wait_for_timeout(20)
        assert stand.hospital.received[-1].type == kind
    picture = phone.page.get_by_role("img", name="图片").bounding_box()
    assert picture is not None
    assert picture["height"] > 100
    assert [m.recognition for m in stand.hospital.received if m.type == "voice"] == ["我想挂号"]


def test_who_writes_before_the_chat_is_open_is_heard(phone: Phone, stand: Stand) -> None:
    opening, over = list[Route](), threading.Event()

    def hold(route: Route) -> None:
        if over.is_set():
            route.continue_()
        else:
            opening.append(route)

    phone.page.route("**/phone/api/open", hold)
    phone.button("陈阿姨", exact=False).click()
    expect(phone.page.get_by_text("陈阿姨的手机")).to_be_visible()
    phone.box.fill("我是陈阿姨")
    phone.box.press("Enter")
    while not opening:
        phone.page.wait_for_timeout(20)
    over.set()
    for each in opening:
        each.continue_()
    expect(phone.bubbles("patient")).to_have_text([re.compile("我是陈阿姨")])


def test_several_patients_and_the_news_dot(phone: Phone, stand: Stand) -> None:
    phone.say("我是小林")
    first = stand.hospital.received[-1].source
    phone.button("陈阿姨", exact=False).click()
    expect(phone.page.get_by_text("陈阿姨的手机")).to_be_visible()
    phone.say("我是陈阿姨")
    expect(phone.bubbles("patient")).to_have_count(1)
    assert stand.hospital.received[-1].source != first
    stand.api("message/custom/send", {"touser": first, "msgtype": "text", "text": {"content": "给小林的"}})
    expect(phone.button("小林", exact=False)).to_contain_text("有新消息")
    phone.button("小林", exact=False).click()
    expect(phone.last()).to_contain_text("给小林的")
    expect(phone.button("小林", exact=False)).not_to_contain_text("有新消息")
    phone.page.reload()
    expect(phone.page.get_by_text("小林的手机")).to_be_visible()


def test_a_new_patient_follows_and_unfollows(phone: Phone, stand: Stand) -> None:
    phone.button("＋ 新患者").click()
    phone.page.get_by_label("微信昵称").fill("孙奶奶")
    phone.button("添加").click()
    expect(phone.page.get_by_text("孙奶奶的手机")).to_be_visible()
    expect(phone.last()).to_contain_text("收到")
    phone.button("取消关注").click()
    expect(phone.box).to_be_hidden()
    phone.button("关注公众号").click()
    expect(phone.box).to_be_visible()
    assert [m.event for m in stand.hospital.received[-2:]] == ["unsubscribe", "subscribe"]


def test_scanning_a_scene(phone: Phone, stand: Stand) -> None:
    phone.button("扫描场景二维码").click()
    phone.page.get_by_label("二维码的场景值").fill("book:doctor:王建国")
    phone.button("扫描").click()
    expect(phone.log.get_by_text("你扫描了二维码：book:doctor:王建国")).to_be_visible()
    expect(phone.page.locator(".dots")).to_have_count(0)
    assert stand.hospital.received[-1].scene_id == "book:doctor:王建国"


def test_the_clock_moves_and_goes_back(phone: Phone, stand: Stand) -> None:
    phone.button("＋1 天").click()
    expect(phone.page.get_by_text("比真实时间快 1 天")).to_be_visible()
    phone.button("＋1 小时").click()
    expect(phone.page.get_by_text("比真实时间快 1 天 1 小时")).to_be_visible()
    assert stand.clock.offset.total_seconds() == 25 * 3600
    phone.button("回到现在").click()
    expect(phone.page.get_by_text("比真实时间快")).to_have_count(0)


def test_a_server_that_is_away_is_said_and_no_word_is_lost(phone: Phone) -> None:
    phone.page.route("**/phone/api/**", lambda route: route.abort())
    phone.box.fill("别丢了")
    phone.box.press("Enter")
    expect(phone.page.get_by_text("连接中断，正在重连…")).to_be_visible()
    expect(phone.box).to_have_value("别丢了")
    phone.page.unroute("**/phone/api/**")
    phone.box.press("Enter")
    expect(phone.last()).to_contain_text("收到：别丢了")
    expect(phone.page.get_by_text("连接中断，正在重连…")).to_be_hidden()
    phone.complaints.clear()


def test_reading_back_is_not_disturbed(phone: Phone, stand: Stand) -> None:
    for number in range(12):
        phone.say(f"第 {number} 句\n第二行\n第三行")
    phone.log.evaluate("log => { log.scrollTop = 0; }")
    phone.page.wait_for_timeout(100)
    openid = stand.hospital.received[-1].source
    stand.api("message/custom/send", {"touser": openid, "msgtype": "text", "text": {"content": "新消息"}})
    expect(phone.button("有新消息 ↓")).to_be_visible()
    assert phone.log.evaluate("log => log.scrollTop") == 0
    phone.button("有新消息 ↓").click()
    expect(phone.last()).to_be_in_viewport()


def test_the_subscription_pop_up_and_its_card(phone: Phone, stand: Stand) -> None:
    """What is ticked is accepted, and good for one message, which comes as a card."""
    phone.say("在吗")
    openid = stand.hospital.received[-1].source
    for number, title in (("S1", "停诊通知"), ("S2", "就诊提醒")):
        stand.control(
            "templates", {"id": number, "kind": "subscribe", "title": title, "fields": {"thing1": "科室"}}
        )
    asked: list[Route] = []
    phone.page.route("**/phone/api/state*", lambda route: asked.append(route), times=1)
    with phone.page.expect_request("**/phone/api/state*"):
        phone.page.reload()
    expect(phone.button("订阅通知")).to_be_hidden()  # nothing is offered before the page knows what there is
    asked.pop().continue_()
    phone.button("订阅通知").click()
    phone.page.get_by_label("停诊通知").check()
    phone.button("允许").click()
    expect(phone.page.locator("#consent")).to_be_hidden()
    body = {"touser": openid, "template_id": "S1", "data": {"thing1": {"value": "骨科"}}}
    while not stand.look("consents", openid=openid):
        phone.page.wait_for_timeout(20)
    assert stand.api("message/subscribe/bizsend", body)["errcode"] == 0
    expect(phone.last()).to_contain_text("订阅通知")
    expect(phone.last()).to_contain_text("骨科")
    assert stand.api("message/subscribe/bizsend", body)["errcode"] == 43101
    assert [row["template_id"] for row in stand.look("consents", openid=openid)] == ["S1"]
