"""Every vendor's adapter over real HTTP against the operator: what is sent, what is refused, what is unclear."""

import socket
from collections.abc import Callable

import pytest
from pydantic import SecretStr

from bot.channels.base import SendError
from bot.channels.sms.reports import Report
from tests.integration.sms.conftest import PHONE, TEXT, Make, Operator, message


def refused(send: Callable[[], object]) -> SendError:
    with pytest.raises(SendError) as caught:
        send()
    return caught.value


def test_it_arrives_with_its_variables_and_is_reported_by_the_id_it_got(operator: Operator) -> None:
    sent = operator.gateway().send(message())
    (row,) = operator.sent()
    assert (row["phone"], row["text"], row["key"]) == (PHONE, TEXT, "12.4")
    assert [(report.platform_id, report.ok) for report in operator.told] == [(sent, True)]
    assert (row["tries"], row["answer"]) == (1, "taken")


def test_reports_carry_the_reason_of_a_failure(operator: Operator) -> None:
    operator.control("fates", {"phone": PHONE, "stage": "report", "reason": "MK:0001"})
    sent = operator.gateway().send(message())
    operator.gateway().send(message("13900139000"))
    assert operator.sent()
    assert Report(sent, False, "MK:0001") in operator.told
    assert sum(report.ok for report in operator.told) == 1


@pytest.mark.parametrize(
    ("changed", "given", "means"),
    [
        ({"sms_signature": "别人的签名"}, message(), "mend"),
        ({}, message(template="SMS_2"), "mend"),
        ({}, message(notes=""), "mend"),
        ({}, message(notes="长" * 36), "mend"),
        ({}, message("12345678901"), "another way"),
        ({}, message("1380013800"), "another way"),
    ],
)
def test_what_is_not_approved_or_no_number_is_refused_for_good(
    operator: Operator, changed: dict[str, object], given: object, means: str
) -> None:
    error = refused(lambda: operator.gateway(**changed).send(given))  # type: ignore[arg-type]
    assert error.permanent
    assert error.elsewhere
    assert error.fault == (means == "mend")
    assert not operator.sent()


def test_a_template_withdrawn_is_no_template(operator: Operator) -> None:
    operator.control("templates", {"code": "SMS_1", "approved": False})
    assert refused(lambda: operator.gateway().send(message())).fault


@pytest.mark.parametrize("vendor", ["sandbox", "tencent"])
def test_variables_by_position_have_to_be_as_many_as_approved(make_operator: Make, vendor: str) -> None:
    operator = make_operator(vendor)
    operator.control("templates", {"code": "SMS_9", "text": "您好{patient}"})
    error = refused(lambda: operator.gateway().send(message(template="SMS_9")))
    assert (error.permanent, error.fault) == (True, True)


def test_out_of_credit_waits_for_staff(operator: Operator) -> None:
    operator.control("fates", {"phone": "*", "stage": "send", "reason": "balance", "times": 1})
    error = refused(lambda: operator.gateway().send(message()))
    assert (error.permanent, error.fault, error.elsewhere) == (False, True, False)
    assert error.retry_after == 300
    assert operator.gateway().send(message())


def test_who_objects_is_reached_another_way(operator: Operator) -> None:
    operator.control("fates", {"phone": PHONE, "stage": "send", "reason": "blocked"})
    error = refused(lambda: operator.gateway().send(message()))
    assert (error.permanent, error.elsewhere, error.fault) == (True, True, False)


def test_the_same_words_again_have_to_wait(operator: Operator) -> None:
    operator.gateway().send(message())
    error = refused(lambda: operator.gateway().send(message(key="another")))
    assert not error.permanent
    assert error.retry_after in (30, 60)
    operator.gateway().send(message(key="another", notes="空腹"))
    assert len(operator.sent()) == 2


@pytest.mark.parametrize(("span", "elsewhere"), [("minute", False), ("day", True)])
def test_a_number_gets_so_many(operator: Operator, span: str, elsewhere: bool) -> None:
    operator.limit(span, 1)
    operator.gateway().send(message())
    error = refused(lambda: operator.gateway().send(message(key="2", notes="空腹")))
    assert error.elsewhere is elsewhere
    assert bool(error.retry_after) is not elsewhere
    operator.gateway().send(message("13900139000", key="3"))


@pytest.mark.parametrize("spec", [{"http": 502}, {"drop": True}, {"delay": 3}, {"http": 500, "after": True}])
def test_broken_on_the_way_is_unclear(operator: Operator, spec: dict[str, object]) -> None:
    operator.fault(**spec)
    error = refused(lambda: operator.gateway().send(message()))
    assert error.unknown_outcome
    assert not error.permanent


def test_not_connected_is_not_sent(operator: Operator) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{closed.getsockname()[1]}"
        error = refused(lambda: operator.gateway(sms_api_base=base).send(message()))
    assert (error.permanent, error.unknown_outcome) == (False, False)


@pytest.mark.parametrize("vendor", ["tencent", "alibaba"])
def test_wrong_keys_wait_for_staff(make_operator: Make, vendor: str) -> None:
    operator = make_operator(vendor)
    for changed in ({"sms_key_id": "AKIDother"}, {"sms_secret": SecretStr("wrong")}):
        error = refused(lambda changed=changed: operator.gateway(**changed).send(message()))
        assert (error.fault, error.permanent, error.retry_after) == (True, False, 300)
    assert not operator.sent()


def test_the_sandbox_sends_a_key_once(own: Operator) -> None:
    """After an unknown outcome the same key is sent again."""
    own.fault(http=500, after=True)
    refused(lambda: own.gateway().send(message()))
    again = own.gateway().send(message())
    assert [f"S{row['id']}" for row in own.sent()] == [again]
    assert [report.platform_id for report in own.told] == [again]
