"""Lists in events, as `kinds.extra` numbers them."""

import pytest

from bot.channels.wechat.told import entries


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, []),
        ({"event": "x", "MsgID": "1"}, []),
        ({"TemplateId": "A", "SubscribeStatusString": "accept"},
         [{"TemplateId": "A", "SubscribeStatusString": "accept"}]),
        ({"TemplateId": "A", "SubscribeStatusString": "accept", "TemplateId.1": "B",
          "SubscribeStatusString.1": "reject"},
         [{"TemplateId": "A", "SubscribeStatusString": "accept"},
          {"TemplateId": "B", "SubscribeStatusString": "reject"}]),
        ({"TemplateId": "A", "MsgID": "901", "ErrorCode": "0", "PopupScene": "2"},
         [{"TemplateId": "A", "MsgID": "901", "ErrorCode": "0"}]),
    ],
)  # fmt: skip
def test_the_entries_of_a_list(fields: dict[str, str], found: list[dict[str, str]]) -> None:
    assert list(entries(fields)) == found
