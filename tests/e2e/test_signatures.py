"""doze's signatures against botocore's, on the raw request: what is checked is what would go over the wire."""
import json
import os
import random
import subprocess
from datetime import datetime, timezone
from pathlib import Path

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from sandbox import ROOT

SIGNER = Path(os.environ.get("DOZE_SIGN_REQUEST", ROOT / "build" / "release" / "tests" / "e2e" / "tools" / "sign_request"))
AT = datetime(2026, 3, 1, 23, 59, 59, tzinfo=timezone.utc)
FORM = ["Content-Type", "application/x-www-form-urlencoded; charset=utf-8"]
ARN = "arn:aws:eks:eu-west-1:123456789012:nodegroup/dev/workers/1-2"

CASES = {
    "nothing": {},
    "EC2 form": {"service": "ec2", "method": "POST", "headers": [FORM], "body": "Action=StopInstances&InstanceId.1=i-0abc"},
    "JSON 1.1": {
        "service": "ecs", "method": "POST", "body": '{"cluster": "개발"}',
        "headers": [["X-Amz-Target", "AmazonEC2ContainerServiceV20141113.UpdateService"],
                    ["Content-Type", "application/x-amz-json-1.1"]]},
    "segments": {"path": ["clusters", "dev", "node-groups", "workers", "update-config"], "method": "POST", "body": "{}"},
    "an ARN in the path": {"path": ["tags", ARN]},
    "blanks and slashes": {"path": ["a b", "c/d", "e+f", "100%", "%41", "~._-"]},
    "Unicode path": {"path": ["클러스터", "naïve", "🐢"]},
    "special characters": {"path": ["!*'()", ";:@&=$,", "[]{}|\\^`\"<>#?"]},
    "query out of order": {"query": [["nextToken", "a=/b+ c=="], ["maxResults", "100"]]},
    "query of one name": {"query": [["k", "b"], ["k", "a"], ["K", "c"], ["k", ""]]},
    "query without values": {"query": [["flag", ""], ["a", "1"]]},
    "Unicode query": {"query": [["이름", "값 1"], ["é", "🐢"]]},
    "names that are prefixes": {"query": [["a-b", "1"], ["a", "2"], ["a b", "3"], ["aa", "4"]]},
    "session token": {"session_token": "IQoJb3JpZ2luX2VjE//=+" * 40},
    "port": {"host": "127.0.0.1:5000"},
    "blanks in headers": {"headers": [["X-Amz-Meta", "  a   b\tc  "], ["x-amz-a", ""]]},
    "headers not signed": {"headers": [["User-Agent", "doze"], ["Expect", "100-continue"]]},
    "other partition": {"host": "ec2.cn-north-1.amazonaws.com.cn", "region": "cn-north-1", "service": "ec2"},
}


def complete(case):
    return {"method": "GET", "host": "eks.eu-west-1.amazonaws.com", "path": [], "query": [], "headers": [], "body": "",
            "access_key_id": "AKIDEXAMPLE", "secret_access_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            "session_token": "", "region": "eu-west-1", "service": "eks", "time": int(AT.timestamp()), **case}


def sign(cases):
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    done = subprocess.run([SIGNER], input=lines, capture_output=True, text=True, check=True, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]


def botocores_headers(case, target):
    request = AWSRequest(method=case["method"], url=f"https://{case['host']}{target}", data=case["body"].encode())
    for name, value in case["headers"]:
        request.headers[name] = value
    # Where the URL can't say it: the port of https is 443.
    request.headers["Host"] = case["host"]
    credentials = Credentials(case["access_key_id"], case["secret_access_key"], case["session_token"] or None)
    botocore.auth.SigV4Auth(credentials, case["service"], case["region"]).add_auth(request)
    return {name.lower(): value for name, value in request.headers.items()}


@pytest.fixture(autouse=True)
def one_moment(monkeypatch):
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_, **__: AT.replace(tzinfo=None))


def assert_same(case, ours):
    theirs = botocores_headers(case, ours["target"])
    added = {name.lower(): value for name, value in ours["headers"]}
    assert added["authorization"] == theirs["authorization"], case
    assert added["x-amz-date"] == theirs["x-amz-date"]
    assert added.get("x-amz-security-token") == theirs.get("x-amz-security-token")


@pytest.mark.parametrize("name", CASES)
def test_botocore_signs_the_same(name):
    case = complete(CASES[name])
    assert_same(case, sign([case])[0])


def test_botocore_signs_thousands_of_random_requests_the_same():
    dice = random.Random(20260301)
    letters = "abzAZ019-._~ /%+&=?#:;,'\"!*()[]@$<>{}|\\^`\téü한글🐢\u0301"

    def word(shortest=0):
        return "".join(dice.choice(letters) for _ in range(dice.randint(shortest, 12)))

    def segment():
        # "." and ".." are names of nothing at AWS, and mean another path.
        return "s" + word()

    cases = [complete({"method": dice.choice(["GET", "POST", "PUT", "DELETE"]),
                       "path": [segment() for _ in range(dice.randint(0, 4))],
                       "query": [[word(1), word()] for _ in range(dice.randint(0, 5))],
                       "body": word(), "session_token": dice.choice(["", "token/+="]),
                       "service": dice.choice(["ec2", "ecs", "eks", "sts"])}) for _ in range(2000)]
    for case, ours in zip(cases, sign(cases), strict=True):
        assert_same(case, ours)


def test_a_wrong_secret_signs_otherwise():
    case = complete({})
    ours = sign([{**case, "secret_access_key": "wrong"}])[0]
    with pytest.raises(AssertionError):
        assert_same(case, ours)
