"""What doze repeats, at which cost and after which pause, against botocore's standard mode."""
import itertools

import pytest
from botocore.awsrequest import AWSResponse
from botocore.loaders import create_loader
from botocore.model import ServiceModel
from botocore.retries import standard
from probe import ask

OPERATION = ServiceModel(create_loader().load_service_model("sts", "service-2"), "sts").operation_model("GetCallerIdentity")
THROTTLED = standard.ThrottledRetryableChecker._THROTTLED_ERROR_CODES
TRANSIENT = standard.TransientRetryableChecker._TRANSIENT_ERROR_CODES
UNKNOWN = ["SomethingNew", "ValidationException", ""]
STATUSES = [400, 403, 404, 409, 429, 500, 501, 502, 503, 504]

# Where doze knows better: what takes minutes is not for a loop of seconds, and what only a person can change is not
# for any. AWS sends lack of capacity with 500.
NEVER = ["InsufficientInstanceCapacity", "InsufficientHostCapacity", "VcpuLimitExceeded", "IncorrectInstanceState",
         "UnauthorizedOperation", "ResourceContention"]
# Retried by doze, and by botocore only under a status of 500.
ALWAYS = ["InternalError", "InternalFailure", "ServiceUnavailable", "Unavailable", "ConcurrentUpdateException",
          "InternalServiceFault", "ServerException"]


def refusal(code, status):
    body = f"<Response><Errors><Error><Code>{code}</Code></Error></Errors></Response>" if code else ""
    return {"ask": "refusal", "service": "ec2", "status": status, "headers": [], "body": body}


def context(code, status, attempt=1, headers=None):
    parsed = {"Error": {"Code": code}} if code else {"Error": {}}
    return standard.RetryContext(attempt_number=attempt, operation_model=OPERATION, parsed_response=parsed,
                                 http_response=AWSResponse("http://x", status, headers or {}, None))


def test_are_made_for_the_same_refusals_at_the_same_cost():
    conditions = standard.StandardRetryConditions()
    throttling = standard.ThrottlingErrorDetector(standard.RetryEventAdapter())
    cases = list(itertools.product([*THROTTLED, *TRANSIENT, *UNKNOWN], STATUSES))
    for (code, status), ours in zip(cases, ask([refusal(*case) for case in cases]), strict=True):
        theirs = conditions.is_retryable(context(code, status))
        # Of a stranger in between doze repeats 501 and above too: no AWS spoke yet.
        expected = theirs or (code == "" and status >= 500)
        assert ours["retried"] == expected, (code, status)
        if expected:
            throttled = throttling.is_throttling_error_from_context(context(code, status))
            cost = standard.RetryQuotaChecker._THROTTLING_RETRY_COST if throttled else standard.RetryQuotaChecker._RETRY_COST
            assert (ours["code"] == "THROTTLED", ours["cost"]) == (throttled, cost), (code, status)


@pytest.mark.parametrize("status", [400, 500, 503])
def test_know_what_botocore_does_not(status):
    assert not any(answer["retried"] for answer in ask([refusal(code, status) for code in NEVER]))
    assert all(answer["retried"] for answer in ask([refusal(code, status) for code in ALWAYS]))


def test_pause_as_long():
    cases = [{"ask": "pause", "attempt": attempt, "throttled": throttled, "asked": asked, "random": random}
             for attempt, throttled, asked, random in itertools.product(
                 [1, 2, 3, 5, 8, 12], [False, True], [0, 100, 3000, 60000], [0.0, 0.25, 0.999])]
    throttling = standard.ThrottlingErrorDetector(standard.RetryEventAdapter())
    for case, ours in zip(cases, ask(cases), strict=True):
        backoff = standard.ExponentialBackoff(random=lambda case=case: case["random"], throttling_detector=throttling)
        headers = {"x-amz-retry-after": str(case["asked"])} if case["asked"] else {}
        code, status = ("Throttling", 400) if case["throttled"] else ("InternalError", 500)
        theirs = backoff.delay_amount(context(code, status, case["attempt"], headers))
        assert abs(ours["milliseconds"] - theirs * 1000) <= 1, case


def test_start_from_the_same_quota_and_attempts():
    assert standard.DEFAULT_MAX_ATTEMPTS == 3
    assert standard.quota.RetryQuota.INITIAL_CAPACITY == 500
