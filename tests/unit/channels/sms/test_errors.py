"""What each vendor's error codes mean for a message."""

import pytest

from bot.channels.base import SendError
from bot.channels.sms import alibaba, sandbox, tencent
from bot.channels.sms.gateway import PAUSE, failure
from bot.sandbox.sms import alibaba as alibaba_door
from bot.sandbox.sms import tencent as tencent_door

RULES = {"tencent": tencent.RULES, "alibaba": alibaba.RULES, "sandbox": sandbox.RULES}


def meaning(error: SendError) -> str:
    """In one word."""
    assert not (error.permanent and (error.retry_after or error.unknown_outcome))
    if error.unknown_outcome:
        return "unclear"
    if error.retry_after == PAUSE and error.fault and not error.elsewhere:
        return "staff"
    if error.permanent and error.elsewhere:
        return "mend" if error.fault else "another way"
    return f"in {error.retry_after:.0f} s"


@pytest.mark.parametrize(
    ("vendor", "code", "means"),
    [
        ("tencent", "LimitExceeded.PhoneNumberThirtySecondLimit", "in 30 s"),
        ("tencent", "LimitExceeded.PhoneNumberOneHourLimit", "in 3600 s"),
        ("tencent", "LimitExceeded.PhoneNumberDailyLimit", "another way"),
        ("tencent", "LimitExceeded.SomethingNew", "in 60 s"),
        ("tencent", "RequestLimitExceeded", "in 2 s"),
        ("tencent", "InvalidParameterValue.IncorrectPhoneNumber", "another way"),
        ("tencent", "FailedOperation.PhoneNumberInBlacklist", "another way"),
        ("tencent", "FailedOperation.SignatureIncorrectOrUnapproved", "mend"),
        ("tencent", "FailedOperation.TemplateIncorrectOrUnapproved", "mend"),
        ("tencent", "InvalidParameterValue.TemplateParameterLengthLimit", "mend"),
        ("tencent", "FailedOperation.InsufficientBalanceInSmsPackage", "staff"),
        ("tencent", "AuthFailure.SignatureExpire", "staff"),
        ("tencent", "UnauthorizedOperation.SmsSdkAppIdVerifyFail", "staff"),
        ("tencent", "InternalError.SendAndRecvFail", "unclear"),
        ("tencent", "NeverHeardOf", "unclear"),
        ("alibaba", "isv.BUSINESS_LIMIT_CONTROL", "in 60 s"),
        ("alibaba", "isv.MOBILE_NUMBER_ILLEGAL", "another way"),
        ("alibaba", "isv.SMS_SIGNATURE_ILLEGAL", "mend"),
        ("alibaba", "isv.SMS_TEMPLATE_ILLEGAL", "mend"),
        ("alibaba", "isv.AMOUNT_NOT_ENOUGH", "staff"),
        ("alibaba", "isp.RAM_PERMISSION_DENY", "staff"),
        ("alibaba", "InvalidAccessKeyId.NotFound", "staff"),
        ("alibaba", "Throttling.User", "in 2 s"),
        ("alibaba", "isp.SYSTEM_ERROR", "unclear"),
        ("alibaba", "None", "unclear"),
        ("sandbox", "balance", "staff"),
        ("sandbox", "template", "mend"),
        ("sandbox", "shape", "unclear"),
    ],
)
def test_a_code_says_what_becomes_of_the_message(vendor: str, code: str, means: str) -> None:
    error = failure(code, RULES[vendor])
    assert error.code == code
    assert meaning(error) == means


@pytest.mark.parametrize(
    ("words", "means"),
    [
        ("触发分钟级流控Permits:1", "in 60 s"),
        ("触发小时级流控Permits:5", "in 3600 s"),
        ("触发天级流控Permits:10", "another way"),
        ("", "in 60 s"),
    ],
)
def test_alibaba_tells_its_limits_apart_in_words_only(words: str, means: str) -> None:
    with pytest.raises(SendError) as caught:
        alibaba._biz_id({"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": words})
    assert meaning(caught.value) == means


def test_what_the_sandbox_refuses_with_is_known() -> None:
    """No door answers with a code that the adapter has to guess at."""
    told = {*tencent_door._OF_NUMBER.values(), *tencent_door._OF_REQUEST.values()}
    assert not [code for code in told if meaning(failure(code, tencent.RULES)) == "unclear"]
    told = {code for code, _ in alibaba_door._CODES.values()} | {
        code for code, _ in alibaba_door._HTTP.values()
    }
    assert not [code for code in told if meaning(failure(code, alibaba.RULES)) == "unclear"]


@pytest.mark.parametrize(
    "answer", [{}, {"Response": []}, {"Response": {}}, {"Response": {"SendStatusSet": [1]}}]
)
def test_an_answer_of_another_shape_is_no_answer(answer: dict[str, object]) -> None:
    with pytest.raises(SendError) as caught:
        tencent._serial(answer)
    assert caught.value.unknown_outcome
