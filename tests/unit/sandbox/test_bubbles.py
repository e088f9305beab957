"""Links in a text: what becomes tappable, and what stays text."""

from bot.sandbox.bubbles import menu_parts, parts


def test_a_menu_link_is_tappable_and_its_words_are_decoded() -> None:
    text = '选一个：\n1. <a href="weixin://bizmsgmenu?msgmenucontent=%E5%86%85%E7%A7%91&msgmenuid=o:1">内科</a>。'
    assert parts(text) == [
        {"text": "选一个：\n1. "},
        {"tap": "内科", "content": "内科", "id": "o:1"},
        {"text": "。"},
    ]


def test_web_links_are_links_and_other_schemes_are_text() -> None:
    assert parts('<a href="https://example.com/x?a=1">看</a>') == [
        {"link": "看", "href": "https://example.com/x?a=1"}
    ]
    for bad in (
        '<a href="javascript:alert(1)">x</a>',
        "<script>alert(1)</script>",
        '<img src=x onerror="x">',
    ):
        assert parts(bad) == [{"text": bad}]


def test_without_content_there_is_nothing_to_send() -> None:
    text = '<a href="weixin://bizmsgmenu?msgmenuid=1">x</a>'
    assert parts(text) == [{"text": text}]


def test_a_menu_message() -> None:
    body = {
        "head_content": "满意吗？",
        "list": [{"id": "1", "content": "满意"}, {"id": "2", "content": "不满意"}],
        "tail_content": "谢谢",
    }
    assert parts("") == []
    assert menu_parts(body) == [
        {"text": "满意吗？\n"},
        {"tap": "满意", "content": "满意", "id": "1"},
        {"text": "\n"},
        {"tap": "不满意", "content": "不满意", "id": "2"},
        {"text": "\n谢谢"},
    ]
